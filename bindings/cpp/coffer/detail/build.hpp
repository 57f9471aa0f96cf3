// coffer/detail/build.hpp: builds C++ values from the events of a visitor. Not for direct use.
#ifndef COFFER_DETAIL_BUILD_HPP_
#define COFFER_DETAIL_BUILD_HPP_

#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include "coffer/write.hpp"

namespace coffer {
namespace detail {

// One call of a visitor.
struct Event {
  enum Kind : std::uint8_t {
    kNull,
    kBoolean,
    kInteger,
    kUnsigned,
    kBigInteger,
    kNumber,
    kText,
    kBlob,
    kExtension,
    kListBegin,
    kListEnd,
    kMapBegin,
    kMapEnd,
  };

  explicit Event(Kind k) noexcept : kind(k) {}
  Event(Kind k, std::int64_t v) noexcept : kind(k), i64(v) {}
  Event(Kind k, std::uint64_t v) noexcept : kind(k), u64(v) {}
  Event(Kind k, double v) noexcept : kind(k), f64(v) {}
  Event(Kind k, const void* p, std::size_t n, std::uint32_t t = 0) noexcept
      : kind(k), type(t), data(p), size(n) {}

  Kind kind;
  std::uint32_t type = 0;  // of an extension or a list
  union {
    std::int64_t i64 = 0;
    std::uint64_t u64;
    double f64;
  };
  const void* data = nullptr;
  std::size_t size = 0;

  std::string text() const { return std::string(static_cast<const char*>(data), size); }
  std::vector<std::byte> bytes() const {
    const auto* p = static_cast<const std::byte*>(data);
    return std::vector<std::byte>(p, p + size);
  }
};

enum class Step { kMore, kDone, kFailed };

// Why a value was refused, a literal.
using Why = const char*;

// Receives the events of exactly one value and builds a T. `feed` answers kDone with its last
// event; then `take` gives the value and makes the builder ready for the next.
template <typename T>
class Builder;

// A T that can be built from a neutral value.
template <typename T>
concept Buildable = requires(Builder<T>& builder, const Event& event, Why& why) {
  { builder.feed(event, why) } -> std::same_as<Step>;
  { builder.take() } -> std::same_as<T>;
};

inline Step refuse(Why& why, Why text) noexcept {
  why = text;
  return Step::kFailed;
}

template <typename T>
class ScalarBuilder {
 public:
  T take() { return std::exchange(value_, T()); }

 protected:
  T value_{};
};

template <>
class Builder<std::nullptr_t> : public ScalarBuilder<std::nullptr_t> {
 public:
  Step feed(const Event& event, Why& why) {
    return event.kind == Event::kNull ? Step::kDone : refuse(why, "the value is no null");
  }
};

template <>
class Builder<bool> : public ScalarBuilder<bool> {
 public:
  Step feed(const Event& event, Why& why) {
    if (event.kind != Event::kBoolean) return refuse(why, "the value is no boolean");
    value_ = event.i64 != 0;
    return Step::kDone;
  }
};

template <Integer T>
class Builder<T> : public ScalarBuilder<T> {
 public:
  Step feed(const Event& event, Why& why) {
    if (event.kind == Event::kInteger && std::in_range<T>(event.i64)) {
      this->value_ = static_cast<T>(event.i64);
    } else if (event.kind == Event::kUnsigned && std::in_range<T>(event.u64)) {
      this->value_ = static_cast<T>(event.u64);
    } else if (event.kind <= Event::kBigInteger && event.kind >= Event::kInteger) {
      return refuse(why, "the integer is out of range of the type it is read as");
    } else {
      return refuse(why, "the value is no integer");
    }
    return Step::kDone;
  }
};

template <std::floating_point T>
class Builder<T> : public ScalarBuilder<T> {
 public:
  Step feed(const Event& event, Why& why) {
    constexpr std::int64_t kExact = std::int64_t{1} << std::numeric_limits<T>::digits;
    if (event.kind == Event::kNumber) {
      this->value_ = static_cast<T>(event.f64);
    } else if (event.kind == Event::kInteger && event.i64 >= -kExact && event.i64 <= kExact) {
      this->value_ = static_cast<T>(event.i64);
    } else {
      return refuse(why, "the value is no floating-point number");
    }
    return Step::kDone;
  }
};

template <>
class Builder<std::string> : public ScalarBuilder<std::string> {
 public:
  Step feed(const Event& event, Why& why) {
    if (event.kind != Event::kText && event.kind != Event::kBlob) {
      return refuse(why, "the value is no text");
    }
    value_ = event.text();
    return Step::kDone;
  }
};

template <>
class Builder<std::vector<std::byte>> : public ScalarBuilder<std::vector<std::byte>> {
 public:
  Step feed(const Event& event, Why& why) {
    if (event.kind != Event::kText && event.kind != Event::kBlob) {
      return refuse(why, "the value is neither text nor blob");
    }
    value_ = event.bytes();
    return Step::kDone;
  }
};

template <Buildable T>
class Builder<std::optional<T>> : public ScalarBuilder<std::optional<T>> {
 public:
  Step feed(const Event& event, Why& why) {
    if (!open_ && event.kind == Event::kNull) return Step::kDone;
    const Step step = content_.feed(event, why);
    open_ = step == Step::kMore;
    if (step == Step::kDone) this->value_ = content_.take();
    return step;
  }

