#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Writes the file system of tidegate's image: the program, the libraries that it is linked with, nothing else.
set -euo pipefail

# Beyond the ids of Debian's own users, and the one that other images without a shell use.
id=65532

usage() {
  cat <<'TEXT'
usage: deploy/image_root.sh PROGRAM DIRECTORY

Fills DIRECTORY, which must not exist, from this machine: /usr/bin has PROGRAM, /lib what `ldd` says,
/etc the user `tidegate`, who owns /run/tidegate. As root, for the owner's sake.
TEXT
}

main() {
  if [[ ${1:-} == --help || $# != 2 ]]; then
    usage
    [[ ${1:-} == --help ]] && exit 0 || exit 2
  fi
  local program=$1 root=$2
  [[ -x $program ]] || fail "$program is no program"
  [[ ! -e $root ]] || fail "$root exists already"
  mkdir -p "$root"/{etc,usr/bin}
  cp "$program" "$root/usr/bin/"
  copy_libraries "$program" "$root"
  write_accounts "$root"
  install -d -o "$id" -g "$id" "$root/run/tidegate"
}

fail() {
  echo "image_root.sh: $*" >&2
  exit 1
}

# The loader is one of them. They keep their places, where the loader looks for them.
copy_libraries() {
  local listed library
  listed=$(ldd "$1") || fail "ldd cannot read $1"
  [[ $listed != *"not found"* ]] || fail "a library is missing: $listed"
  while read -r library; do
    mkdir -p "$2$(dirname "$library")"
    cp -L "$library" "$2$library"
  done < <(grep -o '/[^ ]*' <<<"$listed" | sort -u)
}

write_accounts() {
  printf '%s\n' root:x:0:0:root:/:/ "tidegate:x:$id:$id:tidegate:/:/" >"$1/etc/passwd"
  printf '%s\n' root:x:0: "tidegate:x:$id:" >"$1/etc/group"
  # Without it glibc asks for an engine's name by DNS before /etc/hosts, where links and extra_hosts stand.
  echo 'hosts: files dns' >"$1/etc/nsswitch.conf"
}

main "$@"
