#!/usr/bin/python3
"""QGIS, without a screen, opens the whole layer of parcels by WFS and by OGC API - Features: what it reads beside what the
database holds, and how long it takes.

  scripts/bench_qgis.py --program build/release/carreau [--quick] [--out DIR]

Needs Debian's python3-qgis. --quick takes the small territory.
"""

import hashlib
import json
import os
import subprocess
import sys
import time

FIELDS = ["id", "commune", "prefixe", "section", "numero", "contenance", "arpente"]
VIEW_METRES = 500


def digest(rows):
    """One number for a set of rows, whatever their order."""
    total = 0
    for row in rows:
        total += int.from_bytes(hashlib.blake2b("\t".join(row).encode(), digest_size=8).digest(), "big")
    return f"{total % 2**64:016x}"


def text_of(value):
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else str(value)  # QGIS's WFS has texts for xs:boolean


def read_with_qgis(base, protocol, x, y, profile):
    """In a process of its own: prints what QGIS reads as one line of JSON."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from qgis.core import (NULL, QgsApplication, QgsCoordinateReferenceSystem, QgsCoordinateTransformContext, QgsFeatureRequest,
                           QgsGeometry, QgsRectangle, QgsVectorLayer)

    application = QgsApplication([], False, profile)
    application.initQgis()

    def open_layer(in_view):
        source = {"WFS": f"url='{base}/wfs' typename='carreau:parcelle' srsname='EPSG:2154' version='auto' pagingEnabled='true'",
                  "OAPIF": f"url='{base}' typename='parcelle' srsname='EPSG:2154'"}[protocol]
        layer = QgsVectorLayer(source + (" restrictToRequestBBOX='1'" if in_view else ""), "parcelle", protocol)
        if not layer.isValid():
            raise SystemExit(f"QGIS does not open the layer by {protocol}: {layer.error().message()}")
        return layer

    def in_lambert():
        """As a Lambert-93 map asks: QGIS 3.22 has OGC API - Features in longitude and latitude only."""
        return QgsFeatureRequest().setDestinationCrs(QgsCoordinateReferenceSystem("EPSG:2154"), QgsCoordinateTransformContext())

    begin = time.monotonic()
    view = QgsRectangle(x - VIEW_METRES, y - VIEW_METRES, x + VIEW_METRES, y + VIEW_METRES)
    inside = QgsGeometry.fromRect(view)
    in_view = [feature["id"] for feature in open_layer(True).getFeatures(in_lambert().setFilterRect(view))
               if feature.geometry().intersects(inside)]
    view_seconds = time.monotonic() - begin

    begin = time.monotonic()
    layer = open_layer(False)
    extent, first, rows = QgsRectangle(), None, []
    extent.setMinimal()
    area = 0.0
    for feature in layer.getFeatures(in_lambert()):
        first = first or time.monotonic() - begin
        rows.append([text_of(None if feature[name] == NULL else feature[name]) for name in FIELDS])
        geometry = feature.geometry()
        extent.combineExtentWith(geometry.boundingBox())
        area += geometry.area()
    print("read " + json.dumps({
        "view": digest([i] for i in in_view), "view_count": len(in_view), "view_s": view_seconds, "count": len(rows),
        "said": layer.featureCount(), "first_s": first, "seconds": time.monotonic() - begin, "rows": digest(rows), "area": area,
        "extent": [extent.xMinimum(), extent.yMinimum(), extent.xMaximum(), extent.yMaximum()]}), flush=True)
    os._exit(0)  # QGIS 3.22 may crash while its layers and Python end together; the answer is out


def measure(server, _):
    columns = ", ".join(f"coalesce({name}::text, '')" for name in FIELDS)
    stored = [line.split("\t") for line in server.sql(f"select concat_ws(E'\\t', {columns}) from cadastre.parcelle").splitlines()]
    extent = list(map(float, server.sql("select st_xmin(e) || ' ' || st_ymin(e) || ' ' || st_xmax(e) || ' ' || st_ymax(e) "
                                        "from (select st_extent(geom) e from cadastre.parcelle) q").split()))
    area = float(server.sql("select sum(st_area(geom)) from cadastre.parcelle"))
    x, y = map(float, server.sql("select st_x(p) || ' ' || st_y(p) from (select st_pointonsurface(geom) p from "
                                 "org.commune_actuelle where code_insee = '62119') q").split())
    in_view = server.sql(f"select id from cadastre.parcelle where geom && st_makeenvelope({x - VIEW_METRES}, {y - VIEW_METRES}, "
                         f"{x + VIEW_METRES}, {y + VIEW_METRES}, 2154) and st_intersects(geom, st_makeenvelope({x - VIEW_METRES}, "
                         f"{y - VIEW_METRES}, {x + VIEW_METRES}, {y + VIEW_METRES}, 2154))").splitlines()
    say(f"QGIS reads parcelle: {len(stored)} features; a view of {2 * VIEW_METRES} m: {len(in_view)}")
    for protocol in ("WFS", "OAPIF"):
        command = [sys.executable, __file__, "--read", f"http://{server.address.netloc}", protocol, str(x), str(y), str(server.folder / protocol)]
        shown = subprocess.run(command, capture_output=True, text=True, timeout=450, env={**os.environ, "XDG_RUNTIME_DIR": str(server.folder)})
        lines = [line for line in shown.stdout.splitlines() if line.startswith("read ")]
        check(lines, f"QGIS gave nothing by {protocol}: {shown.stdout[-500:]} {shown.stderr[-500:]}")
        read = json.loads(lines[0][5:])
        bench.record[protocol] = read
        check(read["count"] == len(stored), f"{protocol}: {read['count']} features of {len(stored)}")
        check(read["rows"] == digest(stored), f"{protocol}: other values")
        check(read["view"] == digest([i] for i in in_view), f"{protocol}: {read['view_count']} features in the view, {len(in_view)} stored")
        check(max(abs(a - b) for a, b in zip(read["extent"], extent)) < 0.002, f"{protocol}: extent {read['extent']}, {extent} stored")
        check(abs(read["area"] / area - 1) < 1e-6, f"{protocol}: area {read['area']}, {area} stored")
        say(f"  {protocol:<6} the same ids, values, extent and area; all of it in {read['seconds']:.1f} s (the first feature after "
            f"{read['first_s']:.2f} s), the view in {read['view_s']:.2f} s")


if __name__ == "__main__":
    if sys.argv[1:2] == ["--read"]:
        read_with_qgis(sys.argv[2], sys.argv[3], float(sys.argv[4]), float(sys.argv[5]), sys.argv[6])
    else:
        import bench
        from bench import check, say

        sys.exit(bench.main(__doc__, measure=measure))
