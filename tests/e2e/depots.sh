#!/usr/bin/env bash
# Deposits by the command line against the whole server: a job through kill -9, publication seen by GDAL, real and malformed
# files: each imported with the counts of ogrinfo, or refused with its reason, and the server unhurt.
. "$(dirname "$0")/lib.sh"

start() { start_server 600 demo --territory small --data "$work/data" --port 0; wait_until 60 "ready" is_status /readyz 200; }
start
base="host=$work/data/run port=5432 user=carreau dbname=carreau"
ask() { psql -qAtX "$base" -c "$1"; }
secret=secret-of-depots-0123456789abcdefghijklmnop
ask "insert into access.credential (person_id, kind, titre, secret_sha256) select person_id, 'token', 'essai',
     encode(sha256(convert_to('$secret', 'UTF8')), 'hex') from org.person where login = 'admin'"
export CARREAU_TOKEN=$secret
remote() { CARREAU_SERVER=$address "$CARREAU" "$@"; }
features() { curl -sf -m 60 -H "Authorization: Bearer $secret" "$address/collections/$1/items?limit=1${2:-}" | jq .numberMatched; }

step "a large survey, the server killed while it is read"
awk 'BEGIN { print "numero;x;y;z;code;precision_h"; for (i = 1; i <= 60000; i++)
    printf "%d;%.3f;%.3f;%.2f;BANC;0.0%d\n", i, 675000 + i % 300, 7049000 + i / 300, 20 + i % 9, i % 9 + 1 }' >"$work/grand.csv"
remote upload "$work/grand.csv" >"$work/upload" 2>&1 &
client=$!
reading() { [[ $(ask "select count(*) from capture.job where state = 'reading'") == 1 ]]; }
drafted() { [[ $(ask "select state from capture.job order by job_id desc limit 1") == draft ]]; }
wait_until 60 "the job is read" reading
kill -9 "$server"
wait "$server" "$client" 2>/dev/null || true
start
wait_until 120 "the job is read again" drafted
equal "one draft" "$(ask "select count(*) || ' ' || sum(rows) from capture.job_version")" "1 60000"
job=$(ask 'select max(job_id) from capture.job')
equal "nothing published" "$(features leve_point)" 0
remote job publish "$job" >"$work/publish"
equal "published" "$(features leve_point)" 60000
equal "GDAL" "$(GDAL_HTTP_HEADERS="Authorization: Bearer $secret" timeout 120 ogrinfo -ro -al -so "OAPIF:$address" leve_point 2>/dev/null |
    awk '/^Feature Count: /{print $3}')" 60000
remote job rollback "$job" >/dev/null
equal "taken back" "$(features leve_point)" 0
contains "the list" "$(remote job list)" "Dépôt $job : draft"

