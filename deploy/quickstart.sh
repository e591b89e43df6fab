#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# From a fresh checkout on Debian 12 to a tidegate that answers: install, build, run, try.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
source "$root/deploy/packages.sh"

usage() {
  cat <<'TEXT'
usage: deploy/quickstart.sh [--no-install] [--once] [SOCKET]

Installs what is missing, builds tidegate and runs it on a unix socket with its default policy:
read-only operations that leak no secrets. Behind it stands the engine of $DOCKER_HOST (with
$DOCKER_TLS_VERIFY and $DOCKER_CERT_PATH as docker knows them), else that of /var/run/docker.sock,
else tidegate's own stand-in engine. Ctrl-C ends it.

  SOCKET        where tidegate listens; also $TIDEGATE_SOCKET. Default: tidegate.sock in a new
                directory under $XDG_RUNTIME_DIR or /tmp
  --no-install  install no packages
  --once        try one allowed and one refused command, then stop
  --help        this text
TEXT
}

main() {
  read_arguments "$@"
  ((install)) && install_packages "${build_packages[@]}" curl
  build
  trap clean_up EXIT
  trap 'exit 130' INT
  trap 'exit 143' TERM
  choose_place
  choose_engine
  start_tidegate
  if ((once)); then try_both; else show_commands && wait "$tidegate_pid"; fi
}

read_arguments() {
  install=1 once=0 socket=${TIDEGATE_SOCKET:-} own_directory= stub_pid= tidegate_pid=
  while (($#)); do
    case $1 in
      --help | -h) usage && exit 0 ;;
      --no-install) install=0 ;;
      --once) once=1 ;;
      -*) echo "quickstart: unknown option $1; see --help" >&2 && exit 2 ;;
      *) socket=$1 ;;
    esac
    shift
  done
}

# TIDEGATE names a binary that is built already; the tests use it.
build() {
  tidegate=${TIDEGATE:-$root/build/release/tidegate}
  [[ -z ${TIDEGATE:-} ]] || return 0
  (cd "$root" && cmake --preset release -DTIDEGATE_TESTS=OFF -DCMAKE_COMPILE_WARNING_AS_ERROR=OFF >/dev/null &&
    cmake --build --preset release --target tidegate)
}

choose_place() {
  own_directory=$(mktemp -d "${XDG_RUNTIME_DIR:-/tmp}/tidegate.XXXXXX")
  socket=$(realpath -m "${socket:-$own_directory/tidegate.sock}")
  mkdir -p "$(dirname "$socket")"
  if answers "unix://$socket"; then
    echo "quickstart: something answers on $socket already" >&2
    exit 1
  fi
}

choose_engine() {
  local candidate
  upstream_certs=()
  for candidate in "${DOCKER_HOST:-}" unix:///var/run/docker.sock; do
    if [[ -n $candidate ]] && answers "$candidate"; then
      engine=$candidate
      if speaks_tls "$engine"; then upstream_certs=(--upstream-certs "$(certificates)"); fi
      echo "Engine: $engine"
      return
    fi
    [[ -z $candidate || $candidate != "${DOCKER_HOST:-}" ]] ||
      echo "quickstart: nothing that we trust answers on DOCKER_HOST=$candidate" >&2
  done
  engine=unix://$own_directory/engine.sock
  echo "Engine: none answers, so tidegate's stand-in takes its place"
  "$tidegate" engine-stub --listen "$engine" &
  stub_pid=$!
  await_answer "$engine" "$stub_pid"
}

start_tidegate() {
  "$tidegate" serve --listen "unix://$socket" --upstream "$engine" "${upstream_certs[@]}" \
    >"$own_directory/audit.log" 2> >(tee "$own_directory/log" >&2) &
  tidegate_pid=$!
  await_answer "unix://$socket" "$tidegate_pid"
}

# As docker decides it: DOCKER_TLS_VERIFY is on where it is not empty.
speaks_tls() { [[ $1 == tcp://* && -n ${DOCKER_TLS_VERIFY:-} ]]; }
certificates() { realpath "${DOCKER_CERT_PATH:-$HOME/.docker}"; }

# request ADDRESS METHOD PATH: prints the body, then the status on a line of its own.
request() {
  local url=http://docker$3 via=()
  case $1 in
    unix://*) via=(--unix-socket "${1#unix://}") ;;
    tcp://*)
      url=http://${1#tcp://}$3
      if speaks_tls "$1"; then
        url=https://${1#tcp://}$3
        via=(--cacert "$(certificates)/ca.pem" --cert "$(certificates)/cert.pem" --key "$(certificates)/key.pem")
      fi
      ;;
    *) return 1 ;;
  esac
  curl -s --max-time 5 -X "$2" "${via[@]}" -w '\n%{http_code}\n' "$url"
}

answers() { [[ $(request "$1" GET /_ping 2>/dev/null | tail -n 1) == 200 ]]; }

await_answer() {
  for _ in {1..200}; do
    if answers "$1"; then return; fi
    kill -0 "$2" 2>/dev/null || break
    sleep 0.05
  done
  echo "quickstart: no answer on $1" >&2
  exit 1
}

show_commands() {
  local allowed refused
  if command -v docker >/dev/null; then
    allowed="docker -H unix://$socket ps"
    refused="docker -H unix://$socket run --rm busybox echo hello"
  else
    allowed="curl --unix-socket $socket http://docker/containers/json"
    refused="curl --unix-socket $socket -X POST http://docker/containers/create"
  fi
  cat <<TEXT

tidegate runs. Try in another terminal:

  allowed   $allowed
  refused   $refused

Its audit records: $own_directory/audit.log     Ctrl-C ends it.
TEXT
}

try_both() {
  local allowed refused
  allowed=$(request "unix://$socket" GET /containers/json)
  refused=$(request "unix://$socket" POST /containers/create)
  printf 'allowed: %s\nrefused: %s\n' "${allowed//$'\n'/ }" "${refused//$'\n'/ }"
  [[ ${allowed##*$'\n'} == 200 && ${refused##*$'\n'} == 403 ]]
}

clean_up() {
  local pid
  for pid in $tidegate_pid $stub_pid; do
    kill "$pid" 2>/dev/null && wait "$pid" || true
  done
  [[ -z $own_directory ]] || rm -rf "$own_directory"
}

main "$@"
