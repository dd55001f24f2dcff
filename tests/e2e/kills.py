"""kills.py PROGRAM FOLDER SECRET: see kills.sh. The territory lies in FOLDER/data, SECRET is a token of its administrator."""

import base64
import hashlib
import http.client
import json
import os
import random
import re
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

ROUNDS = int(os.environ.get("KILL_ROUNDS", "20"))
SEED = int(os.environ.get("KILL_SEED", str(random.randrange(1_000_000))))
POINTS = 20_000
PIECE = 96 * 1024
TUS = {"Tus-Resumable": "1.0.0"}
SETTLED = ("draft", "refused", "failed", "cancelled", "published")
program, folder, secret = sys.argv[1], Path(sys.argv[2]), sys.argv[3]


def expect(condition, what):
    if not condition:
        raise AssertionError(what)


class Away(Exception):
    """The server does not answer, or says that it cannot now."""


class Server:
    """Started anew whenever it or its database was killed."""

    def __init__(self):
        self.process, self.port = None, 0

    def start(self):
        log = folder / "server.log"
        log.write_text("")
        with open(log, "w") as out:
            self.process = subprocess.Popen(
                [program, "demo", "--territory", "small", "--data", str(folder / "data"), "--port", "0"], stdout=out, stderr=out)
        end = time.monotonic() + 120
        while not (found := re.search(r"http://127\.0\.0\.1:(\d+)", log.read_text())):
            expect(self.process.poll() is None, f"the server ended: {log.read_text()[-600:]}")
            expect(time.monotonic() < end, "the server did not start within 120 s")
            time.sleep(0.05)
        self.port = int(found[1])

    def stop(self, how):
        if self.process and self.process.poll() is None:
            self.process.send_signal(how)
        if self.process:
            self.process.wait(60)
        self.process = None

    def postmaster(self):
        return int((folder / "data/postgres/postmaster.pid").read_text().splitlines()[0])

    def workers(self):
        found = []
        for entry in Path("/proc").glob("[0-9]*"):
            try:
                parent = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
                words = (entry / "cmdline").read_bytes().split(b"\0")
            except (OSError, IndexError):
                continue
            if parent == self.process.pid and words[1:2] == [b"worker"]:
                found.append(int(entry.name))
        return found

    def ask(self, method, path, headers=None, body=None):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request(method, path, body=body, headers={"Authorization": f"Bearer {secret}", **(headers or {})})
            answer = connection.getresponse()
            content = answer.read()
        except (OSError, http.client.HTTPException) as error:
            raise Away(str(error)) from error
        finally:
            connection.close()
        if answer.status >= 500:
            raise Away(f"{answer.status} {content[:200]}")
        return answer.status, answer.headers, content

    def json(self, method, path, body=None):
        status, _, content = self.ask(method, path, {"Content-Type": "application/json"}, None if body is None else json.dumps(body))
        return status, json.loads(content)


class Killer:
    """Kills one of them once, at a moment of its own, while the journey goes on; then starts what it killed."""

    def __init__(self, server, victim, delay):
        self.server, self.victim, self.delay, self.over = server, victim, delay, False
        self.lock = threading.Lock()  # held while there is no server
        self.killed = False
        self.thread = threading.Thread(target=self.work, daemon=True)
        self.thread.start()

    def work(self):
        time.sleep(self.delay)
        if self.victim == "worker":
            while not self.over and not self.killed:
                for pid in self.server.workers():
                    try:
                        os.kill(pid, signal.SIGKILL)
                        self.killed = True
                    except ProcessLookupError:
                        pass
                time.sleep(0.005)
            return
        with self.lock:
            if self.over:
                return
            if self.victim == "server":
                self.server.stop(signal.SIGKILL)
            else:
                os.kill(self.server.postmaster(), signal.SIGKILL)
                time.sleep(0.3)  # the server goes on without its database for a moment
                self.server.stop(signal.SIGKILL)
            self.killed = True
            self.server.start()

    def end(self):
        self.over = True
        self.thread.join(150)


