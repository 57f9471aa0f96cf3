// coffer/bytes.hpp: how C++ says bytes, times and options to the C ABI.
#ifndef COFFER_BYTES_HPP_
#define COFFER_BYTES_HPP_

#include <chrono>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <limits>
#include <optional>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "coffer/base.h"

namespace coffer {

// A view of bytes that owns nothing: keys and values. Text, std::byte and unsigned char convert to
// it by themselves; what it views must live through the call it is passed to.
class Bytes {
 public:
  constexpr Bytes() noexcept = default;
  constexpr Bytes(const void* data, std::size_t size) noexcept : data_(data), size_(size) {}

  template <typename Text>
  requires std::convertible_to<const Text&, std::string_view>
  constexpr Bytes(const Text& text) noexcept {  // NOLINT: implicit on purpose, as below
    const std::string_view view = text;
    data_ = view.data();
    size_ = view.size();
  }
  template <typename Range>
  requires std::convertible_to<const Range&, std::span<const std::byte>>
  constexpr Bytes(const Range& range) noexcept {
    const std::span<const std::byte> view = range;
    data_ = view.data();
    size_ = view.size();
  }
  template <typename Range>
  requires std::convertible_to<const Range&, std::span<const unsigned char>>
  constexpr Bytes(const Range& range) noexcept {
    const std::span<const unsigned char> view = range;
    data_ = view.data();
    size_ = view.size();
  }
  constexpr Bytes(coffer_bytes bytes) noexcept : data_(bytes.data), size_(bytes.size) {}
  Bytes(std::nullptr_t) = delete;

  constexpr const void* data() const noexcept { return data_; }
  constexpr std::size_t size() const noexcept { return size_; }
  constexpr coffer_bytes raw() const noexcept { return {data_, size_}; }

  // The same bytes as the two views the standard library knows.
  std::string_view text() const noexcept { return {static_cast<const char*>(data_), size_}; }
  std::span<const std::byte> span() const noexcept {
    return {static_cast<const std::byte*>(data_), size_};
  }

 private:
  const void* data_ = nullptr;
  std::size_t size_ = 0;
};

// The clock of a runtime. It has no now(): ask the runtime, whose clock a test may move by hand.
struct Clock {
  using duration = std::chrono::nanoseconds;
  using rep = duration::rep;
  using period = duration::period;
  using time_point = std::chrono::time_point<Clock>;
  static constexpr bool is_steady = true;
};
using Time = Clock::time_point;

// A time to live: the cache's default (`Ttl()`), a duration, forever, or already expired.
class Ttl {
 public:
  constexpr Ttl() noexcept = default;

  // Any duration of std::chrono. One of zero or less has passed already and means expired(), never
  // the default; one beyond the 292 years that 64 bits of nanoseconds hold means forever().
  template <typename Rep, typename Period>
  constexpr Ttl(std::chrono::duration<Rep, Period> left) noexcept {  // NOLINT: implicit on purpose
    using Seconds = std::chrono::duration<double>;
    if (!(left > left.zero())) {  // NaN, too
      raw_ = COFFER_TTL_EXPIRED;
    } else if (Seconds(left) >= Seconds(std::chrono::nanoseconds::max())) {
      raw_ = COFFER_TTL_FOREVER;
    } else {
      raw_ = std::chrono::ceil<std::chrono::nanoseconds>(left).count();
    }
  }

  // No expiry.
  static constexpr Ttl forever() noexcept { return from_raw(COFFER_TTL_FOREVER); }
  // No time at all, as any duration of zero or less: nothing is left under the key.
  static constexpr Ttl expired() noexcept { return from_raw(COFFER_TTL_EXPIRED); }
  // For writes over an existing entry: the expiry it has; the default if there is none.
  static constexpr Ttl keep() noexcept { return from_raw(COFFER_TTL_KEEP); }
  // From the C ABI's representation.
  static constexpr Ttl from_raw(coffer_ttl raw) noexcept {
    Ttl ttl;
    ttl.raw_ = raw;
    return ttl;
  }

  constexpr coffer_ttl raw() const noexcept { return raw_; }
  constexpr bool is_forever() const noexcept { return raw_ == COFFER_TTL_FOREVER; }
  // The duration, if it is one.
  constexpr std::optional<std::chrono::nanoseconds> duration() const noexcept {
    if (raw_ <= 0) return std::nullopt;
    return std::chrono::nanoseconds(raw_);
  }
  friend constexpr bool operator==(Ttl, Ttl) noexcept = default;

 private:
  coffer_ttl raw_ = COFFER_TTL_DEFAULT;
};

// A duration, zero for none, or nothing: then the cache's option of that name holds.
class DefaultedDuration {
 public:
  constexpr DefaultedDuration() noexcept = default;
  template <typename Rep, typename Period>
  constexpr DefaultedDuration(std::chrono::duration<Rep, Period> value) noexcept {  // NOLINT
    const auto nanoseconds = std::chrono::ceil<std::chrono::nanoseconds>(value).count();
    raw_ = nanoseconds > 0 ? nanoseconds : -1;
  }
  constexpr std::int64_t raw() const noexcept { return raw_; }

 private:
  std::int64_t raw_ = 0;
};

// One named setting: {"capacity", 1000}, {"ttl", 5min}, {"bytes", "64MiB"}, {"strategy", "lru"}.
// Key and text are borrowed. Text is read by the option's declared type, as in a URL.
class Option {
 public:
  template <typename Value>
  Option(const char* key, const Value& value) noexcept {
    raw_.key = key;
    set(value);
  }
  const coffer_option& raw() const noexcept { return raw_; }

 private:
  // Exactly bool: a char array would sooner become a bool than a string_view.
  template <std::same_as<bool> Bool>
  void set(Bool value) noexcept {
    raw_.type = COFFER_TYPE_BOOL;
    raw_.i64 = value ? 1 : 0;
  }
  template <std::integral Integer>
  requires(!std::same_as<Integer, bool>) void set(Integer value) noexcept {
    raw_.type = COFFER_TYPE_INT;
    // What no option can mean is left for the library to refuse by name.
    raw_.i64 = std::in_range<std::int64_t>(value) ? static_cast<std::int64_t>(value)
                                                  : std::numeric_limits<std::int64_t>::max();
  }
  void set(double value) noexcept {
    raw_.type = COFFER_TYPE_FLOAT;
    raw_.f64 = value;
  }
  template <typename Rep, typename Period>
  void set(std::chrono::duration<Rep, Period> value) noexcept {
    raw_.type = COFFER_TYPE_DURATION;
    raw_.i64 = std::chrono::duration_cast<std::chrono::nanoseconds>(value).count();
  }
  void set(Ttl value) noexcept {
    raw_.type = COFFER_TYPE_DURATION;
    raw_.i64 = value.raw();
  }
  void set(std::string_view value) noexcept {
    raw_.type = COFFER_TYPE_TEXT;
    raw_.text = {value.data(), value.size()};
  }

  coffer_option raw_{};
};

// A list of options, written in place: `runtime.open("memory://", {{"capacity", 1000}})`.
class Options {
 public:
  Options() = default;
  Options(std::initializer_list<Option> options) {
    raw_.reserve(options.size());
    for (const Option& option : options) raw_.push_back(option.raw());
  }
  // Adds one more.
  Options& add(const Option& option) {
    raw_.push_back(option.raw());
    return *this;
  }
  const coffer_option* data() const noexcept { return raw_.data(); }
  std::size_t size() const noexcept { return raw_.size(); }

 private:
  std::vector<coffer_option> raw_;
};

}  // namespace coffer

#endif  // COFFER_BYTES_HPP_
