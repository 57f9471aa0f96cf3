#include "plugins/serializers/json/encoder.h"

#include <cmath>
#include <new>
#include <string>
#include <string_view>

#include "coffer/plugin/utf8.hpp"
#include "plugins/serializers/common/base64.h"
#include "plugins/serializers/common/double_text.h"
#include "plugins/serializers/common/ext_text.h"
#include "plugins/serializers/common/integer_text.h"
#include "plugins/serializers/common/output.h"
#include "plugins/serializers/common/report.h"
#include "plugins/serializers/common/stack.h"
#include "plugins/serializers/json/rapid.h"
#include "plugins/serializers/json/tags.h"
#include "plugins/serializers/json/text.h"

namespace coffer::json {
namespace {

using serial::ext_name;
using serial::kNumberRoom;
using serial::Output;
using serial::Refusal;

using Utf8 = rapidjson::UTF8<>;
using Compact = rapidjson::Writer<Output, Utf8, Utf8, StackMemory>;
using Pretty = rapidjson::PrettyWriter<Output, Utf8, Utf8, StackMemory>;

// RapidJSON's writer for all that is between the values; the values themselves are written by us.
template <typename Base>
class Punctuation : public Base {
 public:
  Punctuation(Output& out, StackMemory& memory, unsigned indent) : Base(out, &memory) {
    if constexpr (kPretty) this->SetIndent(' ', indent);
  }

  // What comes before a value of this type.
  void before(rapidjson::Type type) {
    if constexpr (kPretty) {
      this->PrettyPrefix(type);
    } else {
      this->Prefix(type);
    }
  }

  // Whether the next value is the key of a pair.
  bool key_next() const {
    if (this->level_stack_.Empty()) return false;
    const auto* level = this->level_stack_.template Top<typename Base::Level>();
    return !level->inArray && level->valueCount % 2 == 0;
  }

  // Exactly one value was written.
  bool complete() const { return this->IsComplete(); }

 private:
  static constexpr bool kPretty = std::is_same_v<Base, Pretty>;
};

constexpr std::string_view kNanReason =
    "which JSON does not have; the option \"nan\" can make it null, text or a bare name";
constexpr std::string_view kBinaryReason =
    "which JSON does not have; the option \"binary\" can make them text in base64";
constexpr std::string_view kExtReason =
    "which JSON does not have; the option \"ext\" can make it plain text or an array, or tag it";
constexpr std::string_view kTaggedKeyReason = "and keys are text in JSON, which cannot be tagged";
constexpr std::string_view kKeyReason =
    "and keys are text in JSON; the option \"keys\" can make it text";

template <typename Base>
class Encoder {
 public:
  Encoder(const Options& options, const coffer_writer& out)
      : options_(options), out_(out), json_(out_, memory_, options.indent) {}

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

  coffer_status finish() { return out_.finish(); }
  bool complete() const { return json_.complete(); }
  const Refusal& refusal() const { return refusal_; }
  uint64_t event() const { return event_; }

 private:
  static Encoder& of(void* self) { return *static_cast<Encoder*>(self); }

  // Runs the writing of one event. What it throws (no memory, or events out of order) ends here.
  template <typename Write>
  coffer_status event(Write&& write) noexcept {
    if (refusal_.status != COFFER_OK) [[unlikely]]
      return refusal_.status;
    ++event_;
    try {
      write();
    } catch (const std::bad_alloc&) {
      refusal_ = {COFFER_EXHAUSTED, "", "out of memory"};
    } catch (const std::exception&) {
      refusal_ = {COFFER_INVALID_ARGUMENT, "", "the events played are not one value"};
    }
    return refusal_.status != COFFER_OK ? refusal_.status : out_.status();
  }

  void refuse(std::string_view subject, std::string_view reason) {
    refusal_ = {COFFER_UNSUPPORTED, subject, reason};
  }

