#!/usr/bin/env python3
"""What INSPIRE data sets cost, against the goals: all cadastral parcels over GetSpatialDataSet beside ogr2ogr writing plain GML of the
same table, first byte and memory meanwhile; a small data set asked for by ten clients at once.

  scripts/bench_inspire.py --program build/release/carreau [--quick] [--out DIR]

Needs curl, wrk and ogr2ogr. Rounds alternate; every figure is printed after the objects were counted.
"""

import contextlib
import http.client
import re
import statistics
import subprocess
import sys
import time

import bench
from bench import check, output_of, say, spread, verdict
from bench_features import Features

FEATURES_PER_SECOND, MEMORY_MB, FIRST_BYTE_MS, RATIO, REQUESTS_PER_SECOND = 50_000, 64, 100, 10, 1_000  # the last: a hundred times the legal 10


class Inspire(Features):
    def path(self, code, crs=4258):
        return ("/wfs?service=WFS&version=2.0.0&request=GetFeature&storedquery_id=GetSpatialDataSet"
                f"&CRS=http://www.opengis.net/def/crs/EPSG/0/{crs}&DataSetIdCode={code}&Language=fre")

    def touch(self):
        """A change of one parcel: no count and no file stands after it."""
        self.server.sql("update cadastre.parcelle set contenance = contenance where id = (select min(id) from cadastre.parcelle)")

    def bench_parcels(self):
        rounds = 2 if self.quick else 3
        file = self.folder / "cp.gml"
        self.await_files()
        self.curl(self.path("cp"), file, form=True)
        idle = self.server.resident_mb()
        ours, peer, first, counted, peaks = [], [], [], [], []
        for _ in range(rounds):
            with self.peak() as peak:
                begin, total, size = self.curl(self.path("cp"), file, form=True)
            ours.append(total)
            first.append(begin * 1000)
            peaks.append(peak[0] - idle)
            self.touch()
            counted.append(self.curl(self.path("cp"), file, form=True)[0] * 1000)
            peer.append(self.ogr2ogr("gml"))
        text = file.read_bytes()
        check(text.count(b"<cp:CadastralParcel ") == self.rows, "parcels")
        objects = text.count(b"<wfs:member>")
        check(f'numberReturned="{objects}"'.encode() in text[:2000], "numberReturned")
        rate, ratio = objects / statistics.median(ours), statistics.median(p / o for o, p in zip(ours, peer))
        bench.record["cp"] = {"ours_s": ours, "peer_s": peer, "first_byte_ms": first, "first_byte_counted_ms": counted, "above_idle_mb": peaks}
        say(f"\nCadastralParcels, {objects} objects, EPSG:4258, {size / 1e6:.0f} MB, streamed over HTTP: {spread(ours)}  {rate:,.0f} objects/s   "
            f"{verdict(rate >= FEATURES_PER_SECOND, f'{FEATURES_PER_SECOND} objects/s')}")
        say(f"  ogr2ogr, plain GML of the parcels: {spread(peer)}   ratio {ratio:.1f}   {verdict(ratio >= RATIO, f'{RATIO} times ogr2ogr')}")
        say(f"  first byte {spread(first, 'ms', 1)}   {verdict(statistics.median(first) <= FIRST_BYTE_MS, f'first byte in {FIRST_BYTE_MS} ms')}"
            f"   counted anew after a change {spread(counted, 'ms', 1)}   "
            f"{verdict(statistics.median(counted) <= FIRST_BYTE_MS, f'first byte after a change in {FIRST_BYTE_MS} ms')}")
        say(f"  memory above idle ({idle:.0f} MB): {max(peaks):.1f} MB   {verdict(max(peaks) <= MEMORY_MB, f'data set in {MEMORY_MB} MB')}")
        for crs in (3035, 3043):
            begin, total, size = self.curl(self.path("cp", crs), file)
            say(f"  EPSG:{crs}: {total:.2f} s, {objects / total:,.0f} objects/s, first byte {begin * 1000:.0f} ms")
        self.bench_file(file, objects)

    def await_files(self):
        """Until the server has made its files: it does so in the background."""
        end = time.monotonic() + 120
        while any(self.status(f"/downloads/cp-4.0.{form}") != 200 for form in ("gml", "gpkg")):
            check(time.monotonic() < end, "files of cp were not made")
            time.sleep(0.5)

    def bench_file(self, file, objects):
        """GET in EPSG:4258 is answered from the prepared file once it is made anew."""
        end = time.monotonic() + 120
        while self.answer(self.path("cp")).headers["Content-Length"] is None:
            check(time.monotonic() < end, "no file of cp was made")
            time.sleep(0.5)
        rounds = [self.curl(self.path("cp"), file) for _ in range(5)]
        check(file.read_bytes().count(b"<wfs:member>") == objects, "objects of the file")
        first = [begin * 1000 for begin, _, _ in rounds]
        bench.record["cp_file"] = {"s": [total for _, total, _ in rounds], "first_byte_ms": first}
        say(f"  from the prepared file: {spread([total for _, total, _ in rounds])}, first byte {spread(first, 'ms', 1)}   "
            f"{verdict(statistics.median(first) <= FIRST_BYTE_MS, f'first byte of the file in {FIRST_BYTE_MS} ms')}")

    def answer(self, path, method="GET"):
        """Its head; what follows is left."""
        with contextlib.closing(http.client.HTTPConnection(self.server.address.netloc, timeout=60)) as connection:
            name, value = self.header.split(": ", 1)
            connection.request(method, path, headers={name: value})
            return connection.getresponse()

    def status(self, path):
        return self.answer(path, "HEAD").status

    def first_byte(self, code):
        """Milliseconds to the first byte of a stream, which is left then."""
        with contextlib.closing(http.client.HTTPConnection(self.server.address.netloc, timeout=60)) as connection:
            name, value = self.header.split(": ", 1)
            form = {name: value, "Content-Type": "application/x-www-form-urlencoded"}
            begin = time.perf_counter()
            connection.request("POST", "/wfs", self.path(code).partition("?")[2], form)
            response = connection.getresponse()
            check(response.status == 200 and response.read(1) == b"<", f"{code} answered {response.status}")
            return (time.perf_counter() - begin) * 1000

    def bench_load(self):
        """First byte of all parcels while four clients ask for other data sets without a pause."""
        load = subprocess.Popen(["wrk", "-t1", "-c4", "-d60", "-H", self.header, self.base + self.path("au", 3035)], stdout=subprocess.DEVNULL)
        try:
            time.sleep(1)
            warm = [self.first_byte("cp") for _ in range(20)]
            cold = []
            for _ in range(5):
                self.touch()
                cold.append(self.first_byte("cp"))
        finally:
            load.terminate()
            load.wait()
        bench.record["under_load"] = {"first_byte_ms": warm, "first_byte_counted_ms": cold}
        say(f"\nUnder load (four clients streaming AdministrativeUnits in EPSG:3035): first byte of all parcels {spread(warm, 'ms', 1)}   "
            f"{verdict(statistics.median(warm) <= FIRST_BYTE_MS, f'first byte under load in {FIRST_BYTE_MS} ms')}   "
            f"counted anew {spread(cold, 'ms', 1)}")

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
    inspire.bench_load()


if __name__ == "__main__":
    sys.exit(bench.main(__doc__, measure=measure))
