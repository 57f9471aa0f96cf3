#!/bin/bash
# update.sh "REASON": takes the ABI as the sources have it now for the accepted one, and notes the reason in
# changes.md. BAZEL names another command than ./bazelw, with its options.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
[ $# -eq 1 ] || {
  echo 'usage: tests/abi/update.sh "why the ABI changes"' >&2
  exit 2
}
# shellcheck disable=SC2086 # words
exec ${BAZEL:-./bazelw} run ${BAZEL_FLAGS:-} //tests/abi:update -- "$1"
