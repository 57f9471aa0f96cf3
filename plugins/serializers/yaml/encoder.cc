#include "plugins/serializers/yaml/encoder.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <new>
#include <string>
#include <string_view>

#include "coffer/plugin/utf8.hpp"
#include "plugins/serializers/common/base64.h"
#include "plugins/serializers/common/double_text.h"
#include "plugins/serializers/common/ext_text.h"
#include "plugins/serializers/common/output.h"
#include "plugins/serializers/common/report.h"
#include "plugins/serializers/yaml/layout.h"
#include "plugins/serializers/yaml/text.h"
#include "plugins/serializers/yaml/timestamp.h"

namespace coffer::yaml {
namespace {

using serial::ext_name;
using serial::kNumberRoom;
using serial::Output;
using serial::Refusal;

constexpr std::string_view kTypeReason =
    "which YAML does not have; the option \"ext\" can make it a list, a set or text";
constexpr std::string_view kKeyReason =
    "which many readers of YAML do not take there; the option \"keys\" can allow it";
constexpr std::string_view kYearReason =
    "beyond the years 1 to 9999 of YAML; the option \"ext\" can make it text";
constexpr std::string_view kNanosecondsReason =
    "finer than the microseconds that readers of YAML keep; the option \"ext\" can make it text";
constexpr std::string_view kZoneReason =
    "in a zone with seconds, which YAML does not have; the option \"ext\" can make it text";

class Encoder {
 public:
  Encoder(const Options& options, const coffer_writer& out)
      : options_(options), out_(out), layout_(out_, options.indent) {}

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

  // The line that ends a document: so what follows, or a piece that is missing, is noticed.
  coffer_status finish() {
    out_.write("\n...\n", 5);
    return out_.finish();
  }
  bool complete() const { return layout_.complete(); }
  const Refusal& refusal() const { return refusal_; }
  uint64_t event() const { return event_; }

 private:
  static Encoder& of(void* self) { return *static_cast<Encoder*>(self); }

  // Runs the writing of one event, if the value may be where it is.
  template <typename Write>
  coffer_status event(bool in_order, Write&& write) noexcept {
    if (refusal_.status != COFFER_OK) [[unlikely]]
      return refusal_.status;
    ++event_;
    try {
      if (in_order) {
        write();
      } else {
        refusal_ = {COFFER_INVALID_ARGUMENT, "", "the events played are not one value"};
      }
    } catch (const std::bad_alloc&) {
      refusal_ = {COFFER_EXHAUSTED, "", "out of memory"};
    }
    return refusal_.status != COFFER_OK ? refusal_.status : out_.status();
  }
  template <typename Write>
  coffer_status scalar(Write&& write) noexcept {
    return event(layout_.may_begin(), write);
  }

  void refuse(std::string_view subject, std::string_view reason) {
    refusal_ = {COFFER_UNSUPPORTED, subject, reason};
  }

  void plain(const char* text, size_t size) {
    layout_.begin_scalar(size);
    out_.write(text, size);
    layout_.end_scalar();
  }

  template <typename Integer>
  void integer(Integer value) {
    char text[kNumberRoom];
    const char* end = std::to_chars(text, text + sizeof(text), value).ptr;
    plain(text, static_cast<size_t>(end - text));
  }

  // YAML 1.1 wants a point in every float: 1.0e+16.
  void real(double value) {
    if (std::isnan(value)) return plain(".nan", 4);
    if (std::isinf(value)) return value < 0 ? plain("-.inf", 5) : plain(".inf", 4);
    char text[kNumberRoom + 2];
    char* end = serial::write_double(text, value);
    char* const e = std::find(text, end, 'e');
    if (e != end && std::find(text, e, '.') == e) {
      end = std::copy_backward(e, end, end + 2) + (end - e);
      e[0] = '.';
      e[1] = '0';
    }
    plain(text, static_cast<size_t>(end - text));
  }

  void string(std::string_view text) {
    layout_.begin_scalar(text.size());
    if (options_.ascii && !is_ascii(text)) {
      write_quoted(out_, text, true);
    } else if (is_plain(text, layout_.flow())) {
      out_.write(text.data(), text.size());
    } else if (!layout_.flow() && !layout_.key_next() && is_literal(text)) {
      literal(text);
    } else {
      write_quoted(out_, text, options_.ascii);
    }
    layout_.end_scalar();
  }

  // "|" and the lines; with a sign that says how many line breaks end it.
  void literal(std::string_view text) {
    out_.Put('|');
    if (!text.ends_with('\n')) {
      out_.Put('-');
    } else if (text.ends_with("\n\n")) {
      out_.Put('+');
    }
    while (!text.empty()) {
      const size_t end = text.find('\n');
      const std::string_view line = text.substr(0, end);
      if (line.empty()) {
        out_.Put('\n');
      } else {
        layout_.literal_line();
        out_.write(line.data(), line.size());
      }
      text.remove_prefix(end == text.npos ? text.size() : end + 1);
    }
  }

  void bytes(const void* data, size_t size) {
    layout_.begin_scalar(size);
    constexpr std::string_view kTag = "!!binary ";
    out_.write(kTag.data(), kTag.size());
    if (size == 0) out_.write("\"\"", 2);
    serial::write_base64(out_, data, size);
    layout_.end_scalar();
  }

