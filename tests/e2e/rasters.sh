#!/usr/bin/env bash
# Rasters against the whole server, its worker in the sandbox: GeoTIFF files sent by the command line, published, opened by GDAL as
# WMTS and compared with gdalwarp, real files, hostile ones.
. "$(dirname "$0")/lib.sh"

for tool in gdal_create gdalinfo gdallocationinfo gdaltransform gdalwarp gdal_translate jq; do command -v $tool >/dev/null || skip "$tool is not installed"; done
start_server 600 demo --territory small --data "$work/data" --port 0
wait_until 60 "ready" is_status /readyz 200
base="host=$work/data/run port=5432 user=carreau dbname=carreau"
ask() { psql -qAtX "$base" -c "$1"; }
secret=secret-of-rasters-0123456789abcdefghijklmno
ask "insert into access.credential (person_id, kind, titre, secret_sha256) select person_id, 'token', 'essai',
     encode(sha256(convert_to('$secret', 'UTF8')), 'hex') from org.person where login = 'admin'"
export CARREAU_TOKEN=$secret
remote() { CARREAU_SERVER=$address "$CARREAU" "$@"; }
mine() { curl -sf -m 60 -H "Authorization: Bearer $secret" "$address$1"; }
status_of() { curl -s -m 60 -o /dev/null -w '%{http_code}' "$address$1"; }

step "a thermography goes from the file to the map"
gdal_create -q -of GTiff -ot Float32 -outsize 3000 2500 -bands 1 -burn 21.5 -a_srs EPSG:2154 -a_ullr 675000 7051000 675300 7050750 \
    "$work/Thermique toits.tif" || fail "gdal_create"
remote upload "$work/Thermique toits.tif" --publish coverage >"$work/said" 2>&1 || fail "upload: $(cat "$work/said")"
name=thermographie:thermique_toits
equal "listed" "$(mine /rasters | jq -r '.rasters[].id')" $name
equal "nobody else's" "$(status_of /rasters/$name) $(curl -sf "$address/rasters" | jq '.rasters | length')" "404 0"
read -r lon lat _ < <(echo "675150 7050875" | gdaltransform -s_srs EPSG:2154 -t_srs EPSG:4326)
equal "the value" "$(mine "/rasters/$name/value?lon=$lon&lat=$lat" | jq .value)" 21.5

step "an aerial photo is the same as gdalwarp's"
gdal_create -q -of GTiff -outsize 1200 1000 -bands 1 -burn 60 "$work/1.tif" || fail "gdal_create"
gdal_translate -q -of GTiff -co TILED=YES -co COMPRESS=DEFLATE -outsize 1200 1000 -a_srs EPSG:3950 -a_ullr 1675000 9251000 1675240 9250800 \
    -b 1 -b 1 -b 1 -scale_1 0 255 40 200 -scale_2 0 255 90 120 -scale_3 0 255 10 250 "$work/1.tif" "$work/ortho.tif" || fail "gdal_translate"
remote upload "$work/ortho.tif" --publish coverage >"$work/said" 2>&1 || fail "upload: $(cat "$work/said")"
"$CARREAU" layer set orthophoto public true --database "$base" >/dev/null || fail "layer set"
wait_until 30 "public" is_status /rasters/orthophoto:ortho 200
cog=$(ask "select fichier from terrain.orthophoto")
equal "its layout" "$(gdalinfo -json "$work/data/depots/rasters/$cog" | jq -r '.metadata.IMAGE_STRUCTURE.LAYOUT')" COG
read -r lon lat _ < <(echo "1675120 9250900" | gdaltransform -s_srs EPSG:3950 -t_srs EPSG:4326)
read -r x y w s e n < <(awk -v lon="$lon" -v lat="$lat" 'BEGIN { pi = atan2(0, -1); half = 20037508.342789244; count = 2 ^ 18
    r = lat * pi / 180; x = int((lon + 180) / 360 * count); y = int((1 - log(sin(r) / cos(r) + 1 / cos(r)) / pi) / 2 * count); size = 2 * half / count
    printf "%d %d %.9f %.9f %.9f %.9f\n", x, y, x * size - half, half - (y + 1) * size, (x + 1) * size - half, half - y * size }')
