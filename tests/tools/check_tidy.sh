#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# clang-tidy-19 over the sources that changed since a commit, or over all.
# usage: check_tidy.sh BUILD_DIR [BASE_COMMIT]     BUILD_DIR holds compile_commands.json
set -eu
build=$(realpath "${1:?the build directory}")
cd "$(dirname "$0")/../.."
if [ $# -gt 1 ]; then
  files=$(git diff --name-only --diff-filter=d "$2" -- 'acl/*.cpp' 'config/*.cpp' 'tls/*.cpp' 'proxy/*.cpp')
else
  files=$(find acl config tls proxy -name '*.cpp')
fi
[ -n "$files" ] || exit 0
echo "$files" | xargs -P "$(nproc)" -n 4 clang-tidy-19 --quiet -p "$build"
