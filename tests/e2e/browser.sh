#!/usr/bin/env bash
# The portal in a real browser, directly and behind a proxy that takes a path prefix away.
. "$(dirname "$0")/lib.sh"

command -v node >/dev/null && command -v npm >/dev/null || skip "node and npm are not installed"
: "${CHROMIUM:=$(command -v chromium || command -v chromium-browser || true)}"
[[ -x $CHROMIUM ]] || skip "chromium is not installed"
portal=${PORTAL:-$root/server/portal/dist}
[[ -f $portal/index.html ]] || skip "the portal is not built: npm ci && npm run build in server/portal"
# As root the server becomes another user, who may not read the source tree.
cp -r "$portal" "$work/portal"
cp -r "$here/browser" "$work/browser"
(cd "$work/browser" && npm ci --no-audit --no-fund --loglevel=error) >"$work/npm" 2>&1 || skip "npm ci: $(tail -n 3 "$work/npm")"

start_server 600 demo --territory small --data "$work/data" --portal "$work/portal" --port 0
wait_until 30 "ready" is_status /readyz 200
node "$root/tests/support/prefix_proxy.mjs" "${address##*:}" /sig/carte >"$work/proxy" &
proxy=$!
wait_until 10 "the proxy listens" test -s "$work/proxy"
status=0
(cd "$work/browser" && CHROMIUM=$CHROMIUM CARREAU_URL=$address \
    CARREAU_PREFIX_URL=http://127.0.0.1:$(cat "$work/proxy")/sig/carte timeout 850 node --test ${BROWSER_ONLY:+"$BROWSER_ONLY.test.mjs"}) || status=$?
kill "$proxy" 2>/dev/null || true
wait "$proxy" 2>/dev/null || true
equal "npm test" "$status" 0
stop_server
