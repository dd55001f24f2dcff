#!/usr/bin/env bash
# Server, worker and PostgreSQL killed at random moments while files are uploaded, read, published and taken back: nothing that
# was acknowledged is lost, nothing is half there. KILL_ROUNDS says how often (20), KILL_SEED repeats a run.
. "$(dirname "$0")/lib.sh"
command -v python3 >/dev/null || fail "python3 is not installed"

start_server 600 demo --territory small --data "$work/data" --port 0
wait_until 60 "ready" is_status /readyz 200
base="host=$work/data/run port=5432 user=carreau dbname=carreau"
secret=secret-of-kills-0123456789abcdefghijklmnop
psql -qAtX "$base" -c "insert into access.credential (person_id, kind, titre, secret_sha256) select person_id, 'token', 'essai',
     encode(sha256(convert_to('$secret', 'UTF8')), 'hex') from org.person where login = 'admin'"
stop_server
timeout 1500 python3 "$here/kills.py" "$CARREAU" "$work" "$secret" || fail "see above; the server said: $(tail -n 5 "$work/server.log")"
