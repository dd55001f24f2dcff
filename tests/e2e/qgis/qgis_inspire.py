"""QGIS itself, without a screen: layers of files, as they open when a person drops the files into it. Prints a line of each:
"layer NAME COUNT AREA", the area in the layer's own units.

  qgis_inspire.py PROFILE_FOLDER FILE|LAYER..."""

import sys

from qgis.core import QgsVectorLayer
from session import Session

profile, *sources = sys.argv[1:]
session = Session(profile)
for source in sources:
    file, name = source.split("|")
    layer = QgsVectorLayer(f"{file}|layername={name}", name, "ogr")
    if not layer.isValid():
        print(f"QGIS does not open {source}: {layer.error().message()}", file=sys.stderr, flush=True)
        session.end(1)
    features = [feature.geometry().area() for feature in layer.getFeatures()]
    print("layer", name, len(features), repr(sum(features)), flush=True)
session.end()
