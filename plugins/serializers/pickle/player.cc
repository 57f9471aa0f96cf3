#include "plugins/serializers/pickle/player.h"

#include <algorithm>
#include <cstring>
#include <functional>
#include <string>

#include "coffer/plugin/utf8.hpp"
#include "plugins/serializers/pickle/globals.h"
#include "plugins/serializers/pickle/moment.h"
#include "plugins/serializers/pickle/text.h"

namespace coffer::pickle {
namespace {

constexpr const char* kKindNames[] = {"a list", "a tuple", "a set", "a frozenset", "a dict"};

// Canonical bytes of an extension: integers side by side, least byte first.
template <typename... T>
size_t pack(unsigned char* out, T... parts) {
  size_t size = 0;
  ((std::memcpy(out + size, &parts, sizeof(parts)), size += sizeof(parts)), ...);
  return size;
}

}  // namespace

// The usual values by branches, as in the machine.
inline coffer_status Player::event(const Slot& slot, bool hashable) {
  count_item();
  const Kind kind = slot.kind();
  if (kind == Kind::kText) {
    count_bytes(slot.size());
    return into_.text(into_.self, slot.data, slot.size());
  }
  if (kind == Kind::kI64) return into_.i64(into_.self, slot.i64);
  if (kind == Kind::kF64) return into_.f64(into_.self, slot.f64);
  if (kind == Kind::kContainer) return open(*slot.container, hashable);
  return rare_event(slot);
}

inline const Slot* Player::next(Frame& frame) {
  if (!frame.in_base && frame.segment != nullptr && frame.index < frame.segment->count) [[likely]] {
    return frame.segment->items() + frame.index++;
  }
  return next_slowly(frame);
}

coffer_status Player::play(const Slot& root) {
  coffer_status status = event(root, false);
  while (status == COFFER_OK && !frames_.empty()) {
    Frame& frame = frames_.back();
    const Slot* const slot = next(frame);
    if (slot == nullptr) {
      status = close();
      continue;
    }
    const bool hashable = frame.hashable || (frame.map && frame.key);
    frame.key = !frame.key;
    status = event(*slot, hashable);
  }
  return status;
}

const Slot* Player::next_slowly(Frame& frame) {
  Copy* const copy = frame.container->is_copy ? static_cast<Copy*>(frame.container) : nullptr;
  if (copy != nullptr && copy->second != nullptr) {
    const Slot* const second = copy->second;
    copy->second = nullptr;
    return second;
  }
  while (true) {
    if (frame.in_base && copy->base_left == 0) {
      frame.in_base = false;
      frame.segment = copy->first;
      frame.index = 0;
    }
    if (frame.segment == nullptr) return nullptr;
    if (frame.index == frame.segment->count) {
      frame.segment = frame.segment->next;
      frame.index = 0;
      continue;
    }
    const Slot* const slot = frame.segment->items() + frame.index++;
    if (!frame.in_base) return slot;
    --copy->base_left;
    return copy->is_of_pairs ? begin_pair(*copy, *slot) : slot;
  }
}

const Slot* Player::begin_pair(Copy& copy, const Slot& pair) {
  const bool two =
      (pair.is_list(COFFER_LIST) || pair.is_list(COFFER_TUPLE)) && pair.container->count == 2;
  if (!two) corrupt(copy.offset, "a dict is made of items that are not pairs");
  const Segment* const first = pair.container->first;
  copy.second = first->count == 2 ? first->items() + 1 : first->next->items();
  return first->items();
}

coffer_status Player::rare_event(const Slot& slot) {
  switch (slot.kind()) {
    case Kind::kNull: return into_.null(into_.self);
    case Kind::kFalse:
    case Kind::kTrue: return into_.boolean(into_.self, slot.kind() == Kind::kTrue ? 1 : 0);
    case Kind::kU64: return into_.u64(into_.self, slot.u64);
    case Kind::kBigint:
      count_bytes(slot.size());
      return into_.bigint(into_.self, slot.data, slot.size());
    case Kind::kString8: return string8(slot.view());
    case Kind::kBlob:
      count_bytes(slot.size());
      return into_.blob(into_.self, slot.data, slot.size());
    case Kind::kLatin1: return latin1(*slot.latin1);
    case Kind::kDecimal: return extension(COFFER_EXT_DECIMAL, slot.data, slot.size());
    case Kind::kUuid:
      if (!slot.uuid->known) corrupt(slot.offset(), "a UUID that is never given its number");
      return extension(COFFER_EXT_UUID, slot.uuid->bytes, sizeof(slot.uuid->bytes));
    case Kind::kZone:
      unsupported(slot.offset(), "a time zone by itself",
                  "is not a neutral value; times may have one");
    case Kind::kGlobal:
      unsupported(slot.offset(), "the type " + shown(static_cast<Global>(slot.i64)),
                  "is not a value");
    default: return moment(slot);
  }
}

coffer_status Player::open(Container& container, bool hashable) {
  const bool map = container.kind == Container::kMap;
  const bool set = container.kind == COFFER_SET || container.kind == COFFER_FROZENSET;
  if (hashable && container.kind != COFFER_TUPLE && container.kind != COFFER_FROZENSET) {
    corrupt(container.offset, std::string(kKindNames[container.kind]) +
                                  " as a key or in a set, where Python has none");
  }
  if (container.open) {
    unsupported(container.offset, kKindNames[container.kind],
                "contains itself, which no neutral value does");
  }
  if (frames_.size() == limits_.max_depth) [[unlikely]]
    too_large("max_depth", limits_.max_depth);
  container.open = 1;
  Frame frame = {&container, container.first, 0, false, map, true, set || (hashable && !map)};
  uint64_t count = map ? container.count / 2 : container.count;
  if (container.is_copy) {
    auto& copy = static_cast<Copy&>(container);
    frame.segment = copy.base->first;
    frame.in_base = true;
    copy.base_left = copy.base_count;
    count += copy.base_count;
  }
  frames_.push(frame);
  return map ? into_.map_begin(into_.self, count)
             : into_.list_begin(into_.self, count, static_cast<uint32_t>(container.kind));
}

coffer_status Player::close() {
  const Frame& frame = frames_.back();
  frame.container->open = 0;
  const bool map = frame.map;
  frames_.pop();
  return map ? into_.map_end(into_.self) : into_.list_end(into_.self);
}

coffer_status Player::latin1(const Latin1& latin1) {
  const std::string_view utf8 = latin1.utf8;
  scratch_.extend(utf8.size());
  const size_t size = write_latin1(utf8, &scratch_[0]);
  if (size > utf8.size())
    corrupt(latin1.offset, "text with characters that are no bytes is given as bytes");
  count_bytes(size);
  return into_.blob(into_.self, &scratch_[0], size);
}

coffer_status Player::string8(std::string_view text) {
  count_bytes(text.size());
  if (options_.strings == Options::Strings::kBytes)
    return into_.blob(into_.self, text.data(), text.size());
  const bool ascii = std::all_of(text.begin(), text.end(),
                                 [](char c) { return static_cast<unsigned char>(c) < 0x80; });
  const bool utf8 = options_.strings == Options::Strings::kUtf8;
  if (utf8 ? plugin::utf8_prefix(text.data(), text.size()) != text.size() : !ascii) {
    unsupported(offset_of(text.data()), "a str of Python 2",
                std::string("is not ") + (utf8 ? "UTF-8" : "ASCII") +
                    "; the option \"strings\" says how such are read: ascii, utf8 or bytes");
  }
  return into_.text(into_.self, text.data(), text.size());
}

coffer_status Player::moment(const Slot& slot) {
  unsigned char data[16];
  const int32_t extra = slot.extra();
  const int64_t second = floor_div(slot.i64, kSecond);
  const auto nanosecond = static_cast<int32_t>((slot.i64 - second * kSecond) * 1'000);
  switch (slot.kind()) {
    case Kind::kDate:
      return extension(COFFER_EXT_DATE, data, pack(data, static_cast<int32_t>(slot.i64)));
    case Kind::kTime: return extension(COFFER_EXT_TIME, data, pack(data, slot.i64 * 1'000));
    case Kind::kTimeTz:
      return extension(COFFER_EXT_TIME, data, pack(data, slot.i64 * 1'000, extra));
    case Kind::kDatetime:
      return extension(COFFER_EXT_DATETIME, data, pack(data, second, nanosecond));
    case Kind::kDatetimeTz:
      return extension(COFFER_EXT_DATETIME_TZ, data, pack(data, second - extra, nanosecond, extra));
    default: return extension(COFFER_EXT_DURATION, data, pack(data, slot.i64, extra * 1'000));
  }
}

size_t Player::offset_of(const char* data) const {
  const auto* const begin = static_cast<const char*>(input_.data);
  const bool inside =
      std::less_equal<>()(begin, data) && std::less_equal<>()(data, begin + input_.size);
  return inside ? static_cast<size_t>(data - begin) : input_.size;
}

}  // namespace coffer::pickle
