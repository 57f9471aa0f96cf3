// Reads the options of a serializer, which the host has checked against the schema.
#ifndef COFFER_PLUGINS_SERIALIZERS_COMMON_OPTION_READER_H_
#define COFFER_PLUGINS_SERIALIZERS_COMMON_OPTION_READER_H_

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

#include "coffer/plugin/plugin.h"

namespace coffer::serial {

class OptionReader {
 public:
  OptionReader(const coffer_host* host, coffer_sink* sink) : host_(host), sink_(sink) {}

  // The index of the option's text among `choices`.
  size_t choose(const coffer_option& option, std::span<const std::string_view> choices);

  // The number, if it is one of least to most.
  int64_t number(const coffer_option& option, int64_t least, int64_t most);

  // OK until an option made no sense; then it was reported.
  coffer_status status() const { return status_; }

 private:
  void refuse(const coffer_option& option, const std::string& why);

  const coffer_host* host_;
  coffer_sink* sink_;
  coffer_status status_ = COFFER_OK;
};

}  // namespace coffer::serial

#endif  // COFFER_PLUGINS_SERIALIZERS_COMMON_OPTION_READER_H_