 private:
  Builder<T> content_;
  bool open_ = false;
};

// Follows begin and end of a container and hands the events between to `item`.
template <Event::Kind kBegin, Event::Kind kEnd>
class Nesting {
 public:
  // kDone: the container is complete. kMore: `item` may have finished one, see item_done.
  template <typename Item>
  Step feed(const Event& event, Why& why, Why refusal, Item&& item) {
    item_done_ = false;
    if (!open_) {
      if (event.kind != kBegin) return refuse(why, refusal);
      open_ = true;
      return Step::kMore;
    }
    if (!in_item_ && event.kind == kEnd) {
      open_ = false;
      return Step::kDone;
    }
    const Step step = item();
    if (step == Step::kFailed) return step;
    item_done_ = step == Step::kDone;
    in_item_ = step == Step::kMore;
    return Step::kMore;
  }
  bool item_done() const noexcept { return item_done_; }

 private:
  bool open_ = false;
  bool in_item_ = false;
  bool item_done_ = false;
};

// vector, set, unordered_set: whatever inserts at its end.
template <typename T>
class ListBuilder : public ScalarBuilder<T> {
 public:
  Step feed(const Event& event, Why& why) {
    const Step step =
        nesting_.feed(event, why, "the value is no list", [&] { return item_.feed(event, why); });
    if (nesting_.item_done()) this->value_.insert(this->value_.end(), item_.take());
    return step;
  }

 private:
  Nesting<Event::kListBegin, Event::kListEnd> nesting_;
  Builder<typename T::value_type> item_;
};

template <Buildable T>
class Builder<std::vector<T>> : public ListBuilder<std::vector<T>> {};
template <Buildable T, typename... Rest>
class Builder<std::set<T, Rest...>> : public ListBuilder<std::set<T, Rest...>> {};
template <Buildable T, typename... Rest>
class Builder<std::unordered_set<T, Rest...>> : public ListBuilder<std::unordered_set<T, Rest...>> {
};

template <typename T>
class MapBuilder : public ScalarBuilder<T> {
 public:
  Step feed(const Event& event, Why& why) {
    const Step step = nesting_.feed(event, why, "the value is no map", [&] {
      return have_key_ ? value_builder_.feed(event, why) : key_builder_.feed(event, why);
    });
    if (step == Step::kDone && have_key_) return refuse(why, "a key of the map has no value");
    if (nesting_.item_done()) {
      if (have_key_) this->value_.insert_or_assign(key_builder_.take(), value_builder_.take());
      have_key_ = !have_key_;
    }
    return step;
  }

 private:
  Nesting<Event::kMapBegin, Event::kMapEnd> nesting_;
  Builder<typename T::key_type> key_builder_;
  Builder<typename T::mapped_type> value_builder_;
  bool have_key_ = false;
};

template <Buildable K, Buildable V, typename... Rest>
class Builder<std::map<K, V, Rest...>> : public MapBuilder<std::map<K, V, Rest...>> {};
template <Buildable K, Buildable V, typename... Rest>
class Builder<std::unordered_map<K, V, Rest...>>
    : public MapBuilder<std::unordered_map<K, V, Rest...>> {};

template <Buildable T, std::size_t N>
class Builder<std::array<T, N>> : public ScalarBuilder<std::array<T, N>> {
 public:
  Step feed(const Event& event, Why& why) {
    const Step step = nesting_.feed(event, why, "the value is no list", [&] {
      if (next_ == N) return refuse(why, "the list has more items than the array it is read as");
      return item_.feed(event, why);
    });
    if (nesting_.item_done()) this->value_[next_++] = item_.take();
    if (step != Step::kDone) return step;
    if (std::exchange(next_, 0) != N) {
      return refuse(why, "the list has fewer items than the array it is read as");
    }
    return step;
  }

 private:
  Nesting<Event::kListBegin, Event::kListEnd> nesting_;
  Builder<T> item_;
  std::size_t next_ = 0;
};

// pair and tuple: a list with one builder for each place.
template <typename T, typename... Items>
class TupleBuilder : public ScalarBuilder<T> {
 public:
  Step feed(const Event& event, Why& why) {
    const Step step = nesting_.feed(event, why, "the value is no list", [&] {
      return feed_place(event, why, std::index_sequence_for<Items...>());
    });
    if (nesting_.item_done()) ++next_;
    if (step != Step::kDone) return step;
    if (std::exchange(next_, 0) != sizeof...(Items)) {
      return refuse(why, "the list has fewer items than the tuple it is read as");
    }
    return step;
  }

 private:
  template <std::size_t... kPlaces>
  Step feed_place(const Event& event, Why& why, std::index_sequence<kPlaces...>) {
    Step step = Step::kFailed;
    const bool found = (... || (next_ == kPlaces && (step = feed_one<kPlaces>(event, why), true)));
    return found ? step : refuse(why, "the list has more items than the tuple it is read as");
  }
  template <std::size_t kPlace>
  Step feed_one(const Event& event, Why& why) {
    const Step step = std::get<kPlace>(builders_).feed(event, why);
    if (step == Step::kDone) std::get<kPlace>(this->value_) = std::get<kPlace>(builders_).take();
    return step;
  }

  Nesting<Event::kListBegin, Event::kListEnd> nesting_;
  std::tuple<Builder<Items>...> builders_;
  std::size_t next_ = 0;
};

template <Buildable A, Buildable B>
class Builder<std::pair<A, B>> : public TupleBuilder<std::pair<A, B>, A, B> {};
template <Buildable... T>
class Builder<std::tuple<T...>> : public TupleBuilder<std::tuple<T...>, T...> {};

}  // namespace detail
}  // namespace coffer

#endif  // COFFER_DETAIL_BUILD_HPP_
