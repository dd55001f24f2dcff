"""QGIS itself, without a screen: reads a large layer by WFS and by OGC API - Features, filters on the server, edits a layer
by WFS-T (1.0.0, which QGIS before 3.30 sends to 2.0 layers, and 1.1.0), and by Part 4 as newer QGIS sends it.

  qgis_wfs.py URL LOGIN PASSWORD PROFILE_FOLDER"""

import base64
import json
import sys
import urllib.request

from qgis.core import QgsFeature, QgsFeatureRequest, QgsGeometry, QgsRectangle, QgsVectorLayer
from session import Session

base, login, password, profile = sys.argv[1:]
session = Session(profile)
basic = session.basic(login, password)


def check(what, found, wanted):
    if found != wanted:
        print(f"{what}: {found!r} instead of {wanted!r}", flush=True)
        session.end(1)
    print(f"  {what}: {str(found)[:70]}", flush=True)


def wfs_layer(name, version):
    uri = (f"url='{base}/wfs' typename='carreau:{name}' srsname='EPSG:2154' version='{version}' pagingEnabled='true' "
           f"restrictToRequestBBOX='1' authcfg={basic}")
    layer = QgsVectorLayer(uri, name, "WFS")
    check(f"{name} by WFS {version} opens", layer.isValid(), True)
    return layer


def values(layer, request=QgsFeatureRequest()):
    fields = ["id", "genre", "rang"]
    return sorted(tuple(f[n] for n in fields) + (f.geometry().boundingBox().toString(1),) for f in layer.getFeatures(request))


# Reading.
by_wfs = wfs_layer("maille", "auto")
features = values(by_wfs)
check("features by WFS", len(features), 25000)
check("different ids", len({f[0] for f in features}), 25000)
by_api = session.features_api(base, "maille", srsname="EPSG:2154", authcfg=basic)
check("maille by OGC API opens", by_api.isValid(), True)
check("features by OGC API", by_api.featureCount() if by_api.featureCount() >= 0 else sum(1 for _ in by_api.getFeatures()), 25000)
check("the same ids", {f["id"] for f in by_api.getFeatures()} == {f[0] for f in features}, True)
box = QgsRectangle(651000, 7000500, 651500, 7000900)
wanted = sum(1 for f in by_wfs.getFeatures(QgsFeatureRequest().setFilterRect(box)))
for version in ["1.0.0", "1.1.0", "2.0.0"]:
    fresh = wfs_layer("maille", version)
    found = values(fresh, QgsFeatureRequest().setFilterRect(box))
    check(f"in a box by WFS {version}", (len(found), found == [f for f in features if f in set(found)]), (wanted, True))
selected = wfs_layer("maille", "2.0.0")
check("a filter is set", selected.setSubsetString("\"genre\" = 'a' AND \"rang\" < 100"), True)
check("selected by the server", len(values(selected)), len([f for f in features if f[1] == "a" and f[2] < 100]))


# WFS-T.
def named(layer, name):
    found = list(layer.getFeatures())
    print("  " + str([f["nom"] for f in found]), flush=True)
    return [f for f in found if f["nom"] == name]


def add(layer, name, x, y):
    feature = QgsFeature(layer.fields())
    feature["nom"] = name
    feature["places"] = 5
    feature.setGeometry(QgsGeometry.fromWkt(f"POINT ({x} {y})"))
    layer.startEditing()
    layer.addFeature(feature)
    check(f"added {name}: {layer.commitErrors()}", layer.commitChanges(), True)


for version in ["2.0.0", "1.1.0", "1.0.0"]:
    layer = wfs_layer("banc", version)
    name = f"essai {version}"
    add(layer, name, 700200, 6600200)
    layer = wfs_layer("banc", version)
    feature = named(layer, name)[0]
    check("where it is", feature.geometry().asWkt(1), "Point (700200 6600200)")
    layer.startEditing()
    layer.changeAttributeValue(feature.id(), layer.fields().indexOf("nom"), "changé")
    layer.changeGeometry(feature.id(), QgsGeometry.fromWkt("POINT (700300 6600300)"))
    check(f"changed: {layer.commitErrors()}", layer.commitChanges(), True)
    layer = wfs_layer("banc", version)
    feature = named(layer, "changé")[0]
    check("where it is now", feature.geometry().asWkt(1), "Point (700300 6600300)")
    layer.startEditing()
    layer.deleteFeature(feature.id())
    check(f"deleted: {layer.commitErrors()}", layer.commitChanges(), True)
    check("gone", named(wfs_layer("banc", version), "changé"), [])

