#!/usr/bin/env python3
"""Tiles of Carreau beside the SQL that other tile servers run and beside nginx: scripts/bench_tiles.py --program build/release/carreau

One PostgreSQL for all, one contender at a time, rounds in turn. Needs wrk, pgbench, nginx. Standard library only.
In parts: --data DIR --prepare loads the territory once, then --data DIR --part cold, and so on."""

import argparse
import contextlib
import http.client
import json
import math
import os
import re
import shutil
import signal
import statistics
import subprocess
import tempfile
import time
import zlib
from pathlib import Path

from bench import await_address, ended_backends, times_of

# What Martin 1.14 asks of a table in EPSG:2154 (extent 4096, buffer 64); the search box is given its buffer, which Martin omits.
MARTIN = """select st_asmvt(t, 'parcelle', 4096, 'geom') from (
 select st_asmvtgeom(st_transform(st_curvetoline(geom::geometry), 3857), st_tileenvelope({z}, {x}, {y}), 4096, 64, true) as geom,
        {columns} from {table} where geom && st_transform(st_tileenvelope({z}, {x}, {y}{margin}), 2154)) t"""


def run(*command, **options):
    return subprocess.run(command, check=True, capture_output=True, text=True, **options).stdout


def fields(message):
    """(number, bytes) of the length-delimited fields of a protobuf message."""
    at = 0

    def varint():
        nonlocal at
        value = shift = 0
        while True:
            byte = message[at]
            at += 1
            value |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                return value

    while at < len(message):
        key = varint()
        if key & 7 == 2:
            length = varint()
            yield key >> 3, message[at:at + length]
            at += length
        else:
            varint()


def feature_count(tile):
    return sum(number == 2 for layer, content in fields(tile) if layer == 3 for number, _ in fields(content))


def processor_seconds(pids):
    return sum(times_of(pid)[0] for pid in pids)


