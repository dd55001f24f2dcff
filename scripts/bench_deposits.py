#!/usr/bin/env python3
"""Deposits: how fast a large upload reaches the disk beside what the disk takes, what memory it costs, how long 100,000
surveyed points take from the end of their upload to published tiles, 300 drone photos from their first byte on, and how tiles fare
while deposits are read.

  scripts/bench_deposits.py --program build/release/carreau [--quick] [--only uploads|points|photos|tiles] [--out DIR]

The files are written where TMPDIR says: a disk is wanted there.
"""

import base64
import http.client
import json
import os
import random
import statistics
import struct
import sys
import threading
import time
from pathlib import Path

import bench
from bench import check, log_in, say, spread, tile_path, verdict

UPLOAD_GOAL, MEMORY_GOAL, POINTS_GOAL, PHOTOS_GOAL, TILES_GOAL = 0.5, 32, 10, 30, 5
TUS = {"Tus-Resumable": "1.0.0"}


class Caller:
    def __init__(self, server, headers):
        self.server, self.headers = server, headers

    def ask(self, method, path, headers=None, body=None, expected=200):
        connection = http.client.HTTPConnection(self.server.address.hostname, self.server.address.port, timeout=300)
        connection.request(method, path, body=body, headers={**self.headers, **(headers or {})})
        answer = connection.getresponse()
        content = answer.read()
        check(answer.status == expected, f"{method} {path}: {answer.status} {content[:200]}")
        return answer.headers, content

    def json(self, method, path, body=None, expected=200):
        text = None if body is None else json.dumps(body)
        return json.loads(self.ask(method, path, {"Content-Type": "application/json"}, text, expected)[1])

    def begin(self, name, size):
        named = "filename " + base64.b64encode(name.encode()).decode()
        headers, _ = self.ask("POST", "/uploads", {**TUS, "Upload-Length": str(size), "Upload-Metadata": named}, expected=201)
        return headers["Location"].rpartition("/")[2]

    def send(self, upload, file, size):
        headers = {**TUS, "Content-Type": "application/offset+octet-stream", "Upload-Offset": "0", "Content-Length": str(size)}
        self.ask("PATCH", f"/uploads/{upload}", headers, file, expected=204)


def disk_rate(folder, source, size):
    """Megabytes a second of a plain copy with fdatasync."""
    begin = time.perf_counter()
    bench.output_of("dd", f"if={source}", f"of={folder}/plain", "bs=1M", "conv=fdatasync")
    rate = size / 1e6 / (time.perf_counter() - begin)
    (folder / "plain").unlink()
    return rate


class Memory:
    """The largest resident size of the server meanwhile."""

    def __init__(self, server):
        self.server, self.largest, self.over = server, server.resident_mb(), False
        self.thread = threading.Thread(target=self.look)

    def look(self):
        while not self.over:
            self.largest = max(self.largest, self.server.resident_mb())
            time.sleep(0.05)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.over = True
        self.thread.join()


def uploads(server, caller, size, rounds):
    source = server.folder / "source"
    with open(source, "wb") as out:
        for _ in range(size >> 20):
            out.write(os.urandom(1 << 20))
    disk = Path(server.data, "depots")
    caller.send(caller.begin("first", 1 << 20), b"x" * (1 << 20), 1 << 20)
    idle = server.resident_mb()
    rates, plain, grown = [], [], []
    for _ in range(rounds):
        plain.append(disk_rate(disk, source, size))
        with Memory(server) as memory, open(source, "rb") as file:
            upload = caller.begin("large", size)
            begin = time.perf_counter()
            caller.send(upload, file, size)
            rates.append(size / 1e6 / (time.perf_counter() - begin))
        grown.append(memory.largest - idle)
        caller.ask("DELETE", f"/uploads/{upload}", TUS, expected=204)
    ratios = [rate / best for rate, best in zip(rates, plain)]
    say(f"upload of {size / 1e6:.0f} MB: {spread(rates, 'MB/s', 0)}; dd with fdatasync {spread(plain, 'MB/s', 0)}; ratio {spread(ratios, '')} "
        f"{verdict(statistics.median(ratios) >= UPLOAD_GOAL, f'>= {UPLOAD_GOAL} of the disk')}")
    say(f"memory above idle ({idle:.0f} MB): {spread(grown, 'MB', 1)} {verdict(max(grown) <= MEMORY_GOAL, f'<= {MEMORY_GOAL} MB')}")


def survey(count):
    lines = ["numero;x;y;z;code;precision_h"]
    lines += [f"{i};{675000 + i % 400:.3f};{7049000 + i / 400:.3f};{20 + i % 9:.2f};BANC;0.0{i % 9 + 1}" for i in range(count)]
    return "\n".join(lines).encode()


def read_and_publish(caller, job, path):
    """When the job is a draft, and when the tile shows what was published of it."""
    while (state := caller.json("GET", f"/jobs/{job}")["state"]) in ("waiting", "reading"):
        time.sleep(0.02)
    check(state == "draft", f"the job is {state}")
    read = time.perf_counter()
    published = caller.json("POST", f"/jobs/{job}/publish", {})
    check(published["state"] == "published", str(published))
    while not caller.ask("GET", path)[1]:
        time.sleep(0.02)
    return read, time.perf_counter()


