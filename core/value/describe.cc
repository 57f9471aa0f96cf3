#include "core/value/describe.h"

#include <cstddef>
#include <string>

#include "core/value/utf8.h"

namespace coffer::core {
namespace {

// Size of the table in the first release; frozen, sizeof may grow.
constexpr uint32_t kMinVisitorSize = 120;
constexpr uint32_t kMaxVisitorSize = 4096;
static_assert(offsetof(coffer_visitor, ext) + sizeof(coffer_visitor::ext) == kMinVisitorSize);

bool is_complete(const coffer_visitor& v) {
  return v.null && v.boolean && v.i64 && v.u64 && v.bigint && v.f64 && v.text && v.blob &&
         v.list_begin && v.list_end && v.map_begin && v.map_end && v.ext;
}

}  // namespace

coffer_status check_visitor(const coffer_visitor* into, coffer_sink& sink) {
  if (into == nullptr) return sink.fail(COFFER_INVALID_ARGUMENT, "the visitor is NULL");
  if (into->struct_size < kMinVisitorSize || into->struct_size > kMaxVisitorSize) {
    return sink.fail(COFFER_INVALID_ARGUMENT, "the visitor's struct_size is " +
                                                  std::to_string(into->struct_size) +
                                                  "; set it to sizeof(coffer_visitor)");
  }
  if (into->reserved != 0) {
    return sink.fail(COFFER_INVALID_ARGUMENT, "the visitor's reserved word is not zero");
  }
  if (!is_complete(*into)) {
    return sink.fail(COFFER_INVALID_ARGUMENT, "a function of the visitor is NULL");
  }
  return COFFER_OK;
}

template <typename... Parameters, typename... Arguments>
void Player::play(coffer_status (*event)(void*, Parameters...), Arguments... arguments) {
  if (status_ == COFFER_OK) status_ = event(into_->self, arguments...);
}

void Player::null() { play(into_->null); }
void Player::boolean(bool value) { play(into_->boolean, value ? 1 : 0); }
void Player::i64(int64_t value) { play(into_->i64, value); }
void Player::f64(double value) { play(into_->f64, value); }
void Player::list_begin(uint64_t count) { play(into_->list_begin, count, COFFER_LIST); }
void Player::list_end() { play(into_->list_end); }
void Player::map_begin(uint64_t count) { play(into_->map_begin, count); }
void Player::map_end() { play(into_->map_end); }

void Player::u64(uint64_t value) {
  // One number, one event: u64 is for what i64 cannot hold.
  if (value <= INT64_MAX) return i64(static_cast<int64_t>(value));
  play(into_->u64, value);
}

void Player::text(std::string_view value) {
  if (is_utf8(value)) return play(into_->text, value.data(), value.size());
  const std::string valid = replace_invalid_utf8(value);
  play(into_->text, valid.data(), valid.size());
}

void Player::options(const Options& options) {
  map_begin(options.size());
  for (const Option& option : options) {
    key(option.key);
    if (option.secret) {
      text(masked(option));
    } else if (option.type == COFFER_TYPE_INT) {
      i64(option.i64);
    } else if (option.type == COFFER_TYPE_FLOAT) {
      f64(option.f64);
    } else if (option.type == COFFER_TYPE_BOOL) {
      boolean(option.i64 != 0);
    } else {
      text(to_text(option));
    }
  }
  map_end();
}

}  // namespace coffer::core
