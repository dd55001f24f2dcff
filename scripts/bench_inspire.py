#!/usr/bin/env python3
"""What INSPIRE data sets cost, against the goals: all cadastral parcels over GetSpatialDataSet beside ogr2ogr writing plain GML of the
same table, first byte and memory meanwhile; a small data set asked for by ten clients at once.

  scripts/bench_inspire.py --program build/release/carreau [--quick] [--out DIR]

Needs curl, wrk and ogr2ogr. Rounds alternate; every figure is printed after the objects were counted.
"""

import re
import statistics
import sys

import bench
from bench import check, output_of, say, spread, verdict
from bench_features import Features

FEATURES_PER_SECOND, MEMORY_MB, FIRST_BYTE_MS, RATIO, REQUESTS_PER_SECOND = 50_000, 64, 100, 10, 10


class Inspire(Features):
    def path(self, code, crs=4258):
        return ("/wfs?service=WFS&version=2.0.0&request=GetFeature&storedquery_id=GetSpatialDataSet"
                f"&CRS=http://www.opengis.net/def/crs/EPSG/0/{crs}&DataSetIdCode={code}&Language=fre")

    def bench_parcels(self):
        rounds = 2 if self.quick else 3
        file = self.folder / "cp.gml"
        self.curl(self.path("cp"), file)
        idle = self.server.resident_mb()
        ours, peer, first, peaks = [], [], [], []
        for _ in range(rounds):
            with self.peak() as peak:
                begin, total, size = self.curl(self.path("cp"), file)
            ours.append(total)
            first.append(begin * 1000)
            peaks.append(peak[0] - idle)
            peer.append(self.ogr2ogr("gml"))
        text = file.read_bytes()
        check(text.count(b"<cp:CadastralParcel ") == self.rows, "parcels")
        objects = text.count(b"<wfs:member>")
        check(f'numberReturned="{objects}"'.encode() in text[:2000], "numberReturned")
        rate, ratio = objects / statistics.median(ours), statistics.median(p / o for o, p in zip(ours, peer))
        bench.record["cp"] = {"ours_s": ours, "peer_s": peer, "first_byte_ms": first, "above_idle_mb": peaks}
        say(f"\nCadastralParcels, {objects} objects, EPSG:4258, {size / 1e6:.0f} MB, over HTTP: {spread(ours)}  {rate:,.0f} objects/s   "
            f"{verdict(rate >= FEATURES_PER_SECOND, f'{FEATURES_PER_SECOND} objects/s')}")
        say(f"  ogr2ogr, plain GML of the parcels: {spread(peer)}   ratio {ratio:.1f}   {verdict(ratio >= RATIO, f'{RATIO} times ogr2ogr')}")
        say(f"  first byte {spread(first, 'ms', 1)}   {verdict(max(first) <= FIRST_BYTE_MS, f'first byte in {FIRST_BYTE_MS} ms')}"
            f"   memory above idle ({idle:.0f} MB): {max(peaks):.1f} MB   {verdict(max(peaks) <= MEMORY_MB, f'data set in {MEMORY_MB} MB')}")
        for crs in (3035, 3043):
            begin, total, size = self.curl(self.path("cp", crs), file)
            say(f"  EPSG:{crs}: {total:.2f} s, {objects / total:,.0f} objects/s, first byte {begin * 1000:.0f} ms")

    def bench_clients(self):
        shown = output_of("wrk", "-t1", "-c10", f"-d{3 if self.quick else 10}", "--latency", "-H", self.header, self.base + self.path("au"))
        check("Non-2xx" not in shown and "Socket errors" not in shown, shown)
        rate = float(re.search(r"Requests/sec:\s+([\d.]+)", shown).group(1))
        p90 = re.search(r"90%\s+(\S+)", shown).group(1)
        bench.record["au_requests_s"] = rate
        say(f"\nAdministrativeUnits, ten clients at once: {rate:.0f} whole data sets/s, 90 % within {p90}   "
            f"{verdict(rate >= REQUESTS_PER_SECOND, f'{REQUESTS_PER_SECOND} requests/s')}")


def measure(server, _):
    inspire = Inspire(server)
    inspire.bench_parcels()
    inspire.bench_clients()


if __name__ == "__main__":
    sys.exit(bench.main(__doc__, measure=measure))
