#include "plugins/serializers/common/path.h"

#include <algorithm>
#include <cstdio>
#include <new>
#include <string_view>
#include <vector>

#include "coffer/plugin/utf8.hpp"

namespace coffer::serial {
namespace {

constexpr size_t kMostKeyBytes = 64;  // of a long key, that many are shown

bool is_plain_key(std::string_view key) {
  const auto is_letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
  const auto is_plain = [&](char c) { return is_letter(c) || (c >= '0' && c <= '9') || c == '_'; };
  return !key.empty() && !(key[0] >= '0' && key[0] <= '9') &&
         std::all_of(key.begin(), key.end(), is_plain);
}

// As between the quotes of JSON.
void append_escaped(std::string& out, char c) {
  constexpr std::string_view kLetters = "\"\\\b\f\n\r\t";
  const size_t letter = kLetters.find(c);
  if (letter != kLetters.npos) {
    out.append({'\\', "\"\\bfnrt"[letter]});
  } else if (c >= 0 && c < 0x20) {
    char text[8];
    std::snprintf(text, sizeof(text), "\\u%04x", static_cast<unsigned>(c));
    out.append(text);
  } else {
    out.push_back(c);
  }
}

// ".name", or "[\"any name\"]".
void append_key(std::string& out, std::string_view key) {
  if (is_plain_key(key)) {
    out.append(".").append(key);
    return;
  }
  out.append("[\"");
  for (const char c : key) append_escaped(out, c);
  out.append("\"]");
}

std::string shortened(const char* text, size_t size) {
  const size_t most = std::min(size, kMostKeyBytes);
  std::string out(text, plugin::utf8_prefix(text, most));
  if (most < size) out.append("...");
  return out;
}

class PathFinder {
 public:
  explicit PathFinder(uint64_t event) : left_(event) {}

  Place place() const {
    Place out{"$", false};
    if (!found_) return out;
    for (const Frame& frame : frames_) {
      const bool last = &frame == &frames_.back();
      if (frame.map && frame.key_expected && last) {
        out.is_key = true;
      } else if (frame.map) {
        append_key(out.path, frame.key);
      } else {
        out.path.append("[").append(std::to_string(frame.index)).append("]");
      }
    }
    return out;
  }

  coffer_visitor visitor() {
    return {sizeof(coffer_visitor),
            0,
            this,
            null,
            boolean,
            i64,
            u64,
            bigint,
            f64,
            text,
            blob,
            list_begin,
            list_end,
            map_begin,
            map_end,
            ext};
  }

 private:
  struct Frame {
    bool map;
    bool key_expected;
    uint64_t index;   // of the item of a list
    std::string key;  // of the pair of a map
  };

  static PathFinder& of(void* self) { return *static_cast<PathFinder*>(self); }

  // One event; `key` makes its text, should it turn out to be a key.
  template <typename Key>
  coffer_status scalar(Key&& key) noexcept {
    try {
      if (stop()) return COFFER_CANCELLED;
      passed(key);
      return COFFER_OK;
    } catch (const std::bad_alloc&) {
      return COFFER_EXHAUSTED;
    }
  }
  coffer_status begin(bool map) noexcept {
    try {
      if (stop()) return COFFER_CANCELLED;
      frames_.push_back({map, map, 0, {}});
      return COFFER_OK;
    } catch (const std::bad_alloc&) {
      return COFFER_EXHAUSTED;
    }
  }
  coffer_status end() noexcept {
    if (stop() || frames_.empty()) return COFFER_CANCELLED;
    frames_.pop_back();
    passed([] { return std::string(); });
    return COFFER_OK;
  }

  bool stop() {
    if (found_ || --left_ == 0) found_ = true;
    return found_;
  }

  // A value of the innermost list or map is complete.
  template <typename Key>
  void passed(Key&& key) {
    if (frames_.empty()) return;
    Frame& frame = frames_.back();
    if (!frame.map) {
      ++frame.index;
    } else {
      if (frame.key_expected) frame.key = key();
      frame.key_expected = !frame.key_expected;
    }
  }

  static coffer_status null(void* self) {
    return of(self).scalar([] { return std::string("null"); });
  }
  static coffer_status boolean(void* self, uint8_t value) {
    return of(self).scalar([&] { return std::string(value != 0 ? "true" : "false"); });
  }
  static coffer_status i64(void* self, int64_t value) {
    return of(self).scalar([&] { return std::to_string(value); });
  }
  static coffer_status u64(void* self, uint64_t value) {
    return of(self).scalar([&] { return std::to_string(value); });
  }
  static coffer_status bigint(void* self, const char* digits, size_t n) {
    return of(self).scalar([&] { return shortened(digits, n); });
  }
  static coffer_status f64(void* self, double value) {
    return of(self).scalar([&] { return std::to_string(value); });
  }
  static coffer_status text(void* self, const char* utf8, size_t n) {
    return of(self).scalar([&] { return shortened(utf8, n); });
  }
  static coffer_status blob(void* self, const void*, size_t n) {
    return of(self).scalar([&] { return std::to_string(n) + " bytes"; });
  }
  static coffer_status ext(void* self, uint32_t type, const void*, size_t) {
    return of(self).scalar([&] { return "extension " + std::to_string(type); });
  }
  static coffer_status list_begin(void* self, uint64_t, uint32_t) { return of(self).begin(false); }
  static coffer_status list_end(void* self) { return of(self).end(); }
  static coffer_status map_begin(void* self, uint64_t) { return of(self).begin(true); }
  static coffer_status map_end(void* self) { return of(self).end(); }

  uint64_t left_;
  bool found_ = false;
  std::vector<Frame> frames_;
};

}  // namespace

Place find_place(const coffer_value& value, uint64_t event, coffer_sink* sink) {
  PathFinder finder(event);
  const coffer_visitor visitor = finder.visitor();
  value.play(value.self, &visitor, sink);
  return finder.place();
}

}  // namespace coffer::serial
