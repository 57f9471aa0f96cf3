#!/bin/bash
# freeze.sh VERSION: keeps today's headers, and the plugins and program of tests/consumer that were written for them,
# as tests/abi/frozen/VERSION. Once an ABI is released its folder is never written again.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
[[ ${1:-} =~ ^v[0-9]+$ ]] || {
  echo "usage: tests/abi/frozen/freeze.sh v2" >&2
  exit 2
}
capi=$PWD/../../../capi
consumer=$PWD/../../consumer
rm -rf "$1"
mkdir -p "$1/include"
cp -R "$capi/coffer" "$1/include/coffer"
cp -R "$consumer"/{plain,toylru,toystore,use.c} "$1"
cat >"$1/BUILD" <<'END'
load("//tests/abi/frozen:frozen.bzl", "frozen_abi")

frozen_abi()
END
echo "tests/abi/frozen/$1 has the ABI of today"
