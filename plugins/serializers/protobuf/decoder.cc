#include "plugins/serializers/protobuf/decoder.h"

#include <bit>
#include <cstring>
#include <string>

#include "plugins/serializers/common/bytes.h"
#include "plugins/serializers/common/ext_form.h"
#include "plugins/serializers/common/limits.h"
#include "plugins/serializers/common/report.h"
#include "plugins/serializers/common/stack.h"
#include "plugins/serializers/protobuf/fields.h"
#include "plugins/serializers/protobuf/scan.h"

namespace coffer::protobuf {
namespace {

using serial::store_little;

class Decoder {
 public:
  Decoder(const coffer_host* host, const Options& options, coffer_bytes bytes,
          const coffer_visitor& into, const coffer_limits& limits, coffer_sink* sink)
      : host_(host),
        options_(options),
        into_(into),
        sink_(sink),
        limits_(limits),
        begin_(static_cast<const unsigned char*>(bytes.data)),
        end_(begin_ + bytes.size) {}

  coffer_status run() {
    coffer_status status = value(begin_, end_);
    while (status == COFFER_OK && !open_.empty()) {
      status = open_.top().left == 0 ? close() : item();
    }
    return status;
  }

 private:
  struct Open {
    const unsigned char* p;  // behind the item played last
    const unsigned char* end;
    uint64_t left;  // items to come; of a map keys and values
    bool map;
  };

  coffer_status item() {
    Open& list = open_.top();
    Fields fields(list.p, list.end);
    FieldView field;
    do {
      if (!fields.next(field)) return corrupt(fields.at(), "an item is missing");
    } while (field.number != kItems || field.wire != kBytes);
    list.p = fields.at();
    --list.left;
    return value(field.data, field.data + field.size);
  }
  coffer_status close() {
    const bool map = open_.top().map;
    open_.pop();
    return map ? into_.map_end(into_.self) : into_.list_end(into_.self);
  }

  // All of a scalar, or the beginning of a list or map.
  coffer_status value(const unsigned char* begin, const unsigned char* end) {
    if (!limits_.item()) return limits_.report(host_, sink_);
    Scanned found;
    ScanProblem problem;
    if (!scan(begin, end, found, problem)) return corrupt(problem.at, problem.problem);
    start_ = begin;
    switch (found.kind) {
      case kList: return list(found, COFFER_LIST, begin, end);
      case kTuple: return list(found, COFFER_TUPLE, begin, end);
      case kSet: return list(found, COFFER_SET, begin, end);
      case kFrozenset: return list(found, COFFER_FROZENSET, begin, end);
      case kMap: return map(found, begin, end);
      case kNone: return corrupt(begin, "a value without a kind");
      default: return found.items == 0 ? scalar(found) : corrupt(begin, "a scalar with items");
    }
  }

  coffer_status list(const Scanned& found, uint32_t kind, const unsigned char* begin,
                     const unsigned char* end) {
    if (found.items != found.number) return miscounted(found.number, found.items);
    if (!limits_.nest(open_.size())) return limits_.report(host_, sink_);
    open_.push({begin, end, found.items, false});
    return into_.list_begin(into_.self, found.items, kind);
  }
  coffer_status map(const Scanned& found, const unsigned char* begin, const unsigned char* end) {
    if (found.items % 2 != 0 || found.items / 2 != found.number) {
      return miscounted(found.number, found.items);
    }
    if (!limits_.nest(open_.size())) return limits_.report(host_, sink_);
    open_.push({begin, end, found.items, true});
    return into_.map_begin(into_.self, found.number);
  }

  coffer_status scalar(const Scanned& found) {
    switch (found.kind) {
      case kNull: return into_.null(into_.self);
      case kBoolean: return into_.boolean(into_.self, found.number != 0 ? 1 : 0);
      case kInteger: return into_.i64(into_.self, unzigzag(found.number));
      case kLargeInteger:
        return found.number <= INT64_MAX ? into_.i64(into_.self, static_cast<int64_t>(found.number))
                                         : into_.u64(into_.self, found.number);
      case kNumber: return into_.f64(into_.self, std::bit_cast<double>(found.number));
      case kBigInteger:
        if (!serial::is_bigint(text(found), found.size)) {
          return corrupt(start_, "a big_integer that is no integer beyond 64 bits");
        }
        if (!limits_.bytes(found.size)) return limits_.report(host_, sink_);
        return into_.bigint(into_.self, text(found), found.size);
      case kText:
        if (!limits_.bytes(found.size)) return limits_.report(host_, sink_);
        return into_.text(into_.self, text(found), found.size);
      case kBlob:
        if (!limits_.bytes(found.size)) return limits_.report(host_, sink_);
        return into_.blob(into_.self, found.data, found.size);
      default: return ext(found);
    }
  }
  static const char* text(const Scanned& found) {
    return reinterpret_cast<const char*>(found.data);
  }

