#!/usr/bin/env bash
# INSPIRE documents by the command line: the demonstration territory and real EDIGEO sheets, held against the official
# schemas, the tables, and what GDAL reads back.
. "$(dirname "$0")/lib.sh"

schemas=${CARREAU_SCHEMAS:-$root/../shared/schemas}
shared=${CARREAU_DATA:-$root/../shared/data}
new_database
"$CARREAU" demo --database "$dsn" --territory small --load-only >"$work/demo" 2>&1 || fail "demo: $(tail -n 3 "$work/demo")"

# export_theme FILE arguments...: what it says is in $work/export.
export_theme() {
    local file=$1
    shift
    timeout 300 "$CARREAU" export inspire "$@" -o "$file" --database "$dsn" >"$work/export" 2>&1 || fail "export $*: $(cat "$work/export")"
}
# The members of a collection are lax: a namespace that no schema describes passes unseen. Kind `inspire` refuses those,
# and administrative units with them, whose schema is not among the schemas here: their namespace is looked at.
valid() {
    local kind=inspire
    if [[ $1 == */au.gml ]]; then
        kind=wfs
        contains "namespace of $1" "$(head -n 2 "$1")" 'xmlns:au="http://inspire.ec.europa.eu/schemas/au/4.0"'
    fi
    [[ -x $schemas/validate.sh ]] && command -v xmllint >/dev/null || return 0
    sh "$schemas/validate.sh" "$kind" "$1" >"$work/verdict" 2>&1 || fail "$1 is not valid: $(head -n 5 "$work/verdict")"
}
members() { grep -c '^<wfs:member>' "$1" || true; }
objects() { grep -c "^<wfs:member><$2 " "$1" || true; }
attribute() { head -n 2 "$1" | grep -o "$2=\"[^\"]*\"" | cut -d '"' -f 2; }
# The program's own rules, beyond the schemas.
checked() { "$CARREAU" inspire check "$1" >"$work/check" 2>&1 || fail "inspire check $1: $(head -n 8 "$work/check")"; }
# Every reference within the document leads to an object of it.
resolves() {
    { grep -o 'xlink:href="#[^"]*"' "$1" || true; } | cut -d '#' -f 2 | tr -d '"' | sort -u >"$work/named"
    grep -o 'gml:id="[^"]*"' "$1" | cut -d '"' -f 2 | sort >"$work/ids"
    equal "ids that stand twice in $1" "$(uniq -d "$work/ids" | head -n 3)" ""
    equal "references of $1 that lead nowhere" "$(comm -23 "$work/named" "$work/ids" | head -n 3)" ""
}

step "cadastral parcels of the territory"
export_theme "$work/cp.gml" --theme cp
valid "$work/cp.gml"
resolves "$work/cp.gml"
equal "parcels" "$(objects "$work/cp.gml" cp:CadastralParcel)" "$(sql 'select count(*) from cadastre.parcelle')"
equal "zonings" "$(objects "$work/cp.gml" cp:CadastralZoning)" \
    "$(sql 'select (select count(*) from org.commune_actuelle) + (select count(*) from cadastre.section) + (select count(*) from cadastre.feuille)')"
checked "$work/cp.gml"
equal "numberReturned" "$(attribute "$work/cp.gml" numberReturned)" "$(members "$work/cp.gml")"
equal "parcels that name their section" "$(grep -c '<cp:zoning xlink:href="#CP' "$work/cp.gml")" "$(sql 'select count(*) from cadastre.parcelle')"