class Journey:
    """One file from its first byte to its publication, however often the server goes away."""

    def __init__(self, server, killer, number):
        self.server, self.killer, self.lot = server, killer, f"tournee{number}"
        lines = "".join(f"{i};{675000 + i % 300};{7049000 + i // 300};BANC\n" for i in range(POINTS))
        self.bytes = ("numero;x;y;code\n" + lines).encode()
        self.acknowledged = 0
        self.end = time.monotonic() + 180

    def again(self, act):
        """Until the server answers."""
        while True:
            try:
                return act()
            except Away as away:
                expect(time.monotonic() < self.end, f"{self.lot}: no answer within 180 s: {away}")
                time.sleep(0.05)
                with self.killer.lock:
                    pass

    def offset(self, upload):
        status, headers, _ = self.server.ask("HEAD", f"/uploads/{upload}", TUS)
        expect(status == 200, f"an upload that was begun is gone: {status}")
        return int(headers["Upload-Offset"])

    def upload(self):
        name = "filename " + base64.b64encode(f"{self.lot}.csv".encode()).decode()
        begin = {**TUS, "Upload-Length": str(len(self.bytes)), "Upload-Metadata": name}
        status, headers, content = self.again(lambda: self.server.ask("POST", "/uploads", begin))
        expect(status == 201, f"begin: {status} {content[:200]}")
        upload = headers["Location"].rpartition("/")[2]
        while self.acknowledged < len(self.bytes):
            try:
                at = self.acknowledged
                patch = {**TUS, "Content-Type": "application/offset+octet-stream", "Upload-Offset": str(at)}
                status, headers, content = self.server.ask("PATCH", f"/uploads/{upload}", patch, self.bytes[at:at + PIECE])
                expect(status == 204, f"PATCH at {at}: {status} {content[:200]}")
                self.acknowledged = int(headers["Upload-Offset"])
            except Away:
                there = self.again(lambda: self.offset(upload))
                expect(there >= self.acknowledged, f"{self.acknowledged} bytes were acknowledged, {there} are there")
                self.acknowledged = there
        receipt = self.again(lambda: self.server.json("GET", f"/uploads/{upload}"))[1]
        if not receipt["complete"]:  # killed between the last byte and its receipt: an empty piece asks for it
            patch = {**TUS, "Content-Type": "application/offset+octet-stream", "Upload-Offset": str(len(self.bytes))}
            self.again(lambda: self.server.ask("PATCH", f"/uploads/{upload}", patch, b""))
            receipt = self.again(lambda: self.server.json("GET", f"/uploads/{upload}"))[1]
        expect(receipt.get("sha256") == hashlib.sha256(self.bytes).hexdigest(), f"not the bytes that were sent: {receipt}")
        return upload

    def count(self):
        """Of the lot's published points: all or none, at any moment."""
        status, page = self.again(lambda: self.server.json("GET", f"/collections/leve_point/items?limit=1&lot={self.lot}"))
        expect(status == 200, f"features: {status} {page}")
        expect(page["numberMatched"] in (0, POINTS), f"{self.lot}: half published: {page['numberMatched']}")
        return page["numberMatched"]

    def settled(self, job):
        while True:
            status, seen = self.again(lambda: self.server.json("GET", f"/jobs/{job}"))
            expect(status == 200, f"job {job} is gone: {status} {seen}")
            self.count()
            if seen["state"] in SETTLED:
                return seen
            expect(time.monotonic() < self.end, f"job {job} stays {seen['state']}")

    def reach(self, job, wanted, act, body):
        """Asks until the job is in that state; a kill may undo the asking, never what was answered."""
        while True:
            seen = self.settled(job)
            if seen["state"] == wanted:
                return
            expect(time.monotonic() < self.end, f"job {job} is {seen['state']} and not {wanted}: {seen['reason']}")
            self.again(lambda: self.server.json("POST", f"/jobs/{job}/{act}", body))

    def run(self):
        upload = self.upload()
        status, made = self.again(lambda: self.server.json("POST", "/jobs", {"uploads": [upload]}))
        expect(status == 201, f"job: {status} {made}")
        job = made["id"]
        self.reach(job, "draft", "retry", {})
        expect(self.count() == 0, "published before anybody asked")
        self.reach(job, "published", "publish", {"replaces": "coverage"})
        expect(self.count() == POINTS, "an acknowledged publication is not there")
        self.reach(job, "draft", "undo", {})
        expect(self.count() == 0, "what was taken back is still there")
        self.reach(job, "published", "publish", {"replaces": "coverage"})
        return job


def main():
    print(f"- {ROUNDS} rounds, KILL_SEED={SEED}")
    random.seed(SEED)
    server = Server()
    server.start()
    jobs = []
    killed = 0
    try:
        for number in range(ROUNDS):
            victim = ("server", "worker", "postgres")[number % 3]
            killer = Killer(server, victim, 0 if victim == "worker" else random.uniform(0, 4))
            begin = time.monotonic()
            journey = Journey(server, killer, number)
            jobs.append(journey.run())
            killer.end()
            killed += killer.killed
            expect(journey.count() == POINTS, "an acknowledged publication was lost")
            print(f"  {number + 1}: {victim} {'killed' if killer.killed else 'not met'}, {time.monotonic() - begin:.1f} s")
        expect(killed >= ROUNDS // 2, f"only {killed} kills of {ROUNDS} met something")
        status, page = server.json("GET", "/collections/leve_point/items?limit=1")
        expect(page["numberMatched"] == ROUNDS * POINTS, f"{page['numberMatched']} points are published")
        for job in jobs:
            expect(server.json("GET", f"/jobs/{job}")[1]["state"] == "published", f"job {job} is not published any more")
        server.stop(signal.SIGTERM)
    finally:
        server.stop(signal.SIGKILL)


try:
    main()
except AssertionError as failure:
    print(f"FAILED: {failure}", file=sys.stderr)
    sys.exit(1)