  // A scalar whose text needs no quotes, except as a key.
  void plain(rapidjson::Type type, std::string_view subject, const char* text, size_t size) {
    if (json_.key_next()) [[unlikely]] {
      if (!options_.text_keys) return refuse(subject, kKeyReason);
      json_.before(rapidjson::kStringType);
      out_.Put('"');
      out_.write(text, size);
      return out_.Put('"');
    }
    json_.before(type);
    out_.write(text, size);
  }

  // Text made of a value that is none: as a key that takes both options.
  bool may_be_text(std::string_view subject) {
    if (!json_.key_next() || options_.text_keys) return true;
    refuse(subject, kKeyReason);
    return false;
  }

  // `write` puts the digits where it is told and returns their end.
  template <typename Write>
  void number(Write&& write) {
    const bool is_key = json_.key_next();
    if (is_key && !options_.text_keys) [[unlikely]]
      return refuse("a number", kKeyReason);
    json_.before(is_key ? rapidjson::kStringType : rapidjson::kNumberType);
    if (is_key) [[unlikely]]
      out_.Put('"');
    out_.keep(write(out_.room(kNumberRoom)));
    if (is_key) [[unlikely]]
      out_.Put('"');
  }

  template <typename Integer>
  void integer(Integer value) {
    number([value](char* out) { return serial::write_integer(out, value); });
  }

  void not_finite(double value) {
    const std::string_view name = std::isnan(value) ? "NaN" : value < 0 ? "-Infinity" : "Infinity";
    switch (options_.nan) {
      case Options::Nan::kError: return refuse(name, kNanReason);
      case Options::Nan::kNull: return plain(rapidjson::kNullType, name, "null", 4);
      case Options::Nan::kText:
        if (may_be_text(name)) string(name.data(), name.size());
        return;
      case Options::Nan::kNumber:
        return plain(rapidjson::kNumberType, name, name.data(), name.size());
    }
  }

  void string(const char* text, size_t size, bool is_untagged_key = false) {
    json_.before(rapidjson::kStringType);
    out_.Put('"');
    if (is_untagged_key && size != 0 && *text == '$') out_.Put('$');
    const char* const end = text + size;
    uint64_t non_ascii = 0;
    for (const char* p = text;;) {
      const char* const run =
          options_.ascii ? skip_plain_ascii(p, end) : skip_plain(p, end, non_ascii);
      out_.write(p, static_cast<size_t>(run - p));
      p = run;
      if (p == end) break;
      out_.keep(write_escape(out_.room(kEscapeRoom), p));
    }
    out_.Put('"');
  }

  void base64(const void* data, size_t size) {
    json_.before(rapidjson::kStringType);
    out_.Put('"');
    serial::write_base64(out_, data, size);
    out_.Put('"');
  }

  void extension(uint32_t type, const void* data, size_t size) {
    if (type >= COFFER_EXT_APPLICATION) return refuse(ext_name(type), "which JSON does not have");
    const bool tagged = options_.ext == Options::Ext::kTagged;
    if (options_.ext == Options::Ext::kError) return refuse(ext_name(type), kExtReason);
    if (tagged && json_.key_next()) return refuse(ext_name(type), kTaggedKeyReason);
    if (!may_be_text(ext_name(type))) return;
    std::string text;
    if (!serial::write_ext(text, type, data, size))
      return refuse(ext_name(type), "in a form that has no text");
    if (tagged) begin_tag(ext_tag(type));
    string(text.data(), text.size());
    if (tagged) json_.EndObject();
  }

  void begin_tag(std::string_view tag) {
    json_.StartObject();
    string(tag.data(), tag.size());
  }

  // ---- The visitor

