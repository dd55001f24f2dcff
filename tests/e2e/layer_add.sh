#!/usr/bin/env bash
# A table published while the server runs is there at once: collection, features, tiles, style. Without a restart.
. "$(dirname "$0")/lib.sh"

new_database
start_server 60 serve --database "$dsn" --port 0
wait_until 20 "ready" is_status /readyz 200
equal "collections at first" "$(get /collections | jq '.collections | length')" 0

step "publish a table"
sql "create table donnees.banc (id integer primary key, nom text, geom geometry(Point, 2154));
     insert into donnees.banc values (1, 'un', 'SRID=2154;POINT(700000 6600000)'), (2, 'deux', 'SRID=2154;POINT(700100 6600000)')"
equal "before" "$(status_of /collections/banc)" 404
"$CARREAU" layer add donnees.banc --public --title 'Bancs publics' --database "$dsn" >"$work/add" 2>&1 || fail "$(cat "$work/add")"
contains "what layer add says" "$(cat "$work/add")" /collections/banc
begin=$(date +%s%N)
wait_until 10 "the layer appears" is_status /collections/banc 200
echo "  after $((($(date +%s%N) - begin) / 1000000)) ms"
contains "collections" "$(get /collections)" '"Bancs publics"'
equal "features" "$(matched banc)" 2
tile=$(tile_of 3 46.5 14)
equal "tile" "$(status_of "/tiles/banc/$tile.mvt")" 200
equal "TileJSON" "$(get /tiles/banc.json | jq -r '.vector_layers[0].id')" banc
equal "style" "$(get /styles/portail | jq -r '.sources | keys[0]')" banc
equal "its own style" "$(status_of /styles/banc)" 200
contains "layer list" "$("$CARREAU" layer list --database "$dsn")" banc
contains "layer show" "$("$CARREAU" layer show banc --database "$dsn")" 'Bancs publics'

step "edits show in features and tiles"
before=$(get "/tiles/banc/$tile.mvt" | sha256sum)
sql "insert into donnees.banc values (3, 'trois', 'SRID=2154;POINT(700050 6600000)')"
equal "features after an insert" "$(matched banc)" 3
[[ $(get "/tiles/banc/$tile.mvt" | sha256sum) != "$before" ]] || fail "the tile is the old one"

step "change, refuse, remove"
"$CARREAU" layer set banc title 'Bancs et bancs' --database "$dsn" >/dev/null
has_title() { [[ $(get /collections/banc | jq -r .title) == 'Bancs et bancs' ]]; }
wait_until 10 "the new title" has_title
status=0
"$CARREAU" layer add donnees.nulle_part --database "$dsn" >/dev/null 2>"$work/refusal" || status=$?
equal "unknown table" "$status" 2
contains "refusal" "$(cat "$work/refusal")" donnees.nulle_part
sql "create view donnees.vue as select * from donnees.banc where id < 3"
status=0
"$CARREAU" layer add donnees.vue --database "$dsn" >/dev/null 2>"$work/refusal" || status=$?
equal "view without --id" "$status" 2
contains "refusal" "$(cat "$work/refusal")" --id
"$CARREAU" layer add donnees.vue --id id --database "$dsn" >"$work/add"
contains "what layer add says of a closed layer" "$(cat "$work/add")" "carreau layer set vue public true"
sleep 1
equal "the view is closed" "$(status_of /collections/vue)" 404
"$CARREAU" layer set vue public true --database "$dsn" >/dev/null
wait_until 10 "the view appears" is_status /collections/vue 200
equal "features of the view" "$(matched vue)" 2
"$CARREAU" layer remove banc --database "$dsn" >/dev/null
wait_until 10 "the layer goes" is_status /collections/banc 404
equal "its rows stay" "$(sql 'select count(*) from donnees.banc')" 3
stop_server
