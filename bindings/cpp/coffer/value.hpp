// coffer/value.hpp: a neutral value as a tree, for what has no type of its own in the program.
#ifndef COFFER_VALUE_HPP_
#define COFFER_VALUE_HPP_

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "coffer/write.hpp"

namespace coffer {

class Value;

// A key with its value. A template only because Value is not complete yet.
template <typename V>
struct BasicMember {
  V key;
  V value;
  bool operator==(const BasicMember&) const = default;
};
using Member = BasicMember<Value>;

// An integer beyond 64 bits, as decimal digits with an optional '-'.
struct BigInteger {
  std::string digits;
  bool operator==(const BigInteger&) const = default;
};
// Bytes that are no text.
struct Blob {
  std::vector<std::byte> bytes;
  bool operator==(const Blob&) const = default;
};
// A typed extension: COFFER_EXT_* and its canonical bytes.
struct Extension {
  std::uint32_t type = 0;
  std::vector<std::byte> bytes;
  bool operator==(const Extension&) const = default;
};
// COFFER_LIST, COFFER_TUPLE, COFFER_SET or COFFER_FROZENSET.
struct List {
  std::uint32_t kind = COFFER_LIST;
  std::vector<Value> items;
  bool operator==(const List& other) const;
};
// Members in the order they came; keys are values of any type.
struct Map {
  std::vector<Member> members;
  bool operator==(const Map& other) const;
};

namespace detail {
template <typename T, typename... Types>
concept OneOf = (std::same_as<T, Types> || ...);
}  // namespace detail

// One neutral value. Copyable; a null by default.
class Value {
 public:
  using Holder = std::variant<std::nullptr_t, bool, std::int64_t, std::uint64_t, BigInteger, double,
                              std::string, Blob, List, Map, Extension>;

  Value() noexcept = default;
  template <typename T>
  requires detail::OneOf<T, std::nullptr_t, bool, BigInteger, double, std::string, Blob, List, Map,
                         Extension>
  Value(T value) : holder_(std::in_place_type<T>, std::move(value)) {}  // NOLINT: implicit
  template <detail::Integer T>
  Value(T value) {  // NOLINT: implicit
    if (std::in_range<std::int64_t>(value)) {
      holder_ = static_cast<std::int64_t>(value);
    } else {
      holder_ = static_cast<std::uint64_t>(value);
    }
  }
  Value(std::string_view text) : holder_(std::string(text)) {}  // NOLINT: implicit
  Value(const char* text) : holder_(std::string(text)) {}       // NOLINT: implicit

  bool is_null() const noexcept { return std::holds_alternative<std::nullptr_t>(holder_); }

  // The content if it has exactly this type (one of Holder's), else nullptr.
  template <typename T>
  const T* get() const noexcept {
    return std::get_if<T>(&holder_);
  }
  template <typename T>
  T* get() noexcept {
    return std::get_if<T>(&holder_);
  }

  // The member of a map under a text key, or nullptr.
  const Value* find(std::string_view key) const noexcept;

  // Reads the content as a T, with range checks; false leaves `out` as it is.
  template <typename T>
  bool to(T& out) const;

  // Reads the member of a map under a text key as a T; false if there is none or it is no T.
  template <typename T>
  bool member(std::string_view key, T& out) const {
    const Value* value = find(key);
    return value != nullptr && value->to(out);
  }

  // For std::visit and for taking the content out.
  const Holder& holder() const noexcept { return holder_; }
  Holder& holder() noexcept { return holder_; }

  bool operator==(const Value& other) const = default;

 private:
  Holder holder_;
};

inline bool List::operator==(const List& other) const {
  return kind == other.kind && items == other.items;
}
inline bool Map::operator==(const Map& other) const { return members == other.members; }

inline const Value* Value::find(std::string_view key) const noexcept {
  const Map* map = get<Map>();
  if (map == nullptr) return nullptr;
  for (const Member& member : map->members) {
    const std::string* text = member.key.get<std::string>();
    if (text != nullptr && *text == key) return &member.value;
  }
  return nullptr;
}

template <>
struct Codec<Value> {
  static void write(Writer& out, const Value& value) {
    std::visit([&](const auto& content) { write_content(out, content); }, value.holder());
  }

 private:
  template <typename T>
  static void write_content(Writer& out, const T& content) {
    if constexpr (std::same_as<T, BigInteger>) {
      out.bigint(content.digits);
    } else if constexpr (std::same_as<T, Blob>) {
      out.blob(content.bytes);
    } else if constexpr (std::same_as<T, Extension>) {
      out.extension(content.type, content.bytes);
    } else if constexpr (std::same_as<T, List>) {
      out.begin_list(content.items.size(), content.kind);
      for (const Value& item : content.items) write(out, item);
      out.end_list();
    } else if constexpr (std::same_as<T, Map>) {
      out.begin_map(content.members.size());
      for (const Member& member : content.members) out.member(member.key, member.value);
      out.end_map();
    } else {
      out.value(content);
    }
  }
};

}  // namespace coffer

#endif  // COFFER_VALUE_HPP_
