"""compare.py ADDRESS FOLDER: holds each NAME.mbtiles and NAME.pmtiles of the folder against the tiles that the server gives of layer NAME."""

import gzip
import http.client
import json
import re
import sqlite3
import struct
import sys
from pathlib import Path
from urllib.parse import urlsplit

MOST_BYTES = 500_000  # of a tile that a map can draw smoothly
FULL_DETAIL = 14  # from this zoom on shapes are as they are stored; at the deepest zoom of a layer always


def read_mbtiles(path):
    for z, x, row, body in sqlite3.connect(path).execute("select zoom_level, tile_column, tile_row, tile_data from tiles"):
        yield (z, x, 2**z - 1 - row), gzip.decompress(body)


def varints(data):
    value = shift = 0
    for byte in data:
        value |= (byte & 127) << shift
        shift += 7
        if byte < 128:
            yield value
            value = shift = 0


def tile_of(number):
    """PMTiles 3, 4.1: zoom by zoom, along a Hilbert curve."""
    z = 0
    while number >= 4**z:
        number -= 4**z
        z += 1
    x = y = 0
    for level in range(z):
        side = 2**level
        rx = 1 & (number // 2)
        ry = 1 & (number ^ rx)
        if ry == 0:
            if rx == 1:
                x, y = side - 1 - x, side - 1 - y
            x, y = y, x
        x, y = x + side * rx, y + side * ry
        number //= 4
    return z, x, y


def entries(file, offset, length, leaves):
    """(tile number, run, offset, length) of a directory and those below it (PMTiles 3, 4.2)."""
    file.seek(offset)
    numbers = varints(gzip.decompress(file.read(length)))
    count = next(numbers)
    ids, total = [], 0
    for _ in range(count):
        total += next(numbers)
        ids.append(total)
    runs = [next(numbers) for _ in range(count)]
    lengths = [next(numbers) for _ in range(count)]
    offsets = []
    for i in range(count):
        value = next(numbers)
        offsets.append(offsets[-1] + lengths[i - 1] if value == 0 and i > 0 else value - 1)
    for entry in zip(ids, runs, offsets, lengths):
        if entry[1] > 0:
            yield entry
        else:
            yield from entries(file, leaves + entry[2], entry[3], leaves)


def read_pmtiles(path):
    with open(path, "rb") as file:
        header = file.read(127)
        root, root_length, _, _, leaves, _, data = struct.unpack("<7Q", header[8:64])
        for number, run, offset, length in list(entries(file, root, root_length, leaves)):
            file.seek(data + offset)
            body = gzip.decompress(file.read(length))
            for i in range(run):
                yield tile_of(number + i), body


def main():
    address, folder = urlsplit(sys.argv[1]), Path(sys.argv[2])
    connection = http.client.HTTPConnection(address.hostname, address.port, timeout=60)
    # By SQL a tile is made of the rows that meet it: below full detail, where borders part is not known as it is of the
    # whole layer.
    connection.request("GET", "/metrics")
    by_sql = set(re.findall(r'carreau_tile_layer_by_sql\{layer="(\w+)"', connection.getresponse().read().decode()))
    compared = wrong = 0
    largest = (0, "")
    for path in sorted(folder.glob("*.mbtiles")):
        layer = path.stem
        tiles = dict(read_mbtiles(path))
        if dict(read_pmtiles(path.with_suffix(".pmtiles"))) != tiles:
            print(f"{layer}: the archives differ")
            wrong += 1
        if not tiles:  # a layer that awaits deposits
            connection.request("GET", f"/collections/{layer}/items?f=json&limit=1")
            if json.loads(connection.getresponse().read())["features"]:
                print(f"{layer}: it has features, its archive has no tile")
                wrong += 1
            continue
        deepest = max(z for z, _, _ in tiles)
        for (z, x, y), body in tiles.items():
            connection.request("GET", f"/tiles/{layer}/{z}/{x}/{y}.mvt")
            answer = connection.getresponse()
            served = answer.read()
            compared += 1
            largest = max(largest, (len(served), f"{layer}/{z}/{x}/{y}"))
            if served != body and (layer not in by_sql or z >= min(FULL_DETAIL, deepest)):
                print(f"{layer}/{z}/{x}/{y}: {len(body)} bytes in the archive, {len(served)} served ({answer.status})")
                wrong += 1
    print(f"  {compared} tiles compared, the largest {largest[1]}: {largest[0]} bytes")
    if largest[0] > MOST_BYTES:
        print(f"{largest[1]} is larger than {MOST_BYTES} bytes")
        wrong += 1
    return 1 if wrong or compared < 100 else 0


if __name__ == "__main__":
    sys.exit(main())
