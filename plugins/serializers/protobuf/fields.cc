#include "plugins/serializers/protobuf/fields.h"

#include "plugins/serializers/common/bytes.h"

namespace coffer::protobuf {
namespace {

constexpr const char* kCut = "the message ends in the middle of a field";
constexpr size_t kDeepestGroup = 100;  // as deep as protobuf's libraries go

}  // namespace

bool Fields::next(FieldView& out) {
  if (p_ == end_) return false;
  return tag(out) && (out.wire == kGroup ? skip_group(out.number) : value(out));
}

bool Fields::tag(FieldView& out) {
  const unsigned char* const start = p_;
  uint64_t bits;
  if (!varint(bits)) return false;
  out.number = static_cast<uint32_t>(bits >> 3);
  out.wire = static_cast<Wire>(bits & 7);
  if (bits <= UINT32_MAX && out.number != 0 && out.wire <= kFixed32) return true;
  p_ = start;
  return fail("no field has such a tag");
}

bool Fields::value(FieldView& out) {
  switch (out.wire) {
    case kVarint: return varint(out.value);
    case kFixed64: return fixed(sizeof(uint64_t), out.value);
    case kFixed32: return fixed(sizeof(uint32_t), out.value);
    case kBytes: return bytes(out);
    default: return fail("a group ends that has not begun");
  }
}

bool Fields::varint(uint64_t& out) {
  out = 0;
  for (unsigned shift = 0; shift < 70; shift += 7) {
    if (p_ == end_) return fail(kCut);
    const unsigned char byte = *p_++;
    out |= uint64_t{byte & 0x7Fu} << shift;
    if (byte < 0x80) return true;
  }
  return fail("a varint has more than 10 bytes");
}

bool Fields::fixed(size_t size, uint64_t& out) {
  if (static_cast<size_t>(end_ - p_) < size) return fail(kCut);
  out = size == sizeof(uint64_t) ? serial::load_little<uint64_t>(p_)
                                 : serial::load_little<uint32_t>(p_);
  p_ += size;
  return true;
}

bool Fields::bytes(FieldView& out) {
  const unsigned char* const start = p_;
  uint64_t size;
  if (!varint(size)) return false;
  if (size > static_cast<size_t>(end_ - p_)) {
    p_ = start;
    return fail("a field claims more bytes than are left");
  }
  out.data = p_;
  out.size = size;
  p_ += size;
  return true;
}

bool Fields::skip_group(uint32_t number) {
  uint32_t open[kDeepestGroup];
  size_t depth = 0;
  open[depth++] = number;
  while (depth != 0) {
    if (p_ == end_) return fail("a group does not end");
    FieldView inner;
    if (!tag(inner)) return false;
    if (inner.wire == kGroup) {
      if (depth == kDeepestGroup) return fail("groups lie too deep in each other");
      open[depth++] = inner.number;
    } else if (inner.wire == kEndGroup) {
      if (open[--depth] != inner.number) return fail("another group ends than has begun");
    } else if (!value(inner)) {
      return false;
    }
  }
  return true;
}

}  // namespace coffer::protobuf
