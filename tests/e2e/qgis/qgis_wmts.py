#!/usr/bin/env python3
"""QGIS draws a raster layer of a WMTS: qgis_wmts.py PROFILE CAPABILITIES LAYER LON LAT; prints the colour there, [R, G, B]."""

import json
import sys

from session import Session

from qgis.core import QgsCoordinateReferenceSystem, QgsCoordinateTransform, QgsPointXY, QgsProject, QgsRasterLayer, QgsRectangle
from qgis.core import QgsMapRendererParallelJob, QgsMapSettings
from qgis.PyQt.QtCore import QSize

SIDE = 64  # pixels of the picture, and metres of what it shows

profile, capabilities, name, lon, lat = sys.argv[1:]
session = Session(profile)
mercator = QgsCoordinateReferenceSystem("EPSG:3857")
source = f"crs=EPSG:3857&format=image/png&layers={name}&styles=normal&tileMatrixSet=PM&url={capabilities}"
layer = QgsRasterLayer(source, name, "wms")
if not layer.isValid():
    print(f"QGIS does not open {source}: {layer.error().message()}", file=sys.stderr)
    session.end(1)
transform = QgsCoordinateTransform(QgsCoordinateReferenceSystem("EPSG:4326"), mercator, QgsProject.instance())
centre = transform.transform(QgsPointXY(float(lon), float(lat)))
settings = QgsMapSettings()
settings.setLayers([layer])
settings.setDestinationCrs(mercator)
settings.setOutputSize(QSize(SIDE, SIDE))
settings.setExtent(QgsRectangle(centre.x() - SIDE / 2, centre.y() - SIDE / 2, centre.x() + SIDE / 2, centre.y() + SIDE / 2))
job = QgsMapRendererParallelJob(settings)
job.start()
job.waitForFinished()
if job.errors():
    print("; ".join(error.message for error in job.errors()), file=sys.stderr)
    session.end(1)
colour = job.renderedImage().pixelColor(SIDE // 2, SIDE // 2)
print(json.dumps([colour.red(), colour.green(), colour.blue()]), flush=True)
session.end()
