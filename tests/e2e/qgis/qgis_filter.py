"""QGIS itself, without a screen: a layer over OGC API - Features with a filter and a box, asked in QGIS's own language.
Prints "answers " and JSON: {"version": 32210, "all": n, EXPRESSION: [ids], ...}.

  qgis_filter.py URL PROFILE_FOLDER LAYER ID_FIELD EXPRESSION..."""

import json
import sys

from qgis.core import Qgis, QgsFeatureRequest
from session import Session

base, profile, name, id_field, *expressions = sys.argv[1:]
session = Session(profile)
layer = session.features_api(base, name)
answers = {"version": Qgis.QGIS_VERSION_INT, "valid": layer.isValid()}
if layer.isValid():
    answers["all"] = sum(1 for _ in layer.getFeatures())
    for expression in expressions:
        request = QgsFeatureRequest().setFilterExpression(expression)
        answers[expression] = sorted(feature[id_field] for feature in layer.getFeatures(request))
        filtered = session.features_api(base, name)
        # From 3.32 on QGIS turns the filter of a layer into CQL2.
        answers["layer " + expression] = (
            sorted(feature[id_field] for feature in filtered.getFeatures()) if filtered.setSubsetString(expression) else None
        )
print("answers " + json.dumps(answers), flush=True)
session.end()
