#include "plugins/serializers/pickle/options.h"

#include <iterator>
#include <string_view>

#include "plugins/serializers/common/option_reader.h"

namespace coffer::pickle {

const coffer_option_spec kOptionSpecs[] = {
    {"protocol", "4", "of what is written, 2 to 5; all are read", COFFER_TYPE_INT, 0},
    {"nanoseconds", "error",
     "parts of a microsecond, which Python has not: error; truncate: drop them", COFFER_TYPE_TEXT,
     0},
    {"surrogates", "error", "halves of surrogate pairs in text read: error; replace: by U+FFFD",
     COFFER_TYPE_TEXT, 0},
    {"strings", "ascii", "what str of Python 2 is read as: ascii or utf8: text; bytes",
     COFFER_TYPE_TEXT, 0},
};
const size_t kOptionCount = std::size(kOptionSpecs);

namespace {

using serial::OptionReader;

void read_option(const coffer_option& option, OptionReader& reader, Options& out) {
  const std::string_view key = option.key;
  const auto is = [&](std::string_view other) {
    const std::string_view choices[] = {"error", other};
    return reader.choose(option, choices) == 1;
  };
  if (key == "protocol") {
    out.protocol = static_cast<int>(reader.number(option, 2, 5));
  } else if (key == "nanoseconds") {
    out.truncate_nanoseconds = is("truncate");
  } else if (key == "surrogates") {
    out.replace_surrogates = is("replace");
  } else if (key == "strings") {
    constexpr std::string_view kChoices[] = {"ascii", "utf8", "bytes"};
    out.strings = static_cast<Options::Strings>(reader.choose(option, kChoices));
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

}  // namespace coffer::pickle
