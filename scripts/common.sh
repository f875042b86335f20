# Shared by the scripts: where tools and logs lie, how progress is told. Sourced, never run.
# The caller stands in the project's root.

TOOLS=${PRATIKAR_TOOLS:-${XDG_CACHE_HOME:-$HOME/.cache}/pratikar-tools}
export PATH="$TOOLS/bin:$TOOLS/node_modules/.bin:$PATH"

say() { printf '\033[1m· %s\033[0m\n' "$*"; }
fail() { printf '\033[31m✗ %s\033[0m\n' "$*" >&2; exit 1; }

# need COMMAND HOW-TO-GET-IT: stops with a clear word where a tool is missing.
need() { command -v "$1" >/dev/null || fail "'$1' is missing: $2"; }

# logged WHAT COMMAND…: runs it quietly with its time; shows the end of its output where it fails.
logged() {
  local what=$1 log start status=0
  shift
  log=$(mktemp)
  start=$SECONDS
  printf '· %s … ' "$what"
  ("$@") >"$log" 2>&1 || status=$?
  if [ "$status" = 0 ]; then
    printf 'done in %d s\n' "$((SECONDS - start))"
  else
    printf 'failed\n'
    tail -n 40 "$log" >&2
  fi
  rm -f "$log"
  return "$status"
}

chromium_path() {
  local name
  for name in "${CHROMIUM:-}" chromium chromium-browser google-chrome; do
    [ -n "$name" ] && command -v "$name" && return 0
  done
  return 1
}

# The compiler of the web build: rustup's where it has wasm32, else Debian's with the std that setup made.
web_rustc() {
  if ls "$(rustc --print sysroot)"/lib/rustlib/wasm32-unknown-unknown/lib/libstd-*.rlib >/dev/null 2>&1; then
    command -v rustc
  else
    echo /usr/bin/rustc
  fi
}

# programs: the server, what writes the demo's past, and the torture, into target/debug. The whole workspace decides
# the features of the dependencies, as in the tests: with a package chosen, cargo would build most of them once more.
programs() { cargo build --quiet --workspace --bin pratikar --bin pratikar-seed --bin torture; }
