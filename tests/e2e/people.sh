#!/usr/bin/env bash
# People and their rights by the command line, while the server runs: each change counts within five seconds.
. "$(dirname "$0")/lib.sh"

new_database
carreau() { "$CARREAU" "$@" --database "$dsn"; }
# refused CODE WORDS command...
refused() {
    local code=$1 words=$2 status=0
    shift 2
    carreau "$@" >"$work/answer" 2>&1 </dev/null || status=$?
    equal "exit status of: $*" "$status" "$code"
    contains "$*" "$(cat "$work/answer")" "$words"
}
with() { curl -s -o /dev/null -m 30 -w '%{http_code}' -u "$1" "$address$2"; }
answers() { [[ $(with "$1" "$2") == "$3" ]]; }

sql "create table donnees.reseau (id integer primary key, geom geometry(Point, 2154));
     insert into donnees.reseau values (1, 'SRID=2154;POINT(700000 6600000)')"
carreau layer add donnees.reseau --title 'Réseau' >/dev/null
carreau layer set reseau services '["EAU"]' >/dev/null
start_server 60 serve --database "$dsn" --port 0
wait_until 20 "ready" is_status /readyz 200

step "an organisation, a person, a convention"
carreau organisation add 'Syndicat des eaux' --kind partenaire --siren 123456789 >"$work/organisation"
contains "organisation add" "$(cat "$work/organisation")" 'Syndicat des eaux'
contains "organisation list" "$(carreau organisation list)" 123456789
carreau person add eau.lise --name 'Lise Petit' --organisation 'Syndicat des eaux' --email lise@eau.example >/dev/null
contains "person list" "$(carreau person list)" 'Lise Petit'
equal "no right yet" "$(carreau person sees eau.lise --json | jq '.layers | length')" 0
secret=$(carreau token add eau.lise --title QGIS 2>/dev/null)
equal "known" "$(with "eau.lise:$secret" /collections)" 200
equal "the layer is closed" "$(with "eau.lise:$secret" /collections/reseau)" 404
carreau convention add --organisation 'Syndicat des eaux' --title 'Convention eau' --contact sig@artois.example --from 2020-01-01 \
    --to "$(date -d '+30 days' +%F)" --line "service=EAU communes=all rights=read,export" >"$work/convention"
convention=$(jq -r .[0].id <(carreau convention list --ends-within 60 --json))
contains "convention add" "$(cat "$work/convention")" "Convention $convention"
contains "convention show" "$(carreau convention show "$convention")" 'service EAU ; communes : all ; droits : read, export'
wait_until 5 "the layer opens" answers "eau.lise:$secret" /collections/reseau 200

step "what a person sees, at any date"
contains "sees" "$(carreau person sees eau.lise)" 'selon : Convention eau'
equal "before the convention" "$(carreau person sees eau.lise --at 2019-12-31 --json | jq '.layers | length')" 0
equal "on its first day" "$(carreau person sees eau.lise --at 2020-01-01 --json | jq '.layers | length')" 0
carreau person set eau.lise valid_from 2019-01-01 >/dev/null
equal "on its first day, as a person of the time" "$(carreau person sees eau.lise --at 2020-01-01 --json | jq -r '.layers[].name')" reseau

step "renew, end"
carreau convention renew "$convention" --to 2090-12-31 >/dev/null
equal "none ends soon" "$(carreau convention list --ends-within 60 --json)" '[]'
carreau convention end "$convention" >/dev/null
wait_until 5 "the layer closes" answers "eau.lise:$secret" /collections/reseau 404
contains "sees what ended" "$(carreau person sees eau.lise)" 'Convention eau (Réseau)'

step "an engagement"
echo '{"type": "Feature", "properties": {}, "geometry": {"type": "Polygon", "coordinates": [[[2.9,46.4],[3.1,46.4],[3.1,46.6],[2.9,46.6],[2.9,46.4]]]}}' \
    >"$work/perimeter.geojson"
carreau engagement add --organisation 'Syndicat des eaux' --study 'Captages' --layer reseau --perimeter "$work/perimeter.geojson" \
    --to 2090-12-31 >"$work/engagement"
contains "engagement add" "$(cat "$work/engagement")" Captages
wait_until 5 "the layer opens" answers "eau.lise:$secret" /collections/reseau 200
carreau engagement end "$(carreau engagement list --json | jq .[0].id)" >/dev/null
wait_until 5 "the layer closes" answers "eau.lise:$secret" /collections/reseau 404

step "passwords, tokens, accounts"
echo 'une phrase assez longue' | carreau person password eau.lise >/dev/null
login() { curl -s -o /dev/null -w '%{http_code}' -H 'Content-Type: application/json' -d "{\"login\":\"eau.lise\",\"password\":\"$1\"}" "$address/session"; }
equal "login" "$(login 'une phrase assez longue')" 201
equal "login with another" "$(login 'une phrase trop longue')" 401
refused 2 '12 to 128 characters' person password eau.lise
token=$(carreau token list --json | jq .[0].id)
carreau token revoke "$token" >/dev/null
wait_until 5 "the token is refused" answers "eau.lise:$secret" /collections 401
carreau person deactivate eau.lise >/dev/null
contains "person list" "$(carreau person list)" 'désactivé'
equal "login of a closed account" "$(login 'une phrase assez longue')" 401

step "refusals change nothing"
refused 2 login person add 'Eau Lise' --name x --organisation 'Syndicat des eaux'
refused 2 'there is no organisation' person add eau.paul --name x --organisation 'Nulle part'
refused 2 'there is no person' person sees personne
refused 2 'rights[0].service' convention add --organisation 'Syndicat des eaux' --title x --line "service=RIEN rights=read"
refused 2 'attendu' convention add --organisation 'Syndicat des eaux' --title x --line "droits=read"
refused 2 'valid_to' convention renew "$convention" --to 2019-01-01
refused 2 'perimeter' engagement add --organisation 'Syndicat des eaux' --study x --layer reseau --to 2090-01-01 --perimeter "$here/lib.sh"
equal "conventions" "$(carreau convention list --json | jq length)" 2

step "the journal"
contains "audit list" "$(carreau audit list)" "convention $convention changed: valid_to"
equal "lines of the console" "$(carreau audit list --person console --action admin --json | jq length)" 10
sql "insert into audit.entry (at, action) values (now() - interval '13 months', 'vieille')"
equal "audit purge" "$(carreau audit purge)" '1 lignes effacées.'
stop_server
