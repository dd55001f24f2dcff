#!/usr/bin/env python3
"""The measurements of scripts/bench. Standard library only; PostgreSQL through psql, the peer through ogr2ogr."""

import argparse
import contextlib
import http.client
import json
import os
import platform
import random
import re
import resource
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from urllib.parse import urlsplit

IMPORT_GOAL = 1.5
PAGE_GOAL = 0.20
MEMORY_GOAL_MB = 300
ETALAB = "id, commune, prefixe, section, numero, contenance, arpente, created, updated"


class WrongResult(Exception):
    """A figure whose result is not the one expected is worth nothing."""


def say(text=""):
    print(text, flush=True)
    lines.append(text)


lines = []  # what was printed, for --out
record = {}  # every single time, for --out
missed = []  # goals


def check(condition, text):
    if not condition:
        raise WrongResult(text)


def spread(values, unit="s", digits=2):
    return f"{statistics.median(values):.{digits}f} {unit} [{min(values):.{digits}f} - {max(values):.{digits}f}]"


def verdict(reached, goal):
    if not reached:
        missed.append(goal)
    return f"{'PASS' if reached else 'FAIL'} (goal {goal})"


def output_of(*command):
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


def times_of(pid):
    """Processor seconds of a process, and of its children that ended; nothing of one that is gone."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0, 0
    own_user, own_system, ended_user, ended_system = (int(field) / os.sysconf("SC_CLK_TCK") for field in fields[11:15])
    return own_user + own_system, ended_user + ended_system


def ended_backends(data):
    """Processor seconds of the PostgreSQL backends that ended, of the cluster in this folder."""
    return times_of(Path(data, "postgres/postmaster.pid").read_text().split()[0])[1]


def await_address(server):
    """The address that a starting `carreau` tells."""
    for line in server.stdout:
        found = re.search(r"http://[0-9.]+:\d+", line)
        if found:
            return urlsplit(found.group())
    raise WrongResult("the server did not start")


class Bench:
    def __init__(self, program, quick, folder):
        self.program, self.quick, self.folder = program, quick, folder
        self.data = folder / "data"
        self.territory = "small" if quick else "full"
        self.dsn = f"host={self.data}/run port=5432 user=carreau dbname=carreau"
        self.server = None
        self.address = None

    # Processes

    def carreau(self, *arguments):
        result = subprocess.run([self.program, *map(str, arguments), "--data", str(self.data)], capture_output=True, text=True)
        check(result.returncode == 0, f"carreau {arguments[0]}: {result.stdout}{result.stderr}")
        return result.stdout

    def sql(self, statement):
        return output_of("psql", self.dsn, "-XAtqv", "ON_ERROR_STOP=1", "-c", statement)

    def start(self, *options):
        """A server over the territory that is there, and its address. Several may run at a time."""
        command = [self.program, "demo", "--territory", self.territory, "--data", str(self.data), "--port", "0", *options]
        # A session of its own: Ctrl-C comes here first, and stop() ends it in good order.
        server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, start_new_session=True)
        return server, await_address(server)

    def start_server(self):
        """The second `demo`: everything is there, it starts and answers. Pages are made anew each time."""
        begin = time.monotonic()
        self.server, self.address = self.start("--page-cache", "0", "--bulk-share", "12")  # its downloads are all of one person
        check(self.get("/readyz")[0] == 200, "/readyz")
        return time.monotonic() - begin

    def stop(self, server=None):
        server = server or self.server
        if server and server.poll() is None:
            server.send_signal(signal.SIGINT)
            try:
                server.wait(60)
            except subprocess.TimeoutExpired:
                server.kill()
                server.wait()

    # HTTP, one connection kept open

    def get(self, path):
        if not hasattr(self, "connection"):
            self.connection = http.client.HTTPConnection(self.address.hostname, self.address.port, timeout=60)
        try:
            self.connection.request("GET", path)
            response = self.connection.getresponse()
        except ConnectionError:  # the server closed it while nobody asked; it opens anew by itself
            self.connection.close()
            self.connection.request("GET", path)
            response = self.connection.getresponse()
        return response.status, response.read()

    def timed_get(self, path):
        begin = time.perf_counter()
        status, body = self.get(path)
        elapsed = (time.perf_counter() - begin) * 1000
        check(status in (200, 204), f"{path} answered {status}")
        return elapsed, body

    # What the system tells

    def resident_mb(self):
        status = Path(f"/proc/{self.server.pid}/status").read_text()
        return int(re.search(r"VmRSS:\s+(\d+) kB", status).group(1)) / 1024

    def database_mb(self):
        """Proportional set size of PostgreSQL's processes."""
        postmaster = Path(self.data, "postgres/postmaster.pid").read_text().split()[0]
        children = Path(f"/proc/{postmaster}/task/{postmaster}/children").read_text().split()
        total = 0
        for pid in [postmaster, *children]:
            with contextlib.suppress(OSError, AttributeError):
                total += int(re.search(r"Pss:\s+(\d+) kB", Path(f"/proc/{pid}/smaps_rollup").read_text()).group(1))
        return total / 1024

    def processor_seconds(self):
        """Of programs run from here and of backends that have ended: what noise on the machine does not change."""
        used = resource.getrusage(resource.RUSAGE_CHILDREN)
        return used.ru_utime + used.ru_stime + ended_backends(self.data)

    # Start and load

    def bench_start(self):
        begin = time.monotonic()
        self.carreau("demo", "--territory", self.territory, "--load-only")
        load = time.monotonic() - begin
        starts = []
        for _ in range(1 if self.quick else 3):
            self.stop()
            self.address = None
            self.__dict__.pop("connection", None)
            starts.append(self.start_server())
        objects = self.sql("select sum(feature_count) from catalogue.version where state = 'published'")
        record["load_s"], record["second_start_s"] = load, starts
        say(f"first demo, territory {self.territory}: cluster, schema and load of {objects} features {load:.1f} s")
        say(f"second demo to the first answer: {spread(starts)}")

    # Tiles

    def bench_tiles(self):
        repetitions = 5 if self.quick else 15
        collections = json.loads(self.get("/collections?f=json")[1])["collections"]
        names = ",".join(c["id"] for c in collections if "extent" in c)
        box = next(c for c in collections if c["id"] == "parcelle")["extent"]["spatial"]["bbox"][0]
        self.box, self.names = box, names
        say("\nOne tile with all layers that hold something, over HTTP, in the middle of the parcels:")
        record["tile_ms"] = {}
        for z in range(10, 17):
            path = tile_path(names, z, (box[0] + box[2]) / 2, (box[1] + box[3]) / 2)
            self.get(path)
            times, sizes = zip(*((t, len(body)) for t, body in (self.timed_get(path) for _ in range(repetitions))))
            record["tile_ms"][z] = times
            say(f"  z{z:<3} {sizes[0] / 1000:>8.1f} kB   {spread(times, 'ms')}")
        say("\ncarreau bench (the SQL alone, layer parcelle):")
        for line in self.carreau("bench", "--rounds", repetitions).splitlines():
            say("  " + line)

    # Pages

    def walk(self):
        """Every page of the layer by its next links; gives the path of the page at each thousandth rank."""
        expected = self.sql("select string_agg(id, ',' order by id) from cadastre.parcelle").split(",")
        path, seen, paths = "/collections/parcelle/items?limit=1000&f=json", [], {}
        while path:
            paths[len(seen)] = path
            document = json.loads(self.timed_get(path)[1])
            check(len(document["features"]) == document["numberReturned"], "numberReturned")
            seen += [feature["properties"]["id"] for feature in document["features"]]
            following = [link["href"] for link in document["links"] if link["rel"] == "next"]
            path = following[0].split(self.address.netloc, 1)[1] if following else None
        check(all(a < b for a, b in zip(seen, seen[1:])), "ids do not increase strictly from page to page")
        check(seen == expected, f"{len(seen)} ids by pages, {len(expected)} in the table: a gap or a double")
        check(document["numberMatched"] == len(expected), "numberMatched")
        say(f"\nPages of 1,000, GeoJSON CRS84, over HTTP ({len(paths)} pages walked: {len(seen)} ids, strictly increasing, no gap):")
        return paths

    def bench_pages(self):
        repetitions = 15 if self.quick else 61
        paths = self.walk()
        self.paths = list(paths.values())
        last = max(rank for rank in paths if rank + 1000 in paths)
        ranks = [0, 70000, 140000, 250000] if last >= 250000 else sorted({int(last * f) // 1000 * 1000 for f in (0, 0.25, 0.5, 0.9)})
        times = {rank: [] for rank in ranks}
        sizes = {}
        for repetition in range(repetitions + 2):
            for rank in random.sample(ranks, len(ranks)):  # no rank falls in step with what else the machine does
                elapsed, body = self.timed_get(paths[rank])
                sizes[rank] = len(body)
                if repetition >= 2:
                    times[rank].append(elapsed)
        offsets = {rank: self.offset_times(rank) for rank in ranks}
        medians = {rank: statistics.median(times[rank]) for rank in ranks}
        middle = statistics.median(medians.values())
        for rank in ranks:
            say(f"  rank {rank:>7}: {spread(times[rank], 'ms'):<28} {sizes[rank] / 1000:>6.0f} kB   x{medians[rank] / middle:.2f} of the middle"
                f"   | OFFSET, SQL alone: {spread(offsets[rank], 'ms', 1)}, {statistics.median(offsets[rank]) / medians[rank]:.1f} times that")
        record["page_ms"], record["offset_sql_ms"], record["page_bytes"] = times, offsets, sizes
        worst = max(abs(m / middle - 1) for m in medians.values())
        least = {rank: min(times[rank]) for rank in ranks}
        quickest = max(least.values()) / min(least.values()) - 1
        say(f"  the quickest of each rank are within {quickest * 100:.0f} %; medians: furthest from the middle {worst * 100:.0f} %   {verdict(worst <= PAGE_GOAL, 'pages at any depth within 20 %')}")

    def offset_times(self, rank):
        """What pg_featureserv 1.3 asks for such a page; without HTTP and without its JSON: the least it can cost."""
        columns = ", ".join(f'"{c}"::text' for c in ETALAB.split(", "))
        statement = (f"select st_asgeojson(st_transform(geom::geometry, 4326)) as _geojson, {columns} "
                     f"from cadastre.parcelle limit 1000 offset {rank}")
        runs = []
        for workers in (0, 2):  # the better of the two counts
            script = (f"set max_parallel_workers_per_gather = {workers};\n\\timing on\n\\o /dev/null\n" +
                      f"{statement};\n" * (4 if self.quick else 6))
            shown = subprocess.run(["psql", self.dsn, "-XAtq"], input=script, check=True, capture_output=True, text=True).stdout
            runs.append([float(t) for t in re.findall(r"^Time: ([0-9.]+) ms", shown, re.M)][1:])
        return min(runs, key=statistics.median)

    # Memory

    def bench_memory(self):
        requests = 500 if self.quick else 2000
        chance = random.Random(62)
        before = self.memory_at_start
        box = self.box
        for i in range(requests):
            lon, lat = chance.uniform(box[0], box[2]), chance.uniform(box[1], box[3])
            if i % 2 == 0:
                path = tile_path(self.names, chance.randint(10, 16), lon, lat)
            elif i % 4 == 1:
                path = chance.choice(self.paths)
            else:
                path = f"/collections/parcelle/items?limit=1000&bbox={lon:.5f},{lat:.5f},{lon + 0.02:.5f},{lat + 0.02:.5f}&f=json"
            self.timed_get(path)
        after = self.resident_mb()
        record["resident_mb"] = {"start": before, "after": after, "postgresql": self.database_mb()}
        say(f"\nResident memory of the server (VmRSS), territory {self.territory}: {before:.0f} MB after start, {after:.0f} MB after "
            f"{requests} tile and page requests   {verdict(after < MEMORY_GOAL_MB, f'below {MEMORY_GOAL_MB} MB')}")
        say(f"  (PostgreSQL beside it, all processes, shared buffers included: {record['resident_mb']['postgresql']:.0f} MB)")

    # Imports

    def export_sources(self):
        statement = f"select {ETALAB}, geom from cadastre.parcelle order by id"
        sources = {"GeoJSON": self.folder / "parcelles.json", "GeoPackage": self.folder / "parcelles.gpkg"}
        common = [f"PG:{self.dsn}", "-sql", statement, "-nln", "parcelles"]
        output_of("ogr2ogr", "-f", "GeoJSON", str(sources["GeoJSON"]), "-t_srs", "EPSG:4326", "-lco", "COORDINATE_PRECISION=9", *common)
        output_of("ogr2ogr", "-f", "GPKG", str(sources["GeoPackage"]), *common)
        for file in sources.values():
            file.chmod(0o644)
        return sources

    def empty(self):
        """No version of the parcels is left, no table of the peer's; no dirty page to write for the next one."""
        parts = self.sql("select p.table_name, p.attached from catalogue.part p join catalogue.version v using (version_id) "
                         "where v.target = 'cadastre.parcelle'")
        for part in parts.splitlines():
            table, attached = part.split("|")
            if attached == "t":
                self.sql(f"alter table cadastre.parcelle detach partition {table}")
            self.sql(f"drop table {table}")
        self.sql("delete from catalogue.version where target = 'cadastre.parcelle'")
        self.sql("delete from cadastre.parcelle")
        self.sql("drop schema if exists peer cascade; create schema peer")
        self.sql("vacuum catalogue.change, catalogue.part, catalogue.version")
        self.sql("checkpoint")

    def timed(self, work):
        processor = self.processor_seconds()
        begin = time.monotonic()
        work()
        elapsed = time.monotonic() - begin
        time.sleep(0.3)  # the backends end, the postmaster counts them
        return elapsed, self.processor_seconds() - processor

    def peer(self, file, *options):
        output_of("ogr2ogr", "-f", "PostgreSQL", f"PG:{self.dsn}", str(file), "-nln", "peer.parcelles", "-lco", "GEOMETRY_NAME=geom",
                  "--config", "PG_USE_COPY", "YES", *options)

    def check_same(self):
        """Our table beside the peer's: rows, area, and 100 features vertex by vertex and value by value."""
        ours = self.sql("select count(*), sum(st_area(geom)) from cadastre.parcelle").split("|")
        theirs = self.sql("select count(*), sum(st_area(st_transform(geom, 2154))) from peer.parcelles").split("|")
        check(ours[0] == theirs[0] == str(self.rows), f"{ours[0]} rows, the peer {theirs[0]}, the file {self.rows}")
        check(abs(float(ours[1]) / float(theirs[1]) - 1) < 1e-6, f"area {ours[1]}, the peer {theirs[1]}")
        values = ETALAB.replace("id, ", "", 1).split(", ")
        same = " and ".join(f"o.{v}::text is not distinct from p.{v}::{'boolean::text' if v == 'arpente' else 'date::text' if v in ('created', 'updated') else 'text'}"
                            for v in values)
        sample = self.sql(
            "with sample as (select * from peer.parcelles order by md5(id) limit 100) "
            "select count(*), coalesce(max(st_hausdorffdistance(o.geom, st_transform(p.geom, 2154))), 1), "
            f"count(*) filter (where st_npoints(o.geom) = st_npoints(p.geom) and {same}) "
            "from sample p join cadastre.parcelle o using (id)").split("|")
        check(sample[0] == sample[2] == "100", f"of 100 features {sample[0]} are found and {sample[2]} the same")
        check(float(sample[1]) < 0.001, f"geometries differ by {sample[1]} m")
        return float(sample[1])

    def bench_import(self):
        rounds = 2 if self.quick else 5
        self.rows = int(self.sql("select count(*) from cadastre.parcelle"))
        sources = self.export_sources()
        record["import"] = {}
        for form, file in sources.items():
            size = file.stat().st_size / 1e6
            say(f"\nImport of {self.rows} parcels from {form} ({size:.0f} MB), end to end, into empty tables, A B A B, {rounds} rounds:")
            contenders = {"carreau": lambda: self.carreau("import", file, "--layer", "parcelle", "--force"),
                          "ogr2ogr": lambda: self.peer(file)}
            if form == "GeoJSON":
                contenders["ogr2ogr -t_srs EPSG:2154"] = lambda: self.peer(file, "-t_srs", "EPSG:2154")
            file.read_bytes()  # in the page cache for all
            times = {name: [] for name in contenders}
            processor = {name: [] for name in contenders}
            distance = 0
            for _ in range(rounds):
                self.empty()
                for name, work in contenders.items():
                    if name != "carreau":
                        self.sql("drop table if exists peer.parcelles")
                    self.sql("checkpoint")
                    elapsed, used = self.timed(work)
                    times[name].append(elapsed)
                    processor[name].append(used)
                    if name != "carreau":
                        distance = max(distance, self.check_same())
            record["import"][form] = {"seconds": times, "processor_seconds": processor}
            for name in contenders:
                rate = self.rows / statistics.median(times[name])
                say(f"  {name:<26} {spread(times[name]):<24} {rate:>8,.0f} features/s   processor {statistics.median(processor[name]):.2f} s")
            say(f"  the same: {self.rows} rows, area within 1e-6, 100 features value by value and within {distance * 1000:.4f} mm")
            for name in list(contenders)[1:]:
                ratios = [b / a for a, b in zip(times["carreau"], times[name])]
                text = f"  ratio to {name}: {statistics.median(ratios):.2f} [{min(ratios):.2f} - {max(ratios):.2f}]"
                if name == "ogr2ogr":
                    text += "   " + verdict(statistics.median(ratios) >= IMPORT_GOAL, f"import of {form} at {IMPORT_GOAL} times ogr2ogr's rate")
                else:
                    text += "   (both give Lambert-93: the same work)"
                say(text)

    def run(self):
        self.print_machine()
        self.bench_start()
        self.memory_at_start = self.resident_mb()
        self.print_database()
        self.bench_tiles()
        self.bench_pages()
        self.bench_memory()
        if shutil.which("ogr2ogr"):
            self.bench_import()
        else:
            say("\nImport: not measured, ogr2ogr is absent (apt install gdal-bin)")
            missed.append("import: no peer to measure")

    def print_machine(self):
        cpu = re.search(r"model name\s*: (.*)", Path("/proc/cpuinfo").read_text())
        memory = int(re.search(r"MemTotal:\s+(\d+)", Path("/proc/meminfo").read_text()).group(1)) / 1e6
        load = os.getloadavg()[0]
        root = Path(__file__).parent.parent
        commit = changed = ""
        with contextlib.suppress(subprocess.CalledProcessError, OSError):
            commit = output_of("git", "-C", str(root), "rev-parse", "--short=12", "HEAD")
            changed = " with changes" if output_of("git", "-C", str(root), "status", "--porcelain") else ""
        say(f"machine   {cpu.group(1) if cpu else platform.machine()}, {os.cpu_count()} cores, {memory:.0f} GB, Linux {platform.release()}")
        say(f"load      {load:.2f} before the start{'  <- something else runs: times are worth little' if load > 0.7 else ''}")
        say(f"carreau   {output_of(self.program, '--version')}, commit {commit}{changed}")
        say(f"GDAL      {output_of('ogr2ogr', '--version') if shutil.which('ogr2ogr') else 'absent'}")
        peers = {"ogr2ogr": "", "pg_featureserv": ": its SQL is run instead", "martin": ""}
        say("peers     " + ", ".join(f"{name} {'present' if shutil.which(name) else 'absent'}{note}" for name, note in peers.items()))
        record["machine"] = {"cpu": cpu.group(1) if cpu else "", "cores": os.cpu_count(), "load": load, "commit": commit + changed}

    def print_database(self):
        say(f"database  PostgreSQL {self.sql('show server_version')}, PostGIS {self.sql('select postgis_lib_version()')}, "
            f"shared_buffers {self.sql('show shared_buffers')}, the cluster carreau makes, for all contenders")


def log_in(server, login):
    """Header lines of one of the demo's people: by session cookie, and by a token."""
    connection = http.client.HTTPConnection(server.address.hostname, server.address.port, timeout=60)
    body = json.dumps({"login": login, "password": "carreau-demo-" + login})
    connection.request("POST", "/session", body, {"Content-Type": "application/json"})
    answer = connection.getresponse()
    cookie = answer.headers["Set-Cookie"].split(";")[0]
    csrf = json.loads(answer.read())["csrf"]
    body = json.dumps({"title": "bench", "kind": "token"})
    headers = {"Content-Type": "application/json", "Cookie": cookie, "X-CSRF-Token": csrf}
    connection.request("POST", "/session/tokens", body, headers)
    return {"Cookie": cookie}, {"Authorization": "Bearer " + json.loads(connection.getresponse().read())["secret"]}


def tile_path(names, z, lon, lat):
    import math
    n = 2**z
    x = int((lon + 180) / 360 * n)
    y = int((1 - math.asinh(math.tan(math.radians(lat))) / math.pi) / 2 * n)
    return f"/tiles/{names}/{z}/{x}/{y}.mvt"


def interrupted(*_):
    raise KeyboardInterrupt


def main(description=__doc__, parts=(), measure=None, territory=None):
    """Of each bench program: its options, a folder of its own, the report. `measure(bench, options)` is given a server with
    the territory loaded, the small one with --quick, else the full one or the one named; without it the measurements of this
    file are made. Gives 1 when a goal is missed, 2 when a result is wrong."""
    parser = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", required=True)
    parser.add_argument("--quick", action="store_true", help="the small territory: a smoke test, not a result")
    parser.add_argument("--out", type=Path, help="folder for bench.txt, what is printed, and bench.json, every single time")
    if parts:
        parser.add_argument("--only", choices=parts, help="one part")
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, interrupted)
    signal.signal(signal.SIGHUP, interrupted)
    folder = Path(tempfile.mkdtemp(prefix="carreau-bench."))
    folder.chmod(0o755)  # as root the cluster and the program run as another user
    bench = Bench(options.program, options.quick, folder)
    bench.territory = territory or bench.territory
    code = 0
    try:
        if measure:
            bench.print_machine()
            bench.carreau("demo", "--territory", bench.territory, "--load-only")
            bench.start_server()
            bench.print_database()
            measure(bench, options)
        else:
            bench.run()
        say("\n" + ("Every goal is reached." if not missed else "Missed: " + "; ".join(missed)))
        code = 1 if missed else 0
        if options.quick:
            say("(--quick: a smoke test, not a result)")
    except WrongResult as wrong:
        say(f"\nWRONG RESULT: {wrong}")
        code = 2
    except subprocess.CalledProcessError as failed:
        say(f"\nFAILED: {' '.join(failed.cmd[:3])} ...: {failed.stderr}")
        code = 2
    except KeyboardInterrupt:
        say("\nInterrupted.")
        code = 130
    finally:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        bench.stop()
        shutil.rmtree(folder, ignore_errors=True)
        if options.out:
            options.out.mkdir(parents=True, exist_ok=True)
            (options.out / "bench.txt").write_text("\n".join(lines) + "\n")
            (options.out / "bench.json").write_text(json.dumps(record, indent=1) + "\n")
    return code


if __name__ == "__main__":
    sys.exit(main())