shared=${CARREAU_DATA:-$root/../shared/data}
# table FILE OUTCOME: a line for docs/depots.md, where one asks for it; files that are refused alike share a line.
table() { [[ -z ${DEPOTS_TABLE:-} ]] || printf '%s\t%s\t%s\n' "$1" "$(counts_of "$1")" "$2" >>"$work/table"; }
write_table() {
    [[ -n ${DEPOTS_TABLE:-} ]] || return 0
    awk -F '\t' '{ key = $3 ~ /^refusé/ ? $3 : NR
                   if (!(key in files)) { order[++n] = key; counts[key] = $2; said[key] = $3; files[key] = "`" $1 "`" }
                   else { files[key] = files[key] ", `" $1 "`"; counts[key] = "" } }
                 END { for (i = 1; i <= n; i++) printf "| %s | %s | %s |\n", files[order[i]], counts[order[i]], said[order[i]] }' \
        "$work/table" >"$DEPOTS_TABLE"
}
# What GDAL's tools count in a file of the shared data.
counts_of() {
    [[ -f $shared/$1 ]] || return 0
    timeout 60 ogrinfo -ro -al -so -oo WRITE_GFS=NO "$shared/$1" 2>/dev/null |
        awk '/^Layer name: /{name = $3} /^Feature Count: /{if ($3 > 0) {printf "%s%s %s", sep, name, $3; sep = ", "}}' | cut -c1-200
}
# A reason without what only repeats the file, or is the same for all.
short() {
    sed -e 's/ (premier sommet [^)]*)//' -e 's/ ; formats lus : .*//' -e 's/aucune couche reconnue parmi .* ; dites/aucune couche reconnue ; dites/' \
        -e 's/^refusé : [^ ]*\.[A-Za-z0-9]*: /refusé : /' -e 's/ *$//'
}
# deposit FILE: sends it, reads it; $state, $rows and $reason say what became of it.
deposit() {
    local status=0
    remote upload "$@" >"$work/said" 2>&1 || status=$?
    [[ $status -le 4 ]] || fail "carreau upload $1: status $status: $(cat "$work/said")"
    state=$(ask 'select state from capture.job order by job_id desc limit 1')
    rows=$(ask "select coalesce(string_agg(split_part(target, '.', 2) || ' ' || rows, ', ' order by target), '0') from capture.job_version
                where job_id = (select max(job_id) from capture.job)")
    reason=$(ask "select coalesce(nullif(reason, ''), report #>> '{problems,0,reason}', '') from capture.job order by job_id desc limit 1")
    outcome=$(ask "select case when j.state = 'draft' then 'lu : $rows' || coalesce(' ; refusés : ' || nullif((select sum((t.value ->> 'refused')::int)
            from jsonb_each(j.report -> 'tables') t), 0), '')
        when j.reason not like 'aucun objet lisible%' then 'refusé : ' || j.reason
        else 'refusé : ' || coalesce((select p ->> 'reason' from jsonb_array_elements(j.report -> 'problems') p where p ->> 'kind' = 'refused' limit 1), j.reason) end
        from capture.job j order by job_id desc limit 1" | tr '\n|' '  ' | short)
    equal "the server after $1" "$(status_of /healthz)" 200
}
step "files that attack who reads them: refused with a reason, one after the other"
command -v python3 >/dev/null || fail "python3 is not installed"
mkdir "$work/hostile"
python3 "$here/hostile_files.py" "$work/hostile"
memory() { awk '/^VmRSS/ {print int($2 / 1024)}' "/proc/$server/status"; }
before=$(memory)
for file in "$work"/hostile/*; do
    begin=$SECONDS
    deposit "$file"
    echo "    $(basename "$file"): $reason"
    equal "$(basename "$file")" "$state" refused
    [[ -n $reason ]] || fail "$(basename "$file") was refused without a reason"
    ((SECONDS - begin < 100)) || fail "$(basename "$file") took $((SECONDS - begin)) s"
done
[[ ! -e /tmp/carreau-echappe.txt ]] || fail "a member of an archive left its folder"
equal "no other draft" "$(ask 'select count(*) from capture.job_version')" 1
(($(memory) - before < 64)) || fail "the server grew from $before to $(memory) MB"

[[ -d $shared/terrain ]] || skip "everything but the third-party files passed; they are not in $shared"

layer_count() { timeout 60 ogrinfo -ro -al -so -oo WRITE_GFS=NO "$1" "$2" 2>/dev/null | awk '/^Feature Count: /{print $3}'; }

step "GPX: the counts of ogrinfo"
for file in "$shared"/terrain/gpx/*.gpx; do
    cp "$file" "$work/$(basename "$file")"
    deposit "$work/$(basename "$file")" --crs EPSG:4326
    points=$(layer_count "$file" waypoints)
    tracks=$(($(layer_count "$file" tracks) + $(layer_count "$file" routes)))
    outside=$(ask "select coalesce((report -> 'tables' -> 'terrain.leve_point' ->> 'refused')::int, 0) + coalesce((report -> 'tables' ->
        'terrain.leve_trace' ->> 'refused')::int, 0) from capture.job order by job_id desc limit 1")
    counted=$(ask "select coalesce(sum((t.value ->> 'read')::int), 0) from capture.job j, jsonb_each(j.report -> 'tables') t
        where job_id = (select max(job_id) from capture.job)")
    [[ $state == draft || $state == refused ]] || fail "$file: $state"
    equal "$(basename "$file"): read" "$counted" $((points + tracks))
    table "${file#"$shared"/}" "$outcome"
done

step "NMEA, CSV, DXF, GeoPackage: read or refused, never half"
for file in "$shared"/terrain/{nmea,csv,dxf,gpkg,rinex,landxml}/* "$shared"/drone/exif/*.csv "$shared"/malformed/*/*; do
    [[ -f $file ]] || continue
    deposit "$file"
    [[ $state == draft || $state == refused ]] || fail "$file: $state $reason"
    table "${file#"$shared"/}" "$outcome"