def points(server, caller, count, rounds):
    content = survey(count)
    longitude, latitude = map(float, server.sql("select st_x(p) || ' ' || st_y(p) from (select st_transform(st_setsrid(st_makepoint(675200, "
                                                "7049100), 2154), 4326) p) q").split())
    path = tile_path("leve_point", 16, longitude, latitude)
    reads, publications, wholes = [], [], []
    for n in range(rounds):
        upload = caller.begin(f"leve{n}.csv", len(content))
        caller.send(upload, content, len(content))
        begin = time.perf_counter()
        job = caller.json("POST", "/jobs", {"uploads": [upload]}, 201)["id"]
        read, end = read_and_publish(caller, job, path)
        reads.append(read - begin)
        publications.append(end - read)
        wholes.append(end - begin)
        shown = caller.json("GET", "/collections/leve_point/items?limit=1")["numberMatched"]
        check(shown == count, f"{shown} points are published")
        caller.json("POST", f"/jobs/{job}/undo", {})
    say(f"{count} points: read {spread(reads)}, published to the tile {spread(publications)}, together {spread(wholes)} "
        f"{verdict(statistics.median(wholes) <= POINTS_GOAL, f'<= {POINTS_GOAL} s')}")


def bare_photo(folder):
    """A JPEG of 12 million pixels and 4 to 5 MB: coarse noise made smooth, as grass is."""
    with open(folder / "noise.ppm", "wb") as out:
        out.write(b"P6 1600 1200 255\n" + os.urandom(1600 * 1200 * 3))
    for quality in range(60, 99, 2):
        bench.output_of("gdal_translate", "-q", "-of", "JPEG", "-co", f"QUALITY={quality}", "-outsize", "4000", "3000", "-r", "cubic",
                        str(folder / "noise.ppm"), str(folder / "noise.jpg"))
        content = (folder / "noise.jpg").read_bytes()
        if len(content) > 4_200_000:
            break
    return content


