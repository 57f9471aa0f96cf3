#include "plugins/serializers/json/options.h"

#include <string_view>

#include "plugins/serializers/common/option_reader.h"

namespace coffer::json {

const coffer_option_spec kOptionSpecs[] = {
    {"indent", "0", "spaces for each level of nesting, 0 to 16; 0: one line, no spaces",
     COFFER_TYPE_INT, 0},
    {"nan", "error",
     "NaN and infinities, written and read: error; null; text: \"NaN\", \"Infinity\", "
     "\"-Infinity\"; number: the same without quotes, which is no JSON",
     COFFER_TYPE_TEXT, 0},
    {"binary", "error", "bytes: error; base64: as text in base 64", COFFER_TYPE_TEXT, 0},
    {"keys", "error", "keys of maps that are not text: error; text: as their JSON text",
     COFFER_TYPE_TEXT, 0},
    {"ext", "error",
     "tuples, sets, decimals, UUIDs, dates, ...: error; plain: as arrays and text; tagged: as "
     "{\"$date\": ...}, and read back",
     COFFER_TYPE_TEXT, 0},
    {"ascii", "false", "escape everything that is not ASCII", COFFER_TYPE_BOOL, 0},
};
const size_t kOptionCount = std::size(kOptionSpecs);

namespace {

constexpr int64_t kMaxIndent = 16;

using serial::OptionReader;

void read_option(const coffer_option& option, OptionReader& reader, Options& out) {
  const std::string_view key = option.key;
  const auto is = [&](std::string_view other) {
    const std::string_view choices[] = {"error", other};
    return reader.choose(option, choices) == 1;
  };
  if (key == "indent") {
    out.indent = static_cast<unsigned>(reader.number(option, 0, kMaxIndent));
  } else if (key == "nan") {
    constexpr std::string_view kChoices[] = {"error", "null", "text", "number"};
    out.nan = static_cast<Options::Nan>(reader.choose(option, kChoices));
  } else if (key == "binary") {
    out.base64 = is("base64");
  } else if (key == "keys") {
    out.text_keys = is("text");
  } else if (key == "ext") {
    constexpr std::string_view kChoices[] = {"error", "plain", "tagged"};
    out.ext = static_cast<Options::Ext>(reader.choose(option, kChoices));
  } else if (key == "ascii") {
    out.ascii = option.i64 != 0;
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

}  // namespace coffer::json
