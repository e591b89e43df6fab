#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Fails unless two clones of this commit, in two directories, give the same program. Builds both without ccache.
# usage: check_reproducible.sh [CMAKE_OPTION…]
set -euo pipefail
cd "$(dirname "$0")/../.."
places=$(mktemp -d)
trap 'rm -rf "$places"' EXIT

# Prints the hash of the program that a clone in DIRECTORY gives.
build_in() {
  git clone -q . "$1"
  (cd "$1" && cmake --preset release -DTIDEGATE_TESTS=OFF -DCCACHE=OFF "${@:2}" >/dev/null &&
    cmake --build --preset release --target tidegate >/dev/null)
  sha256sum <"$1/build/release/tidegate"
}

first=$(build_in "$places/a" "$@")
second=$(umask 077 && build_in "$places/somewhere/else" "$@")
if [[ $first != "$second" ]]; then
  echo "two clones give two programs: $first and $second" >&2
  exit 1
fi
echo "two clones give one program: $first"