done

# counted FILE TABLE ROWS ...: the draft of FILE has these rows.
counted() {
    deposit "$1"
    table "$2" "$outcome"
    equal "$2: read" "$state $rows" "draft $3"
}
# A folder as it is delivered: one archive.
packed() { (cd "$(dirname "$1")" && python3 -m zipfile -c "$work/$(basename "$1").zip" "$(basename "$1")"); echo "$work/$(basename "$1").zip"; }
planning=$shared/urbanisme_risques
step "plans in archives: the counts of ogrinfo, in one draft"
counted "$(packed "$planning/cnig/30014_PLU_20171013")" urbanisme_risques/cnig/30014_PLU_20171013 \
    "doc_urba 1, information_pct 6, information_surf 18, prescription_lin 15, prescription_pct 93, prescription_surf 77, zone_urba 90"
counted "$(packed "$planning/cnig/241800432_PLUi_20200128")" urbanisme_risques/cnig/241800432_PLUi_20200128 \
    "doc_urba 1, prescription_lin 264, prescription_pct 167, prescription_surf 32, zone_urba 221"
counted "$(packed "$planning/plui_248000747")" urbanisme_risques/plui_248000747 \
    "information_surf 613, prescription_surf 1367, zone_urba 1049"
counted "$planning/plui_bondy/pluiBondy.gpkg" urbanisme_risques/plui_bondy/pluiBondy.gpkg \
    "information_lin 1, information_surf 57, prescription_lin 274, prescription_pct 5, prescription_surf 643"
counted "$planning/ppr/38DDT20200002.zip" urbanisme_risques/ppr/38DDT20200002.zip \
    "perimetre 1, procedure 1, zone_alea 646, zone_reglementaire 584"
counted "$planning/ppr/pprm_38ddt20180002.gpkg" urbanisme_risques/ppr/pprm_38ddt20180002.gpkg \
    "perimetre 1, procedure 1, zone_alea 220, zone_reglementaire 380"
counted "$planning/pprt/pprt_69dreal20090005.gpkg" urbanisme_risques/pprt/pprt_69dreal20090005.gpkg \
    "perimetre 1, procedure 1, zone_reglementaire 25"
counted "$(packed "$planning/cnig/172014607_AC1_2A_20180130")" urbanisme_risques/cnig/172014607_AC1_2A_20180130 \
    "sup_assiette 206, sup_generateur_surf 104"
counted "$(packed "$planning/cnig/110068012_PM3_28_20161104")" urbanisme_risques/cnig/110068012_PM3_28_20161104 \
    "sup_assiette 3, sup_generateur_surf 3"
step "street plan, cadastre: the counts of ogrinfo"
counted "$shared/terrain/pcrs/20200716.RIL_L264_C298_P0.gml" terrain/pcrs/20200716.RIL_L264_C298_P0.gml \
    "pcrs_ligne 69, pcrs_point 24, pcrs_surface 15"
counted "$shared/cadastre/edigeo/25354/edigeo-25354000AK01.tar.bz2" cadastre/edigeo/25354/edigeo-25354000AK01.tar.bz2 \
    "batiment 134, feuille 1, lieu_dit 5, parcelle 142, section 1"
counted "$shared/cadastre/etalab/cadastre-36174-parcelles.json" cadastre/etalab/cadastre-36174-parcelles.json "parcelle 4163"

