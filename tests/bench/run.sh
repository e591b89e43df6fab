#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Measures tidegate beside HAProxy and prints a table; README.md says how. --help names the options.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
source deploy/packages.sh

main() {
  local argument install=1
  for argument; do
    case $argument in
      --no-install) install=0 ;;
      --help | -h) exec python3 -m tests.bench.bench --help ;;
    esac
  done
  # What goes to standard output is the table alone.
  { ((install)) && install_packages "${build_packages[@]}" libgtest-dev libgmock-dev python3; build; } >&2
  exec python3 -m tests.bench.bench "$@"
}

build() {
  export CCACHE_BASEDIR=$PWD CCACHE_NOHASHDIR=true
  cmake --preset release -DTIDEGATE_TESTS=ON >/dev/null
  cmake --build --preset release --target tidegate bench_engine bench_load
}

main "$@"
