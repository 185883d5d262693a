#!/usr/bin/env bash
# Installs what the build and the tests need from Debian 12's packages, and only
# what is missing. As root, or through sudo where there is one.
#
#   utils/install-deps.sh [PACKAGE...]     further packages
set -euo pipefail

packages=(
  # compiler and build
  g++ cmake ninja-build ccache mold
  # LLVM and MLIR with lit, FileCheck and mlir-tblgen
  llvm-22-dev libmlir-22-dev mlir-22-tools llvm-22-tools
  # libraries
  libisl-dev libprotobuf-dev protobuf-compiler libonnx-dev
  libcli11-dev nlohmann-json3-dev libxml2-dev zlib1g-dev
  # tests and benchmarks
  libgtest-dev libgmock-dev libbenchmark-dev python3 python3-numpy python3-onnx
  "$@"
  libonnx-testdata
)

installed() {
  [ "$(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null)" = installed ]
}

has_candidate() {
  apt-cache policy "$1" | grep 'Candidate: [^(]' >/dev/null
}

missing=()
for package in "${packages[@]}"; do
  installed "$package" || missing+=("$package")
done
if [ ${#missing[@]} -eq 0 ]; then
  exit 0
fi

if ! command -v apt-get >/dev/null; then
  echo "error: this script knows Debian's apt-get only; missing: ${missing[*]}" >&2
  exit 1
fi
as_root=()
if [ "$(id -u)" -ne 0 ]; then
  if ! command -v sudo >/dev/null; then
    echo "error: run as root to install: ${missing[*]}" >&2
    exit 1
  fi
  as_root=(sudo)
fi

log=$(mktemp)
trap 'rm -f "$log"' EXIT
echo "installing ${#missing[@]} packages: ${missing[*]}"
if ! "${as_root[@]}" apt-get update -qq >"$log" 2>&1; then
  echo "warning: apt-get update failed, going on with the lists that are there" >&2
fi
for package in "${missing[@]}"; do
  if has_candidate "$package"; then
    continue
  fi
  case $package in
  *22*)
    echo "error: $package is in none of the configured package sources;" \
      "LLVM/MLIR 22 comes from Debian 12's security updates (bookworm-security)" >&2
    ;;
  *)
    echo "error: $package is in none of the configured package sources" >&2
    ;;
  esac
  exit 1
done
if ! "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
  apt-get install -y -qq --no-install-recommends "${missing[@]}" >"$log" 2>&1; then
  tail -n 20 "$log" >&2
  echo "error: apt-get could not install the packages (its last lines are above)" >&2
  exit 1
fi
