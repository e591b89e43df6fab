#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Writes the file system of tidegate's image: the program, the libraries that it is linked with, what they are.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/packages.sh"

# Beyond the ids of Debian's own users, and the one that other images without a shell use.
id=65532

usage() {
  cat <<'TEXT'
usage: deploy/image_root.sh PROGRAM DIRECTORY

Fills DIRECTORY, which must not exist, from this machine: /usr/bin has PROGRAM without symbols, /lib what
`ldd` says, /etc the user `tidegate`, who owns /run/tidegate. /usr/share/doc has the licence of every package
that is inside, and /var/lib/dpkg/status.d its version, where scanners look. As root, for the owner's sake.
TEXT
}

main() {
  if [[ ${1:-} == --help || $# != 2 ]]; then
    usage
    [[ ${1:-} == --help ]] && exit 0 || exit 2
  fi
  local program=$1 root=$2 packages
  [[ -x $program ]] || fail "$program is no program"
  [[ ! -e $root ]] || fail "$root exists already"
  mkdir -p "$root"/{etc,usr/bin,usr/share/doc/tidegate,var/lib/dpkg/status.d}
  strip -o "$root/usr/bin/$(basename "$program")" "$program"
  copy_libraries "$program" "$root"
  write_accounts "$root"
  cp "$(dirname "${BASH_SOURCE[0]}")/../LICENSE" "$root/usr/share/doc/tidegate/copyright"
  packages=$(packages_of "$program")
  write_packages "$root" $packages
  cp -L /etc/os-release "$root/etc/"  # whose packages these are, for scanners
  install -d -o "$id" -g "$id" "$root/run/tidegate"
}

fail() {
  echo "image_root.sh: $*" >&2
  exit 1
}

# The loader is one of them. They keep their places, where the loader looks for them.
copy_libraries() {
  local library
  for library in $(libraries_of "$1"); do
    mkdir -p "$2$(dirname "$library")"
    cp -L "$library" "$2$library"
  done
}

libraries_of() {
  local listed
  listed=$(ldd "$1") || fail "ldd cannot read $1"
  [[ $listed != *"not found"* ]] || fail "a library is missing: $listed"
  grep -o '/[^ ]*' <<<"$listed" | sort -u
}

# The packages of the libraries, and those whose headers are compiled in.
packages_of() {
  local library libraries names=() owners
  libraries=$(libraries_of "$1")
  # With /usr merged a library has two names, and its package knows it by one of them.
  for library in $libraries; do names+=("${library#/usr}" "/usr${library#/usr}"); done
  owners=$(dpkg-query -S "${names[@]}" 2>/dev/null || true)
  for library in $libraries; do
    [[ $owners == *"${library#/usr}"* ]] ||
      fail "$library is of no package, so its licence is not known: link with the library of Debian's package"
  done
  { cut -d: -f1 <<<"$owners" && printf '%s\n' "${header_packages[@]}"; } | sort -u
}

write_packages() {
  local root=$1 package
  shift
  dpkg-query -s "$@" >"$root/packages" || fail "install the packages above, which tidegate is compiled with"
  awk -v RS= -v folder="$root/var/lib/dpkg/status.d/" '{ print >folder $2 }' "$root/packages"
  rm "$root/packages"
  for package; do copy_licence "$package" "$root"; done
}

# Boost's licence does not ask a program to carry it, and its file has two megabytes.
copy_licence() {
  local from=/usr/share/doc/$1/copyright shared
  [[ $1 != libboost* ]] || return 0
  install -D -m 0644 "$from" "$2$from"
  for shared in $(grep -o '/usr/share/common-licenses/[A-Z]*-[0-9.]*[0-9]' "$from" | sort -u); do
    [[ -e $2$shared || ! -e $shared ]] || install -D -m 0644 "$shared" "$2$shared"
  done
}

write_accounts() {
  printf '%s\n' root:x:0:0:root:/:/ "tidegate:x:$id:$id:tidegate:/:/" >"$1/etc/passwd"
  printf '%s\n' root:x:0: "tidegate:x:$id:" >"$1/etc/group"
  # Without it glibc asks for an engine's name by DNS before /etc/hosts, where links and extra_hosts stand.
  echo 'hosts: files dns' >"$1/etc/nsswitch.conf"
}

main "$@"
