// Makes the playing of maps into a visitor readable:
//
//   Player p(into);
//   p.map_begin();
//   p.field("version", coffer_version());
//   p.key("plugins"); p.list_begin(); …; p.list_end();
//   p.map_end();
//   return p.status();
//
// After the first failure of the visitor nothing more is played, and status() is that failure.
#ifndef COFFER_CORE_VALUE_DESCRIBE_H_
#define COFFER_CORE_VALUE_DESCRIBE_H_

#include <concepts>
#include <cstdint>
#include <string_view>

#include "coffer/value.h"
#include "core/config/options.h"
#include "core/error/error.h"

namespace coffer::core {

class Player {
 public:
  explicit Player(const coffer_visitor* into) : into_(into) {}

  void null();
  void boolean(bool value);
  void i64(int64_t value);
  void u64(uint64_t value);
  void f64(double value);
  // Bytes that are not UTF-8 (a path may have some) are replaced: a visitor only gets valid text.
  void text(std::string_view value);
  void list_begin(uint64_t count = COFFER_COUNT_UNKNOWN);
  void list_end();
  void map_begin(uint64_t count = COFFER_COUNT_UNKNOWN);
  void map_end();

  void key(std::string_view name) { text(name); }
  void field(std::string_view name, std::string_view value) { key(name), text(value); }
  void field(std::string_view name, const char* value) { key(name), text(value); }
  void field(std::string_view name, bool value) { key(name), boolean(value); }
  void field(std::string_view name, double value) { key(name), f64(value); }
  void field(std::string_view name, std::signed_integral auto value) { key(name), i64(value); }
  void field(std::string_view name, std::unsigned_integral auto value) { key(name), u64(value); }
  // A map of option to its value in its own type (sizes and durations as text), secrets masked.
  void options(const Options& options);

  coffer_status status() const { return status_; }

 private:
  template <typename... Parameters, typename... Arguments>
  void play(coffer_status (*event)(void*, Parameters...), Arguments... arguments);

  const coffer_visitor* into_;
  coffer_status status_ = COFFER_OK;
};

// Refuses a visitor from outside that is NULL, of an impossible size or incomplete.
coffer_status check_visitor(const coffer_visitor* into, coffer_sink& sink);

}  // namespace coffer::core

#endif  // COFFER_CORE_VALUE_DESCRIBE_H_
