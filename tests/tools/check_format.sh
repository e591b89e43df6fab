#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Fails where a source file is not as clang-format-19 would write it. Repair: $0 --fix
set -eu
cd "$(dirname "$0")/../.."
mode="--dry-run -Werror"
if [ "${1:-}" = --fix ]; then mode=-i; fi
# shellcheck disable=SC2086
find acl config tls proxy tests -name '*.[ch]pp' -print0 | xargs -0 -r clang-format-19 $mode