# Both protocols on one layer.
layer = wfs_layer("banc", "auto")
add(layer, "wfs", 700200, 6600200)
layer = wfs_layer("banc", "auto")
feature = named(layer, "wfs")[0]
two = named(layer, "deux")[0]


def call(method, path, body=None, **headers):
    token = base64.b64encode(f"{login}:{password}".encode()).decode()
    request = urllib.request.Request(base + path, data=json.dumps(body).encode() if body else None, method=method)
    request.add_header("Authorization", "Basic " + token)
    for name, value in headers.items():
        request.add_header(name.replace("_", "-"), value)
    with urllib.request.urlopen(request) as answer:
        return answer.status, answer.headers, answer.read()


_, headers, _ = call("OPTIONS", "/collections/banc/items")
check("OPTIONS offers POST", "POST" in headers["Allow"], True)
crs = "http://www.opengis.net/def/crs/EPSG/0/2154"
status, headers, _ = call("POST", "/collections/banc/items", {
    "type": "Feature", "properties": {"nom": "api", "places": 1},
    "geometry": {"type": "Point", "coordinates": [700400, 6600400]}}, Content_Type="application/geo+json", Content_Crs=crs)
check("POST", status, 201)
path = "/collections/banc/items/" + headers["Location"].split("/items/")[1]

layer.startEditing()
fields = layer.fields()
for name, value in {"nom": "wfs changé", "places": 7, "hauteur": 0.5, "pose": "2026-01-31", "neuf": True}.items():
    layer.changeAttributeValue(feature.id(), fields.indexOf(name), value)
layer.changeGeometry(feature.id(), QgsGeometry.fromWkt("POINT (700300 6600300)"))
layer.deleteFeature(two.id())
status, _, _ = call("PATCH", path, {"type": "Feature", "properties": {"nom": "api changé", "places": 9}},
                    Content_Type="application/merge-patch+json")
check("PATCH", status in (200, 204), True)
check(f"WFS-T after Part 4: {layer.commitErrors()}", layer.commitChanges(), True)
check("what WFS gives", sorted(f["nom"] for f in wfs_layer("banc", "auto").getFeatures()), ["api changé", "un", "wfs changé"])
check("what the API gives", sorted(f["properties"]["nom"] for f in json.loads(call("GET", "/collections/banc/items")[2])["features"]),
      ["api changé", "un", "wfs changé"])

# An edit is seen by who opens the layer again in the same QGIS, whatever he kept of it.
def named_by_api():
    layer = session.features_api(base, "banc", srsname="EPSG:2154", authcfg=basic)
    return sorted(f["nom"] for f in layer.getFeatures())


check("what OAPIF gives", named_by_api(), ["api changé", "un", "wfs changé"])
call("PATCH", path, {"type": "Feature", "properties": {"nom": "api encore"}}, Content_Type="application/merge-patch+json")
check("what OAPIF gives after an edit", named_by_api(), ["api encore", "un", "wfs changé"])
call("PATCH", path, {"type": "Feature", "properties": {"nom": "api changé"}}, Content_Type="application/merge-patch+json")

# What may not be is refused, whole.
layer = wfs_layer("banc", "auto")
feature = named(layer, "un")[0]
layer.startEditing()
layer.changeAttributeValue(feature.id(), fields.indexOf("nom"), "perdu")
layer.changeGeometry(feature.id(), QgsGeometry.fromWkt("POINT (1e30 1e30)"))
check("a place outside the CRS is refused", layer.commitChanges(), False)
print("  QGIS says: " + " ".join(layer.commitErrors())[:300].replace("\n", " "), flush=True)
layer.rollBack()
check("nothing of it was done", len(named(wfs_layer("banc", "auto"), "un")), 1)
session.end()
