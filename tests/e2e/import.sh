#!/usr/bin/env bash
# Files in, features and tiles out; a file twice, a version back, files that are broken.
. "$(dirname "$0")/lib.sh"

shared=$root/../shared/data
new_database
for declaration in "$root"/data-samples/layers/*.json; do
    "$CARREAU" layer add --declaration "$declaration" --database "$dsn" >/dev/null || fail "$declaration"
done
count() { sql "select count(*) from $1"; }
# import EXPECTED_STATUS arguments...: what it says is in $work/import.
import() {
    local expected=$1 status=0
    shift
    timeout 300 "$CARREAU" import --database "$dsn" "$@" >"$work/import" 2>&1 || status=$?
    equal "import $*: $(tail -n 3 "$work/import"): exit status" "$status" "$expected"
}
# Everything that an import could change.
state() {
    sql "select version_id, target, state, feature_count from catalogue.version order by 1"
    sql "select part_id, table_name, attached from catalogue.part order by 1"
    sql "select n.nspname, c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace
         where n.nspname not like 'pg\_%' and c.relkind in ('r', 'p', 'v') order by 1, 2"
    sql "select name from catalogue.layer order by 1"
    for table in cadastre.parcelle cadastre.batiment cadastre.section; do count "$table"; done
}

step "EDIGEO of our own"
archive=$("$MAKE_EDIGEO_SAMPLE" "$work")
import 0 "$archive"
equal "parcels" "$(count cadastre.parcelle)" 12
equal "buildings" "$(count cadastre.batiment)" 4
equal "sections" "$(count cadastre.section)" 1
equal "sheets" "$(count cadastre.feuille)" 1
equal "places" "$(count cadastre.lieu_dit)" 1

step "a second time it is known"
import 0 "$archive"
contains "second import" "$(cat "$work/import")" 'Déjà importé'
equal "parcels" "$(count cadastre.parcelle)" 12
import 0 --force "$archive"
equal "parcels after --force" "$(count cadastre.parcelle)" 12

step "another edition replaces the commune, roll-back brings the former one"
mkdir "$work/larger"
larger=$("$MAKE_EDIGEO_SAMPLE" "$work/larger" 6)
import 0 "$larger"
equal "parcels" "$(count cadastre.parcelle)" 18
"$CARREAU" layer rollback parcelle --database "$dsn" >/dev/null || fail "rollback"
equal "parcels after roll-back" "$(count cadastre.parcelle)" 12
"$CARREAU" layer rollback parcelle --database "$dsn" >/dev/null || fail "rollback of the rollback"
equal "parcels forth again" "$(count cadastre.parcelle)" 18

step "permits lie on the parcels they name"
parcel=$(sql "select id from cadastre.parcelle order by id limit 1")
{
    echo "COMM;TYPE_DAU;NUM_DAU;ETAT_DAU;AN_DEPOT;SEC_CADASTRE1;NUM_CADASTRE1;SEC_CADASTRE2;NUM_CADASTRE2;SEC_CADASTRE3;NUM_CADASTRE3"
    echo "${parcel:0:5};PC;0${parcel:0:5}1600001;2;2016;${parcel:8:2};${parcel:10:4};ZZ;9999;;"
} >"$work/permis.csv"
import 0 "$work/permis.csv"
contains "what was not found" "$(cat "$work/import")" "n'est ni dans le cadastre"
equal "the permit" "$(sql "select d.numero, st_equals(d.geom, p.geom) from ads.dossier d, cadastre.parcelle p where p.id = '$parcel'")" \
    "PC0${parcel:0:5}1600001|t"

step "a survey of a mission"
printf 'numero;x;y;code;releve_le\n1;682000,00;7042000,00;BANC;2026-05-04T10:00:00Z\n' >"$work/tournee.csv"
missions() { sql "select nom, genre, premier_jour, fichiers, coalesce(operateur, '-') from terrain.mission"; }
import 0 --crs EPSG:2154 --mission 'Tournée de mai' "$work/tournee.csv"
equal "the mission" "$(missions)" "Tournée de mai|levé|2026-05-04|1|-"
sql "insert into org.organisation (nom, genre) values ('SIG', 'EPCI')" >/dev/null
import 0 --force --crs EPSG:2154 --mission 'Reprise' --organisation SIG "$work/tournee.csv"
equal "the mission of the same lot" "$(missions)" "Reprise|levé|2026-05-04|1|SIG"
"$CARREAU" layer rollback leve_point --database "$dsn" >/dev/null || fail "rollback"
equal "the mission after roll-back" "$(missions)" "Tournée de mai|levé|2026-05-04|1|-"

step "Shapefile and GeoPackage as new layers"
cat >"$work/points.geojson" <<JSON
{"type": "FeatureCollection", "features": [
  {"type": "Feature", "properties": {"nom": "église", "hauteur": 32.5, "annee": 1850}, "geometry": {"type": "Point", "coordinates": [2.5, 50.4]}},
  {"type": "Feature", "properties": {"nom": "mairie", "hauteur": 12, "annee": 1901}, "geometry": {"type": "Point", "coordinates": [2.51, 50.41]}},
  {"type": "Feature", "properties": {"nom": "école", "hauteur": null, "annee": 1885}, "geometry": {"type": "Point", "coordinates": [2.52, 50.42]}}]}
JSON
ogr2ogr -f 'ESRI Shapefile' -lco ENCODING=UTF-8 -t_srs EPSG:2154 "$work/repere.shp" "$work/points.geojson"
ogr2ogr -f GPKG -nln repere -t_srs EPSG:3950 "$work/repere.gpkg" "$work/points.geojson"
import 0 --layer repere_shp --create --public --title 'Repères (SHP)' "$work/repere.shp"
import 0 --layer repere_gpkg --create --public "$work/repere.gpkg"
import 0 --layer repere_json --create "$work/points.geojson"
for layer in repere_shp repere_gpkg repere_json; do
    equal "$layer" "$(sql "select string_agg(nom, ',' order by nom collate \"C\") from donnees.$layer")" 'mairie,école,église'
    # 2.5 E, 50.4 N in Lambert-93 by PROJ's own program.
    expected=$(echo 2.5 50.4 | gdaltransform -s_srs EPSG:4326 -t_srs EPSG:2154 -output_xy 2>/dev/null || true)
    if [[ -n $expected ]]; then
        read -r x y <<<"$expected"
        # gdaltransform reads 4326 as x y since it sets the traditional order.
        near=$(sql "select st_distance(geom, st_setsrid(st_makepoint($x, $y), 2154)) < 0.05 from donnees.$layer where nom = 'église'")
        equal "place of $layer" "$near" t
    fi
done
import 2 --layer nulle_part "$work/points.geojson"

if [[ -d $shared ]]; then
    step "EDIGEO of a real commune"
    mkdir "$work/sheets"
    for kind in PARCELLE_id BATIMENT_id SECTION_id SUBDSECT_id; do declare "$kind=0"; done
    for sheet in "$shared"/cadastre/edigeo/25354/*.tar.bz2; do
        folder=$work/sheets/$(basename "$sheet" .tar.bz2)
        mkdir "$folder"
        tar -xjf "$sheet" -C "$folder"
        ogrinfo -ro -so -al "$folder"/*.THF 2>/dev/null | awk '/^Layer name: /{name=$3} /^Feature Count: /{print name, $3}' >"$folder/counts"
        for kind in PARCELLE_id BATIMENT_id SECTION_id SUBDSECT_id; do
            declare "$kind=$((${!kind} + $(awk -v kind="$kind" '$1 == kind {print $2}' "$folder/counts" | grep . || echo 0)))"
        done
    done
    import 0 "$shared"/cadastre/edigeo/25354/*.tar.bz2
    of_commune() { sql "select count(*) from $1 where commune = '25354'"; }
    equal "parcels" "$(of_commune cadastre.parcelle)" "$PARCELLE_id"
    equal "buildings" "$(of_commune cadastre.batiment)" "$BATIMENT_id"
    equal "sections" "$(of_commune cadastre.section)" "$SECTION_id"
    equal "sheets" "$(of_commune cadastre.feuille)" "$SUBDSECT_id"
    equal "the other commune" "$(sql "select count(*) from cadastre.parcelle where commune <> '25354'")" 18

    step "Etalab, plain and gzip"
    import 0 "$shared/cadastre/etalab/cadastre-36174-parcelles.json"
    equal "parcels" "$(sql "select count(*) from cadastre.parcelle where commune = '36174'")" 4163
    gzip -c "$shared/cadastre/etalab/cadastre-91216-parcelles.json" >"$work/cadastre-91216-parcelles.json.gz"
    import 0 "$work/cadastre-91216-parcelles.json.gz"
    equal "parcels" "$(sql "select count(*) from cadastre.parcelle where commune = '91216'")" 4241
    equal "the others" "$(sql "select count(*) from cadastre.parcelle where commune in ('36174', '25354')")" $((4163 + PARCELLE_id))
fi

step "what was imported is served"
start_server 60 serve --database "$dsn" --port 0
equal "parcels" "$(matched parcelle)" "$(count cadastre.parcelle)"
equal "parcels of the sample" "$(matched parcelle '&commune=62999')" 18
read -r lon lat <<<"$(sql "select st_x(p) || ' ' || st_y(p) from (select st_transform(st_pointonsurface(geom), 4326) p
    from cadastre.parcelle where commune = '62999' order by id limit 1) q")"
equal "tile" "$(status_of "/tiles/parcelle,batiment/$(tile_of "$lon" "$lat" 16).mvt")" 200
equal "new layer" "$(matched repere_shp)" 3
equal "its tile" "$(status_of "/tiles/repere_gpkg/$(tile_of 2.5 50.4 14).mvt")" 200
stop_server

step "broken files change nothing"
printf '{"type": "FeatureCollection", "features": [{"type": "Feature", "geo' >"$work/cut.geojson"
: >"$work/empty.json"
head -c 3000 /dev/urandom >"$work/noise.shp"
head -c 3000 /dev/urandom >"$work/noise.gpkg"
head -c 500 "$archive" >"$work/edigeo-cut.tar.bz2"
echo 'not at all' >"$work/text.txt"
echo '[1, 2, 3]' >"$work/list.json"
mkdir "$work/emptyfolder"
broken=("$work/cut.geojson" "$work/empty.json" "$work/noise.shp" "$work/noise.gpkg" "$work/edigeo-cut.tar.bz2" "$work/text.txt"
    "$work/list.json" "$work/emptyfolder")
if [[ -d $shared ]]; then
    broken+=("$shared/malformed/truncated/edigeo-25354000AB01-truncated.tar.bz2" "$shared/malformed/truncated/base3-truncated.gpkg"
        "$shared/malformed/gpkg/empty.gpkg" "$shared/malformed/gml/INVALID.gml" "$shared/malformed/jpeg/corrupt_exif.jpg")
fi
before=$(state)
for file in "${broken[@]}"; do
    import 2 "$file"
    equal "state after $(basename "$file")" "$(state)" "$before"
    import 2 --layer nouvelle --create "$file"
    equal "state after $(basename "$file") --create" "$(state)" "$before"
done
import 2 "$archive" "$work/edigeo-cut.tar.bz2"
equal "a good file beside a broken one" "$(state)" "$before"
import 2 "$work/nowhere.json"
[[ -d $shared ]] || skip "everything but the third-party files passed; they are not in $shared"
