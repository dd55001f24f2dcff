#!/usr/bin/env python3
"""What access costs: pages and tiles of this program beside those of a Carreau built before it had access, in alternating
rounds on the same machine, each with its own PostGIS and the same territory; 100 conventions are in force.

  scripts/bench_access.py --program build/release/carreau [--baseline PATH] [--quick]

Without a baseline only tiles from the cache are measured: by who asks. Needs wrk.
"""

import argparse
import http.client
import json
import random
import re
import statistics
import tempfile
from pathlib import Path

import bench
from bench import Bench, check, log_in, say, spread, tile_path, verdict

PAGE_GOAL, TILE_GOAL = 1.10, 1.05

CONVENTIONS = """
insert into org.organisation (nom, genre) select 'Partenaire ' || n, 'partenaire' from generate_series(1, 80) n;
insert into org.convention (organisation_id, titre, valid_from, valid_to)
select case when n <= 20 then (select organisation_id from org.person where login = 'instructeur.ads')
            else (select organisation_id from org.organisation where nom = 'Partenaire ' || (n - 20)) end,
       'Convention ' || n, now() - interval '1 year', now() + interval '1 year' from generate_series(1, 100) n;
insert into org.convention_right (convention_id, line, layer_id, communes, codes, rights)
select c.convention_id, 1, l.layer_id, 'list', (select array_agg(code_insee) from (select code_insee from org.commune_actuelle
    order by md5(code_insee || c.titre) limit 12) t), '{read,export}'
from org.convention c, catalogue.layer l where c.titre ~ '^Convention [0-9]+$' and l.name = 'ads_dossier';
"""


class Caller:
    """One server as one person, over one connection."""

    def __init__(self, name, server, headers=None):
        self.name, self.server, self.headers, self.times = name, server, headers or {}, {}
        self.connection = http.client.HTTPConnection(server.address.hostname, server.address.port, timeout=60)

    def get(self, path, headers=None):
        self.connection.request("GET", path, headers={**self.headers, **(headers or {})})
        answer = self.connection.getresponse()
        return answer.status, answer.read(), answer.headers

    def time(self, what, path, headers=None, expected=200):
        begin = bench.time.perf_counter()
        status, body, _ = self.get(path, headers)
        self.times.setdefault(what, []).append((bench.time.perf_counter() - begin) * 1000)
        check(status == expected, f"{self.name} {path}: {status}")
        return body


def ready_tiles(server, people, path, seconds, rounds):
    """Tiles from the cache: the server's processor time for each request by who asks, in alternating rounds."""
    costs = {name: [] for name in people}
    bodies = {Caller(name, server, headers).get(path)[1] for name, headers in people.items()}
    check(len(bodies) == 1, "the callers were given different tiles")
    rates = []
    for _ in range(rounds):
        for name, headers in random.sample(list(people.items()), len(people)):
            lines = [part for key, value in headers.items() for part in ("-H", f"{key}: {value}")]
            begin = bench.times_of(server.server.pid)[0]
            shown = bench.output_of("wrk", "-t1", "-c8", f"-d{seconds}", *lines, server.address.geturl() + path)
            check("Non-2xx" not in shown, f"{name} {path}: {shown}")
            costs[name].append((bench.times_of(server.server.pid)[0] - begin) * 1e6 / int(re.search(r"(\d+) requests in", shown)[1]))
            rates.append(float(re.search(r"Requests/sec: *([0-9.]+)", shown)[1]))
    say(f"\ntile from the cache, {len(bodies.pop())} bytes, {spread(rates, '/s', 0)}: anonymous {spread(costs['anonymous'], 'us')} of processor")
    for name in people:
        if name != "anonymous":
            # By round: what else the machine does changes from one to the next.
            ratio = statistics.median(cost / base for cost, base in zip(costs[name], costs["anonymous"]))
            say(f"  {name:<12} {spread(costs[name], 'us')}  ratio {ratio:.3f}  {verdict(ratio <= TILE_GOAL, f'ready tile <= {TILE_GOAL}')}")


def run(arguments, folder):
    now = Bench(arguments.program, arguments.quick, folder / "now")
    before = Bench(arguments.baseline, arguments.quick, folder / "before") if arguments.baseline else None
    servers = [server for server in (before, now) if server]
    try:
        for server in servers:
            server.folder.mkdir()
            server.start_server()
        now.sql(CONVENTIONS)
        say(f"{now.sql('select count(*) from org.convention')} conventions, {now.sql('select count(*) from cadastre.parcelle')} parcels")
        cookie, token = log_in(now, "instructeur.ads")
        callers = [Caller("anonymous", now), Caller("instructor", now, token)]
        points = now.sql("select st_x(p) || ' ' || st_y(p) from (select st_transform(st_pointonsurface(geom), 4326) p "
                         "from cadastre.parcelle order by md5(id) limit 400) q").split("\n")
        random.seed(1)
        ready_tiles(now, {"anonymous": {}, "token": token, "cookie": cookie}, tile_path("parcelle", 15, *map(float, points[0].split())),
                    1, 9 if arguments.quick else 61)
        if not before:
            return
        callers.append(Caller("before", before))
        keys = now.sql("select id from cadastre.parcelle order by id").split("\n")
        rounds = 60 if arguments.quick else 400
        for _ in range(rounds):
            insee = random.choice(keys)[:5]
            point = [float(x) for x in random.choice(points).split()]
            page = f"/collections/parcelle/items?limit=1000&bbox={point[0] - .02},{point[1] - .02},{point[0] + .02},{point[1] + .02}"
            counts = set()
            random.shuffle(callers)
            for caller in callers:
                caller.time("page of 1,000", "/collections/parcelle/items?limit=1000")
                counts.add(len(json.loads(caller.time("page of 1,000 in a box", page))["features"]))
                caller.time("one feature of a commune", f"/collections/parcelle/items?limit=1&commune={insee}")
                path = tile_path("parcelle", 15, *point)
                caller.time("tile z15", path)
                etag = caller.get(path)[2]["ETag"]
                caller.time("tile z15, 304", path, {"If-None-Match": etag}, 304)
            check(len(counts) == 1, "the callers were given different pages")
        reference = next(c for c in callers if c.name == "before")
        for what, goal in [("page of 1,000", PAGE_GOAL), ("page of 1,000 in a box", PAGE_GOAL), ("one feature of a commune", None),
                           ("tile z15", TILE_GOAL), ("tile z15, 304", TILE_GOAL)]:
            base = statistics.median(reference.times[what])
            say(f"\n{what}: before access {spread(reference.times[what], 'ms')}")
            for caller in sorted(callers, key=lambda c: c.name):
                if caller is reference:
                    continue
                ratio = statistics.median(caller.times[what]) / base
                judged = verdict(ratio <= goal, f"{what} <= {goal}") if goal else ""
                say(f"  {caller.name:<12} {spread(caller.times[what], 'ms')}  ratio {ratio:.3f}  {judged}")
    finally:
        for server in servers:
            server.stop()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", required=True)
    parser.add_argument("--baseline", help="a carreau built before access, for example of commit 73eb54e")
    parser.add_argument("--quick", action="store_true")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="carreau-bench-") as folder:
        Path(folder).chmod(0o755)
        run(arguments, Path(folder))
    raise SystemExit(1 if bench.missed else 0)


main()
