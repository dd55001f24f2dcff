"""QGIS itself, without a screen: a layer over OGC API - Features with a filter and a box, asked in QGIS's own language.
Prints "answers " and JSON: {"version": 32210, "all": n, EXPRESSION: [ids], ...}.

  qgis_filter.py URL PROFILE_FOLDER LAYER ID_FIELD EXPRESSION..."""

import json
import os
import sys

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from qgis.core import Qgis, QgsApplication, QgsFeatureRequest, QgsVectorLayer  # noqa: E402

base, profile, name, id_field, *expressions = sys.argv[1:]
application = QgsApplication([], False, profile)
application.initQgis()
layer = QgsVectorLayer(f"url='{base}' typename='{name}'", name, "OAPIF")
answers = {"version": Qgis.QGIS_VERSION_INT, "valid": layer.isValid()}
if layer.isValid():
    answers["all"] = sum(1 for _ in layer.getFeatures())
    for expression in expressions:
        request = QgsFeatureRequest().setFilterExpression(expression)
        answers[expression] = sorted(feature[id_field] for feature in layer.getFeatures(request))
        filtered = QgsVectorLayer(f"url='{base}' typename='{name}'", name, "OAPIF")
        # From 3.32 on QGIS turns the filter of a layer into CQL2.
        answers["layer " + expression] = (
            sorted(feature[id_field] for feature in filtered.getFeatures()) if filtered.setSubsetString(expression) else None
        )
print("answers " + json.dumps(answers), flush=True)
os._exit(0)  # QGIS 3.22 may crash while its layers and Python end together; the answer is out
