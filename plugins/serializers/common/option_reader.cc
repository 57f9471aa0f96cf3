#include "plugins/serializers/common/option_reader.h"

#include "plugins/serializers/common/report.h"

namespace coffer::serial {

size_t OptionReader::choose(const coffer_option& option,
                            std::span<const std::string_view> choices) {
  const std::string_view given(static_cast<const char*>(option.text.data), option.text.size);
  std::string valid;
  for (size_t i = 0; i < choices.size(); ++i) {
    if (choices[i] == given) return i;
    valid.append(i == 0 ? "" : i + 1 == choices.size() ? " or " : ", ").append(choices[i]);
  }
  refuse(option, "is \"" + std::string(given) + "\"; it can be " + valid);
  return 0;
}

int64_t OptionReader::number(const coffer_option& option, int64_t least, int64_t most) {
  if (option.i64 >= least && option.i64 <= most) return option.i64;
  refuse(option, "is " + std::to_string(option.i64) + "; it can be " + std::to_string(least) +
                     " to " + std::to_string(most));
  return least;
}

void OptionReader::refuse(const coffer_option& option, const std::string& why) {
  status_ = COFFER_INVALID_ARGUMENT;
  const std::string message = "the option \"" + std::string(option.key) + "\" " + why;
  report(host_, status_, message, "option", option.key, sink_);
}

}  // namespace coffer::serial