  static coffer_status null(void* self) {
    Encoder& e = of(self);
    return e.event([&] { e.plain(rapidjson::kNullType, "null", "null", 4); });
  }
  static coffer_status boolean(void* self, uint8_t value) {
    Encoder& e = of(self);
    return e.event([&] {
      e.plain(value != 0 ? rapidjson::kTrueType : rapidjson::kFalseType, "a boolean",
              value != 0 ? "true" : "false", value != 0 ? 4 : 5);
    });
  }
  static coffer_status i64(void* self, int64_t value) {
    Encoder& e = of(self);
    return e.event([&] { e.integer(value); });
  }
  static coffer_status u64(void* self, uint64_t value) {
    Encoder& e = of(self);
    return e.event([&] { e.integer(value); });
  }
  static coffer_status bigint(void* self, const char* digits, size_t n) {
    Encoder& e = of(self);
    return e.event([&] { e.plain(rapidjson::kNumberType, "a number", digits, n); });
  }
  static coffer_status f64(void* self, double value) {
    Encoder& e = of(self);
    return e.event([&] {
      if (!std::isfinite(value)) [[unlikely]]
        return e.not_finite(value);
      e.number([value](char* out) { return serial::write_double(out, value); });
    });
  }
  static coffer_status text(void* self, const char* utf8, size_t n) {
    Encoder& e = of(self);
    return e.event([&] {
      if (plugin::utf8_prefix(utf8, n) != n) [[unlikely]] {
        return e.refuse("text that is not UTF-8", "which JSON must be; bytes are a blob");
      }
      e.string(utf8, n, e.options_.ext == Options::Ext::kTagged && e.json_.key_next());
    });
  }
  static coffer_status blob(void* self, const void* data, size_t n) {
    Encoder& e = of(self);
    return e.event([&] {
      if (!e.options_.base64) return e.refuse("bytes", kBinaryReason);
      if (e.may_be_text("bytes")) e.base64(data, n);
    });
  }
  static coffer_status list_begin(void* self, uint64_t, uint32_t kind) {
    Encoder& e = of(self);
    return e.event([&] {
      constexpr std::string_view kNames[] = {"a list", "a tuple", "a set", "a frozen set"};
      const std::string_view name = kNames[kind <= COFFER_FROZENSET ? kind : 0];
      if (kind != COFFER_LIST && e.options_.ext == Options::Ext::kError) {
        return e.refuse(name, kExtReason);
      }
      if (e.json_.key_next()) return e.refuse(name, "and keys are text in JSON");
      if (e.options_.ext == Options::Ext::kTagged) {
        e.tagged_.push(kind != COFFER_LIST);
        if (kind != COFFER_LIST) e.begin_tag(list_tag(kind));
      }
      e.json_.StartArray();
    });
  }
  static coffer_status list_end(void* self) {
    Encoder& e = of(self);
    return e.event([&] {
      e.json_.EndArray();
      if (e.tagged_.empty()) return;
      const bool tagged = e.tagged_.top();
      e.tagged_.pop();
      if (tagged) e.json_.EndObject();
    });
  }
  static coffer_status map_begin(void* self, uint64_t) {
    Encoder& e = of(self);
    return e.event([&] {
      if (e.json_.key_next()) return e.refuse("a map", "and keys are text in JSON");
      e.json_.StartObject();
    });
  }
  static coffer_status map_end(void* self) {
    Encoder& e = of(self);
    return e.event([&] {
      if (!e.json_.key_next()) throw std::logic_error("no map is open, or a key has no value");
      e.json_.EndObject();
    });
  }
  static coffer_status ext(void* self, uint32_t type, const void* data, size_t n) {
    Encoder& e = of(self);
    return e.event([&] { e.extension(type, data, n); });
  }

  const Options& options_;
  Output out_;
  StackMemory memory_;
  Punctuation<Base> json_;
  serial::Stack<bool> tagged_;  // of each open list, whether it is; with ext=tagged alone
  Refusal refusal_;
  uint64_t event_ = 0;
};

template <typename Base>
coffer_status encode_with(const coffer_host* host, const Options& options,
                          const coffer_value& value, const coffer_writer& out, coffer_sink* sink) {
  Encoder<Base> encoder(options, out);
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

}  // namespace

coffer_status encode(const coffer_host* host, const Options& options, const coffer_value& value,
                     const coffer_writer& out, coffer_sink* sink) {
  return options.indent == 0 ? encode_with<Compact>(host, options, value, out, sink)
                             : encode_with<Pretty>(host, options, value, out, sink);
}

}  // namespace coffer::json
