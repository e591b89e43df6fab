#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# clang-tidy-19 over the sources that a change touches, or over all.
# usage: check_tidy.sh BUILD_DIR [--all | BASE_COMMIT]     BUILD_DIR holds compile_commands.json
# The base is where this branch left origin's main; on that main itself it is the commit before. What is not
# begun within $TIDY_SECONDS (150) is named and left out: files that include Asio take half a minute each.
set -euo pipefail
build=$(realpath "${1:?the build directory}")
cd "$(dirname "$0")/../.."
seconds=${TIDY_SECONDS:-150}

base() {
  local fork
  fork=$(git merge-base HEAD origin/main 2>/dev/null || true)
  if [[ -n $fork && $fork != $(git rev-parse HEAD) ]]; then echo "$fork"; else git rev-parse -q --verify HEAD~1; fi
}

# The sources themselves, and those of headers that have one of their name.
changed() {
  { git diff --name-only --diff-filter=d "$1" -- acl config tls proxy
    git ls-files --others --exclude-standard -- acl config tls proxy; } |
    sed -n 's/\.[ch]pp$/.cpp/p' | sort -u | while read -r file; do [[ ! -f $file ]] || echo "$file"; done
}

if [[ ${2:-} == --all ]]; then
  mapfile -t files < <(find acl config tls proxy -name '*.cpp' | sort)
else
  # A clone without history has nothing to compare with.
  since=${2:-$(base)} || { echo "no commit to compare with; nothing to look at" && exit 0; }
  mapfile -t files < <(changed "$since")
fi
((${#files[@]})) || { echo "no source has changed" && exit 0; }

late=$(mktemp)
trap 'rm -f "$late"' EXIT
export build late began=$EPOCHSECONDS seconds
# shellcheck disable=SC2016
printf '%s\0' "${files[@]}" | xargs -0 -n 1 -P "$(nproc)" bash -c '
  if ((EPOCHSECONDS - began > seconds)); then echo "$1" >>"$late" && exit 0; fi
  clang-tidy-19 --quiet -p "$build" "$1" 2>/dev/null' tidy || failed=1
[[ ! -s $late ]] || { echo "Not looked at for want of time:" && cat "$late"; }
echo "${#files[@]} files, $(wc -l <"$late") of them not looked at"
exit "${failed:-0}"