step "each CRS, with the places that PostGIS gives"
for crs in 4258 3035 3034 3042 3043 3044; do
    export_theme "$work/crs.gml" --theme cp --layer section --crs "EPSG:$crs"
    valid "$work/crs.gml"
    equal "sections" "$(members "$work/crs.gml")" "$(sql 'select count(*) from cadastre.section')"
    contains "CRS" "$(head -n 3 "$work/crs.gml")" "srsName=\"http://www.opengis.net/def/crs/EPSG/0/$crs\""
    # Northing or latitude first in all of them; to a centimetre and to a ten-millionth of a degree.
    read -r id north east <<<"$(sed -n 's/.*gml:id="CP.CadastralZoning.\([0-9A-Z]*\)".*<gml:posList>\([^ ]*\) \([^ ]*\) .*/\1 \2 \3/p' "$work/crs.gml" | head -n 1)"
    near=$([[ $crs == 4258 ]] && echo 1e-7 || echo 0.01)
    equal "place of $id in $crs: $north $east" "$(sql "select st_distance(st_pointn(st_exteriorring(st_geometryn(st_transform(geom, $crs), 1)), 1),
        st_setsrid(st_makepoint($east, $north), $crs)) < $near from cadastre.section where id = '$id'")" t
done
for wrong in EPSG:2154 EPSG:4326 4258x; do
    status=0
    "$CARREAU" export inspire --theme cp --crs "$wrong" -o "$work/wrong.gml" --database "$dsn" >"$work/export" 2>&1 || status=$?
    equal "CRS $wrong" "$status" 2
    [[ ! -e $work/wrong.gml && ! -e $work/wrong.gml.part ]] || fail "a file is left of $wrong"
done

if command -v ogrinfo >/dev/null; then
    step "GDAL reads the same features and areas"
    timeout 300 ogr2ogr -f GPKG -lco GEOMETRY_NAME=geom "$work/cp.gpkg" "$work/cp.gml" -t_srs EPSG:2154 2>"$work/gdal.err" || fail "ogr2ogr: $(tail -n 3 "$work/gdal.err")"
    seen() { ogrinfo -q -sql "$1" "$work/cp.gpkg" | awk '/ = /{print $NF}'; }
    equal "parcels" "$(seen 'select count(*) as n from CadastralParcel')" "$(sql 'select count(*) from cadastre.parcelle')"
    area=$(seen 'select round(sum(st_area(geom))) as n from CadastralParcel' | cut -d . -f 1)
    equal "area of all: $area" "$(sql "select abs(sum(st_area(geom)) - $area) < 1e-6 * sum(st_area(geom)) from cadastre.parcelle")" t
    equal "registered area" "$(seen 'select sum(areaValue) as n from CadastralParcel' | cut -d . -f 1)" "$(sql 'select sum(contenance) from cadastre.parcelle')"
fi

# The schemas as GMLAS keeps what it has fetched: so it needs no network.
gmlas_cache() {
    mkdir "$work/gmlas"
    (cd "$schemas" && find inspire.ec.europa.eu schemas.opengis.net www.w3.org portele.de -name '*.xsd') | while read -r schema; do
        ln -sf "$(realpath "$schemas")/$schema" "$work/gmlas/$(printf %s "$schema" | tr -c 'A-Za-z0-9.' _)"
    done
    printf '<Configuration><AllowRemoteSchemaDownload>false</AllowRemoteSchemaDownload><SchemaCache enabled="true"><Directory>%s</Directory></SchemaCache></Configuration>' \
        "$work/gmlas" >"$work/gmlas.xml"
}
# How many features of a layer there are, and the area of them all in the units of their CRS.
seen_by_gmlas() {
    ogrinfo -q -ro "GMLAS:$1" -oo CONFIG_FILE="$work/gmlas.xml" -oo EXPOSE_METADATA_LAYERS=NO -dialect SQLite \
        -sql "select count(*) as n, sum(st_area($3)) as a from $2" 2>"$work/gmlas.err" | awk '/ = /{printf "%s ", $NF}'
}
seen_in_package() {
    ogrinfo -q -ro -sql "select count(*) as n, sum(st_area(geometry)) as a from $2" "$1" 2>"$work/gdal.err" | awk '/ = /{printf "%s ", $NF}'
}
# same NAME "COUNT AREA" "COUNT AREA": the counts are equal, the areas to a millionth.
same() {
    local count area other_count other_area
    read -r count area <<<"$2"
    read -r other_count other_area <<<"$3"
    equal "count of $1" "$count" "$other_count"
    awk -v a="$area" -v b="$other_area" 'BEGIN { d = a > b ? a - b : b - a; exit !(b > 0 && d <= 1e-6 * b) }' || fail "area of $1: $area, expected $other_area"
}
# What the tables hold, in degrees.
held() { sql "select count(*) || ' ' || sum(st_area(st_transform(geom, 4258))) from ($1) t"; }
of_nz() { held "select (st_dump(geom)).geom from risque.$1"; }
zonings="select geom from org.commune_actuelle union all select geom from cadastre.section union all select geom from cadastre.feuille"

