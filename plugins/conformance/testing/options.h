// The option array a host gives to coffer_plugin_create_v1, made from the plugin's own schema.
#ifndef COFFER_PLUGINS_CONFORMANCE_TESTING_OPTIONS_H_
#define COFFER_PLUGINS_CONFORMANCE_TESTING_OPTIONS_H_

#include <deque>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "coffer/plugin/plugin.h"

namespace coffer::conformance {

// Values as text, by key.
using OptionValues = std::map<std::string, std::string>;

// Reads `text` in the form that COFFER_TYPE_* `type` has as text (coffer/base.h). The option's text
// views `text`. False if it is not of that form.
bool parse_option(int32_t type, std::string_view text, coffer_option* out);

class OptionList {
 public:
  // Options in schema order: the value given, else the default, else left out. On a key that the
  // schema does not have, a required one without value, or text of the wrong form, `error()` says
  // so and the list must not be used.
  OptionList(const coffer_plugin_info& info, const OptionValues& values);

  // An option of any kind, also a wrong one. `key` and `text` are copied.
  void add(std::string_view key, int32_t type, int64_t i64, double f64, std::string_view text);

  const std::string& error() const { return error_; }
  const coffer_option* data() const { return options_.data(); }
  size_t size() const { return options_.size(); }

 private:
  std::deque<std::string> texts_;  // a deque never moves its elements
  std::vector<coffer_option> options_;
  std::string error_;
};

}  // namespace coffer::conformance

#endif  // COFFER_PLUGINS_CONFORMANCE_TESTING_OPTIONS_H_
