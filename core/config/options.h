// Typed, ordered options: how they come in, and how they are held against a schema.
#ifndef COFFER_CORE_CONFIG_OPTIONS_H_
#define COFFER_CORE_CONFIG_OPTIONS_H_

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "coffer/plugin/plugin.h"
#include "core/error/error.h"

namespace coffer::core {

// One setting that owns its text. `type` says which member holds the value, as in coffer_option.
struct Option {
  std::string key;
  int32_t type = COFFER_TYPE_TEXT;
  int64_t i64 = 0;
  double f64 = 0;
  std::string text;

  // Known after check_options.
  bool secret = false;     // never to be shown
  bool defaulted = false;  // the schema's default; nobody gave it

  // The same setting, whoever gave it.
  bool operator==(const Option& other) const;
};

Option text_option(std::string key, std::string text);
Option int_option(std::string key, int64_t value);

// The value as text of its type, which the parsers of text.h read back.
std::string to_text(const Option& option);
// The same for showing: "***" in place of a secret.
std::string masked(const Option& option);

// An ordered list in which each key stands at most once.
class Options {
 public:
  using const_iterator = std::vector<Option>::const_iterator;

  const Option* find(std::string_view key) const;
  bool contains(std::string_view key) const { return find(key) != nullptr; }
  bool empty() const { return list_.empty(); }
  size_t size() const { return list_.size(); }
  const_iterator begin() const { return list_.begin(); }
  const_iterator end() const { return list_.end(); }

  // Puts the option in the place of the one with the same key, or at the end.
  void set(Option option);
  // Sets each of `winners`: the options of an array win over those of a URL.
  void merge(const Options& winners);
  // Removes the option and hands it out; false if there was none.
  bool take(std::string_view key, Option* out = nullptr);
  // Moves out every option whose key starts with `prefix` ("strategy."), without the prefix.
  Options take_prefixed(std::string_view prefix);
  // Moves out every option that `schema` has a key for: the cache's own among the store's.
  Options take_known(std::span<const coffer_option_spec> schema);

  // The options that somebody gave, without the schema's defaults, with `prefix` before each key.
  Options given(std::string_view prefix = "") const;

  // Views for a plugin, valid while this object is neither changed nor moved.
  std::vector<coffer_option> as_c() const;

  // The same settings with the same values, in any order.
  bool operator==(const Options& other) const;

 private:
  template <typename Wanted>
  Options take_if(Wanted&& wanted);

  std::vector<Option> list_;
};

// Limits on what a caller gives.
inline constexpr size_t kMaxOptions = 256;
inline constexpr size_t kMaxOptionText = 1 << 20;

// Copies an array that came through the ABI. Refuses NULL keys, unknown types, reserved words that
// are not zero, text that is not UTF-8, has a NUL or is over the limit, and a key that comes twice. `owner` starts the message:
// "cache".
coffer_status options_from_c(std::string_view owner, const coffer_option* array, size_t count,
                             Options& out, coffer_sink& sink);

// Holds `in` against a schema. `out` then has every given and every defaulted option in the
// schema's order and type. `owner` ("store memory") starts the message of a failure, which names
// the option (also as detail "option") and what would be right, and never shows a secret. `also`:
// what a mistyped name may have been meant for besides.
coffer_status check_options(std::string_view owner, std::span<const coffer_option_spec> schema,
                            const Options& in, Options& out, coffer_sink& sink,
                            std::span<const coffer_option_spec> also = {});

}  // namespace coffer::core

#endif  // COFFER_CORE_CONFIG_OPTIONS_H_
