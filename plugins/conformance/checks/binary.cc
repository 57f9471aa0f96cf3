// The file as such. Most of it is read from its bytes; only load.* runs anything.
#include <dlfcn.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <fstream>

#include "plugins/conformance/checks.h"
#include "plugins/conformance/elf_file.h"

namespace coffer::conformance::checks {
namespace {

constexpr std::array<std::string_view, 2> kExports = {"coffer_plugin_info_v1",
                                                      "coffer_plugin_create_v1"};

// The C and C++ runtime, and what sanitizers bring.
constexpr std::array<std::string_view, 12> kAllowed = {
    "libc.so",  "libm.so",  "libgcc_s.so", "libstdc++.so", "libpthread.so", "libdl.so",
    "librt.so", "ld-linux", "libasan.so",  "libubsan.so",  "libtsan.so",    "libc++"};

ElfFile read(const Case& c) {
  ElfFile elf(c.settings().path);
  if (!elf.error().empty()) c.fail(elf.error());
  return elf;
}

// "GLIBC_2.34" > "GLIBC_2.4": compares number by number.
std::string newest(const std::vector<std::string>& versions, std::string_view family) {
  std::vector<int> best;
  std::string name;
  for (const std::string& version : versions) {
    if (version.compare(0, family.size(), family) != 0) continue;
    std::vector<int> numbers = {0};
    for (char digit : version.substr(family.size())) {
      if (digit == '.') {
        numbers.push_back(0);
      } else {
        numbers.back() = numbers.back() * 10 + (digit - '0');
      }
    }
    if (numbers > best) best = numbers, name = version;
  }
  return name;
}

}  // namespace

void binary_elf(Case& c) { read(c); }

void binary_exports(Case& c) {
  const ElfFile elf = read(c);
  for (std::string_view name : kExports) {
    auto found = std::find_if(elf.exported.begin(), elf.exported.end(),
                              [&](const auto& symbol) { return symbol.name == name; });
    if (found == elf.exported.end()) c.fail("it does not export " + std::string(name));
    if (!found->function) c.fail(std::string(name) + " is not a function");
  }
  std::string others;
  size_t count = 0;
  for (const ElfFile::Symbol& symbol : elf.exported) {
    if (std::find(kExports.begin(), kExports.end(), symbol.name) != kExports.end()) continue;
    if (++count <= 5) others += " " + symbol.name;
  }
  if (count > 0) {
    c.fail("it also exports " + str(count) + " other symbols:" + others +
           (count > 5 ? " ..." : "") + " (use a version script, or coffer_plugin())");
  }
}

void binary_unique(Case& c) {
  for (const ElfFile::Symbol& symbol : read(c).exported) {
    if (symbol.unique) c.fail(symbol.name + " is unique (compile with -fno-gnu-unique)");
  }
}

void binary_run_path(Case& c) {
  for (const std::string& path : read(c).run_paths) c.fail("it searches " + quoted(path));
}

void binary_needed(Case& c) {
  for (const std::string& library : read(c).needed) {
    const bool allowed = std::any_of(kAllowed.begin(), kAllowed.end(), [&](std::string_view name) {
      return library.compare(0, name.size(), name) == 0;
    });
    if (library.compare(0, 9, "libcoffer") == 0) {
      c.fail("it links " + library + "; a plugin gets all it needs as a table");
    }
    if (!allowed) c.warn("it needs " + library + " on every machine it runs on");
  }
}

void binary_text_relocations(Case& c) {
  if (read(c).text_relocations) c.fail("its code is relocated when it loads (compile with -fPIC)");
}

void binary_versions(Case& c) {
  const ElfFile elf = read(c);
  for (const char* family : {"GLIBC_", "GLIBCXX_"}) {
    if (std::string version = newest(elf.versions, family); !version.empty()) c.note(version);
  }
}

void load_symbols(Case& c) {
  const PluginFile file(c.settings().path);
  if (!file.ok()) c.fail(file.error());
}

void load_twice(Case& c) {
  const PluginFile first(c.settings().path);
  const PluginFile second(c.settings().path);
  if (!first.ok()) c.fail(first.error());
  if (second.info() != first.info()) c.fail("loaded again it is another function");

  char name[] = "/tmp/coffer-conformance-XXXXXX";
  const int fd = mkstemp(name);
  if (fd < 0) c.fail("no temporary file can be made in /tmp");
  close(fd);
  std::ofstream(name, std::ios::binary)
      << std::ifstream(c.settings().path, std::ios::binary).rdbuf();
  const PluginFile copy(name);
  unlink(name);
  if (!copy.ok()) c.fail("a copy of the file does not load: " + copy.error());
  if (copy.info() == first.info()) c.fail("a copy of the file is not separate from the file");
  if (copy.plugins().size() != first.plugins().size()) c.fail("a copy holds other plugins");
}

}  // namespace coffer::conformance::checks