if command -v ogrinfo >/dev/null; then
    step "the same objects in GeoPackages"
    for theme in cp nz plu au; do
        export_theme "$work/$theme.gpkg" --theme $theme
        [[ -z $(find "$work" -name "$theme.part*") ]] || fail "a part of $theme.gpkg is left"
    done
    same "parcels" "$(seen_in_package "$work/cp.gpkg" CadastralParcel)" "$(held 'select geom from cadastre.parcelle')"
    same "zonings" "$(seen_in_package "$work/cp.gpkg" CadastralZoning)" "$(held "$zonings")"
    same "hazard areas" "$(seen_in_package "$work/nz.gpkg" HazardArea)" "$(of_nz zone_alea)"
    same "risk zones" "$(seen_in_package "$work/nz.gpkg" RiskZone)" "$(of_nz zone_reglementaire)"
    same "zones" "$(seen_in_package "$work/plu.gpkg" ZoningElement)" "$(held 'select geom from urba.zone_urba')"
    same "communes" "$(seen_in_package "$work/au.gpkg" AdministrativeUnit)" "$(held 'select geom from org.commune_actuelle')"
    seen() { ogrinfo -q -sql "$2" "$work/$1" | awk '/ = /{print $NF}'; }
    equal "regulations" "$(seen plu.gpkg 'select count(*) from SupplementaryRegulation')" \
        "$(sql 'select (select count(*) from urba.prescription_surf) + (select count(*) from urba.prescription_lin) + (select count(*) from urba.prescription_pct)')"
    equal "documents, which have no geometry" "$(seen plu.gpkg 'select count(*) from OfficialDocumentation')" "$(sql 'select count(distinct idurba) from urba.zone_urba')"
    equal "registered area" "$(seen cp.gpkg 'select sum(areaValue) from CadastralParcel' | cut -d . -f 1)" "$(sql 'select sum(contenance) from cadastre.parcelle')"
    equal "parcels whose section is there" "$(seen cp.gpkg 'select count(*) from CadastralParcel p join CadastralZoning z on z.gml_id = p.zoning')" "$(sql 'select count(*) from cadastre.parcelle')"
    equal "ids of parcels" "$(seen cp.gpkg 'select count(distinct inspireId_localId) from CadastralParcel')" "$(sql 'select count(*) from cadastre.parcelle')"
    equal "beginnings" "$(seen cp.gpkg "select count(*) from CadastralParcel where beginLifespanVersion like '____-__-__T%Z'")" \
        "$(grep -c '<wfs:member><cp:CadastralParcel .*<cp:beginLifespanVersion>' "$work/cp.gml")"
    contains "CRS" "$(ogrinfo -ro -so "$work/cp.gpkg" CadastralParcel)" 'ID["EPSG",4258]'
fi

step "natural risk zones and administrative units, every version"
parts='select coalesce(sum(st_numgeometries(geom)), 0) from'
for version in 4.0 5.0; do
    export_theme "$work/nz.gml" --theme nz --version $version
    valid "$work/nz.gml"
    resolves "$work/nz.gml"
    contains "namespace" "$(head -n 2 "$work/nz.gml")" "http://inspire.ec.europa.eu/schemas/nz-core/$version\""
    checked "$work/nz.gml"
    equal "hazard areas" "$(objects "$work/nz.gml" nz-core:HazardArea)" "$(sql "$parts risque.zone_alea")"
    equal "risk zones" "$(objects "$work/nz.gml" nz-core:RiskZone)" "$(sql "$parts risque.zone_reglementaire")"
    equal "numberMatched" "$(attribute "$work/nz.gml" numberMatched)" "$(members "$work/nz.gml")"
    equal "of another than the anticipated plan" "$(grep '^<wfs:member>' "$work/nz.gml" | grep -vc 'Lawe.*appliqué par anticipation' || true)" 0
