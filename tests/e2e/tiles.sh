#!/usr/bin/env bash
# Archives that `carreau tiles export` writes hold what the server serves, tile by tile; no tile is too large for a map.
. "$(dirname "$0")/lib.sh"

data=$work/data
start_server 600 demo --territory small --data "$data" --port 0
wait_until 30 "ready" is_status /readyz 200
in_memory() { get /metrics | grep -q '^carreau_tile_layers_loading 0$'; }
wait_until 60 "layers in memory" in_memory

step "export to both formats"
layers=$(get /collections | jq -r '.collections[].id')
dsn="host=$data/run port=5432 user=carreau dbname=carreau"
for layer in $layers; do
    [[ $(status_of "/tiles/$layer.json") == 200 ]] || continue
    "$CARREAU" tiles export "$layer" -o "$work/$layer.mbtiles" --database "$dsn" >"$work/export" 2>&1 || fail "$layer: $(cat "$work/export")"
    "$CARREAU" tiles export "$layer" -o "$work/$layer.pmtiles" --database "$dsn" >"$work/export" 2>&1 || fail "$layer: $(cat "$work/export")"
done

step "every tile is the one that is served, and at most 500 kB"
python3 "$here/tiles/compare.py" "$address" "$work" || fail "archives and server differ"
stop_server
