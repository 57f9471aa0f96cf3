// coffer/write.hpp: C++ values as neutral values, which any serializer and any language can read.
//
//   C++                                           neutral value
//   nullptr, an empty std::optional               null
//   bool; integers; float, double                 boolean; integer; float
//   std::string, std::string_view, const char*    text (must be UTF-8)
//   std::vector<std::byte>, span of std::byte     blob
//   vector, array                                 list
//   pair, tuple                                   tuple
//   set, unordered_set                            set
//   map, unordered_map                            map
//   coffer::Value                                 whatever it holds
//
// A type of your own joins by a specialization:
//
//   template <>
//   struct coffer::Codec<User> {
//     static void write(coffer::Writer& out, const User& user) {
//       out.begin_map(2);
//       out.member("name", user.name);
//       out.member("age", user.age);
//       out.end_map();
//     }
//     static bool read(const coffer::Value& in, User& user) {  // false: this is no User
//       return in.member("name", user.name) && in.member("age", user.age);
//     }
//   };
#ifndef COFFER_WRITE_HPP_
#define COFFER_WRITE_HPP_

#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <map>
#include <new>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include "coffer/result.hpp"
#include "coffer/value.h"

namespace coffer {

// How a T is written and read. Specialize it for types of your own.
template <typename T>
struct Codec;

class Writer;

// A T that can become a neutral value.
template <typename T>
concept Writable = requires(Writer& out, const T& value) {
  Codec<T>::write(out, value);
};

namespace detail {

// Nothing thrown here may cross the C ABI.
template <typename Body>
coffer_status guarded(coffer_sink* sink, Body&& body) noexcept {
#if defined(__cpp_exceptions)
  try {
    return body();
  } catch (const std::bad_alloc&) {
    return coffer_sink_fail(sink, COFFER_EXHAUSTED, 0, "out of memory");
  } catch (...) {
    return coffer_sink_fail(sink, COFFER_INTERNAL, 0, "a Codec of the application threw");
  }
#else
  static_cast<void>(sink);
  return body();
#endif
}

template <typename T>
concept Character = std::same_as<T, char> || std::same_as<T, wchar_t> || std::same_as<T, char8_t> ||
    std::same_as<T, char16_t> || std::same_as<T, char32_t>;
template <typename T>
concept Integer = std::integral<T> && !std::same_as<T, bool> && !Character<T>;

}  // namespace detail

// Sends one value into a visitor. After the first failure everything else is ignored, so that a
// Codec need not look at each step.
class Writer {
 public:
  Writer(const coffer_visitor& into, coffer_sink* sink) noexcept : into_(into), sink_(sink) {}
  Writer(const Writer&) = delete;
  Writer& operator=(const Writer&) = delete;

  // A value of any writable type, also as key or value of a map.
  template <typename T>
  void value(const T& value) {
    Codec<T>::write(*this, value);
  }
  void value(const char* text) { this->text(text); }

  void null() {
    step([&] { return into_.null(into_.self); });
  }
  void boolean(bool value) {
    step([&] { return into_.boolean(into_.self, value ? 1 : 0); });
  }
  template <detail::Integer T>
  void integer(T value) {
    step([&] {
      return std::in_range<std::int64_t>(value)
                 ? into_.i64(into_.self, static_cast<std::int64_t>(value))
                 : into_.u64(into_.self, static_cast<std::uint64_t>(value));
    });
  }
  // An integer beyond 64 bits, as decimal digits with an optional '-'.
  void bigint(std::string_view digits) {
    step([&] { return into_.bigint(into_.self, digits.data(), digits.size()); });
  }
  void number(double value) {
    step([&] { return into_.f64(into_.self, value); });
  }
  // Must be UTF-8, which the core checks: other readers rely on it.
  void text(std::string_view utf8) {
    step([&] { return into_.text(into_.self, utf8.data(), utf8.size()); });
  }
  void blob(std::span<const std::byte> bytes) {
    step([&] { return into_.blob(into_.self, bytes.data(), bytes.size()); });
  }
  // `type` is a COFFER_EXT_*, `bytes` its canonical form.
  void extension(std::uint32_t type, std::span<const std::byte> bytes) {
    step([&] { return into_.ext(into_.self, type, bytes.data(), bytes.size()); });
  }

  // Between begin and end: the items of a list; key and value in turn of a map.
  void begin_list(std::uint64_t count = COFFER_COUNT_UNKNOWN, std::uint32_t kind = COFFER_LIST) {
    step([&] { return into_.list_begin(into_.self, count, kind); });
  }
  void end_list() {
    step([&] { return into_.list_end(into_.self); });
  }
  void begin_map(std::uint64_t count = COFFER_COUNT_UNKNOWN) {
    step([&] { return into_.map_begin(into_.self, count); });
  }
  void end_map() {
    step([&] { return into_.map_end(into_.self); });
  }
  // One member of a map.
  template <typename K, typename V>
  void member(const K& key, const V& value) {
    this->value(key);
    this->value(value);
  }

