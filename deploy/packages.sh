# SPDX-License-Identifier: Apache-2.0
# The Debian 12 packages that tidegate stands on, and how to get them. Sourced, not run.

build_packages=(
  cmake ninja-build ccache git
  clang-19 lld-19  # g++ 12 miscompiles coroutines; CMakeLists.txt says more
  libboost1.81-dev libssl-dev nlohmann-json3-dev libspdlog-dev libyaml-cpp-dev libcli11-dev
  node-llhttp      # brings llhttp's C sources
)

# Whose headers or sources become part of the program, beside the libraries that it is linked with.
header_packages=(libboost1.81-dev nlohmann-json3-dev libcli11-dev node-llhttp)

# The tests need the compiler's run-time libraries, a real engine and the clients that people use.
test_packages=(
  libgtest-dev libgmock-dev libclang-rt-19-dev llvm-19 clang-format-19 clang-tidy-19
  docker.io docker-compose python3 python3-docker python3-jsonschema python3-yaml busybox-static iproute2 curl openssl
  python3-cryptography  # certificates of every shape
  strace              # kills `tidegate certs` at each of its writes
  ruby ruby-docker-api ruby-multi-json skopeo  # clients with habits of their own
  gnutls-bin openjdk-17-jdk-headless  # TLS that is neither OpenSSL's nor Go's; keytool
  libbenchmark-dev valgrind  # what a request costs
  dpkg-dev lintian logrotate man-db  # make and check the Debian package
  systemd prometheus  # their checks of deploy/systemd/ and deploy/prometheus/; Prometheus as a client
  haproxy             # what tests/bench measures tidegate beside
)

# Prints those of the given packages that are not installed.
missing_packages() {
  local package
  for package; do
    [[ $(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null) == installed ]] || echo "$package"
  done
}

# Installs what is missing of the given packages; does nothing, and needs no network, where all are there.
install_packages() {
  local missing as_root=()
  command -v dpkg-query >/dev/null || {
    echo "This script installs Debian packages; on another system install the equivalents of:" \
      "$* and pass --no-install." >&2
    return 1
  }
  mapfile -t missing < <(missing_packages "$@")
  ((${#missing[@]})) || return 0
  if ((EUID != 0)); then
    command -v sudo >/dev/null || {
      echo "Missing packages, and neither root nor sudo to install them with. As root:" >&2
      echo "  apt-get install ${missing[*]}" >&2
      return 1
    }
    as_root=(sudo)
  fi
  echo "Installing ${missing[*]}"
  "${as_root[@]}" apt-get -q update
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
    apt-get -q -y -o Dpkg::Use-Pty=0 install --no-install-recommends "${missing[@]}"
}
