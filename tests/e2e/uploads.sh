#!/usr/bin/env bash
# Resumable uploads with curl: cut and resumed at the byte, through kill -9 of the server, on a disk that fills up. What
# was announced is never lost.
. "$(dirname "$0")/lib.sh"

tus=(-H 'Tus-Resumable: 1.0.0')
bytes=(-H 'Content-Type: application/offset+octet-stream')
# Status of a request; headers in $work/head.
ask() { curl -s -m 60 -o "$work/body" -D "$work/head" -w '%{http_code}' "${who[@]}" "${tus[@]}" "$@" || true; }
header() { tr -d '\r' <"$work/head" | awk -v name="$1" 'tolower($1) == tolower(name) ":" {print $2}' | tail -n 1; }
begin() { # SIZE: the path of a new upload
    equal "creation" "$(ask -X POST -H "Upload-Length: $1" -H "Upload-Metadata: filename $(printf 'leve.bin' | base64)" "$address/uploads")" 201
    path=/uploads/$(header Location | sed 's,.*/,,')
}
offset_of() { ask -I "$address$1" >/dev/null; header Upload-Offset; }
send_from() { # PATH OFFSET FILE: the rest of the file
    tail -c +$(($2 + 1)) "$3" | curl -s -m 120 -o "$work/body" -D "$work/head" -w '%{http_code}' "${who[@]}" "${tus[@]}" "${bytes[@]}" \
        -X PATCH -H "Upload-Offset: $2" -H "Content-Length: $(($(stat -c %s "$3") - $2))" --data-binary @- "$address$1" || true
}
has_bytes() { [[ $(stat -c %s "$work/depots/${path##*/}.bin") -gt 0 ]]; }

new_database
"$CARREAU" organisation add 'Commune' --kind commune --database "$dsn" >/dev/null
"$CARREAU" person add lea --name Lea --organisation Commune --database "$dsn" >/dev/null
sql "insert into org.service (code, titre, every_layer) values ('TOUT', 'Tout', true)"
"$CARREAU" convention add --organisation Commune --title Dépôts --from 2020-01-01 --line 'service=TOUT communes=all rights=read,upload' \
    --database "$dsn" >/dev/null
who=(-u "lea:$("$CARREAU" token add lea --title essai --database "$dsn" 2>/dev/null)")
serve() { start_server 60 serve --database "$dsn" --port 0 --uploads "$work/depots"; wait_until 30 "ready" is_status /readyz 200; }
serve

step "a file in one go, and its receipt"
head -c 3000000 /dev/urandom >"$work/file"
begin 3000000
equal "whole" "$(send_from "$path" 0 "$work/file")" 204
equal "receipt" "$(curl -s "${who[@]}" "$address$path" | jq -r .sha256)" "$(sha256sum "$work/file" | cut -d' ' -f1)"

step "cut by the client, resumed at the byte"
head -c 40000000 /dev/urandom >"$work/large"
begin 40000000
timeout -s KILL 2 curl -s --limit-rate 4M "${who[@]}" "${tus[@]}" "${bytes[@]}" -X PATCH -H 'Upload-Offset: 0' --data-binary "@$work/large" \
    "$address$path" >/dev/null 2>&1 || true
offset=$(offset_of "$path")
[[ $offset -gt 0 && $offset -lt 40000000 ]] || fail "the upload was cut in the middle, not at $offset"
cmp -n "$offset" "$work/large" "$work/depots/${path##*/}.bin" || fail "the announced bytes are those that were sent"
equal "the rest" "$(send_from "$path" "$offset" "$work/large")" 204
equal "receipt" "$(curl -s "${who[@]}" "$address$path" | jq -r .sha256)" "$(sha256sum "$work/large" | cut -d' ' -f1)"

step "kill -9 of the server, five times in one upload"
begin 40000000
for round in 1 2 3 4 5; do
    before=$(offset_of "$path")
    curl -s --limit-rate 6M "${who[@]}" "${tus[@]}" "${bytes[@]}" -X PATCH -H "Upload-Offset: $before" \
        -H "Content-Length: $((40000000 - before))" --data-binary @<(tail -c +$((before + 1)) "$work/large") "$address$path" >/dev/null 2>&1 &
    client=$!
    grown() { [[ $(stat -c %s "$work/depots/${path##*/}.bin") -gt $before ]]; }
    wait_until 20 "bytes arrive" grown
    kill -9 "$server"
    wait "$server" "$client" 2>/dev/null || true
    server=
    serve
    after=$(offset_of "$path")
    [[ $after -ge $before ]] || fail "round $round: $before bytes were announced, $after are left"
    cmp -n "$after" "$work/large" "$work/depots/${path##*/}.bin" || fail "round $round: other bytes"
done
equal "the rest" "$(send_from "$path" "$(offset_of "$path")" "$work/large")" 204
equal "receipt" "$(curl -s "${who[@]}" "$address$path" | jq -r .sha256)" "$(sha256sum "$work/large" | cut -d' ' -f1)"
stop_server

step "a disk of 24 MB"
mkdir -p "$work/small"
if mount -t tmpfs -o size=24m,mode=777 tmpfs "$work/small" 2>/dev/null; then
    trap 'status=$?; umount -l "$work/small"; (exit $status); cleanup' EXIT
    start_server 60 serve --database "$dsn" --port 0 --uploads "$work/small/depots"
    wait_until 30 "ready" is_status /readyz 200
    equal "what cannot fit is refused" "$(ask -X POST -H 'Upload-Length: 40000000' "$address/uploads")" 507
    begin 3000000
    equal "what fits is taken" "$(send_from "$path" 0 "$work/file")" 204
    begin 10000000
    head -c 10000000 "$work/large" >"$work/ten"
    # Room was kept for it: another program that fills the disk does not cut it.
    dd if=/dev/zero of="$work/small/filler" bs=1M 2>/dev/null || true
    equal "room was kept" "$(send_from "$path" 0 "$work/ten")" 204
    equal "nothing more" "$(ask -X POST -H 'Upload-Length: 1000000' "$address/uploads")" 507
    equal "the map is served" "$(status_of /collections)" 200
    rm "$work/small/filler"
    begin 1000000
    head -c 1000000 "$work/large" >"$work/one"
    equal "after room came back" "$(send_from "$path" 0 "$work/one")" 204
    stop_server
else
    echo "no tmpfs can be mounted here: a full disk is not tried"
fi