curl -sf -o "$work/tile.png" "$address/rasters/orthophoto:ortho/18/$x/$y.png" || fail "no tile"
gdalwarp -q -overwrite -t_srs EPSG:3857 -te "$w" "$s" "$e" "$n" -ts 256 256 -r bilinear -dstalpha "$work/data/depots/rasters/$cog" "$work/warped.tif"
ours=$(gdalinfo -json -mm "$work/tile.png" | jq -c '[.bands[0:3][].computedMin]')
theirs=$(gdalinfo -json -mm "$work/warped.tif" | jq -c '[.bands[0:3][].computedMin]')
near=$(jq -n --argjson a "$ours" --argjson b "$theirs" '[range(3) | ($a[.] - $b[.]) | fabs] | max <= 1')
equal "pixels: ours $ours, gdalwarp's $theirs" "$near" true

step "GDAL opens it as WMTS"
timeout 120 gdalinfo "WMTS:$address/wmts/1.0.0/WMTSCapabilities.xml,layer=orthophoto:ortho" >"$work/wmts" 2>&1 || fail "gdalinfo: $(cat "$work/wmts")"
contains "its CRS" "$(cat "$work/wmts")" "3857"
seen=$(timeout 120 gdallocationinfo -valonly -wgs84 "WMTS:$address/wmts/1.0.0/WMTSCapabilities.xml,layer=orthophoto:ortho" "$lon" "$lat" 2>/dev/null |
    head -n 3 | jq -sc .)
equal "its colours: $seen, the tile's $ours" "$(jq -n --argjson a "$seen" --argjson b "$ours" '[range(3) | ($a[.] - $b[.]) | fabs] | max <= 2')" true

step "QGIS opens it as WMTS"
if python3 -c "import qgis.core" 2>/dev/null; then
    seen=$(timeout 300 python3 "$(dirname "$0")/qgis/qgis_wmts.py" "$work/profile" "$address/wmts/1.0.0/WMTSCapabilities.xml" orthophoto:ortho "$lon" "$lat") ||
        fail "QGIS"
    equal "its colours in QGIS: $seen, the tile's $ours" "$(jq -n --argjson a "$seen" --argjson b "$ours" '[range(3) | ($a[.] - $b[.]) | fabs] | max <= 2')" true
else
    step "QGIS is not installed"
fi

step "hostile and real files"
refused() {
    local status=0
    remote upload "$@" >"$work/said" 2>&1 || status=$?
    [[ $status -ne 0 ]] || fail "$1 was taken: $(cat "$work/said")"
    cat "$work/said"
}
head -c $(($(stat -c %s "$work/ortho.tif") / 2)) "$work/ortho.tif" >"$work/coupe.tif"
contains "truncated" "$(refused "$work/coupe.tif")" "tronqué"
printf 'II*\0\x08\0\0\0\x05\0\0\x01\x04\0\x01\0\0\0\xff\xff\xff\x7f\x01\x01\x04\0\x01\0\0\0\xff\xff\xff\x7f\x11\x01\x04\0\x01\0\0\0\x08\0\0\0\x16\x01\x04\0\x01\0\0\0\x01\0\0\0\x17\x01\x04\0\x01\0\0\0\x08\0\0\0\0\0\0\0' >"$work/bombe.tif"
contains "2^31 pixels" "$(refused "$work/bombe.tif")" "pixels"
gdal_create -q -of GTiff -outsize 100 100 -bands 3 -burn 9 "$work/nulle part.tif"
contains "no place" "$(refused "$work/nulle part.tif")" "géoréférencée"
printf '<VRTDataset rasterXSize="9" rasterYSize="9"><SRS>EPSG:2154</SRS></VRTDataset>' >"$work/faux.tif"
refused "$work/faux.tif" >/dev/null
data=${CARREAU_DATA:-$root/../shared/data}
if [[ -d $data/drone/raster ]]; then
    # Greenland and Indonesia: outside Lambert-93, said.
    for file in "$data"/drone/raster/*.tif; do contains "$file" "$(refused "$file")" "hors de la zone"; done
else
    step "no real files in $data"
fi
equal "nothing more" "$(mine /rasters | jq '.rasters | length')" 2
equal "no file of nobody" "$(find "$work/data/depots/rasters" -type f | wc -l)" 2
is_status /readyz 200 || fail "the server is unhurt"
