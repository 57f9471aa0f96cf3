#!/bin/bash
# dist_test.sh FOLDER: takes the tarball in FOLDER to places of its own and uses it as its users do.
set -euo pipefail

folder=$PWD/$1
source_dir=$PWD/tests/dist/project
readme=$PWD/README.md
module=$PWD/MODULE.bazel

fail() {
  echo "dist_test: $*" >&2
  exit 1
}

for tool in cc cmake make pkg-config readelf tar; do
  command -v "$tool" >/dev/null || fail "$tool is not installed (./bazelw installs it)"
done

tarballs=("$folder"/coffer-*.tar.gz)
[ ${#tarballs[@]} -eq 1 ] || fail "not one tarball in $folder: ${tarballs[*]}"
tarball=${tarballs[0]}
name=$(basename "$tarball" .tar.gz)
version=${name#coffer-}
grep -q "version = \"$version\"" "$module" || fail "MODULE.bazel is not of version $version"

echo "== the same bytes every time: no times, no users, sorted"
[ -z "$(tar --utc --full-time -tvzf "$tarball" | grep -v ' root/root .* 1970-01-01 00:00:00 ' || true)" ] ||
  fail "an entry has a time or a user"
tar -tzf "$tarball" | LC_ALL=C sort -c || fail "not sorted"
[ "$(od -An -tu4 -j4 -N4 "$tarball" | tr -d ' ')" = 0 ] || fail "gzip has a time"

echo "== unpacked, then moved"
home=$TEST_TMPDIR/first
mkdir "$home"
tar -xzf "$tarball" -C "$home"
mkdir "$TEST_TMPDIR/elsewhere"
mv "$home/$name" "$TEST_TMPDIR/elsewhere/moved"
rmdir "$home"
root=$TEST_TMPDIR/elsewhere/moved
for path in include/coffer/coffer.h include/coffer/coffer.hpp include/coffer/plugin/plugin.h \
  lib/libcoffer.so lib/libcoffer.so.1 lib/coffer/libcoffer_memory.so lib/coffer/libcoffer_lru.so \
  lib/pkgconfig/coffer.pc lib/cmake/Coffer/CofferConfig.cmake bin/coffer bin/coffer-conformance \
  share/doc/coffer/LICENSE share/doc/coffer/README.md; do
  [ -e "$root/$path" ] || fail "$path is missing"
done
cmp "$readme" "$root/share/doc/coffer/README.md" || fail "README.md differs"
for program in "$root"/bin/*; do
  paths=$(readelf -d "$program" | sed -n 's/.*(R\(UN\)\?PATH).*\[\(.*\)\]/\2/p')
  # shellcheck disable=SC2016 # $ORIGIN is the loader's
  [ "$paths" = '$ORIGIN/../lib' ] || fail "$program looks for libraries in '$paths'"
done

# From here on nothing of the build is in sight: what works does so by the tarball alone.
work=$TEST_TMPDIR/work
cp -RL "$source_dir" "$work"
cd "$work"
clean() {
  env -i PATH=/usr/local/bin:/usr/bin:/bin HOME="$work" "$@"
}

echo "== the tool, with an empty environment"
clean "$root/bin/coffer" plugins -o plain >plugins.txt || fail "bin/coffer plugins"
for plugin in memory lru lfu ttl json; do
  grep -w "$plugin" plugins.txt | grep -q "$root/lib/coffer/" ||
    fail "plugin $plugin is not found beside libcoffer: $(cat plugins.txt)"
done
ln -s "$root/bin/coffer" linked-coffer
clean ./linked-coffer plugins -o plain | cmp - plugins.txt || fail "another answer through a link"

echo "== a C program with pkg-config"
# shellcheck disable=SC2046 # the flags are words
clean env PKG_CONFIG_PATH="$root/lib/pkgconfig" sh -c \
  'cc -std=c11 -Wall -Wextra -Werror hello.c $(pkg-config --cflags --libs coffer) -o hello' ||
  fail "hello.c does not build"
[ "$(clean pkg-config --with-path="$root/lib/pkgconfig" --modversion coffer)" = "$version" ] ||
  fail "coffer.pc is not of version $version"
[ "$(clean env LD_LIBRARY_PATH="$root/lib" ./hello)" = "hello from coffer $version" ] ||
  fail "hello said something else"

echo "== a CMake project with a plugin of its own"
clean cmake -S . -B build -DCMAKE_PREFIX_PATH="$root" -DCMAKE_BUILD_TYPE=Release >cmake.log ||
  fail "cmake: $(cat cmake.log)"
clean cmake --build build >build.log 2>&1 || fail "cmake --build: $(cat build.log)"
[ "$(clean build/hello)" = "hello from coffer $version" ] || fail "hello said something else"
plugin=$work/build/libcoffer_fifo.so
clean build/hello "memory://?strategy=$plugin" 2>denied.log && fail "a strategy given by its path"
grep -q plugin_files denied.log || fail "nothing says how to allow it: $(cat denied.log)"
clean env COFFER_PLUGIN_PATH="$work/build" build/hello "memory://?strategy=fifo" ||
  fail "a strategy found in COFFER_PLUGIN_PATH"
clean "$root/bin/coffer-conformance" "$plugin" >kit.log || fail "the kit: $(cat kit.log)"

echo "== unpacked once more, as it was"
mkdir second
tar -xzf "$tarball" -C second
clean "second/$name/bin/coffer" plugins -o plain >second.txt
grep -q "$work/second/$name/lib/coffer/libcoffer_memory.so" second.txt ||
  fail "the second copy found plugins elsewhere: $(cat second.txt)"
echo "all of $name works"
