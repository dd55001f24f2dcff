#!/usr/bin/env bash
# The demonstration from nothing: private cluster, territory, server; GDAL as a client; every way to die.
. "$(dirname "$0")/lib.sh"

data=$work/data
demo() { start_server "$1" demo --territory small --data "$data" --port 0; }

step "first start loads the territory"
demo 600
wait_until 30 "ready" is_status /readyz 200
contains "journal" "$(cat "$data/carreau.log")" 'listening on'
layers=$(get /collections | jq -r '.collections[].id')
parcels=$(matched parcelle)
((parcels > 40000)) || fail "only $parcels parcels"
declare -A counts
for layer in $layers; do counts[$layer]=$(matched "$layer"); done
equal "public layers" "$(wc -w <<<"$layers")" "$(grep -l '"public": true' "$root"/data-samples/layers/*.json | wc -l)"
contains "who may log in" "$(cat "$work/out")" secretaire.bethune

step "GDAL sees the same layers with the same counts"
if command -v ogrinfo >/dev/null; then
    timeout 240 ogrinfo -ro -al -so "OAPIF:$address" >"$work/ogrinfo" 2>"$work/ogrinfo.err" || fail "ogrinfo: $(tail -n 5 "$work/ogrinfo.err")"
    awk '/^Layer name: /{name=$3} /^Feature Count: /{print name, $3}' "$work/ogrinfo" | sort >"$work/seen"
    for layer in $layers; do echo "$layer ${counts[$layer]}"; done | sort >"$work/expected"
    diff "$work/expected" "$work/seen" || fail "ogrinfo does not see what the server says"

    step "ogr2ogr of a box gets what the server's page has"
    box=$(get /collections/commune | jq -r '.extent.spatial.bbox[0] | [(.[0]+.[2])/2, (.[1]+.[3])/2, (.[0]+.[2])/2+0.02, (.[1]+.[3])/2+0.02] | map(tostring) | join(",")')
    timeout 120 ogr2ogr -f GeoJSON "$work/box.json" "OAPIF:$address" parcelle -spat ${box//,/ } 2>"$work/ogr2ogr.err" || fail "ogr2ogr: $(cat "$work/ogr2ogr.err")"
    get "/collections/parcelle/items?bbox=$box&limit=10000" >"$work/page.json"
    ids='[.features[].properties.id] | sort'
    jq -c "$ids" "$work/page.json" >"$work/page.ids"
    jq -c "$ids" "$work/box.json" >"$work/box.ids"
    cmp "$work/page.ids" "$work/box.ids" || fail "ogr2ogr and the page differ"
    (($(jq length "$work/page.ids") > 10)) || fail "the box is empty"
    first=$(jq -r 'map(.)[0]' "$work/page.ids")
    equal "geometry of $first" \
        "$(jq -c --arg id "$first" '.features[] | select(.properties.id == $id) | .geometry.coordinates | flatten | map(. * 1000000 | round)' "$work/box.json")" \
        "$(jq -c --arg id "$first" '.features[] | select(.properties.id == $id) | .geometry.coordinates | flatten | map(. * 1000000 | round)' "$work/page.json")"
fi

step "SIGTERM stops both cleanly"
pid=$(postmaster "$data")
kill -0 "$pid" || fail "no postmaster"
stop_server
[[ ! -e /proc/$pid ]] || fail "the cluster outlives the server"
[[ ! -e $data/postgres/postmaster.pid ]] || fail "the cluster was not shut down cleanly"

step "second start loads nothing and is quick"
begin=$SECONDS
demo 60
contains "second start" "$(cat "$work/out")" 'déjà chargé'
((SECONDS - begin < 30)) || fail "second start took $((SECONDS - begin)) s"
equal "parcels" "$(matched parcelle)" "$parcels"

step "kill -9 of the server, then a restart"
kill -KILL "$server"
wait "$server" 2>/dev/null || true
server=
demo 120
wait_until 30 "ready again" is_status /readyz 200
equal "parcels" "$(matched parcelle)" "$parcels"

step "kill -9 of the postmaster while serving"
pid=$(postmaster "$data")
kill -KILL "$pid"
seen=
for _ in $(seq 600); do
    status=$(status_of '/collections/parcelle/items?limit=1')
    [[ $status == 200 || $status == 503 ]] || fail "answered $status while the database was away"
    [[ $seen == *$status* ]] || seen="$seen $status"
    [[ $seen != *503* || $status != 200 ]] || break
    sleep 0.1
done
contains "answers while the database was away" "$seen" 503
wait_until 60 "serves again by itself" is_status '/collections/parcelle/items?limit=1' 200
wait_until 60 "ready again" is_status /readyz 200
equal "parcels" "$(matched parcelle)" "$parcels"
[[ $(postmaster "$data") != "$pid" ]] || fail "the same postmaster"
kill -0 "$server" || fail "the server did not live through it"
stop_server