  void extension(uint32_t type, const void* data, size_t size) {
    if (type >= COFFER_EXT_APPLICATION) return refuse(ext_name(type), "which YAML does not have");
    const std::string_view obstacle = why_not(type, data, size);
    if (!obstacle.empty() && !options_.plain_ext) return refuse(ext_name(type), obstacle);
    std::string text;
    if (!serial::write_ext(text, type, data, size)) {
      return refuse(ext_name(type), "in a form that has no text");
    }
    obstacle.empty() ? plain(text.data(), text.size()) : string(text);
  }

  // Why a value is no timestamp of YAML; empty if it is one.
  static std::string_view why_not(uint32_t type, const void* data, size_t size) {
    if (type != COFFER_EXT_DATE && type != COFFER_EXT_DATETIME && type != COFFER_EXT_DATETIME_TZ) {
      return kTypeReason;
    }
    switch (fits_timestamp(type, data, size)) {
      case TimestampFit::kYear: return kYearReason;
      case TimestampFit::kNanoseconds: return kNanosecondsReason;
      case TimestampFit::kZone: return kZoneReason;
      default: return "";  // or its form is wrong, as is found next
    }
  }

  void begin(Layout::Kind kind, std::string_view name) {
    if (layout_.key_next() && !options_.any_keys) return refuse(name, kKeyReason);
    if (layout_.full()) {
      refusal_ = {COFFER_TOO_LARGE, "", "nested deeper than the 1000 levels that can be read"};
      return;
    }
    layout_.begin(kind);
  }

  // ---- The visitor

  static coffer_status null(void* self) {
    Encoder& e = of(self);
    return e.scalar([&] { e.plain("null", 4); });
  }
  static coffer_status boolean(void* self, uint8_t value) {
    Encoder& e = of(self);
    return e.scalar([&] { value != 0 ? e.plain("true", 4) : e.plain("false", 5); });
  }
  static coffer_status i64(void* self, int64_t value) {
    Encoder& e = of(self);
    return e.scalar([&] { e.integer(value); });
  }
  static coffer_status u64(void* self, uint64_t value) {
    Encoder& e = of(self);
    return e.scalar([&] { e.integer(value); });
  }
  static coffer_status bigint(void* self, const char* digits, size_t n) {
    Encoder& e = of(self);
    return e.scalar([&] { e.plain(digits, n); });
  }
  static coffer_status f64(void* self, double value) {
    Encoder& e = of(self);
    return e.scalar([&] { e.real(value); });
  }
  static coffer_status text(void* self, const char* utf8, size_t n) {
    Encoder& e = of(self);
    return e.scalar([&] {
      if (plugin::utf8_prefix(utf8, n) != n) [[unlikely]] {
        return e.refuse("text that is not UTF-8", "which YAML must be; bytes are a blob");
      }
      e.string({utf8, n});
    });
  }
  static coffer_status blob(void* self, const void* data, size_t n) {
    Encoder& e = of(self);
    return e.scalar([&] { e.bytes(data, n); });
  }
  static coffer_status list_begin(void* self, uint64_t, uint32_t kind) {
    Encoder& e = of(self);
    return e.event(e.layout_.may_begin(), [&] {
      constexpr std::string_view kNames[] = {"a list", "a tuple", "a set", "a frozen set"};
      const std::string_view name = kNames[kind <= COFFER_FROZENSET ? kind : 0];
      const bool foreign = kind == COFFER_TUPLE || kind == COFFER_FROZENSET;
      if (foreign && !e.options_.plain_ext) return e.refuse(name, kTypeReason);
      const bool set = kind == COFFER_SET || kind == COFFER_FROZENSET;
      e.begin(set ? Layout::kSet : Layout::kList, name);
    });
  }
  static coffer_status list_end(void* self) {
    Encoder& e = of(self);
    return e.event(e.layout_.may_end(false), [&] { e.layout_.end(); });
  }
  static coffer_status map_begin(void* self, uint64_t) {
    Encoder& e = of(self);
    return e.event(e.layout_.may_begin(), [&] { e.begin(Layout::kMap, "a map"); });
  }
  static coffer_status map_end(void* self) {
    Encoder& e = of(self);
    return e.event(e.layout_.may_end(true), [&] { e.layout_.end(); });
  }
  static coffer_status ext(void* self, uint32_t type, const void* data, size_t n) {
    Encoder& e = of(self);
    return e.scalar([&] { e.extension(type, data, n); });
  }

  const Options& options_;
  Output out_;
  Layout layout_;
  Refusal refusal_;
  uint64_t event_ = 0;
};

}  // namespace

coffer_status encode(const coffer_host* host, const Options& options, const coffer_value& value,
                     const coffer_writer& out, coffer_sink* sink) {
  Encoder encoder(options, out);
  const coffer_visitor visitor = encoder.visitor();
  const coffer_status played = value.play(value.self, &visitor, sink);
  if (encoder.refusal().status != COFFER_OK) {
    return serial::report_refusal(host, encoder.refusal(), encoder.event(), value, sink);
  }
  if (played != COFFER_OK) return played;
  if (!encoder.complete()) {
    const Refusal incomplete{COFFER_INVALID_ARGUMENT, "", "the events played are not one value"};
    return serial::report_refusal(host, incomplete, encoder.event(), value, sink);
  }
  return encoder.finish();
}

}  // namespace coffer::yaml