  coffer_status ext(const Scanned& found) {
    unsigned char bytes[16];
    switch (found.kind) {
      case kDecimal: return play(COFFER_EXT_DECIMAL, found.data, found.size);
      case kUuid: return play(COFFER_EXT_UUID, found.data, found.size);
      case kDate: store_little(bytes, narrow(found.number)); return play(COFFER_EXT_DATE, bytes, 4);
      case kTime:
        store_little(bytes, found.time);
        store_little(bytes + 8, narrow(found.offset));
        return play(COFFER_EXT_TIME, bytes, found.has_offset ? 12 : 8);
      case kExtension: return extension(static_cast<uint32_t>(found.number), found);
      case kMessage: return message(found);
      default: break;
    }
    store_little(bytes, unzigzag(found.seconds));
    store_little(bytes + 8, found.nanoseconds);
    store_little(bytes + 12, narrow(found.offset));
    if (found.kind == kDatetimeTz) return play(COFFER_EXT_DATETIME_TZ, bytes, 16);
    return play(found.kind == kDatetime ? COFFER_EXT_DATETIME : COFFER_EXT_DURATION, bytes, 12);
  }
  // A sint32.
  static int32_t narrow(uint64_t bits) {
    return static_cast<int32_t>(unzigzag(static_cast<uint32_t>(bits)));
  }

  coffer_status extension(uint32_t type, const Scanned& found) {
    if (type <= COFFER_EXT_DURATION) {
      return corrupt(start_, "an extension of a type that has a field of its own");
    }
    if (type == options_.message_ext) {
      return corrupt(start_,
                     "an extension of the type that messages are (option "
                     "\"message_ext\")");
    }
    return play(type, found.data, found.size);
  }

  // The name of the type, a zero byte, the message.
  coffer_status message(const Scanned& found) {
    if (found.name_size != 0 && std::memchr(found.name, 0, found.name_size) != nullptr) {
      return corrupt(start_, "a type_url with a zero byte");
    }
    if (found.name_size > kLongestName) return corrupt(start_, "a type_url that is too long");
    if (!limits_.bytes(found.name_size + 1 + found.size)) return limits_.report(host_, sink_);
    message_.assign(reinterpret_cast<const char*>(found.name), found.name_size);
    message_.push_back('\0');
    message_.append(text(found), found.size);
    return into_.ext(into_.self, options_.message_ext, message_.data(), message_.size());
  }

  coffer_status play(uint32_t type, const void* data, size_t size) {
    if (!serial::is_ext(type, data, size)) {
      return corrupt(start_, "a typed value in a form it does not have");
    }
    if (!limits_.bytes(size)) return limits_.report(host_, sink_);
    return into_.ext(into_.self, type, data, size);
  }

  // ---- What is wrong

  [[gnu::cold]] coffer_status corrupt(const unsigned char* at, std::string_view problem) {
    return serial::report_corrupt(host_, kName, static_cast<size_t>(at - begin_), problem, sink_);
  }
  [[gnu::cold]] coffer_status miscounted(uint64_t count, uint64_t items) {
    return corrupt(start_, "a list or map of " + std::to_string(count) + " that has " +
                               std::to_string(items) + " items");
  }

  const coffer_host* const host_;
  const Options& options_;
  const coffer_visitor& into_;
  coffer_sink* const sink_;
  serial::Limits limits_;
  const unsigned char* const begin_;
  const unsigned char* const end_;
  const unsigned char* start_ = nullptr;  // of the present value
  serial::Stack<Open> open_;
  std::string message_;  // of the user's own: grows with what is read, not with what is claimed
};

}  // namespace

coffer_status decode(const coffer_host* host, const Options& options, coffer_bytes bytes,
                     const coffer_visitor& into, const coffer_limits& limits, coffer_sink* sink) {
  return Decoder(host, options, bytes, into, limits, sink).run();
}

}  // namespace coffer::protobuf
