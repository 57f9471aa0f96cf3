#include "plugins/serializers/pickle/globals.h"

#include <algorithm>
#include <iterator>

#include "coffer/plugin/utf8.hpp"
#include "plugins/serializers/pickle/failure.h"

namespace coffer::pickle {
namespace {

struct Entry {
  std::string_view module;
  std::string_view old_module;  // in Python 2, and so up to protocol 2
  std::string_view name;
};

// In the order of Global.
constexpr Entry kEntries[] = {
    {"builtins", "__builtin__", "set"},    {"builtins", "__builtin__", "frozenset"},
    {"builtins", "__builtin__", "bytes"},  {"builtins", "__builtin__", "bytearray"},
    {"builtins", "__builtin__", "object"}, {"copyreg", "copy_reg", "_reconstructor"},
    {"_codecs", "_codecs", "encode"},      {"collections", "collections", "OrderedDict"},
    {"datetime", "datetime", "date"},      {"datetime", "datetime", "time"},
    {"datetime", "datetime", "datetime"},  {"datetime", "datetime", "timedelta"},
    {"datetime", "datetime", "timezone"},  {"datetime", "datetime", "timezone.utc"},
    {"decimal", "decimal", "Decimal"},     {"uuid", "uuid", "UUID"},
};
static_assert(std::size(kEntries) == kGlobals);

// A name out of a pickle as part of a message: short, and without what a terminal would take for a
// command.
std::string shown(std::string_view name) {
  constexpr size_t kMostBytes = 100;
  std::string out(
      name.substr(0, plugin::utf8_prefix(name.data(), std::min(name.size(), kMostBytes))));
  if (out.size() < name.size()) out.append("...");
  std::replace_if(
      out.begin(), out.end(), [](unsigned char c) { return c < 0x20 || c == 0x7f; }, '?');
  return out;
}

}  // namespace

Global find_global(std::string_view module, std::string_view name, size_t offset) {
  for (size_t i = 0; i < kGlobals; ++i) {
    const Entry& entry = kEntries[i];
    if (entry.name == name && (entry.module == module || entry.old_module == module))
      return static_cast<Global>(i);
  }
  const std::string global = shown(module) + "." + shown(name);
  const std::string at = std::to_string(offset);
  throw Failure{COFFER_UNSUPPORTED,
                "global '" + global + "' at offset " + at +
                    " is not a value type; only plain data is read, so store numbers, text, lists, "
                    "dicts, dates and "
                    "the like instead of objects",
                "offset", at, global};
}

GlobalName name_of(Global global, int protocol) {
  const Entry& entry = kEntries[static_cast<size_t>(global)];
  return {protocol <= 2 ? entry.old_module : entry.module, entry.name};
}

std::string shown(Global global) {
  const GlobalName name = name_of(global, 3);
  return std::string(name.module).append(".").append(name.name);
}

}  // namespace coffer::pickle
