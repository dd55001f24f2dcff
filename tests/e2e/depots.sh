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

# table FILE OUTCOME: a line for docs/depots.md, where one asks for it.
table() { [[ -z ${DEPOTS_TABLE:-} ]] || printf '| %s | %s |\n' "$1" "$2" >>"$DEPOTS_TABLE"; }
# deposit FILE: sends it, reads it; $state, $rows and $reason say what became of it.
deposit() {
    local status=0
    remote upload "$@" >"$work/said" 2>&1 || status=$?
    [[ $status -le 4 ]] || fail "carreau upload $1: status $status: $(cat "$work/said")"
    state=$(ask 'select state from capture.job order by job_id desc limit 1')
    rows=$(ask "select coalesce(string_agg(split_part(target, '.', 2) || ' ' || rows, ', ' order by target), '0') from capture.job_version
                where job_id = (select max(job_id) from capture.job)")
    reason=$(ask "select coalesce(nullif(reason, ''), report #>> '{problems,0,reason}', '') from capture.job order by job_id desc limit 1")
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
    table "attaque : $(basename "$file")" "refusé : $reason"
done
[[ ! -e /tmp/carreau-echappe.txt ]] || fail "a member of an archive left its folder"
equal "no other draft" "$(ask 'select count(*) from capture.job_version')" 1
(($(memory) - before < 64)) || fail "the server grew from $before to $(memory) MB"

shared=${CARREAU_DATA:-$root/../shared/data}
[[ -d $shared/terrain ]] || skip "everything but the third-party files passed; they are not in $shared"

layer_count() { timeout 60 ogrinfo -ro -al -so "$1" "$2" 2>/dev/null | awk '/^Feature Count: /{print $3}'; }

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
    if [[ $state == draft ]]; then table "gpx/$(basename "$file")" "$rows${outside:+ ; refusés : $outside}"; else table "gpx/$(basename "$file")" "refusé : $reason"; fi
done

step "NMEA, CSV, DXF, GeoPackage: read or refused, never half"
for file in "$shared"/terrain/{nmea,csv,dxf,gpkg,rinex,landxml}/* "$shared"/drone/exif/*.csv "$shared"/malformed/*/*; do
    [[ -f $file ]] || continue
    deposit "$file"
    [[ $state == draft || $state == refused ]] || fail "$file: $state $reason"
    name=${file#"$shared"/}
    if [[ $state == draft ]]; then table "$name" "$rows"; else table "$name" "refusé : $reason"; fi
done
equal "nothing was published" "$(features leve_point)" 0
stop_server
