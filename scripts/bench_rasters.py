#!/usr/bin/env python3
"""Tiles of rasters: how many a second Carreau draws, keeping none, beside a gdalwarp for each tile, on the same cloud optimised
GeoTIFF; the same pixels within one level.

  scripts/bench_rasters.py --program build/release/carreau [--quick] [--out DIR]

gdalwarp writes no PNG: what it makes is compared, not what it would still cost to compress.
"""

import math
import os
import random
import statistics
import sys
import time
from pathlib import Path

import bench
from bench import check, log_in, output_of, say, spread, verdict
from bench_deposits import Caller

GOAL, LEVELS = 1.5, 1
HALF = 20037508.342789244
KINDS = {  # options of gdal_translate beside the place, and what the layer is called
    "photo, 3 x 8 bits, JPEG": ("orthophoto", ["-ot", "Byte"], 3),
    "heights, 32 bits, deflate": ("modele_hauteur", ["-ot", "Float32"], 1),
}


def make(folder, name, options, bands, width, height):
    """Smooth noise in Lambert-93, a pixel of 0.25 m."""
    small = folder / "small.ppm"
    small.write_bytes(b"P6 %d %d 255\n" % (width // 12, height // 12) + os.urandom(width // 12 * (height // 12) * 3))
    place = ["-a_srs", "EPSG:2154", "-a_ullr", "675000", "7051000", str(675000 + width / 4), str(7051000 - height / 4)]
    kept = [word for band in range(1, bands + 1) for word in ("-b", str(band))]
    output_of("gdal_translate", "-q", "-co", "TILED=YES", "-r", "cubic", "-outsize", str(width), str(height), *options, *kept, *place,
              str(small), str(folder / name))
    return folder / name


def deposit(caller, file):
    size = file.stat().st_size
    upload = caller.begin(file.name, size)
    with open(file, "rb") as content:
        caller.send(upload, content, size)
    begin = time.perf_counter()
    job = caller.json("POST", "/jobs", {"uploads": [upload]}, 201)["id"]
    while (state := caller.json("GET", f"/jobs/{job}"))["state"] in ("waiting", "reading"):
        time.sleep(0.05)
    check(state["state"] == "draft", str(state))
    took = time.perf_counter() - begin
    check(caller.json("POST", f"/jobs/{job}/publish", {})["state"] == "published", "not published")
    return size / 1e6, took


def tiles_of(bounds, zooms, count):
    """Addresses spread over the raster, the same each time."""
    chosen = random.Random(7)
    west, south, east, north = bounds
    found = []
    for i in range(count):
        z = zooms[i % len(zooms)]
        lon, lat = chosen.uniform(west, east), chosen.uniform(south, north)
        n = 2**z
        found.append((z, int((lon + 180) / 360 * n), int((1 - math.asinh(math.tan(math.radians(lat))) / math.pi) / 2 * n)))
    return list(dict.fromkeys(found))


def box_of(tile):
    z, x, y = tile
    size = 2 * HALF / 2**z
    return [repr(v) for v in (x * size - HALF, HALF - (y + 1) * size, (x + 1) * size - HALF, HALF - y * size)]


def warp(cog, tile, out):
    output_of("gdalwarp", "-q", "-overwrite", "-t_srs", "EPSG:3857", "-r", "bilinear", "-dstalpha", "-te", *box_of(tile), "-ts", "256", "256",
              str(cog), str(out))


def raw(file, bands, scale=()):
    output_of("gdal_translate", "-q", "-of", "ENVI", "-ot", "Byte", "-co", "INTERLEAVE=BIP", *scale,
              *[word for band in bands for word in ("-b", str(band))], str(file), str(file) + ".raw")
    return Path(str(file) + ".raw").read_bytes()


def compare(caller, folder, url, cog, tile, kind, low, high):
    """The greatest difference where both are opaque."""
    query = "" if kind == "orthophoto" else f"?palette=gris&min={low}&max={high}"
    png = folder / "tile.png"
    png.write_bytes(caller.ask("GET", url.format(*tile) + query)[1])
    warp(cog, tile, folder / "warped.tif")
    opaque = "Alpha" in output_of("gdalinfo", str(png))
    ours = raw(png, (1, 2, 3, 4) if opaque else (1, 2, 3))
    step = 4 if opaque else 3
    bands = 3 if kind == "orthophoto" else 1
    scale = () if bands == 3 else ("-scale_1", str(low), str(high), "0", "255", "-scale_2", "0", "1", "0", "255")
    theirs = raw(folder / "warped.tif", tuple(range(1, bands + 2)), scale)
    worst = 0
    for pixel in range(256 * 256):
        seen = not opaque or ours[pixel * 4 + 3] == 255
        if not seen or theirs[pixel * (bands + 1) + bands] != 255:
            continue
        for c in range(bands):
            worst = max(worst, abs(ours[pixel * step + c] - theirs[pixel * (bands + 1) + c]))
    return worst


def measure(server, options):
    caller = Caller(server, log_in(server, "admin")[1])
    count, rounds = (20, 2) if options.quick else (40, 5)
    width, height = (2400, 1800) if options.quick else (6000, 4500)
    for what, (layer, wanted, bands) in KINDS.items():
        file = make(server.folder, f"{layer}.tif", wanted, bands, width, height)
        size, took = deposit(caller, file)
        say(f"{what}: {width} x {height} pixels, {size:.0f} MB read, checked and written anew in {took:.1f} s")
        facts = caller.json("GET", f"/rasters/{layer}:{layer}")
        kept = server.sql(f"select fichier from terrain.{layer}")
        cog = Path(server.data, "depots/rasters", kept)
        tiles = tiles_of(facts["bounds"], range(facts["maxzoom"] - 4, facts["maxzoom"] + 1), count)
        url = f"/rasters/{layer}:{layer}/{{}}/{{}}/{{}}.png"
        low, high = facts.get("stretch", (0, 255))
        worst = max(compare(caller, server.folder, url, cog, tile, layer, low, high) for tile in tiles[:10])
        check(worst <= LEVELS, f"{what}: {worst} levels beside gdalwarp")
        ours, theirs, ratios = [], [], []
        for n in range(rounds):
            begin = time.perf_counter()
            for tile in tiles:
                caller.ask("GET", url.format(*tile))
            ours.append(len(tiles) / (time.perf_counter() - begin))
            begin = time.perf_counter()
            for tile in tiles:
                warp(cog, tile, server.folder / "warped.tif")
            theirs.append(len(tiles) / (time.perf_counter() - begin))
            ratios.append(ours[-1] / theirs[-1])
        say(f"{what}: {spread(ours, 'tiles/s', 0)}, a gdalwarp for each {spread(theirs, 'tiles/s', 1)}, ratio {spread(ratios, '', 1)}; pixels within "
            f"{worst} {verdict(statistics.median(ratios) >= GOAL, f'>= {GOAL}')}")


if __name__ == "__main__":
    os.environ["CARREAU_RASTER_CACHE"] = "0"  # none is kept
    sys.exit(bench.main(__doc__, measure=measure, territory="small"))