done
for crs in 4258 3035 3034 3042 3043 3044; do
    export_theme "$work/au.gml" --theme au --crs "EPSG:$crs"
    valid "$work/au.gml"
    equal "communes" "$(objects "$work/au.gml" au:AdministrativeUnit)" 65
done
step "planned land use"
export_theme "$work/plu.gml" --theme plu
valid "$work/plu.gml"
resolves "$work/plu.gml"
checked "$work/plu.gml"
status=0
sed 's/EPSG\/0\/4258/EPSG\/0\/2154/' "$work/plu.gml" >"$work/wrong.gml"
"$CARREAU" inspire check "$work/wrong.gml" >"$work/check" 2>&1 || status=$?
equal "status of a document in Lambert-93" "$status" 4
contains "what is wrong" "$(cat "$work/check")" "EPSG/0/2154"
rm "$work/wrong.gml"
equal "zones" "$(objects "$work/plu.gml" plu:ZoningElement)" "$(sql 'select count(*) from urba.zone_urba')"
equal "plans" "$(objects "$work/plu.gml" plu:SpatialPlan)" "$(sql 'select count(distinct idurba) from urba.zone_urba')"
equal "regulations" "$(objects "$work/plu.gml" plu:SupplementaryRegulation)" \
    "$(sql 'select (select count(*) from urba.prescription_surf) + (select count(*) from urba.prescription_lin) + (select count(*) from urba.prescription_pct)')"
for crs in 3035 3034 3042 3043 3044; do
    export_theme "$work/plu.gml" --theme plu --crs "EPSG:$crs"
    valid "$work/plu.gml"
    for version in 4.0 5.0; do
        export_theme "$work/nz.gml" --theme nz --version $version --crs "EPSG:$crs"
        valid "$work/nz.gml"
    done
    export_theme "$work/crs.gml" --theme cp --layer parcelle --crs "EPSG:$crs"
    valid "$work/crs.gml"
    equal "parcels in EPSG:$crs" "$(members "$work/crs.gml")" "$(sql 'select count(*) from cadastre.parcelle')"
done

if [[ -x $schemas/validate.sh ]] && ogrinfo --formats 2>/dev/null | grep -q GMLAS; then
    step "GMLAS reads by the official schemas"
    gmlas_cache
    export_theme "$work/zoning.gml" --theme cp --layer commune --layer section --layer feuille
    same "zonings" "$(seen_by_gmlas "$work/zoning.gml" cadastralzoning geometry)" "$(held "$zonings")"
    for version in 4.0 5.0; do
        export_theme "$work/nz.gml" --theme nz --version $version
        same "hazard areas" "$(seen_by_gmlas "$work/nz.gml" hazardarea geometry)" "$(of_nz zone_alea)"
        same "risk zones" "$(seen_by_gmlas "$work/nz.gml" riskzone geometry)" "$(of_nz zone_reglementaire)"
    done
    export_theme "$work/plu.gml" --theme plu
    same "zones" "$(seen_by_gmlas "$work/plu.gml" zoningelement geometry)" "$(held 'select geom from urba.zone_urba')"
    export_theme "$work/au.gml" --theme au
    same "communes" "$(seen_by_gmlas "$work/au.gml" administrativeunit geometry)" "$(held 'select geom from org.commune_actuelle')"
