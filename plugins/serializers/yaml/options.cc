#include "plugins/serializers/yaml/options.h"

#include <string_view>

#include "plugins/serializers/common/option_reader.h"

namespace coffer::yaml {

const coffer_option_spec kOptionSpecs[] = {
    {"indent", "2", "spaces for each level of nesting, 2 to 16; 0: flow style, on one line",
     COFFER_TYPE_INT, 0},
    {"keys", "error",
     "lists, maps and sets as keys and members of sets, which YAML has and many readers do not: "
     "error; any",
     COFFER_TYPE_TEXT, 0},
    {"ext", "error",
     "tuples, frozen sets, decimals, UUIDs, times, ...: error; plain: as lists, sets and text",
     COFFER_TYPE_TEXT, 0},
    {"ascii", "false", "escape everything that is not ASCII", COFFER_TYPE_BOOL, 0},
    {"expansion", "16MiB",
     "most that aliases and merge keys may add to a text that is read: 16 bytes a value, and its "
     "text",
     COFFER_TYPE_SIZE, 0},
};
const size_t kOptionCount = std::size(kOptionSpecs);

namespace {

using serial::OptionReader;

constexpr int64_t kMaxIndent = 16;

void read_option(const coffer_option& option, OptionReader& reader, Options& out) {
  const std::string_view key = option.key;
  const auto is = [&](std::string_view other) {
    const std::string_view choices[] = {"error", other};
    return reader.choose(option, choices) == 1;
  };
  if (key == "indent") {
    // A dash and its content cannot do with one column.
    const int64_t least = option.i64 == 0 ? 0 : 2;
    out.indent = static_cast<unsigned>(reader.number(option, least, kMaxIndent));
  } else if (key == "keys") {
    out.any_keys = is("any");
  } else if (key == "ext") {
    out.plain_ext = is("plain");
  } else if (key == "ascii") {
    out.ascii = option.i64 != 0;
  } else if (key == "expansion") {
    out.expansion = static_cast<uint64_t>(reader.number(option, 0, INT64_MAX));
  }
}

}  // namespace

coffer_status read_options(const coffer_host* host, std::span<const coffer_option> options,
                           Options& out, coffer_sink* sink) {
  OptionReader reader(host, sink);
  for (const coffer_option& option : options) {
    read_option(option, reader, out);
    if (reader.status() != COFFER_OK) break;
  }
  return reader.status();
}

}  // namespace coffer::yaml