def drone_photo(bare, longitude, latitude):
    """The same with what a drone 60 m up, looking down, says of it."""

    def sexagesimal(value):
        degrees, minutes = int(value), int(value % 1 * 60)
        return struct.pack(">6I", degrees, 1, minutes, 1, round((value * 60 % 1) * 60 * 10_000), 10_000)

    def entry(tag, kind, count, value):
        return struct.pack(">HHI", tag, kind, count) + value

    # Three directories, one after the other: of the picture (at 8), of the camera, of the place; then what is longer than 4 bytes.
    camera_at, place_at = 8 + 2 + 2 * 12 + 4, 8 + 2 + 2 * 12 + 4 + 2 + 12 + 4
    more_at = place_at + 2 + 4 * 12 + 4
    main = entry(0x8769, 4, 1, struct.pack(">I", camera_at)) + entry(0x8825, 4, 1, struct.pack(">I", place_at))
    camera = entry(0xA405, 3, 1, struct.pack(">HH", 24, 0))
    place = (entry(1, 2, 2, b"N\0\0\0") + entry(2, 5, 3, struct.pack(">I", more_at)) + entry(3, 2, 2, b"E\0\0\0")
             + entry(4, 5, 3, struct.pack(">I", more_at + 24)))
    directories = b"".join(struct.pack(">H", len(d) // 12) + d + b"\0\0\0\0" for d in (main, camera, place))
    exif = b"Exif\0\0MM\0*\0\0\0\x08" + directories + sexagesimal(latitude) + sexagesimal(longitude)
    xmp = ('http://ns.adobe.com/xap/1.0/\0<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
           '<rdf:Description xmlns:drone-dji="http://www.dji.com/drone-dji/1.0/" drone-dji:RelativeAltitude="+60.00" drone-dji:GimbalYawDegree="12" '
           'drone-dji:GimbalPitchDegree="-90" drone-dji:DroneSerialNumber="SERIAL"/></rdf:RDF></x:xmpmeta>').encode()
    segments = b"".join(b"\xff\xe1" + struct.pack(">H", len(content) + 2) + content for content in (exif, xmp))
    return bare[:2] + segments + bare[2:]


def photos(server, caller, count, rounds):
    bare = bare_photo(server.folder)
    home = [float(v) for v in server.sql("select st_x(p) || ' ' || st_y(p) from (select st_transform(st_setsrid(st_makepoint(675200, 7049100), "
                                         "2154), 4326) p) q").split()]
    sends, reads, publications, wholes = [], [], [], []
    for n in range(rounds):
        # A millionth of a degree more each round: other photos.
        files = [drone_photo(bare, home[0] + i % 20 * 2e-4 + n * 1e-6, home[1] + i // 20 * 2e-4) for i in range(count)]
        path = tile_path("photo", 16, *home)
        begin = time.perf_counter()
        batch = []
        for i, content in enumerate(files):
            batch.append(caller.begin(f"DJI_{i:04}.JPG", len(content)))
            caller.send(batch[-1], content, len(content))
        sent = time.perf_counter()
        job = caller.json("POST", "/jobs", {"uploads": batch, "options": {"mission": f"vol {n}"}}, 201)["id"]
        read, end = read_and_publish(caller, job, path)
        for times, taken in zip((sends, reads, publications, wholes), (sent - begin, read - sent, end - read, end - begin)):
            times.append(taken)
        for layer in ("photo", "photo_emprise"):
            shown = caller.json("GET", f"/collections/{layer}/items?limit=1")
            check(shown["numberMatched"] == count, f"{shown['numberMatched']} features in {layer}")
            item = f"/collections/{layer}/items/{shown['features'][0]['id']}"
            for picture in (caller.ask("GET", f"{item}/thumbnail")[1], caller.ask("GET", f"{item}/photo")[1]):
                check(picture[:2] == b"\xff\xd8" and b"SERIAL" not in picture, "a picture is not what it should be")
        caller.json("POST", f"/jobs/{job}/undo", {})
        caller.ask("DELETE", f"/jobs/{job}", expected=204)
        for upload in batch:
            caller.ask("DELETE", f"/uploads/{upload}", TUS, expected=204)
    say(f"{count} photos of {len(bare) / 1e6:.1f} MB: sent {spread(sends)}, read {spread(reads)}, published to the tile {spread(publications)}, "
        f"together {spread(wholes)} {verdict(statistics.median(wholes) <= PHOTOS_GOAL, f'<= {PHOTOS_GOAL} s')}")


def tiles(server, caller, jobs, count, seconds):
    """Tiles of the map, one after the other as one who pans asks for them, idle and while deposits are read."""
    west, south, east, north = (float(v) for v in server.sql("select array_to_string(extent, ' ') from catalogue.layer where name = 'parcelle'").split())
    dice = random.Random(1)

    def ask_until(over):
        connection = http.client.HTTPConnection(server.address.hostname, server.address.port, timeout=60)
        times = []
        while not over():
            path = tile_path("parcelle", dice.choice((14, 15, 16)), dice.uniform(west, east), dice.uniform(south, north))
            begin = time.perf_counter()
            connection.request("GET", path, headers=caller.headers)
            answer = connection.getresponse()
            answer.read()
            times.append((time.perf_counter() - begin) * 1000)
            check(answer.status in (200, 204), f"{path}: {answer.status}")
        return times

    def p99(times):
        return sorted(times)[len(times) * 99 // 100]

    uploads_of_jobs = []
    for n in range(jobs):
        content = ("numero;x;y;code\n" + "".join(f"{i};{675000 + i % 300};{7049000 + i // 300};BANC\n" for i in range(count))).encode()
        uploads_of_jobs.append(caller.begin(f"carte{n}.csv", len(content)))
        caller.send(uploads_of_jobs[-1], content, len(content))
    stop = time.perf_counter() + seconds
    idle = ask_until(lambda: time.perf_counter() > stop)
    ids = [caller.json("POST", "/jobs", {"uploads": [upload]}, 201)["id"] for upload in uploads_of_jobs]
    states, next_look = [], 0.0

    def are_read():
        """Looks from time to time, between two tiles: another thread would hold this one up, and be measured."""
        nonlocal next_look
        if time.perf_counter() > next_look:
            states[:] = [caller.json("GET", f"/jobs/{id}")["state"] for id in ids]
            next_look = time.perf_counter() + 0.5
        return not any(state in ("waiting", "reading") for state in states)

    busy = ask_until(are_read)
    check(set(states) == {"draft"}, f"the jobs are {states}")
    ratio = p99(busy) / p99(idle)
    say(f"tiles of the map, p99: {p99(idle):.2f} ms idle ({len(idle)}), {p99(busy):.2f} ms ({len(busy)}) while {jobs} deposits of {count} points are read "
        f"(two at a time); ratio {ratio:.2f} {verdict(ratio <= TILES_GOAL, f'<= {TILES_GOAL}')}")
    for id in ids:
        caller.ask("DELETE", f"/jobs/{id}", expected=204)


PARTS = {
    "uploads": lambda server, caller, quick: uploads(server, caller, (128 if quick else 1024) << 20, 3),
    "points": lambda server, caller, quick: points(server, caller, 10_000 if quick else 100_000, 2 if quick else 3),
    "photos": lambda server, caller, quick: photos(server, caller, 30 if quick else 300, 2 if quick else 3),
    "tiles": lambda server, caller, quick: tiles(server, caller, 10, 10_000 if quick else 100_000, 3 if quick else 10),
}


def measure(server, options):
    caller = Caller(server, log_in(server, "admin")[1])
    for name, part in PARTS.items():
        if options.only in (None, name):
            part(server, caller, options.quick)


if __name__ == "__main__":
    sys.exit(bench.main(__doc__, parts=tuple(PARTS), measure=measure, territory="small"))
