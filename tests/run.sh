#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Installs, builds and runs the tests. Everything by default; --help names the parts.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
source deploy/packages.sh

usage() {
  cat <<'TEXT'
usage: tests/run.sh [--no-install] [PART…]

  quick     unit, integration and house checks, debug build: for the time between two edits
  asan      unit, integration and end to end, under AddressSanitizer and UndefinedBehaviorSanitizer
  tsan      integration, under ThreadSanitizer
  fuzz      each fuzzer for $FUZZ_SECONDS (40) seconds, from its corpus
  release   integration, house checks, quickstart and what a request costs, as it is shipped
  twice     two release builds in two directories give the same program
  tidy      clang-tidy over the sources that a change touches; tidy-all looks at all of them

Without a part: tidy, asan, release, tsan and fuzz. The end-to-end tests start an engine of their own and
need root for that; elsewhere they are skipped, but never with CI=true. CI takes all of it as it is.
TEXT
}

main() {
  local install=1 parts=() part
  for part; do
    case $part in
      --help | -h) usage && exit 0 ;;
      --no-install) install=0 ;;
      quick | asan | tsan | fuzz | release | twice | tidy | tidy-all) parts+=("$part") ;;
      *) echo "tests/run.sh: unknown part $part; see --help" >&2 && exit 2 ;;
    esac
  done
  ((${#parts[@]})) || parts=(tidy asan release tsan fuzz)
  if ((install)); then install_for_tests; fi
  # What another clone has compiled is found again; with precompiled headers only by one in its place.
  export CCACHE_BASEDIR=$PWD CCACHE_NOHASHDIR=true
  # Reports with names and lines; Debian calls the symbolizer by its version.
  export ASAN_SYMBOLIZER_PATH=/usr/bin/llvm-symbolizer-19 TSAN_OPTIONS="external_symbolizer_path=/usr/bin/llvm-symbolizer-19"
  failed=()
  for part in "${parts[@]}"; do "run_${part/-/_}" || true; done
  summary
}

install_for_tests() {
  # Node.js may be there from elsewhere, in one package with npm; Debian's own npm would clash with it.
  command -v npm >/dev/null || test_packages+=(nodejs npm)
  install_packages "${build_packages[@]}" "${test_packages[@]}"
}

run_quick() { build dev && run_tests dev -LE e2e; }
# What kills `tidegate certs` at each write runs it hundreds of times; the release build does that in half the time.
run_asan() { build asan && run_tests asan -LE house -E '_interrupted$'; }
# Threads meet in the daemon only; the units know none, and neither do the other verbs.
without_threads='certs|explain|pages$|presets$|sbom$|schema$|systemd_units$|version$|workflows$'
run_tsan() { build tsan --target tidegate && run_tests tsan -L integration -E "test_($without_threads)"; }
# End to end is left to asan: the machine's time is better spent once, on the build that sees more.
run_release() { build release --target tidegate costs && run_tests release -LE 'e2e|unit'; }

run_twice() { attempt "two builds" tests/tools/check_reproducible.sh; }

# All at once: each spends most of its time in one thread.
run_fuzz() {
  build asan --target fuzzers || return 0
  local binary name found running=()
  found=$(mktemp -d)
  for binary in build/asan/tests/fuzz/*_fuzz; do
    name=$(basename "$binary" _fuzz)
    mkdir "$found/$name"
    "$binary" -max_total_time="${FUZZ_SECONDS:-40}" -timeout=30 -rss_limit_mb=2048 -print_final_stats=1 \
      -verbosity=0 -artifact_prefix="build/asan/$name-" "$found/$name" "tests/fuzz/corpus/$name" \
      &>"$found/$name.log" &
    running+=("$name:$!")
  done
  for name in "${running[@]}"; do
    attempt "fuzz: ${name%:*}" wait "${name#*:}" || cat "$found/${name%:*}.log"
  done
  rm -rf "$found"
}

# In the debug build's terms, where each file is compiled for itself; nothing needs to be built for it.
run_tidy() { tidy; }
run_tidy_all() { TIDY_SECONDS=7200 tidy --all; }
tidy() { attempt "configure dev" cmake --preset dev && attempt "tidy" tests/tools/check_tidy.sh build/dev "$@"; }

build() {
  attempt "configure $1" cmake --preset "$1" && attempt "build $1" cmake --build --preset "$@"
}

run_tests() {
  local preset=$1
  shift
  # Tests wait more than they compute.
  attempt "tests $preset" ctest --preset "$preset" -j $(($(nproc) * 2)) "$@"
}

# attempt WHAT COMMAND…: a failure is remembered for the end, so that one run shows all of them.
attempt() {
  local what=$1 start=$SECONDS
  shift
  printf '\n== %s\n' "$what"
  if "$@"; then
    printf '== %s: ok (%d s)\n' "$what" $((SECONDS - start))
  else
    printf '== %s: FAILED\n' "$what" && failed+=("$what")
    return 1
  fi
}

summary() {
  printf '\n%d s in all\n' "$SECONDS"
  if ((${#failed[@]})); then
    printf 'FAILED: %s\n' "${failed[@]}"
    exit 1
  fi
  echo "All passed."
}

main "$@"
