# Sourced by the scripts: where things are, and the steps they share.

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

say() { printf '%s\n' "$*"; }

# True when a build needs cmake, the compiler and the libraries but they are there already.
install_packages() { "$root/scripts/install-deps" "$@"; }

# build_portal: npm ci and vite build, only when a source is newer than the result.
build_portal() {
  local portal="$root/server/portal"
  local stamp="$portal/dist/.built"
  if [ -f "$stamp" ] && [ -z "$(find "$portal/src" "$portal/public" "$portal/index.html" "$portal/package-lock.json" \
      "$portal/vite.config.ts" -newer "$stamp" -print -quit)" ]; then
    return
  fi
  say "Building the portal ..."
  (cd "$portal" && npm ci --no-audit --no-fund --loglevel=error && npm run --silent build -- --logLevel=warn)
  touch "$stamp"
}

# build_program PRESET [target...]: configure once, then what changed; ninja shows the progress.
build_program() {
  local preset=$1
  shift
  cd "$root"
  if [ ! -f "build/$preset/build.ninja" ]; then
    say "Configuring ($preset) ..."
    cmake --preset "$preset" >"/tmp/carreau-configure.$$" 2>&1 || { cat "/tmp/carreau-configure.$$"; rm -f "/tmp/carreau-configure.$$"; return 1; }
    rm -f "/tmp/carreau-configure.$$"
  fi
  if [ $# -gt 0 ]; then
    cmake --build --preset "$preset" --target "$@"
  else
    cmake --build --preset "$preset"
  fi
  ln -sfn "$root/server/portal/dist" "build/$preset/portal"
}
