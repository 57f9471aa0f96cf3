// coffer/entry.hpp: one cached entry, read in place.
#ifndef COFFER_ENTRY_HPP_
#define COFFER_ENTRY_HPP_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "coffer/bytes.hpp"
#include "coffer/entry.h"

namespace coffer {

// What an entry tells; shared by Entry, which owns a pin, and the items of a batch.
template <typename Self>
class EntryAccess {
 public:
  // The value, without a copy, valid as long as the entry is. Empty for a null and for an object.
  std::span<const std::byte> bytes() const noexcept {
    return {static_cast<const std::byte*>(raw().data), raw().size};
  }
  std::string_view text() const noexcept {
    return {static_cast<const char*>(raw().data), raw().size};
  }
  std::size_t size() const noexcept { return raw().size; }

  // A cached null: there is an entry, and it says "nothing". Not a miss.
  bool is_null() const noexcept { return (raw().flags & COFFER_ENTRY_NULL) != 0; }
  // A cached failure (PutOptions::negative).
  bool is_negative() const noexcept { return (raw().flags & COFFER_ENTRY_NEGATIVE) != 0; }
  // A live object (coffer/object.hpp).
  bool is_object() const noexcept { return (raw().flags & COFFER_ENTRY_OBJECT) != 0; }

  // Past its time to live but within its grace (coffer/fetch.hpp).
  bool is_stale() const noexcept { return (raw().flags & COFFER_ENTRY_STALE) != 0; }

  // COFFER_FORMAT_RAW or the id of the serializer that wrote the bytes.
  std::uint32_t format() const noexcept { return raw().format; }
  // Changes with every write of the key; 0 only if there is no entry.
  std::uint64_t version() const noexcept { return raw().version; }
  // When it stops being served; nullopt: never.
  std::optional<Time> expires_at() const noexcept {
    if (raw().expires_at == COFFER_NEVER) return std::nullopt;
    return Time(std::chrono::nanoseconds(raw().expires_at));
  }

 private:
  const coffer_entry& raw() const noexcept { return static_cast<const Self*>(this)->raw_entry(); }
};

// A pinned entry. Move-only; its bytes stay readable and unchanged until it is destroyed, whatever
// happens to the key, the cache or the runtime meanwhile. May be destroyed on any thread.
class Entry : public EntryAccess<Entry> {
 public:
  // No entry: all accessors answer empty.
  Entry() noexcept = default;
  // Takes over a pin of the C ABI; `raw` is left empty.
  explicit Entry(coffer_entry& raw) noexcept : raw_(raw) { raw = {}; }

  Entry(Entry&& other) noexcept : raw_(other.raw_) { other.raw_ = {}; }
  Entry& operator=(Entry&& other) noexcept {
    if (this == &other) return *this;
    reset();
    raw_ = other.raw_;
    other.raw_ = {};
    return *this;
  }
  ~Entry() { reset(); }

  // Unpins now.
  void reset() noexcept {
    if (raw_.release != nullptr) coffer_entry_release(&raw_);
  }

  // For calls of the C ABI.
  const coffer_entry& raw_entry() const noexcept { return raw_; }
  coffer_entry* raw_entry_out() noexcept { return &raw_; }

 private:
  coffer_entry raw_{};
};

}  // namespace coffer

#endif  // COFFER_ENTRY_HPP_
