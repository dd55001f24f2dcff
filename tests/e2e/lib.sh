# Sourced by the scripts: a folder, a server, and what is expected of it. Whatever happens, nothing is left behind.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)
: "${CARREAU:=$root/build/dev/carreau}"
: "${MAKE_EDIGEO_SAMPLE:=$root/build/dev/tests/e2e/make_edigeo_sample}"

# A private cluster's user, not only root, must get in.
work=$(mktemp -d /tmp/carreau-e2e.XXXXXX)
chmod 755 "$work"
server=
beside=()  # processes started beside it, to be ended with the script
address=
database=

fail() {
    echo "FAILED: $*" >&2
    for file in "$work/out" "$work"/*/postgres.log; do
        if [[ -f $file ]]; then echo "--- $file" >&2; tail -n 20 "$file" >&2; fi
    done
    exit 1
}
step() { echo "- $*"; }
skip() { echo "SKIP: $*"; exit 77; }
equal() { [[ $2 == "$3" ]] || fail "$1: '$2' instead of '$3'"; }
contains() { [[ $2 == *"$3"* ]] || fail "$1: no '$3' in: ${2:0:500}"; }

# wait_until SECONDS what command...
wait_until() {
    local limit=$1 what=$2
    shift 2
    local end=$((SECONDS + limit))
    until "$@"; do
        ((SECONDS < end)) || fail "$what: not within $limit s"
        sleep 0.1
    done
}

# Postmasters and backends that work in a folder of ours: only those may be ended.
cluster_processes() {
    local process
    for process in /proc/[0-9]*; do
        if [[ $(readlink "$process/cwd" 2>/dev/null) == "$work"/*/postgres && $(readlink "$process/exe" 2>/dev/null) == */postgres ]]; then
            echo "${process#/proc/}"
        fi
    done
}
postmaster() { head -n 1 "$1/postgres/postmaster.pid" 2>/dev/null || true; }

cleanup() {
    local status=$?
    trap - EXIT
    if [[ -n $server ]]; then kill -KILL "$server" 2>/dev/null || true; wait "$server" 2>/dev/null || true; fi
    local pid
    for pid in "${beside[@]}"; do kill "$pid" 2>/dev/null || true; done
    for pid in $(cluster_processes); do kill -QUIT "$pid" 2>/dev/null || true; done
    for _ in $(seq 100); do
        [[ -n $(cluster_processes) ]] || break
        sleep 0.1
    done
    for pid in $(cluster_processes); do kill -KILL "$pid" 2>/dev/null || true; done
    if [[ -n $database ]]; then
        psql -qX "$(maintenance_dsn)" -c "drop database if exists $database with (force)" >/dev/null 2>&1 || true
    fi
    rm -rf "$work" 2>/dev/null || { sleep 1; rm -rf "$work"; }
    exit "$status"
}
trap cleanup EXIT
trap 'exit 143' TERM INT

maintenance_dsn() { cat "${CARREAU_TEST_DSN_FILE:?run by ctest}"; }

# A database of its own in the run's cluster, migrated by the program; $dsn reaches it.
new_database() {
    database=e2e_$$
    psql -qX "$(maintenance_dsn)" -c "create database $database template template0" || fail "no database"
    dsn=$(maintenance_dsn | sed "s/dbname=.*/dbname=$database/")
    "$CARREAU" migrate --database "$dsn" >"$work/migrate.log" 2>&1 || fail "migrate: $(cat "$work/migrate.log")"
}
sql() { psql -qAtX -v ON_ERROR_STOP=1 "$dsn" -c "$1"; }

# start_server LIMIT arguments...: waits until it says its address.
start_server() {
    local limit=$1
    shift
    : >"$work/out"
    "$CARREAU" "$@" >>"$work/out" 2>&1 &
    server=$!
    local end=$((SECONDS + limit))
    until address=$(grep -om1 'http://127\.0\.0\.1:[0-9]\+' "$work/out"); do
        kill -0 "$server" 2>/dev/null || fail "the server ended: $*"
        ((SECONDS < end)) || fail "the server did not start within $limit s"
        sleep 0.1
    done
}
stop_server() {
    kill -TERM "$server"
    local status=0
    wait "$server" || status=$?
    server=
    equal "exit status after SIGTERM" "$status" 0
}

status_of() { curl -s -o /dev/null -m 30 -w '%{http_code}' "$address$1" || true; }
is_status() { [[ $(status_of "$1") == "$2" ]]; }
get() { curl -sf -m 60 "$address$1" || fail "GET $1: $(status_of "$1")"; }
matched() { get "/collections/$1/items?limit=1${2:-}" | jq .numberMatched; }

# qgis SECONDS SCRIPT arguments...: a script of tests/e2e/qgis, by the Python that Debian's QGIS is made for.
qgis() {
    local limit=$1 script=$2
    shift 2
    /usr/bin/python3 -c 'import qgis.core' 2>/dev/null || { echo "QGIS for Python is not installed: scripts/install-deps test" >&2; return 1; }
    XDG_RUNTIME_DIR=$work PYTHONDONTWRITEBYTECODE=1 timeout "$limit" /usr/bin/python3 "$here/qgis/$script" "$@"
}

# tile_of LON LAT Z: z/x/y of the tile that holds the point.
tile_of() {
    awk -v lon="$1" -v lat="$2" -v z="$3" 'BEGIN {
        pi = atan2(0, -1); n = 2 ^ z; phi = lat * pi / 180;
        x = int((lon + 180) / 360 * n); y = int((1 - log(sin(phi) / cos(phi) + 1 / cos(phi)) / pi) / 2 * n);
        printf "%d/%d/%d", z, x, y }'
}
