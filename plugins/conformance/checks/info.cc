// What coffer_plugin_info_v1 says.
#include <dirent.h>

#include <chrono>
#include <cstring>
#include <set>

#include "plugins/conformance/checks.h"
#include "plugins/conformance/malloc_watch.h"

namespace coffer::conformance::checks {
namespace {

constexpr uint32_t kKnownFlags =
    COFFER_OPTION_REQUIRED | COFFER_OPTION_SECRET | COFFER_OPTION_DEPRECATED;

bool is_name(const char* text) {
  if (text == nullptr || *text < 'a' || *text > 'z') return false;
  for (const char* p = text; *p != 0; ++p) {
    if ((*p < 'a' || *p > 'z') && (*p < '0' || *p > '9') && *p != '_') return false;
  }
  return true;
}

// What is wrong with a line of text for people, or "".
std::string line_problem(const char* text) {
  if (text == nullptr) return "is NULL";
  if (*text == 0) return "is empty";
  if (!is_utf8(text)) return "is not UTF-8";
  return std::strchr(text, '\n') != nullptr ? "is more than one line" : "";
}

void check_line(const Case& c, const std::string& what, const char* text) {
  if (std::string problem = line_problem(text); !problem.empty()) c.fail(what + " " + problem);
}

// How many entries a folder of /proc/self has: threads in task, open files in fd.
size_t count_in(const char* folder) {
  size_t n = 0;
  DIR* dir = opendir(folder);
  if (dir == nullptr) return 0;
  while (readdir(dir) != nullptr) ++n;
  closedir(dir);
  return n;
}

}  // namespace

void info_size(Case& c) {
  const coffer_plugin_info& info = c.info();
  if (info.struct_size < kFirstInfoSize || info.struct_size > kLargestSize) {
    c.fail("struct_size is " + str(info.struct_size) +
           ", not sizeof(coffer_plugin_info) = " + str(sizeof(info)));
  }
  if (info.abi_version >> 16 != COFFER_ABI_VERSION >> 16) {
    c.fail("abi_version is " + str(info.abi_version >> 16) + "." + str(info.abi_version & 0xffff) +
           ", but the host speaks " + str(COFFER_ABI_VERSION >> 16) +
           ".x (set it to COFFER_ABI_VERSION)");
  }
}

void info_kind(Case& c) {
  if (c.info().kind < COFFER_KIND_STORE || c.info().kind > COFFER_KIND_CODEC) {
    c.fail("kind is " + std::to_string(c.info().kind));
  }
  if (c.info().reserved != 0) c.fail("reserved is not zero");
}

void info_id(Case& c) {
  if (!is_name(c.info().id)) {
    c.fail("the id " + quoted(c.info().id != nullptr ? c.info().id : "NULL") +
           " is not of the form [a-z][a-z0-9_]*");
  }
  std::set<std::string> ids;
  bool named = false;
  for (const coffer_plugin_info* info : c.file().plugins()) {
    if (info->id == nullptr) continue;
    if (!ids.insert(info->id).second) c.fail("two plugins have the id " + quoted(info->id));
    const std::string name = std::string("libcoffer_") + info->id + ".so";
    named = named || c.file().path().ends_with(name);
  }
  if (!named) c.warn("the file is found by name only as libcoffer_" + *ids.begin() + ".so");
}

void info_text(Case& c) {
  check_line(c, "version", c.info().version);
  check_line(c, "summary", c.info().summary);
  check_line(c, "license", c.info().license);
}

void info_options(Case& c) {
  const coffer_plugin_info& info = c.info();
  if (info.option_count > 0 && info.options == nullptr) c.fail("options is NULL");
  if (info.option_count > 1000) c.fail("option_count is " + str(info.option_count));
  std::set<std::string> keys;
  for (size_t i = 0; i < info.option_count; ++i) {
    const coffer_option_spec& spec = info.options[i];
    if (!is_name(spec.key)) {
      c.fail("the key of option " + str(i) + " is not of the form [a-z][a-z0-9_]*");
    }
    const std::string name = "option " + quoted(spec.key);
    if (!keys.insert(spec.key).second) c.fail(name + " is there twice");
    if (spec.type < COFFER_TYPE_TEXT || spec.type > COFFER_TYPE_DURATION) {
      c.fail(name + " has the unknown type " + std::to_string(spec.type));
    }
    if ((spec.flags & ~kKnownFlags) != 0) c.fail(name + " has unknown flags");
    check_line(c, name + ": help", spec.help);
  }
}

void info_defaults(Case& c) {
  for (size_t i = 0; i < c.info().option_count; ++i) {
    const coffer_option_spec& spec = c.info().options[i];
    if (spec.default_value == nullptr) continue;
    const std::string name = "option " + quoted(spec.key);
    if ((spec.flags & COFFER_OPTION_REQUIRED) != 0) {
      c.fail(name + " is required, so its default is never used");
    }
    coffer_option parsed = {};
    if (!parse_option(spec.type, spec.default_value, &parsed)) {
      c.fail(name + ": the default " + quoted(spec.default_value) +
             " is not of its type (see coffer/base.h, Options)");
    }
  }
}

void info_end(Case& c) {
  const size_t count = c.file().plugins().size();
  if (count == kMostPlugins) c.fail("there is no end: " + str(count) + " plugins and more");
  for (size_t past : {count, count + 1, count + 1000, size_t{1} << 31, SIZE_MAX}) {
    if (c.file().info()(past) != nullptr) c.fail("index " + str(past) + " is not NULL");
  }
}

void info_quiet(Case& c) {
  const size_t threads = count_in("/proc/self/task");
  const size_t files = count_in("/proc/self/fd");
  const MallocWatch watch;
  const auto start = std::chrono::steady_clock::now();
  for (size_t i = 0; i <= c.file().plugins().size(); ++i) c.file().info()(i);
  const auto took = std::chrono::steady_clock::now() - start;
  // The kit's own vector of plugins allocates; the plugin's function alone is asked below.
  if (took > std::chrono::milliseconds(100)) c.fail("it took more than 100 ms");
  if (count_in("/proc/self/task") > threads) c.fail("a thread was started");
  if (count_in("/proc/self/fd") > files) c.fail("a file was opened and not closed");
  const uint64_t before = watch.calls();
  c.file().info()(0);
  c.file().info()(1);
  if (watch.calls() != before) c.fail("memory was allocated");
}

void info_constant(Case& c) {
  const std::vector<const coffer_plugin_info*> first = c.file().plugins();
  const coffer_plugin_info copy = c.info();
  FakeHost host;
  prepare(c, &host);
  { Instance instance(c, host); }
  if (c.file().plugins() != first) c.fail("other pointers came back the second time");
  if (std::memcmp(&copy, &c.info(), sizeof(copy)) != 0) c.fail("the info changed");
}

}  // namespace coffer::conformance::checks
