# What the scripts share. One build configuration serves runs, tests and benchmarks: release, because numeric
# code is hopeless without optimization, with testing enabled.
BUILD_FLAGS=(-c release -Xswiftc -enable-testing)

fail() { printf '%s: %s\n' "$(basename "$0")" "$*" >&2; exit 1; }

# Builds the program and says where it is; MILLRACE names one that is built already.
build_millrace() {
  [ -z "${MILLRACE:-}" ] || { [ -x "$MILLRACE" ] && return || fail "MILLRACE is $MILLRACE, which is no program"; }
  local log
  log=$(mktemp)
  echo "building (a first build takes some minutes)"
  if ! swift build "${BUILD_FLAGS[@]}" --product millrace >"$log" 2>&1; then
    grep -E 'error:' "$log" | head -20 >&2 || true
    tail -5 "$log" >&2
    fail "the build failed; the whole log is in $log"
  fi
  rm -f "$log"
  MILLRACE="$(swift build "${BUILD_FLAGS[@]}" --show-bin-path)/millrace"
}