fi
if /usr/bin/python3 -c 'import qgis.core' 2>/dev/null && [[ -e $work/cp.gpkg ]]; then
    step "QGIS opens documents and GeoPackages"
    export_theme "$work/plu.gml" --theme plu
    export_theme "$work/nz.gml" --theme nz
    qgis 240 qgis_inspire.py "$work/qgis" "$work/cp.gml|CadastralParcel" "$work/nz.gml|HazardArea" "$work/plu.gml|ZoningElement" \
        "$work/cp.gpkg|CadastralZoning" >"$work/qgis.out" 2>"$work/qgis.err" || fail "QGIS: $(grep -v '^$' "$work/qgis.err" | tail -n 5)"
    in_qgis() { sed -n "s/^layer $1 //p" "$work/qgis.out"; }
    same "parcels in QGIS" "$(in_qgis CadastralParcel)" "$(held 'select geom from cadastre.parcelle')"
    same "hazard areas in QGIS" "$(in_qgis HazardArea)" "$(of_nz zone_alea)"
    same "zones in QGIS" "$(in_qgis ZoningElement)" "$(held 'select geom from urba.zone_urba')"
    same "zonings in QGIS" "$(in_qgis CadastralZoning)" "$(held "$zonings")"
fi

sql "update risque.perimetre set etatprocedure = 'PRESCRIT'"
export_theme "$work/nz.gml" --theme nz
equal "zones of a plan that is prescribed" "$(members "$work/nz.gml")" 0

step "an edited zone begins with its edit"
begin() { grep -o '<plu:ZoningElement.*' "$work/plu.gml" | grep "localId>ZoningElement.$1<" | grep -o 'beginLifespanVersion>[^<]*' | cut -d '>' -f 2; }
zone=$(sql 'select min(id) from urba.zone_urba')
sql "update urba.zone_urba set libelle = libelle || '*' where id = '$zone'"
export_theme "$work/plu.gml" --theme plu
valid "$work/plu.gml"
checked "$work/plu.gml"
equal "beginning of zone $zone" "$(begin "$zone")" \
    "$(sql "select to_char(date_trunc('milliseconds', max(at)) at time zone 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.MS\"Z\"') from catalogue.history where feature_id = '$zone'")"

step "protected sites from an imported easement"
sql "create table donnees.ac1_assiette_sup_s (idass text primary key, nomass text, geom geometry(MultiPolygon, 2154) not null);
     insert into donnees.ac1_assiette_sup_s select 'A' || n, 'Église n° ' || n, st_multi(st_buffer(st_setsrid(st_makepoint(680000 + n * 2000, 7040000), 2154), 500))
         from generate_series(1, 3) n"
"$CARREAU" layer add donnees.ac1_assiette_sup_s --public --database "$dsn" >"$work/add" 2>&1 || fail "$(cat "$work/add")"
for version in 4.0 5.0; do
    export_theme "$work/ps.gml" --theme ps --version $version
    valid "$work/ps.gml"
    equal "sites" "$(objects "$work/ps.gml" ps:ProtectedSite)" 3
    for crs in 3035 3034 3042 3043 3044; do
        export_theme "$work/ps.gml" --theme ps --version $version --crs "EPSG:$crs"
        valid "$work/ps.gml"
    done
done

step "addresses and exposed elements, where an installation holds them"
sql "update risque.perimetre set etatprocedure = 'APPROUVE'"
sql "create table donnees.adresse (id text primary key, id_fantoir text, numero int, rep text, nom_voie text, code_postal text, code_insee text, nom_commune text,
         type_position text, source_position text, geom geometry(Point, 2154) not null);
     insert into donnees.adresse select '62119_' || lpad((n % 3)::text, 4, '0') || '_' || lpad(n::text, 5, '0'), '62119_' || lpad((n % 3)::text, 4, '0'), n,
         case when n % 5 = 0 then 'bis' end, 'Rue ' || n % 3, '62400', '62119', 'Béthune', case when n % 2 = 0 then 'entrée' end, 'commune',
         st_setsrid(st_makepoint(680000 + n * 10, 7040000), 2154) from generate_series(1, 20) n;
     insert into risque.enjeu_l (idenjeu, codeprocedure, nomenjeu, geom) select 'e1', codeprocedure, 'Digue',
         'SRID=2154;MULTILINESTRING((680000 7040000, 680100 7040000))' from risque.zone_alea join risque.perimetre using (codeprocedure) where typealea like '1%' limit 1;
     create table donnees.enjeu (idenjeu text primary key, codeprocedure text, libelle text, categorie text, geom geometry(Point, 2154) not null);
     insert into donnees.enjeu select 'e' || n, p.codeprocedure, 'École', case when n < 3 then 'socialService' else 'lune' end,
         st_setsrid(st_makepoint(680000 + n * 10, 7040000), 2154) from generate_series(1, 3) n,
         (select z.codeprocedure from risque.zone_alea z join risque.perimetre using (codeprocedure) where z.typealea like '1%' limit 1) p"
