#include <bit>
#include <charconv>
#include <string>
#include <string_view>

#include "coffer/plugin/guard.hpp"
#include "coffer/plugin/utf8.hpp"
#include "plain/forms.h"
#include "plain/plain.h"

namespace plain {
namespace {

class Decoder {
 public:
  Decoder(const coffer_host* host, coffer_bytes bytes, const coffer_visitor& into,
          const coffer_limits& limits, coffer_sink* sink)
      : host_(host),
        input_(static_cast<const char*>(bytes.data), bytes.size),
        into_(into),
        limits_(limits),
        sink_(sink) {}

  // The open lists and maps are a string, not a recursion: its depth is the input's to choose.
  coffer_status run() {
    do {
      const coffer_status status = next();
      if (status != COFFER_OK) return status;
    } while (!open_.empty());
    return at_ == input_.size() ? COFFER_OK : corrupt("bytes after the value");
  }

 private:
  // What is open: a list, a map before a key, a map before a value.
  static constexpr char kList = '[', kKey = '{', kValue = ':';

  coffer_status next() {
    if (at_ == input_.size()) return corrupt("the value ends too early");
    const char letter = input_[at_];
    if (!open_.empty() && letter == (open_.back() == kList ? ']' : '}')) return close(letter);
    if (++items_ > limits_.max_items) return too_large("more values than `max_items`");
    if (!open_.empty() && open_.back() != kList) {
      open_.back() = open_.back() == kKey ? kValue : kKey;
    }
    ++at_;
    return letter == '[' || letter == '{' ? open(letter) : scalar(letter);
  }

  coffer_status open(char letter) {
    if (open_.size() >= limits_.max_depth) return too_large("nested deeper than `max_depth`");
    open_.push_back(letter);
    if (letter == kKey) return into_.map_begin(into_.self, COFFER_COUNT_UNKNOWN);
    if (at_ == input_.size() || input_[at_] < '0' || input_[at_] > '0' + COFFER_FROZENSET) {
      return corrupt("a list of unknown kind");
    }
    const auto kind = static_cast<uint32_t>(input_[at_++] - '0');
    return into_.list_begin(into_.self, COFFER_COUNT_UNKNOWN, kind);
  }

  coffer_status close(char letter) {
    if (open_.back() == kValue) return corrupt("a key without a value");
    ++at_;
    open_.pop_back();
    return letter == ']' ? into_.list_end(into_.self) : into_.map_end(into_.self);
  }

  coffer_status scalar(char letter) {
    switch (letter) {
      case 'n': return into_.null(into_.self);
      case 't':
      case 'f': return into_.boolean(into_.self, letter == 't');
      case 'i': return signed_number();
      case 'u': return unsigned_number();
      case 'g': return big_number();
      case 'd': return real_number();
      case 's':
      case 'b':
      case 'x': return bytes(letter);
      default: --at_; return corrupt("no letter of the format");
    }
  }

  coffer_status signed_number() {
    int64_t value = 0;
    if (!number(value, ';')) return corrupt("no integer");
    return into_.i64(into_.self, value);
  }

  coffer_status unsigned_number() {
    uint64_t value = 0;
    if (!number(value, ';') || value <= INT64_MAX) return corrupt("no integer over INT64_MAX");
    return into_.u64(into_.self, value);
  }

  coffer_status big_number() {
    const std::string_view digits = input_.substr(at_, input_.find(';', at_) - at_);
    if (at_ + digits.size() == input_.size() || !is_bigint(digits))
      return corrupt("no big integer");
    if (!charge(digits.size())) return too_large("more bytes than `max_bytes`");
    at_ += digits.size() + 1;
    return into_.bigint(into_.self, digits.data(), digits.size());
  }

  coffer_status real_number() {
    const std::string_view digits = input_.substr(at_, 16);
    uint64_t bits = 0;
    const auto [end, error] =
        std::from_chars(digits.data(), digits.data() + digits.size(), bits, 16);
    if (error != std::errc() || digits.size() != 16 || end != digits.data() + 16) {
      return corrupt("no 16 hex digits");
    }
    at_ += 16;
    return into_.f64(into_.self, std::bit_cast<double>(bits));
  }

  // Text, blob and extension: a length that is true, then as many bytes.
  coffer_status bytes(char letter) {
    uint32_t type = 0;
    if (letter == 'x' && !number(type, ',')) return corrupt("no type of extension");
    size_t size = 0;
    if (!number(size, ':') || size > input_.size() - at_) return corrupt("no true length");
    if (!charge(size)) return too_large("more bytes than `max_bytes`");
    const std::string_view data = input_.substr(at_, size);
    if (letter == 's') {
      const size_t valid = coffer::plugin::utf8_prefix(data.data(), size);
      if (valid != size) {
        at_ += valid;
        return corrupt("text that is not UTF-8");
      }
      at_ += size;
      return into_.text(into_.self, data.data(), size);
    }
    if (letter == 'x' && !is_ext(type, data)) return corrupt("no extension of this type");
    at_ += size;
    return letter == 'b' ? into_.blob(into_.self, data.data(), size)
                         : into_.ext(into_.self, type, data.data(), size);
  }

  template <typename T>
  bool number(T& value, char end) {
    const char* const from = input_.data() + at_;
    const char* const to = input_.data() + input_.size();
    const auto [rest, error] = std::from_chars(from, to, value);
    if (error != std::errc() || rest == to || *rest != end) return false;
    const std::string_view text(from, static_cast<size_t>(rest - from));
    // Exactly one form: no "007", no "-0".
    if (text.starts_with("-0") || (text.size() > 1 && text[0] == '0')) return false;
    at_ += text.size() + 1;
    return true;
  }

  bool charge(size_t size) {
    if (size > limits_.max_bytes - bytes_) return false;
    bytes_ += size;
    return true;
  }

  coffer_status corrupt(const char* what) {
    const std::string offset = std::to_string(at_);
    const std::string message = "plain: " + std::string(what) + " at byte " + offset;
    host_->fail(host_, sink_, COFFER_CORRUPT, 0, message.data(), message.size());
    host_->fail_detail(host_, sink_, "offset", offset.data(), offset.size());
    return COFFER_CORRUPT;
  }

  coffer_status too_large(const char* what) {
    const std::string message = "plain: " + std::string(what);
    return coffer::plugin::fail(host_, sink_, COFFER_TOO_LARGE, message.c_str());
  }

  const coffer_host* host_;
  const std::string_view input_;
  const coffer_visitor& into_;
  const coffer_limits& limits_;
  coffer_sink* sink_;
  std::string open_;
  size_t at_ = 0;
  uint64_t items_ = 0;
  uint64_t bytes_ = 0;
};

}  // namespace

coffer_status decode(const coffer_host* host, coffer_bytes bytes, const coffer_visitor& into,
                     const coffer_limits& limits, coffer_sink* sink) {
  return coffer::plugin::guarded(host, sink,
                                 [&] { return Decoder(host, bytes, into, limits, sink).run(); });
}

}  // namespace plain