class Bench:
    def __init__(self, program, folder, data, seconds, rounds, territory, martin=None):
        self.program, self.folder, self.seconds, self.rounds = program, folder, seconds, rounds
        self.martin_program = martin
        self.territory = territory
        self.data = data or folder / "data"
        self.dsn = f"host={self.data}/run port=5432 user=carreau dbname=carreau"
        self.server = None
        self.nginx = None

    def start(self, *options):
        self.stop()
        command = [self.program, "demo", "--territory", self.territory, "--data", str(self.data), "--port", "0", *options]
        self.server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, start_new_session=True)
        self.address = await_address(self.server)
        for _ in range(600):
            text = self.get("/metrics")[1].decode()
            if "carreau_tile_layers_loading 0" in text and 'carreau_tile_layer_builds_total{layer="parcelle"} ' in text:
                return self.await_rest()
            time.sleep(0.1)
        raise SystemExit("the layers were not read")

    def await_rest(self):
        """Until what a server prepares after its start (data sets as files) is done."""
        for _ in range(40):
            before = processor_seconds([self.server.pid])
            time.sleep(3)
            if processor_seconds([self.server.pid]) - before < 0.1:
                return
        raise SystemExit("the server never came to rest")

    def stop(self):
        for process, sign in ((self.server, signal.SIGINT), (self.nginx, signal.SIGTERM)):
            if process and process.poll() is None:
                process.send_signal(sign)
                process.wait(60)
        self.server = self.nginx = None

    def get(self, path, headers=None, port=None):
        connection = http.client.HTTPConnection(self.address.hostname, port or self.address.port, timeout=60)
        connection.request("GET", path, headers=headers or {})
        answer = connection.getresponse()
        body = answer.read()
        connection.close()
        return answer, body

    def metric(self, name):
        return float(re.search(rf"^{re.escape(name)} ([0-9.e+-]+)$", self.get("/metrics")[1].decode(), re.M).group(1))

    def sql(self, text):
        return run("psql", self.dsn, "-XAtqv", "ON_ERROR_STOP=1", "-c", text).strip()

    def tiles(self, layer, z):
        """All tiles of the layer's extent at that zoom that hold something."""
        west, south, east, north = (float(v) for v in self.of_layer(layer, "array_to_string(extent, ' ')").split())
        n = 2**z
        column = lambda lon: int((lon + 180) / 360 * n)
        row = lambda lat: int((1 - math.asinh(math.tan(math.radians(lat))) / math.pi) / 2 * n)
        every = [(z, x, y) for x in range(column(west), column(east) + 1) for y in range(row(north), row(south) + 1)]
        return [t for t in every if self.get("/tiles/%s/%d/%d/%d.mvt" % (layer, *t))[0].status == 200]

    def wrk(self, paths, port, headers=(), connections=16):
        """Requests a second and processor seconds per request of the server's processes."""
        script = self.folder / "wrk.lua"
        # Each path in turn, in an order that jumps about.
        order = sorted(range(len(paths)), key=lambda i: (i * 7919) % 104729)
        script.write_text("local p = {" + ",".join(json.dumps(paths[i]) for i in order) + "}\nlocal i = 0\n"
                          "request = function() i = i % #p + 1; return wrk.format('GET', p[i]) end\n")
        before = {pid: processor_seconds([pid]) for pid in self.pids()}
        command = ["wrk", "-t1", f"-c{connections}", f"-d{self.seconds}s", "-s", str(script)]
        for header in headers:
            command += ["-H", header]
        text = run(*command, f"http://127.0.0.1:{port}")
        used = processor_seconds(self.pids()) - sum(before.values())  # those that came meanwhile began at nothing
        total = int(re.search(r"(\d+) requests in", text).group(1))
        rate = float(re.search(r"Requests/sec:\s+([0-9.]+)", text).group(1))
        if re.search(r"Non-2xx or 3xx|Socket errors", text):
            raise SystemExit(text)
        return rate, used / total

    def pids(self):
        if self.martin_process:
            backends = self.sql("select pid from pg_stat_activity where application_name ilike 'martin%'").split()
            return [self.martin_process.pid, *backends]
        if self.nginx and self.counting_nginx:
            children = Path(f"/proc/{self.nginx.pid}/task/{self.nginx.pid}/children").read_text().split()
            return [self.nginx.pid, *children]
        return [self.server.pid]

    counting_nginx = False
    martin_process = None

    def martin(self, layer, tiles, headers, connections):
        """Martin itself, its cache off, on the same table."""
        schema, table, id_column, geometry = self.of_layer(
            layer, "concat_ws(' ', table_schema, table_name, id_column, geometry_column)").split()
        types = self.sql(f"select jsonb_object_agg(a.attname, format_type(a.atttypid, null)) from pg_attribute a where a.attname in "
                         f"({self.columns(layer, tiles[0][0], quote='quote_literal')}) and a.attrelid = '{schema}.{table}'::regclass")
        source = {"schema": schema, "table": table, "srid": 2154, "geometry_column": geometry, "geometry_type": "GEOMETRY",
                  "extent": 4096, "buffer": 64, "clip_geom": True, "properties": json.loads(types)}
        port = 18998
        address = f"postgresql://carreau@/carreau?host={self.data}/run&application_name=martin"
        configuration = {"listen_addresses": f"127.0.0.1:{port}", "worker_processes": os.cpu_count(), "cache": "disable",
                         "postgres": {"connection_string": address, "auto_publish": False, "tables": {layer: source}}}
        (self.folder / "martin.json").write_text(json.dumps(configuration))
        options = {**os.environ, "PGOPTIONS": "-c jit=off -c max_parallel_workers_per_gather=0", "RUST_LOG": "error"}
        self.martin_process = subprocess.Popen([self.martin_program, "--config", str(self.folder / "martin.json")], env=options,
                                               stderr=subprocess.DEVNULL)  # that its database connections are closed at its end
        try:
            path = lambda t: "/%s/%d/%d/%d" % (layer, *t)
            for _ in range(100):
                with contextlib.suppress(OSError):
                    answer, body = self.get(path(tiles[0]), port=port)
                    break
                time.sleep(0.1)
            if answer.status != 200 or feature_count(body) != feature_count(self.tile_of(self.martin_sql(layer, tiles[0], margin=""))):
                raise SystemExit(f"Martin answers {answer.status}, not the features of its SQL")
            return self.wrk([path(t) for t in tiles], port, headers, connections)
        finally:
            self.martin_process.terminate()
            self.martin_process.wait(30)
            self.martin_process = None

    def pgbench(self, layer, tiles, clients=2):
        files = []
        for i, (z, x, y) in enumerate(tiles[:60]):
            path = self.folder / f"tile{i}.sql"
            path.write_text(self.martin_sql(layer, (z, x, y)) + ";")
            files += ["-f", str(path)]
        before = ended_backends(self.data)
        # Its best: both lose time where a tile is small, starting PROJ in each parallel worker most of all.
        options = {**os.environ, "PGOPTIONS": "-c jit=off -c max_parallel_workers_per_gather=0"}
        text = run("pgbench", "-n", f"-c{clients}", f"-j{clients}", "-M", "prepared", f"-T{self.seconds}", *files, self.dsn, env=options)
        while self.sql("select count(*) from pg_stat_activity where application_name = 'pgbench'") != "0":
            time.sleep(0.05)
        time.sleep(0.3)  # until the postmaster has counted them
        used = ended_backends(self.data) - before  # pgbench's among them
        total = int(re.search(r"transactions actually processed: (\d+)", text).group(1))
        return float(re.search(r"tps = ([0-9.]+)", text).group(1)), used / total

    def start_nginx(self, files):
        root = self.folder / "static"
        root.mkdir(exist_ok=True)
        for name, body in files.items():
            (root / name).write_bytes(body)
        port = 18999
        (self.folder / "nginx.conf").write_text(f"""
daemon off; worker_processes 2; pid {self.folder}/nginx.pid; error_log {self.folder}/nginx.log;
user root; events {{ worker_connections 1024; }}
http {{ access_log off; sendfile on; tcp_nopush on; keepalive_requests 1000000000; open_file_cache max=100;
 client_body_temp_path {self.folder}/b; proxy_temp_path {self.folder}/p; fastcgi_temp_path {self.folder}/f;
 uwsgi_temp_path {self.folder}/u; scgi_temp_path {self.folder}/s;
 server {{ listen 127.0.0.1:{port} reuseport; root {root}; location /empty {{ return 204; }}
  location / {{ default_type application/vnd.mapbox-vector-tile; add_header Content-Encoding gzip; }} }} }}""")
        self.nginx = subprocess.Popen(["nginx", "-c", str(self.folder / "nginx.conf")])
        time.sleep(0.5)
        return port

    def alternate(self, contenders):
        """Rounds in turn; medians of rate and processor time."""
        times = {name: [] for name in contenders}
        for _ in range(self.rounds):
            for name, measure in contenders.items():
                self.counting_nginx = name == "nginx"
                times[name].append(measure())
        return {name: (statistics.median(r for r, _ in list_), statistics.median(c for _, c in list_), list_)
                for name, list_ in times.items()}

    def tell(self, what, results, unit="tiles/s"):
        ours = results["carreau"]
        for name, (rate, cpu, rounds) in results.items():
            spread = f"[{min(r for r, _ in rounds):.0f} - {max(r for r, _ in rounds):.0f}]"
            ratio = "" if name == "carreau" else f"   carreau x {ours[0] / rate:.2f} by rate, x {cpu / ours[1]:.2f} by processor time"
            print(f"{what:<40} {name:<10} {rate:>9.0f} {unit} {spread:<20} {cpu * 1e6:>8.0f} us of processor{ratio}", flush=True)

    def cold(self, layer, z, encoding=None, clients=None):
        """`clients`: as many on both sides; one where tiles are so few that several would ask for the same."""
        tiles = self.tiles(layer, z)
        paths = ["/tiles/%s/%d/%d/%d.mvt" % (layer, *t) for t in tiles]
        headers = [f"Accept-Encoding: {encoding}"] if encoding else []
        ours = [len(self.get(p)[1]) for p in paths[:60]]
        theirs = [self.oracle(layer, t) for t in tiles[:60]]
        contenders = {"carreau": lambda: self.wrk(paths, self.address.port, headers, clients or 16),
                      "martin sql": lambda: self.pgbench(layer, tiles, clients or 2)}
        if self.martin_program:
            contenders["martin"] = lambda: self.martin(layer, tiles, headers, clients or 16)
        results = self.alternate(contenders)
        if encoding == "gzip":
            begin = time.process_time()
            for tile in theirs:
                zlib.compress(tile, 6)
            each = (time.process_time() - begin) / len(theirs)
            rate, cpu, rounds = results["martin sql"]
            slower = lambda r: 1 / (1 / r + each / os.cpu_count())
            results["and zlib 6"] = (slower(rate), cpu + each, [(slower(r), c + each) for r, c in rounds])
        self.tell(f"cold {layer} z{z}{' ' + encoding if encoding else ''}, {statistics.mean(ours) / 1000:.1f} kB", results)
        print(f"  {len(tiles)} tiles, bytes: {sum(ours) / sum(map(len, theirs)):.2f} of the other's", flush=True)

    def columns(self, layer, z, quote="quote_ident"):
        """The attributes that Carreau's tile carries."""
        return self.sql(f"select string_agg(distinct {quote}(n), ', ') from (select l.id_column n from catalogue.layer l where l.name = '{layer}' "
                        f"union select f.name from catalogue.field f join catalogue.layer l using (layer_id) "
                        f"where l.name = '{layer}' and f.tile_min_zoom <= {z}) a")

    def martin_sql(self, layer, tile, margin=", margin => 0.015625"):
        z, x, y = tile
        return MARTIN.format(z=z, x=x, y=y, table=self.table(layer), columns=self.columns(layer, z), margin=margin)

    def tile_of(self, statement):
        return bytes.fromhex(self.sql(f"set jit = off; select encode(({statement}), 'hex')"))

    def oracle(self, layer, tile):
        return self.tile_of(self.martin_sql(layer, tile))

    def of_layer(self, layer, expression):
        return self.sql(f"select {expression} from catalogue.layer where name = '{layer}'")

    def table(self, layer):
        return self.of_layer(layer, "table_schema || '.' || table_name")

    def hot(self):
        every = self.tiles("parcelle", 14)
        sized = sorted(((len(self.get("/tiles/parcelle/%d/%d/%d.mvt" % t, {"Accept-Encoding": "gzip"})[1]), t) for t in every))
        for wanted in (10_000, 100_000):
            size, tile = min(sized, key=lambda s: abs(s[0] - wanted))
            path = "/tiles/parcelle/%d/%d/%d.mvt" % tile
            body = self.get(path, {"Accept-Encoding": "gzip"})[1]
            port = self.start_nginx({"tile": body})
            results = self.alternate({"carreau": lambda: self.wrk([path], self.address.port, ["Accept-Encoding: gzip"]),
                                      "nginx": lambda: self.wrk(["/tile"], port, ["Accept-Encoding: gzip"])})
            self.tell(f"hot, {size / 1000:.0f} kB gzip", results, "req/s")
            tag = self.get(path)[0].headers["ETag"]
            results = self.alternate({"carreau": lambda: self.wrk([path], self.address.port, [f"If-None-Match: {tag}"]),
                                      "nginx": lambda: self.wrk(["/empty"], port)})
            self.tell("not modified (nginx: 204)", results, "req/s")
            self.nginx.terminate()
            self.nginx.wait()
            self.nginx = None
        port = self.start_nginx({})
        results = self.alternate({"carreau": lambda: self.wrk(["/tiles/parcelle/15/1/1.mvt"], self.address.port),
                                  "nginx": lambda: self.wrk(["/empty"], port)})
        self.tell("empty", results, "req/s")

    def freshness(self):
        """From the commit of a plain UPDATE to the first tile that has it."""
        times = []
        row = self.sql("select id || ' ' || st_x(p) || ' ' || st_y(p) from (select id, st_transform(st_pointonsurface(geom), 4326) p from "
                       "cadastre.parcelle limit 1) a").split()
        n = 2**16
        x = int((float(row[1]) + 180) / 360 * n)
        y = int((1 - math.asinh(math.tan(math.radians(float(row[2])))) / math.pi) / 2 * n)
        path = f"/tiles/parcelle/16/{x}/{y}.mvt"
        connection = http.client.HTTPConnection(self.address.hostname, self.address.port, timeout=60)
        def fetch():
            connection.request("GET", path)
            return connection.getresponse().read()
        psql = subprocess.Popen(["psql", self.dsn, "-XAtq"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1)
        for i in range(200):
            stamp = f"Z{i:04d}"
            psql.stdin.write(f"update cadastre.parcelle set numero = '{stamp}' where id = '{row[0]}';\n\\echo done\n")
            psql.stdin.flush()
            psql.stdout.readline()
            begin = time.perf_counter()
            while stamp.encode() not in fetch():
                if time.perf_counter() - begin > 5:
                    raise SystemExit("a change was never shown")
            times.append((time.perf_counter() - begin) * 1000)
        psql.stdin.close()
        psql.wait()
        times.sort()
        print(f"commit by plain SQL to fresh tile         median {times[100]:.1f} ms, p99 {times[197]:.1f} ms, greatest {times[-1]:.1f} ms")

    def prepare(self):
        subprocess.run([self.program, "demo", "--territory", self.territory, "--data", str(self.data), "--load-only"], check=True,
                       stdout=subprocess.DEVNULL)

    def cold_tiles(self):
        self.start("--tile-cache", "0")
        for z in (15, 14):
            for encoding in (None, "gzip"):
                self.cold("parcelle", z, encoding)
        print(f"  tiles kept meanwhile: {self.metric('carreau_tile_cache_tiles'):.0f}")

    def low_zooms(self):
        self.start("--tile-cache", "0")
        for layer, z in (("ppr_zone_reglementaire", 8), ("ppr_zone_reglementaire", 9), ("ppr_zone_reglementaire", 10),
                         ("plu_zone", 11)):
            self.cold(layer, z, clients=1)
        print(f"  tiles kept meanwhile: {self.metric('carreau_tile_cache_tiles'):.0f}")

    def by_sql(self):
        """The way of views: the same tiles, read from the database each time."""
        self.start("--tile-cache", "0")
        self.sql("update catalogue.layer set tiles = 'sql' where name = 'parcelle'")
        try:
            while 'carreau_tile_layer_by_sql{layer="parcelle",reason="declared"}' not in self.get("/metrics")[1].decode():
                time.sleep(0.1)
            self.cold("parcelle", 15)
        finally:
            self.sql("update catalogue.layer set tiles = 'auto' where name = 'parcelle'")

    def stores(self):
        built = {}
        for _ in range(self.rounds):
            self.start()
            for layer in ("parcelle", "batiment", "ppr_zone_reglementaire"):
                label = '{layer="%s"}' % layer
                built.setdefault(layer, []).append([self.metric(f"carreau_tile_layer_{k}{label}")
                                                    for k in ("features", "bytes", "build_seconds")])
        for layer, rounds in built.items():
            features, bytes_, _ = rounds[0]
            seconds = statistics.median(r[2] for r in rounds)
            table = self.table(layer)
            heap = int(self.sql(f"select sum(pg_relation_size(relid)) from pg_partition_tree('{table}') where isleaf"))
            print(f"store {layer:<24} {features:.0f} features, read in {seconds:.2f} s ({features / seconds:.0f}/s), {bytes_ / 1e6:.0f} MB, "
                  f"{bytes_ / heap:.2f} of the table's heap", flush=True)

    def hot_and_fresh(self):
        self.start()
        self.hot()
        self.freshness()

    def run(self, parts):
        print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}, {self.seconds} s rounds x {self.rounds}, {self.territory} territory")
        for name, part in {"cold": self.cold_tiles, "low": self.low_zooms, "sql": self.by_sql, "store": self.stores,
                           "hot": self.hot_and_fresh}.items():
            if not parts or name in parts:
                part()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--program", required=True)
    parser.add_argument("--seconds", type=int, default=8)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--territory", default="full")
    parser.add_argument("--data", type=Path, help="where the territory is loaded, and stays")
    parser.add_argument("--martin", help="a martin program to run beside it")
    parser.add_argument("--prepare", action="store_true", help="load it and end")
    parser.add_argument("--part", action="append", choices=["cold", "low", "sql", "store", "hot"])
    options = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="carreau-tiles."))
    folder.chmod(0o755)
    data = options.data.absolute() if options.data else None
    bench = Bench(os.path.abspath(options.program), folder, data, options.seconds, options.rounds, options.territory,
                  options.martin)
    try:
        if options.prepare or not data:
            bench.prepare()
        if not options.prepare:
            bench.run(options.part)
    finally:
        bench.stop()
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
