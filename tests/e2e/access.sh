#!/usr/bin/env bash
# Who sees what, through every door of the real server: the route table by person and state of his credentials, thousands
# of mixed requests, directly and behind nginx with a cache, and one count for all doors.
. "$(dirname "$0")/lib.sh"

command -v node >/dev/null || fail "node is not installed: scripts/install-deps test"
command -v nginx >/dev/null || fail "nginx is not installed: scripts/install-deps test"
cp -r "$here/access" "$work/access"
free_port() { node -e 'const s = require("net").createServer().listen(0, "127.0.0.1", () => { console.log(s.address().port); s.close(); })'; }

port=$(free_port)
export OIDC_AUDIENCE=https://carreau.test/services
OIDC_REDIRECT_URIS=http://127.0.0.1:$port/login/oidc/callback \
    OIDC_ACCOUNTS='[{"id": "ines", "password": "ines-password", "email": "archeologue@artois.example", "preferred_username": "ines"},
                    {"id": "stranger", "password": "stranger-password", "email": "nobody@artois.example", "preferred_username": "x"}]' \
    "$root/tests/support/oidc-provider/start" "${OIDC_PROVIDER_FOLDER:-$root/build/oidc-provider}" >"$work/provider" 2>"$work/provider.err" &
provider=$!
beside+=("$provider")
wait_until 300 "the OpenID provider: $(cat "$work/provider.err")" test -s "$work/provider"
export OIDC_ISSUER=$(head -n 1 "$work/provider")
echo test-client-secret-of-carreau >"$work/secret"
start_server 600 demo --territory small --data "$work/data" --port "$port" --oidc-issuer "$OIDC_ISSUER" --oidc-client carreau \
    --oidc-secret-file "$work/secret" --oidc-audience "$OIDC_AUDIENCE"
wait_until 30 "ready" is_status /readyz 200

mkdir -p "$work/nginx"
proxy_port=$(free_port)
cat >"$work/nginx/nginx.conf" <<CONF
daemon off;
pid $work/nginx/pid;
error_log $work/nginx/error.log;
events { worker_connections 512; }
http {
    access_log off;
    client_body_temp_path $work/nginx/body; proxy_temp_path $work/nginx/proxy;
    fastcgi_temp_path $work/nginx/f; uwsgi_temp_path $work/nginx/u; scgi_temp_path $work/nginx/s;
    proxy_cache_path $work/nginx/cache keys_zone=tiles:10m;
    server {
        listen 127.0.0.1:$proxy_port;
        location / {
            proxy_pass $address;
            proxy_http_version 1.1;
            proxy_set_header Host \$http_host;
            proxy_set_header X-Forwarded-For \$remote_addr;
            # What an administrator in a hurry writes: everything is kept that the answer does not forbid.
            proxy_cache tiles;
            proxy_cache_valid any 1h;
            add_header X-Cache \$upstream_cache_status always;
        }
    }
}
CONF
# As the unprivileged user when root: nginx would else change its own workers' user.
nginx -p "$work/nginx" -c "$work/nginx/nginx.conf" -e "$work/nginx/error.log" -g "user $(id -un);" &
proxy=$!
beside+=("$proxy")
proxy_answers() { [[ $(curl -s -o /dev/null -w '%{http_code}' "http://127.0.0.1:$proxy_port/healthz") == 200 ]]; }
wait_until 10 "nginx: $(cat "$work/nginx/error.log" 2>/dev/null)" proxy_answers
status=0
for file in "$work"/access/${ACCESS_ONLY:-*}.test.mjs; do
    step "$(basename "$file")"
    CARREAU_URL=$address CARREAU_PROXY_URL=http://127.0.0.1:$proxy_port CARREAU_ROUTES=$root/server/api/routes.cpp \
        CARREAU_DSN="host=$work/data/run port=5432 user=carreau dbname=carreau" timeout 300 node --test "$file" || status=$?
done

step "GDAL with an application password, and with a token"
credential() {  # KIND: a secret of the archaeologist
    local session csrf
    session=$(curl -sf -c "$work/jar" -H 'Content-Type: application/json' \
        -d '{"login": "archeologue", "password": "carreau-demo-archeologue"}' "$address/session")
    csrf=$(jq -r .csrf <<<"$session")
    curl -sf -b "$work/jar" -H "X-CSRF-Token: $csrf" -H 'Content-Type: application/json' \
        -d "{\"title\": \"GDAL\", \"kind\": \"$1\"}" "$address/session/tokens" | jq -r .secret
}
gdal_layers() { timeout 60 ogrinfo -ro -q "OAPIF:$address" 2>/dev/null | awk '{print $2}' | sort; }
gdal_count() { timeout 120 ogrinfo -ro -al -so "OAPIF:$address" "$1" 2>/dev/null | awk '/^Feature Count: /{print $3}'; }
entities=$(psql -qAtX "host=$work/data/run port=5432 user=carreau dbname=carreau" -c 'select count(*) from archeo.entite')
contains "public layers" "$(gdal_layers)" parcelle
[[ $(gdal_layers) != *archeo_entite* ]] || fail "GDAL without account lists archeo_entite"
for way in application token; do
    secret=$(credential $way)
    if [[ $way == application ]]; then
        export GDAL_HTTP_USERPWD="archeologue:$secret" GDAL_HTTP_AUTH=BASIC
    else
        unset GDAL_HTTP_USERPWD GDAL_HTTP_AUTH
        export GDAL_HTTP_HEADERS="Authorization: Bearer $secret"
    fi
    contains "layers by $way" "$(gdal_layers)" archeo_entite
    equal "entities by $way" "$(gdal_count archeo_entite)" "$entities"
done
unset GDAL_HTTP_HEADERS

step "QGIS with an application password"
counts=$(qgis 120 qgis_access.py "$address" archeologue "$(credential application)" \
    "$work/qgis" archeo_entite archeo_operation 2>"$work/qgis.err" | sed -n 's/^counts //p')
operations=$(psql -qAtX "host=$work/data/run port=5432 user=carreau dbname=carreau" -c 'select count(*) from archeo.operation')
equal "what QGIS reads: $(tail -n 3 "$work/qgis.err")" "$(jq -c . <<<"$counts")" \
    "{\"anonymous\":{\"archeo_entite\":null,\"archeo_operation\":$operations},\"basic\":{\"archeo_entite\":$entities,\"archeo_operation\":$operations}}"

kill "$proxy" "$provider" 2>/dev/null || true
wait "$proxy" "$provider" 2>/dev/null || true
equal "tests that failed" "$status" 0
stop_server

step "a header names the person when a trusted proxy sends it, and only then"
restricted() { curl -s -o /dev/null -w '%{http_code}' -H "X-Remote-User: $1" "$address/collections/archeo_entite"; }
start_server 60 demo --territory small --data "$work/data" --port 0 --identity-header X-Remote-User
equal "from the proxy" "$(restricted archeologue)" 200
equal "somebody unknown" "$(restricted nobody)" 401
equal "nobody named" "$(restricted '')" 404
stop_server
start_server 60 demo --territory small --data "$work/data" --port 0 --identity-header X-Remote-User --trusted-proxy 192.0.2.1
equal "from anybody else" "$(restricted archeologue)" 404
stop_server