  // The value cannot be written; `message` says why.
  void fail(Status status, const char* message) {
    step([&] { return coffer_sink_fail(sink_, static_cast<coffer_status>(status), 0, message); });
  }
  // False once something failed: a long loop may stop.
  bool ok() const noexcept { return status_ == COFFER_OK; }
  coffer_status status() const noexcept { return status_; }

 private:
  template <typename Step>
  void step(Step&& step) {
    if (status_ == COFFER_OK) status_ = step();
  }

  const coffer_visitor& into_;
  coffer_sink* const sink_;
  coffer_status status_ = COFFER_OK;
};

template <>
struct Codec<std::nullptr_t> {
  static void write(Writer& out, std::nullptr_t) { out.null(); }
};
template <>
struct Codec<bool> {
  static void write(Writer& out, bool value) { out.boolean(value); }
};
template <detail::Integer T>
struct Codec<T> {
  static void write(Writer& out, T value) { out.integer(value); }
};
template <std::floating_point T>
struct Codec<T> {
  static void write(Writer& out, T value) { out.number(static_cast<double>(value)); }
};
template <>
struct Codec<std::string> {
  static void write(Writer& out, const std::string& value) { out.text(value); }
};
template <>
struct Codec<std::string_view> {
  static void write(Writer& out, std::string_view value) { out.text(value); }
};
template <>
struct Codec<const char*> {
  static void write(Writer& out, const char* value) { out.text(value); }
};
template <std::size_t N>
struct Codec<char[N]> {
  static void write(Writer& out, const char (&value)[N]) { out.text(value); }
};
template <>
struct Codec<std::span<const std::byte>> {
  static void write(Writer& out, std::span<const std::byte> value) { out.blob(value); }
};
template <typename Allocator>
struct Codec<std::vector<std::byte, Allocator>> {
  static void write(Writer& out, const std::vector<std::byte, Allocator>& value) {
    out.blob(value);
  }
};
template <Writable T>
struct Codec<std::optional<T>> {
  static void write(Writer& out, const std::optional<T>& value) {
    value.has_value() ? out.value(*value) : out.null();
  }
};

namespace detail {

template <typename T, std::uint32_t kKind>
struct ListCodec {
  static void write(Writer& out, const T& values) {
    out.begin_list(values.size(), kKind);
    for (const typename T::value_type& value : values) {
      if (!out.ok()) return;
      out.value(value);
    }
    out.end_list();
  }
};

template <typename T>
struct MapCodec {
  static void write(Writer& out, const T& map) {
    out.begin_map(map.size());
    for (const auto& [key, value] : map) {
      if (!out.ok()) return;
      out.member(key, value);
    }
    out.end_map();
  }
};

template <typename T>
struct TupleCodec {
  static void write(Writer& out, const T& values) {
    out.begin_list(std::tuple_size_v<T>, COFFER_TUPLE);
    std::apply([&](const auto&... value) { (out.value(value), ...); }, values);
    out.end_list();
  }
};

}  // namespace detail

template <Writable T, typename Allocator>
struct Codec<std::vector<T, Allocator>>
    : detail::ListCodec<std::vector<T, Allocator>, COFFER_LIST> {};
template <Writable T, std::size_t N>
struct Codec<std::array<T, N>> : detail::ListCodec<std::array<T, N>, COFFER_LIST> {};
template <Writable T, typename... Rest>
struct Codec<std::set<T, Rest...>> : detail::ListCodec<std::set<T, Rest...>, COFFER_SET> {};
template <Writable T, typename... Rest>
struct Codec<std::unordered_set<T, Rest...>>
    : detail::ListCodec<std::unordered_set<T, Rest...>, COFFER_SET> {};
template <Writable K, Writable V, typename... Rest>
struct Codec<std::map<K, V, Rest...>> : detail::MapCodec<std::map<K, V, Rest...>> {};
template <Writable K, Writable V, typename... Rest>
struct Codec<std::unordered_map<K, V, Rest...>>
    : detail::MapCodec<std::unordered_map<K, V, Rest...>> {};
template <Writable A, Writable B>
struct Codec<std::pair<A, B>> : detail::TupleCodec<std::pair<A, B>> {};
template <Writable... T>
struct Codec<std::tuple<T...>> : detail::TupleCodec<std::tuple<T...>> {};

namespace detail {

// A T as the C ABI takes it. Borrows the value.
template <Writable T>
coffer_value playable(const T& value) noexcept {
  coffer_value out;
  out.self = const_cast<T*>(&value);
  out.play = [](void* self, const coffer_visitor* into, coffer_sink* sink) -> coffer_status {
    return guarded(sink, [&] {
      Writer writer(*into, sink);
      Codec<T>::write(writer, *static_cast<const T*>(self));
      return writer.status();
    });
  };
  return out;
}

template <Writable T>
coffer_value playable(const T&&) = delete;  // it would be gone when it is played

}  // namespace detail

}  // namespace coffer

#endif  // COFFER_WRITE_HPP_
