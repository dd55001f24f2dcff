#!/usr/bin/env python3
"""Files that attack who reads them, made in a folder: hostile_files.py FOLDER"""

import pathlib
import sqlite3
import stat
import struct
import sys
import zipfile

folder = pathlib.Path(sys.argv[1])


def archive(name, members):
    with zipfile.ZipFile(folder / name, "w", zipfile.ZIP_DEFLATED) as out:
        for member, content in members:
            out.writestr(member, content)


def link(name, target):
    info = zipfile.ZipInfo(name)
    info.external_attr = (stat.S_IFLNK | 0o777) << 16
    return info, target


def geopackage(name, statements):
    """The tables a GeoPackage needs, and what the attack adds."""
    base = sqlite3.connect(folder / name)
    base.executescript(
        """pragma application_id = 1196444487; pragma user_version = 10300;
        create table gpkg_spatial_ref_sys (srs_name text, srs_id integer primary key, organization text, organization_coordsys_id integer,
            definition text, description text);
        insert into gpkg_spatial_ref_sys values ('WGS 84', 4326, 'EPSG', 4326, 'GEOGCS["WGS 84"]', '');
        create table gpkg_contents (table_name text primary key, data_type text, identifier text, description text, last_change text,
            min_x real, min_y real, max_x real, max_y real, srs_id integer);
        create table gpkg_geometry_columns (table_name text primary key, column_name text, geometry_type_name text, srs_id integer, z integer, m integer);
        insert into gpkg_contents values ('leve_point', 'features', 'leve_point', '', '2026-01-01T00:00:00Z', 0, 0, 1, 1, 4326);
        insert into gpkg_geometry_columns values ('leve_point', 'geom', 'POINT', 4326, 0, 0);""" + statements)
    base.close()


vrt = '<OGRVRTDataSource><OGRVRTLayer name="a"><SrcDataSource>/etc/passwd</SrcDataSource></OGRVRTLayer></OGRVRTDataSource>'
remote = vrt.replace("/etc/passwd", "/vsicurl/http://127.0.0.1:1/x.gpkg")
zeros = b"\0" * (1 << 20)

with zipfile.ZipFile(folder / "bombe.zip", "w", zipfile.ZIP_DEFLATED) as out, out.open("leve.csv", "w", force_zip64=True) as member:
    for _ in range(2500):
        member.write(zeros)
archive("beaucoup.zip", [(f"{n}.csv", "x;y\n1;2\n") for n in range(1000)])
archive("gigogne.zip", [("dedans.zip", (folder / "beaucoup.zip").read_bytes())])
archive("remonte.zip", [("../../../../tmp/carreau-echappe.txt", "rien")])
archive("lien.zip", [link("leve.csv", "/etc/passwd")])
for name, text in [("vrt.csv", vrt), ("vrt.gpx", vrt), ("vrt.tif", vrt), ("distant.gpkg", remote)]:
    (folder / name).write_text(text)
(folder / "milliards.gpx").write_text(
    '<?xml version="1.0"?><!DOCTYPE gpx [<!ENTITY a "aaaaaaaaaa">' + "".join(f'<!ENTITY a{n} "{("&a" + str(n - 1 if n > 1 else "") + ";") * 10}">' for n in range(1, 10))
    + ']><gpx version="1.1" xmlns="http://www.topografix.com/GPX/1/1"><name>&a9;</name></gpx>')
(folder / "profond.geojson").write_text('{"type":"FeatureCollection","features":' + "[" * 200000)
(folder / "nan.csv").write_text("numero;lon;lat\n1;NaN;NaN\n2;Infinity;50\n3;1e400;50\n")
(folder / "ligne.csv").write_text("numero;lon;lat\n1;2;" + "5" * 3_000_000 + "\n")
(folder / "geant.tif").write_bytes(b"II*\0\x08\0\0\0" + struct.pack("<HHHII", 2, 256, 4, 1, 2**31 - 1) + struct.pack("<HHII", 257, 4, 1, 2**31 - 1) + b"\0" * 4)
(folder / "menteur.shp").write_bytes(struct.pack(">7i", 9994, 0, 0, 0, 0, 0, 2**30) + struct.pack("<2i8d", 1000, 1, *[0.0] * 8) + struct.pack(">2i", 1, 2**29))
(folder / "rien.bin").write_bytes(zeros * 8)
geopackage("vue.gpkg", "create view leve_point as with recursive n (fid) as (select 1 union all select fid + 1 from n) select fid, null as geom from n;")
geopackage("gros.gpkg", "create view leve_point as select 1 as fid, randomblob(2000000000) as geom;")
geopackage("declencheur.gpkg", "create table leve_point (fid integer primary key, geom blob); create trigger t after insert on leve_point begin "
           "select load_extension('/tmp/x.so'); end;")
