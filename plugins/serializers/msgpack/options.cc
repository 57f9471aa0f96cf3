#include "plugins/serializers/msgpack/options.h"

#include <string_view>

#include "plugins/serializers/common/option_reader.h"

namespace coffer::msgpack {

const coffer_option_spec kOptionSpecs[] = {
    {"ext", "typed",
     "tuples, sets, decimals, dates, ...: typed: as extension types; plain: as arrays and text; "
     "error",
     COFFER_TYPE_TEXT, 0},
    {"invalid_text", "error", "str that is not UTF-8, when read: error; blob: as bytes",
     COFFER_TYPE_TEXT, 0},
    {"unknown_ext", "error",
     "extension types that are not ours: error; application: type N is the application's 1024 + N",
     COFFER_TYPE_TEXT, 0},
};
const size_t kOptionCount = std::size(kOptionSpecs);

namespace {

void read_option(const coffer_option& option, serial::OptionReader& reader, Options& out) {
  const std::string_view key = option.key;
  if (key == "ext") {
    constexpr std::string_view kChoices[] = {"typed", "plain", "error"};
    out.ext = static_cast<Options::Ext>(reader.choose(option, kChoices));
  } else if (key == "invalid_text") {
    constexpr std::string_view kChoices[] = {"error", "blob"};
    out.text_or_blob = reader.choose(option, kChoices) == 1;
  } else if (key == "unknown_ext") {
    constexpr std::string_view kChoices[] = {"error", "application"};
    out.foreign_ext = reader.choose(option, kChoices) == 1;
  }
}

}  // namespace

coffer_status read_options(const coffer_host* host, std::span<const coffer_option> options,
                           Options& out, coffer_sink* sink) {
  serial::OptionReader reader(host, sink);
  for (const coffer_option& option : options) {
    read_option(option, reader, out);
    if (reader.status() != COFFER_OK) break;
  }
  return reader.status();
}

}  // namespace coffer::msgpack