for table in adresse enjeu; do
    "$CARREAU" layer add donnees.$table --public --database "$dsn" >"$work/add" 2>&1 || fail "$(cat "$work/add")"
done
export_theme "$work/ad.gml" --theme ad
valid "$work/ad.gml"
resolves "$work/ad.gml"
checked "$work/ad.gml"
equal "addresses" "$(objects "$work/ad.gml" ad:Address)" 20
for crs in 3035 3034 3042 3043 3044; do
    export_theme "$work/crs.gml" --theme ad --crs "EPSG:$crs"
    valid "$work/crs.gml"
done
equal "streets" "$(objects "$work/ad.gml" ad:ThoroughfareName)" 3
equal "components" "$(grep -o '<ad:component ' "$work/ad.gml" | wc -l)" 60
for version in 4.0 5.0; do
    status=0
    "$CARREAU" export inspire --theme nz --version $version -o "$work/nz.gml" --database "$dsn" >"$work/export" 2>&1 || status=$?
    equal "status: $(tail -n 3 "$work/export")" "$status" 0
    contains "a category that is none" "$(cat "$work/export")" "code inconnu exposed lune"
    valid "$work/nz.gml"
    checked "$work/nz.gml"
    equal "exposed elements" "$(objects "$work/nz.gml" nz-core:ExposedElement)" 4
    equal "of an unknown type" "$(grep -c '<nz-core:typeOfElement xsi:nil="true" nilReason="unknown"/>' "$work/nz.gml")" 2
done
if command -v ogrinfo >/dev/null; then
    export_theme "$work/ad.gpkg" --theme ad
    seen() { ogrinfo -q -sql "$2" "$work/$1" | awk '/ = /{print $NF}'; }
    equal "addresses with their street, in the GeoPackage" \
        "$(seen ad.gpkg 'select count(*) from Address a join ThoroughfareName t on t.gml_id = a.component')" 20
fi

step "what is not open to all is not exported"
"$CARREAU" layer set section public false --database "$dsn" >"$work/set" 2>&1 || fail "layer set: $(cat "$work/set")"
status=0
"$CARREAU" export inspire --theme cp --layer section -o "$work/closed.gml" --database "$dsn" >"$work/export" 2>&1 || status=$?
equal "status" "$status" 2
[[ ! -e $work/closed.gml && ! -e $work/closed.gml.part ]] || fail "a file is left"
# Nor what is only looked up: the zones are open, the perimeters that say the state of their plan are not.
"$CARREAU" layer set ppr_perimetre public false --database "$dsn" >"$work/set" 2>&1 || fail "layer set: $(cat "$work/set")"
status=0
"$CARREAU" export inspire --theme nz --layer ppr_zone_alea -o "$work/closed.gml" --database "$dsn" >"$work/export" 2>&1 || status=$?
equal "status" "$status" 2
contains "reason" "$(cat "$work/export")" ppr_perimetre
[[ ! -e $work/closed.gml && ! -e $work/closed.gml.part ]] || fail "a file is left"