step "permits: their parcels found in the cadastre, the others told"
parcel=$(ask "select id from cadastre.parcelle order by id limit 1")
{
    echo "COMM;TYPE_DAU;NUM_DAU;ETAT_DAU;AN_DEPOT;SEC_CADASTRE1;NUM_CADASTRE1;SEC_CADASTRE2;NUM_CADASTRE2;SEC_CADASTRE3;NUM_CADASTRE3"
    echo "${parcel:0:5};PC;0${parcel:0:5}1699999;2;2016;${parcel:8:2};${parcel:10:4};ZZ;9999;;"
} >"$work/permis.csv"
deposit "$work/permis.csv"
equal "the permit and its references" "$state $rows" "draft dossier 1, dossier_parcelle 2"
contains "the one not found" "$(cat "$work/said")" "n'est ni dans le cadastre"
job=$(ask 'select max(job_id) from capture.job')
remote job publish "$job" >/dev/null
equal "it lies on its parcel" "$(ask "select st_equals(d.geom, p.geom) from ads.dossier d, cadastre.parcelle p
    where d.numero = 'PC0${parcel:0:5}1699999' and p.id = '$parcel'")" t
remote job rollback "$job" >/dev/null

step "what else there is: read or refused, never half"
for folder in "$planning"/tri_inondation/*; do
    [[ -d $folder ]] || continue
    deposit "$(packed "$folder")"
    [[ $state == draft || $state == refused ]] || fail "$folder: $state $reason"
    table "${folder#"$shared"/}" "$outcome"
done
for file in "$shared"/ads/* "$planning"/{encodings,ppr}/*.* "$shared"/terrain/pcrs/PCRS-info.gml "$shared"/drone/*/*.{JPG,jpg,tif,laz,las}; do
    [[ -f $file && $(basename "$file") != SOURCE.md && $file != *.gpkg && $file != *.zip ]] || continue
    deposit "$file"
    [[ $state == draft || $state == refused ]] || fail "$file: $state $reason"
    table "${file#"$shared"/}" "$outcome"
done
write_table
step "what one may not publish is proposed, sent back, proposed again and published"
town_secret=secret-of-bethune-0123456789abcdefghijklmn
ask "insert into access.credential (person_id, kind, titre, secret_sha256) select person_id, 'token', 'essai',
     encode(sha256(convert_to('$town_secret', 'UTF8')), 'hex') from org.person where login = 'secretaire.bethune'"
town() { CARREAU_TOKEN=$town_secret remote "$@"; }
read -r lon lat < <(ask "select st_x(p) || ' ' || st_y(p) from org.commune_actuelle, st_transform(st_pointonsurface(geom), 4326) p where code_insee = '62310'")
printf 'id;commune;nature;etat;gestionnaire;lon;lat\n00000000-0000-4000-8000-000000000311;62310;banc;bon;commune;%s;%s\n' "$lon" "$lat" >"$work/banc.csv"
town upload "$work/banc.csv" --layer mobilier_urbain >"$work/said" 2>&1 || fail "upload: $(cat "$work/said")"
job=$(ask 'select max(job_id) from capture.job')
equal "nothing awaits" "$(remote job list --inbox)" ""
town job propose "$job" --replaces nothing >/dev/null || fail "propose"
town job withdraw "$job" >/dev/null || fail "withdraw"
equal "taken back" "$(remote job list --inbox)" ""
town job propose "$job" --replaces nothing >/dev/null || fail "propose what was taken back"
contains "it awaits" "$(remote job list --inbox)" "Dépôt $job"
equal "not its author" "$(town job list --inbox)" ""
remote job refuse "$job" --message 'Vérifiez la commune.' >/dev/null || fail "refuse"
equal "sent back" "$(remote job list --inbox)" ""
contains "with a word" "$(town job show "$job")" "Vérifiez la commune."
town job propose "$job" --replaces nothing >/dev/null || fail "propose again"
remote job publish "$job" >/dev/null || fail "publish"
equal "published" "$(ask "select count(*) from topo.mobilier where id::text = '00000000-0000-4000-8000-000000000311'")" 1
remote job rollback "$job" >/dev/null || fail "rollback"

equal "nothing was published" "$(features leve_point)" 0
stop_server
