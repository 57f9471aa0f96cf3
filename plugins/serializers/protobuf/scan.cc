#include "plugins/serializers/protobuf/scan.h"

#include "plugins/serializers/common/utf8.h"
#include "plugins/serializers/protobuf/fields.h"

namespace coffer::protobuf {
namespace {

// The wire type of a field of the oneof; kEndGroup for fields that are not known.
Wire wire_of(uint32_t field) {
  switch (field) {
    case kNull:
    case kBoolean:
    case kInteger:
    case kLargeInteger:
    case kList:
    case kMap:
    case kTuple:
    case kSet:
    case kFrozenset:
    case kDate: return kVarint;
    case kNumber: return kFixed64;
    case kBigInteger:
    case kText:
    case kBlob:
    case kDecimal:
    case kUuid:
    case kTime:
    case kDatetime:
    case kDatetimeTz:
    case kDuration:
    case kExtension:
    case kMessage: return kBytes;
    default: return kEndGroup;
  }
}

bool is_text(uint32_t field) { return field == kBigInteger || field == kText || field == kDecimal; }

class Scanner {
 public:
  Scanner(Scanned& out, ScanProblem& problem) : out_(out), problem_(problem) {}

  bool value(const unsigned char* begin, const unsigned char* end) {
    return each(begin, end, [this](const FieldView& field) {
      if (field.number == kItems && field.wire == kBytes) {
        ++out_.items;
        return true;
      }
      return wire_of(field.number) != field.wire || one_of(field);
    });
  }

 private:
  template <typename Take>
  bool each(const unsigned char* begin, const unsigned char* end, Take&& take) {
    Fields fields(begin, end);
    for (FieldView field; fields.next(field);) {
      if (!take(field)) return false;
    }
    return fields.problem() == nullptr || fail(fields.at(), fields.problem());
  }

  bool fail(const unsigned char* at, const char* problem) {
    problem_ = {at, problem};
    return false;
  }

  bool text(const FieldView& field) {
    const size_t valid = serial::utf8_prefix(reinterpret_cast<const char*>(field.data), field.size);
    return valid == field.size || fail(field.data + valid, "a string that is not UTF-8");
  }

  // Another kind clears what was there; a message of the same kind is merged with it.
  bool one_of(const FieldView& field) {
    if (out_.kind != field.number) {
      const uint64_t items = out_.items;
      out_ = {};
      out_.items = items;
      out_.kind = field.number;
    }
    switch (field.number) {
      case kTime:
      case kDatetime:
      case kDatetimeTz:
      case kDuration: return moment(field);
      case kExtension: return extension(field);
      case kMessage: return message(field);
      default: break;
    }
    if (is_text(field.number) && !text(field)) return false;
    out_.number = field.value;
    out_.data = field.data;
    out_.size = field.size;
    return true;
  }

  bool moment(const FieldView& outer) {
    const bool is_time = outer.number == kTime;
    return each(outer.data, outer.data + outer.size, [&](const FieldView& field) {
      if (field.wire != kVarint) return true;
      if (is_time) {
        if (field.number == kNanoseconds) out_.time = field.value;
        if (field.number == kTimeOffset) set_offset(field.value);
      } else {
        if (field.number == kMomentSeconds) out_.seconds = field.value;
        if (field.number == kMomentNanoseconds) {
          out_.nanoseconds = static_cast<uint32_t>(field.value);
        }
        if (field.number == kMomentOffset && outer.number == kDatetimeTz) set_offset(field.value);
      }
      return true;
    });
  }
  // A sint32: of a varint with more bits, protobuf takes the lower 32.
  void set_offset(uint64_t value) {
    out_.offset = static_cast<uint32_t>(value);
    out_.has_offset = true;
  }

  bool extension(const FieldView& outer) {
    return each(outer.data, outer.data + outer.size, [&](const FieldView& field) {
      if (field.number == kExtensionType && field.wire == kVarint) out_.number = field.value;
      if (field.number == kExtensionData && field.wire == kBytes) set_data(field);
      return true;
    });
  }

  bool message(const FieldView& outer) {
    return each(outer.data, outer.data + outer.size, [&](const FieldView& field) {
      if (field.wire != kBytes) return true;
      if (field.number == kMessageValue) set_data(field);
      if (field.number != kTypeUrl) return true;
      out_.name = field.data;
      out_.name_size = field.size;
      return text(field);
    });
  }
  void set_data(const FieldView& field) {
    out_.data = field.data;
    out_.size = field.size;
  }

  Scanned& out_;
  ScanProblem& problem_;
};

}  // namespace

bool scan(const unsigned char* begin, const unsigned char* end, Scanned& out,
          ScanProblem& problem) {
  return Scanner(out, problem).value(begin, end);
}

}  // namespace coffer::protobuf