step "the authority's namespace"
export_theme "$work/own.gml" --theme au --inspire-namespace FR.246200364
equal "communes of that namespace" "$(grep -c "<base:namespace>FR.246200364.AU</base:namespace>" "$work/own.gml")" 65
status=0
"$CARREAU" export inspire --theme au --inspire-namespace 'a&b' -o "$work/own.gml" --database "$dsn" >"$work/export" 2>&1 || status=$?
[[ $status != 0 ]] || fail "a namespace that is none was taken"

step "standard output"
timeout 120 "$CARREAU" export inspire --theme cp --layer feuille -o - --database "$dsn" >"$work/stdout.gml" 2>"$work/export" || fail "$(cat "$work/export")"
valid "$work/stdout.gml"
equal "sheets" "$(grep -c '^<gml:featureMember>' "$work/stdout.gml")" "$(sql 'select count(*) from cadastre.feuille')"

if [[ -d $shared/cadastre/edigeo/25354 ]]; then
    step "EDIGEO sheets of a real commune"
    "$CARREAU" import --database "$dsn" "$shared"/cadastre/edigeo/25354/*.tar.bz2 >"$work/import" 2>&1 || fail "import: $(tail -n 3 "$work/import")"
    export_theme "$work/real.gml" --theme cp --layer parcelle --layer feuille
    valid "$work/real.gml"
    resolves "$work/real.gml"
    of_commune=$(sql "select count(*) from cadastre.parcelle where commune = '25354'")
    ((of_commune > 100)) || fail "only $of_commune parcels"
    equal "parcels of the commune" "$(grep -c '<cp:nationalCadastralReference>25354' "$work/real.gml")" "$of_commune"
    equal "all" "$(members "$work/real.gml")" "$(sql 'select (select count(*) from cadastre.parcelle) + (select count(*) from cadastre.feuille)')"
fi
step "whole data sets as files, which GDAL reads over HTTP"
start_server 60 serve --database "$dsn" --port 0
wait_until 20 "ready" is_status /readyz 200
wait_until 120 "the file of the communes" is_status /downloads/au-4.0.gml 200
length=$(curl -sI -m 30 "$address/downloads/au-4.0.gml" | tr -d '\r' | sed -n 's/^content-length: //Ip')
((${length:-0} > 10000)) || fail "no length: '$length'"
curl -s -m 60 -o "$work/au.gml" "$address/downloads/au-4.0.gml"
equal "its length" "$(stat -c %s "$work/au.gml")" "$length"
valid "$work/au.gml"
curl -s -m 60 "$address/downloads/au-4.0.gml" | "$CARREAU" inspire check - >"$work/check" 2>&1 || fail "inspire check: $(head -n 8 "$work/check")"
"$CARREAU" inspire check "$address/downloads/au-4.0.gml" >"$work/check" 2>&1 || fail "inspire check by address: $(head -n 8 "$work/check")"
contains "objects at the address" "$(cat "$work/check")" "65 objets, rien à redire"
status=0
"$CARREAU" inspire check "$address/downloads/nothing.gml" >"$work/check" 2>&1 || status=$?
[[ $status != 0 ]] || fail "an address that holds nothing was accepted"
contains "what the address answers" "$(cat "$work/check")" "répond 404"
timeout 120 ogrinfo -ro -so "/vsicurl/$address/downloads/au-4.0.gml" AdministrativeUnit >"$work/gdal" 2>&1 || fail "ogrinfo: $(tail -n 3 "$work/gdal")"
contains "communes that GDAL reads" "$(cat "$work/gdal")" "Feature Count: 65"
if command -v ogrinfo >/dev/null; then
    wait_until 120 "the GeoPackage of the communes" is_status /downloads/au-4.0.gpkg 200
    timeout 120 ogrinfo -ro -so "/vsicurl/$address/downloads/au-4.0.gpkg" AdministrativeUnit >"$work/gdal" 2>&1 || fail "ogrinfo: $(tail -n 3 "$work/gdal")"
    contains "communes that GDAL reads in the GeoPackage" "$(cat "$work/gdal")" "Feature Count: 65"
fi
stop_server

[[ -x $schemas/validate.sh ]] || skip "everything but the official schemas passed; they are not in $schemas"
