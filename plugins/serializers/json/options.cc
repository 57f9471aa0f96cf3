#include "plugins/serializers/json/options.h"

#include <string>
#include <string_view>

namespace coffer::json {

const coffer_option_spec kOptionSpecs[] = {
    {"indent", "0", "spaces for each level of nesting, 0 to 16; 0: one line, no spaces",
     COFFER_TYPE_INT, 0},
    {"nan", "error", "NaN and infinities: error; null; text: \"NaN\", \"Infinity\", \"-Infinity\"",
     COFFER_TYPE_TEXT, 0},
    {"binary", "error", "bytes: error; base64: as text in base 64", COFFER_TYPE_TEXT, 0},
    {"keys", "error", "keys of maps that are not text: error; text: as their JSON text",
     COFFER_TYPE_TEXT, 0},
    {"ext", "error", "tuples, sets, decimals, UUIDs, dates, ...: error; plain: as arrays and text",
     COFFER_TYPE_TEXT, 0},
    {"ascii", "false", "escape everything that is not ASCII", COFFER_TYPE_BOOL, 0},
};
const size_t kOptionCount = std::size(kOptionSpecs);

namespace {

constexpr int64_t kMaxIndent = 16;

class OptionReader {
 public:
  OptionReader(const coffer_host* host, coffer_sink* sink) : host_(host), sink_(sink) {}

  // The index of the option's text among `choices`.
  size_t choose(const coffer_option& option, std::span<const std::string_view> choices) {
    const std::string_view given(static_cast<const char*>(option.text.data), option.text.size);
    std::string valid;
    for (size_t i = 0; i < choices.size(); ++i) {
      if (choices[i] == given) return i;
      valid.append(i == 0 ? "" : i + 1 == choices.size() ? " or " : ", ").append(choices[i]);
    }
    refuse(option, "is \"" + std::string(given) + "\"; it can be " + valid);
    return 0;
  }

  void refuse(const coffer_option& option, const std::string& why) {
    status_ = COFFER_INVALID_ARGUMENT;
    const std::string_view key = option.key;
    const std::string message = "the option \"" + std::string(key) + "\" " + why;
    host_->fail(host_, sink_, status_, 0, message.data(), message.size());
    host_->fail_detail(host_, sink_, "option", key.data(), key.size());
  }

  coffer_status status() const { return status_; }

 private:
  const coffer_host* host_;
  coffer_sink* sink_;
  coffer_status status_ = COFFER_OK;
};

void read_option(const coffer_option& option, OptionReader& reader, Options& out) {
  const std::string_view key = option.key;
  const auto is = [&](std::string_view other) {
    const std::string_view choices[] = {"error", other};
    return reader.choose(option, choices) == 1;
  };
  if (key == "indent") {
    if (option.i64 < 0 || option.i64 > kMaxIndent) {
      return reader.refuse(option, "is " + std::to_string(option.i64) + "; it can be 0 to 16");
    }
    out.indent = static_cast<unsigned>(option.i64);
  } else if (key == "nan") {
    constexpr std::string_view kChoices[] = {"error", "null", "text"};
    out.nan = static_cast<Options::Nan>(reader.choose(option, kChoices));
  } else if (key == "binary") {
    out.base64 = is("base64");
  } else if (key == "keys") {
    out.text_keys = is("text");
  } else if (key == "ext") {
    out.plain_ext = is("plain");
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
