#!/usr/bin/env python3
"""What features cost, against the goals: pages beside the SQL that pg_featureserv asks for the same page, exports beside ogr2ogr
on the same table, memory and first byte of an export, and tiles while ten clients export.

  scripts/bench_features.py --program build/release/carreau [--quick] [--out DIR]

Needs curl, wrk, pgbench and ogr2ogr. Rounds alternate; every figure is printed after its results were found to be the same.
"""

import contextlib
import http.client
import json
import math
import os
import random
import re
import statistics
import sys
import threading
import time

import bench
from bench import ETALAB, check, output_of, say, spread, tile_path, verdict

PAGE_RATIO, DEPTH, EXPORT_RATIO, MEMORY_MB, FIRST_BYTE_MS, TILE_RATIO = 4, 0.20, 8, 64, 50, 3
EXPORTERS = 10


class Features:
    def __init__(self, server):
        self.server, self.folder, self.quick = server, server.folder, server.quick
        self.base = f"http://{server.address.netloc}"
        self.header = "Authorization: " + bench.log_in(server, "admin")[1]["Authorization"]
        self.rows = int(server.sql("select count(*) from cadastre.parcelle"))
        columns = ", ".join(f'"{c}"::text' for c in ETALAB.split(", "))
        # What pg_featureserv 1.3 asks for a page, written from its source.
        self.featureserv = f"select st_asgeojson(st_transform(geom::geometry, 4326)) as _geojson, {columns} from cadastre.parcelle limit 1000"

    # Pages

    def wrk(self, path, seconds, connections=1, base=None):
        """Milliseconds a request. Of several paths, one after the other, again and again."""
        cycle = []
        if not isinstance(path, str):
            script = self.folder / "paths.lua"
            script.write_text("local paths, n = {" + ",".join(f'"{p}"' for p in path) + "}, 0\n"
                              "function request() n = n % #paths + 1 return wrk.format(nil, paths[n]) end\n")
            path, cycle = "/", ["-s", str(script)]
        shown = output_of("wrk", "-t1", f"-c{connections}", f"-d{seconds}", "--latency", "-H", self.header, *cycle, (base or self.base) + path)
        check("Non-2xx" not in shown and "Socket errors" not in shown, shown)
        return 1000 * connections / float(re.search(r"Requests/sec:\s+([\d.]+)", shown).group(1))

    def pgbench(self, seconds, connections=1):
        script = self.folder / "page.sql"
        script.write_text(self.featureserv + ";\n")
        dsn = self.server.dsn + " options='-c max_parallel_workers_per_gather=0 -c jit=off'"  # else workers are started for each page
        shown = output_of("pgbench", "-n", "-M", "prepared", f"-c{connections}", "-j1", f"-T{seconds}", "-f", str(script), dsn)
        return 1000 * connections / float(re.search(r"tps = ([\d.]+)", shown).group(1))

    def check_page(self, path):
        """Our page beside the peer's SQL for the same ids: positions within 1e-7 degree, every value."""
        ours = json.loads(self.server.timed_get(path)[1])["features"]
        check(len(ours) == 1000, f"{len(ours)} features in the page")
        ids = ",".join("'" + f["id"] + "'" for f in ours)
        names = ETALAB.split(", ")
        theirs = self.server.sql("select json_agg(json_build_object('id', q.id, 'g', st_asgeojson(st_transform(q.geom, 4326), 9)::json, 'p', "
                                 f"row_to_json(p)) order by q.id) from (select {ETALAB}, geom from cadastre.parcelle where id in ({ids})) q, "
                                 f"lateral (select {', '.join('q.' + n for n in names)}) p")
        theirs = {f["id"]: f for f in json.loads(theirs)}
        for feature in ours:
            peer = theirs[feature["id"]]
            check(all(feature["properties"][n] == peer["p"][n] for n in names), f"values of {feature['id']}")
            check(far_apart(feature["geometry"], peer["g"]) < 1e-7, f"geometry of {feature['id']}")

    def bench_pages(self):
        rounds, seconds = (3, 2) if self.quick else (7, 4)
        path = "/collections/parcelle/items?limit=1000"
        self.check_page(path)
        say("\nPage of 1,000 parcels made anew (nothing kept), GeoJSON CRS84, one client after the other, A B A B:")
        ours, peer = [], []
        for _ in range(rounds):
            ours.append(self.wrk(path, seconds))
            peer.append(self.pgbench(seconds))
        ratio = statistics.median(p / o for o, p in zip(ours, peer))
        say(f"  carreau over HTTP {spread(ours, 'ms')}   pg_featureserv's SQL alone, prepared {spread(peer, 'ms')}   "
            f"ratio {ratio:.2f}   {verdict(ratio >= PAGE_RATIO, f'page at {PAGE_RATIO} times the SQL of pg_featureserv')}")
        bench.record["page_ms"], bench.record["page_sql_ms"] = ours, peer
        paths = self.server.walk()
        self.bench_pages_asked_again(list(paths.values()))
        deep = max(rank for rank in paths if rank + 1000 in paths and rank <= 250_000)
        near, far = [], []
        for _ in range(rounds):
            near.append(self.wrk(paths[0], 2))
            far.append(self.wrk(paths[deep], 2))
        change = statistics.median(f / n for n, f in zip(near, far)) - 1
        say(f"  rank 0 {spread(near, 'ms')}, rank {deep} {spread(far, 'ms')}: {change * 100:+.1f} %   "
            f"{verdict(abs(change) <= DEPTH, 'page at depth 250,000 within 20 % of the first')}")

    def bench_pages_asked_again(self, paths):
        """All pages of the layer, from a second server that keeps what it answered (its default), beside the first one that makes
        each anew and the peer's SQL for its first page."""
        rounds, seconds = (3, 2) if self.quick else (7, 4)
        process, address = self.server.start()
        try:
            keeping, other = Pages(address, self.header), Pages(self.server.address, self.header)
            first = [keeping.get(path) for path in paths]
            hits = keeping.metric("hits_total")
            for path, body in zip(paths, first):
                check(body == keeping.get(path) == other.get(path), f"{path} is not the same asked first, asked again and made anew")
            check(keeping.metric("hits_total") - hits == len(paths), "not every page asked again was kept")
            again, anew, peer, cost = [], [], [], []
            for _ in range(rounds):
                again.append(self.wrk(paths, seconds, base=keeping.base))
                anew.append(self.wrk(paths, seconds))
                peer.append(self.pgbench(seconds))
                cost.append(self.cost_of_keeping(keeping, other, paths))
            megabytes = keeping.metric("bytes") / 1e6
        finally:
            self.server.stop(process)
        ratio, ratio_anew = (statistics.median(p / o for o, p in zip(ours, peer)) for ours in (again, anew))
        bench.record["page_again_ms"], bench.record["page_anew_ms"], bench.record["page_again_sql_ms"] = again, anew, peer
        bench.record["page_keeping_ms"] = cost
        say(f"\nAll {len(paths)} pages in turn, {megabytes:.0f} MB kept, each the same asked first, asked again and made anew, A B C A B C:")
        say(f"  asked again {spread(again, 'ms')}   made anew {spread(anew, 'ms')}   pg_featureserv's SQL alone, prepared {spread(peer, 'ms')}   "
            f"ratio asked again {ratio:.1f}, made anew {ratio_anew:.2f}   "
            f"{verdict(ratio >= PAGE_RATIO, f'page asked again at {PAGE_RATIO} times the SQL of pg_featureserv')}")
        say("  asked for the first time after a change, beside a server that keeps nothing, a Python client, median of the pages: "
            f"{spread([k for k, _ in cost], 'ms')}, {spread([o for _, o in cost], 'ms')}")

    def cost_of_keeping(self, keeping, other, paths):
        """Median milliseconds of pages asked of either server after a change of the layer, when nothing kept is of use."""
        self.server.sql("update cadastre.parcelle set contenance = contenance where id = (select min(id) from cadastre.parcelle)")
        misses, times = keeping.metric("misses_total"), ([], [])
        for number, path in enumerate(paths):
            for pages, taken in list(zip((keeping, other), times))[::1 if number % 2 else -1]:
                begin = time.perf_counter()
                pages.read(path)
                taken.append((time.perf_counter() - begin) * 1000)
        check(keeping.metric("misses_total") - misses == len(paths), "a page was kept through a change")
        return tuple(map(statistics.median, times))

    def bench_wfs_pages(self):
        """As QGIS pages: by number, one page after the other; then as a client would that asks for a deep page out of the blue."""
        size = 1000
        page = "/wfs?service=WFS&version=2.0.0&request=GetFeature&typeNames=carreau:parcelle&count={}&startIndex={}"
        last = (self.rows - 1) // size * size
        cold = bench.record["wfs_deep_page_cold_ms"] = self.server.timed_get(page.format(size, last - size))[0]
        times, ids = {}, set()
        for start in range(0, self.rows, size):
            times[start], body = self.server.timed_get(page.format(size, start))
            found = re.findall(rb'<carreau:parcelle gml:id="([^"]+)"', body)
            check(len(found) == min(size, self.rows - start), f"{len(found)} features from {start}")
            ids.update(found)
        check(len(ids) == self.rows, f"{len(ids)} different ids by startIndex, {self.rows} in the table")
        fifth = max(1, len(times) // 5)
        ordered = [times[start] for start in sorted(times)]
        near, far = ordered[1:fifth], ordered[-fifth:-1]
        change = statistics.median(far) / statistics.median(near) - 1
        bench.record["wfs_page_ms"] = ordered
        say(f"\nWFS 2.0 pages of {size} by startIndex, one after the other ({len(times)} pages, {len(ids)} different ids):")
        say(f"  first fifth {spread(near, 'ms')}, last fifth {spread(far, 'ms')}: {change * 100:+.1f} %   "
            f"{verdict(abs(change) <= DEPTH, 'WFS page at depth within 20 % of the first')}")
        say(f"  startIndex {last - size} asked out of the blue, before all others: {cold:.1f} ms")

    # Exports

    def curl(self, path, into, nice=False, form=False):
        """First byte and whole time in seconds, bytes; `form`: what is asked goes in the body of a POST."""
        path, _, query = path.partition("?") if form else (path, "", "")
        data = ["--data", query] if form else []
        shown = output_of(*(["nice", "-n19"] if nice else []), "curl", "-sS", "--fail", *data, "-H", self.header, "-o", str(into),
                          "-w", "%{time_starttransfer} %{time_total} %{size_download}", self.base + path)
        first, total, size = map(float, shown.split())
        return first, total, size

    def export(self, form):
        return self.curl(f"/collections/parcelle/export?f={form}&crs=http://www.opengis.net/def/crs/EPSG/0/4326"
                         if form == "gml" else f"/collections/parcelle/export?f={form}", self.folder / f"ours.{form}")

    def ogr2ogr(self, form):
        file = self.folder / f"peer.{form}"
        file.unlink(missing_ok=True)
        options = {"geojson": ["-f", "GeoJSON", "-lco", "COORDINATE_PRECISION=8"], "gml": ["-f", "GML", "-dsco", "FORMAT=GML3.2"]}[form]
        begin = time.monotonic()
        output_of("ogr2ogr", *options, "-t_srs", "EPSG:4326", str(file), f"PG:{self.server.dsn}", "-sql",
                  f"select {ETALAB}, geom from cadastre.parcelle", "-nln", "parcelles")
        return time.monotonic() - begin

    def check_exports(self, form):
        ours, peer = self.folder / f"ours.{form}", self.folder / f"peer.{form}"
        if form == "gml":
            for file, element in ((ours, b"<wfs:member>"), (peer, b"featureMember>\n")):
                count = file.read_bytes().count(element) // (1 if file is ours else 2)
                check(count == self.rows, f"{file.name}: {count} members")
            return
        ours, peer = ({f["properties"]["id"]: f for f in json.loads(file.read_bytes())["features"]} for file in (ours, peer))
        check(len(ours) == self.rows and ours.keys() == peer.keys(), f"{len(ours)} features, the peer {len(peer)}")
        names = ETALAB.split(", ")
        for key in random.Random(1).sample(sorted(ours), 5000):
            # ogr2ogr takes 50.5299999 for a rounding error of 50.53.
            check(far_apart(ours[key]["geometry"], peer[key]["geometry"]) < 2e-7, f"geometry of {key}")
            same = all(ours[key]["properties"][n] == peer[key]["properties"][n] for n in names if n not in ("created", "updated"))
            check(same, f"values of {key}")

    def bench_exports(self):
        rounds = 2 if self.quick else 5
        for form in ("geojson", "gml"):
            self.export(form)
            idle = self.server.resident_mb()
            ours, peer, first, peaks = [], [], [], []
            for _ in range(rounds):
                with self.peak() as peak:
                    begin, total, size = self.export(form)
                ours.append(total)
                first.append(begin * 1000)
                peaks.append(peak[0] - idle)
                peer.append(self.ogr2ogr(form))
            self.check_exports(form)
            ratio = statistics.median(p / o for o, p in zip(ours, peer))
            bench.record["export_" + form] = {"ours_s": ours, "peer_s": peer, "first_byte_ms": first, "above_idle_mb": peaks}
            say(f"\nExport of {self.rows} parcels to {form}, EPSG:4326, {size / 1e6:.0f} MB, A B A B:")
            say(f"  carreau over HTTP {spread(ours)}  ({self.rows / statistics.median(ours):,.0f} features/s)   ogr2ogr {spread(peer)}   "
                f"ratio {ratio:.1f}   {verdict(ratio >= EXPORT_RATIO, f'export to {form} at {EXPORT_RATIO} times ogr2ogr')}")
            say(f"  first byte {spread(first, 'ms', 1)}   {verdict(statistics.median(first) <= FIRST_BYTE_MS, f'first byte of {form} in {FIRST_BYTE_MS} ms')}"
                f"   memory above idle ({idle:.0f} MB): {max(peaks):.1f} MB   {verdict(max(peaks) <= MEMORY_MB, f'export of {form} in {MEMORY_MB} MB')}")
        for form in ("gpkg", "shp", "fgb", "csv", "csv-excel", "kml", "dxf"):
            begin, total, size = self.curl(f"/collections/parcelle/export?f={form}", os.devnull)
            say(f"  {form:<10} {total:6.2f} s   {size / 1e6:6.1f} MB   first byte {begin * 1000:.0f} ms")

    @contextlib.contextmanager
    def peak(self):
        """The most memory the server held meanwhile, looked at a hundred times a second."""
        most, done = [0.0], threading.Event()

        def watch():
            while not done.wait(0.01):
                most[0] = max(most[0], self.server.resident_mb())

        thread = threading.Thread(target=watch)
        thread.start()
        try:
            yield most
        finally:
            done.set()
            thread.join()

    # Tiles beside exports

    def tile_times(self, seconds):
        connection = http.client.HTTPConnection(self.server.address.hostname, self.server.address.port, timeout=60)
        times, end = [], time.monotonic() + seconds
        chance = random.Random(5)
        while time.monotonic() < end:
            begin = time.perf_counter()
            connection.request("GET", chance.choice(self.tiles))
            answer = connection.getresponse()
            answer.read()
            times.append((time.perf_counter() - begin) * 1000)
            check(answer.status in (200, 204), f"a tile answered {answer.status}")
            time.sleep(0.005)
        return times

    def bench_tiles_beside_exports(self):
        seconds = 5 if self.quick else 20
        points = self.server.sql("select st_x(p) || ' ' || st_y(p) from (select st_transform(st_pointonsurface(geom), 4326) p "
                                 "from cadastre.parcelle order by md5(id) limit 300) q").splitlines()
        self.tiles = [tile_path("parcelle", 15, *map(float, p.split())) for p in points]
        self.tile_times(2)
        idle = self.tile_times(seconds)
        stop, exported = threading.Event(), []

        def export():
            while not stop.is_set():
                exported.append(self.curl("/collections/parcelle/export", os.devnull, nice=True)[2])

        threads = [threading.Thread(target=export) for _ in range(EXPORTERS)]
        for thread in threads:
            thread.start()
        time.sleep(1)
        busy = self.tile_times(seconds)
        stop.set()
        for thread in threads:
            thread.join()
        check(len(set(exported)) == 1, "exports of different sizes")

        def p99(times):
            return sorted(times)[math.ceil(len(times) * 0.99) - 1]

        ratio = p99(busy) / p99(idle)
        bench.record["tiles_beside_exports"] = {"idle_p99_ms": p99(idle), "busy_p99_ms": p99(busy)}
        say(f"\nTiles z15 while {EXPORTERS} clients export ({len(exported)} exports): median {statistics.median(idle):.2f} -> "
            f"{statistics.median(busy):.2f} ms, p99 {p99(idle):.2f} -> {p99(busy):.2f} ms   ratio {ratio:.2f}   "
            f"{verdict(ratio <= TILE_RATIO, f'tile p99 beside exports within {TILE_RATIO} times idle')}")


class Pages:
    """Pages of one server, over one connection."""

    def __init__(self, address, header):
        self.netloc, self.base = address.netloc, f"http://{address.netloc}"
        self.connection = http.client.HTTPConnection(address.hostname, address.port, timeout=60)
        self.headers = dict([header.split(": ")])

    def read(self, path):
        self.connection.request("GET", path, headers=self.headers)
        answer = self.connection.getresponse()
        body = answer.read()
        check(answer.status == 200, f"{path} answered {answer.status}")
        return body

    def get(self, path):
        """The page but for when and where it was asked."""
        return re.sub(rb'"timeStamp":"[^"]*"', b"", self.read(path)).replace(self.netloc.encode(), b"")

    def metric(self, name):
        return float(re.search(rf"^carreau_page_cache_{name} (\S+)$", self.read("/metrics").decode(), re.M).group(1))


def far_apart(a, b):
    """The greatest distance of two GeoJSON geometries of the same shape, by coordinate."""
    def positions(g):
        stack = [g["coordinates"]]
        while stack:
            part = stack.pop()
            if part and isinstance(part[0], (int, float)):
                yield part
            else:
                stack.extend(part)

    a, b = list(positions(a)), list(positions(b))
    return math.inf if len(a) != len(b) else max(max(abs(x - u), abs(y - v)) for (x, y, *_), (u, v, *_) in zip(a, b))


def measure(server, options):
    features = Features(server)
    if options.only in (None, "exports"):
        features.bench_exports()
    if options.only in (None, "pages"):
        features.bench_pages()
        features.bench_wfs_pages()
    if options.only in (None, "tiles"):
        features.bench_tiles_beside_exports()


if __name__ == "__main__":
    sys.exit(bench.main(__doc__, ["pages", "exports", "tiles"], measure))
