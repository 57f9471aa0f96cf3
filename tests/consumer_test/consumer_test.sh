#!/bin/bash
# Copies tests/consumer to a place of its own and runs all its tests there, with this source tree as the
# repository it depends on. Needs no network. What it compiles is kept in $COFFER_CONSUMER_CACHE (default: a folder
# of the user in /tmp), so that only the first run takes minutes.
set -euo pipefail

fail() {
  echo "consumer_test: $*" >&2
  exit 1
}

command -v bazel >/dev/null || fail "bazel is not installed (./bazelw installs it)"
coffer=$(dirname "$(readlink -f WORKSPACE)")
[ -f "$coffer/tests/consumer/WORKSPACE" ] || fail "no tests/consumer in $coffer"

# Others may own a folder of this name in /tmp; then it is not used. Old results are of no more use.
cache=${COFFER_CONSUMER_CACHE:-/tmp/coffer-consumer-$(id -u)}
mkdir -p -m 700 "$cache"
[ -O "$cache" ] || cache=$TEST_TMPDIR/cache
find "$cache" -type f -mtime +3 -delete || true

workspace=$TEST_TMPDIR/workspace
cp -R "$coffer/tests/consumer" "$workspace"
grep -q 'path = "../.."' "$workspace/WORKSPACE" || fail "its WORKSPACE does not say path = \"../..\""
sed -i "s|path = \"../..\"|path = \"$coffer\"|" "$workspace/WORKSPACE"
cd "$workspace"

# Nothing of the outer Bazel may reach the inner one but the place for temporary files.
run_bazel() {
  env -i PATH=/usr/local/bin:/usr/bin:/bin HOME="$TEST_TMPDIR" LANG=C.UTF-8 TMPDIR="$TEST_TMPDIR" \
    bazel --nohome_rc --output_user_root="$TEST_TMPDIR/bazel" --max_idle_secs=60 "$@"
}
clean_up() {
  run_bazel shutdown >/dev/null 2>&1 || true
  # Bazel protects folders it has made from writing, and the outer Bazel could not remove them.
  chmod -R u+w "$TEST_TMPDIR/bazel" && rm -rf "$TEST_TMPDIR/bazel"
}
trap clean_up EXIT

run_bazel test --disk_cache="$cache" --symlink_prefix=/ --color=no --curses=no --noshow_progress \
  --test_output=errors --incompatible_strict_action_env --keep_going \
  --spawn_strategy=processwrapper-sandbox,local --nosandbox_debug //...
