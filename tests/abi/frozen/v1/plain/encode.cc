#include <bit>
#include <cinttypes>
#include <cstdio>
#include <cstring>

#include "plain/plain.h"

namespace plain {
namespace {

// Writes a head and the bytes that follow it in one piece.
coffer_status write(void* self, const char* head, size_t head_size, const void* data = nullptr,
                    size_t size = 0) {
  const auto& out = *static_cast<const coffer_writer*>(self);
  coffer_status status = COFFER_OK;
  auto* room = static_cast<char*>(out.reserve(out.self, head_size + size, &status));
  if (room == nullptr) return status;
  std::memcpy(room, head, head_size);
  if (size > 0) std::memcpy(room + head_size, data, size);
  out.commit(out.self, head_size + size);
  return COFFER_OK;
}

template <typename... Args>
coffer_status print(void* self, const void* data, size_t size, const char* format, Args... args) {
  char head[48];
  const int length = std::snprintf(head, sizeof(head), format, args...);
  return write(self, head, static_cast<size_t>(length), data, size);
}

coffer_status null(void* self) { return write(self, "n", 1); }
coffer_status boolean(void* self, uint8_t value) { return write(self, value ? "t" : "f", 1); }
coffer_status i64(void* self, int64_t value) {
  return print(self, nullptr, 0, "i%" PRId64 ";", value);
}
coffer_status u64(void* self, uint64_t value) {
  return print(self, nullptr, 0, "u%" PRIu64 ";", value);
}
coffer_status bigint(void* self, const char* digits, size_t n) {
  const coffer_status status = write(self, "g", 1, digits, n);
  return status == COFFER_OK ? write(self, ";", 1) : status;
}
coffer_status f64(void* self, double value) {
  return print(self, nullptr, 0, "d%016" PRIx64, std::bit_cast<uint64_t>(value));
}
coffer_status text(void* self, const char* utf8, size_t n) {
  return print(self, utf8, n, "s%zu:", n);
}
coffer_status blob(void* self, const void* data, size_t n) {
  return print(self, data, n, "b%zu:", n);
}
coffer_status list_begin(void* self, uint64_t, uint32_t kind) {
  return print(self, nullptr, 0, "[%" PRIu32, kind);
}
coffer_status list_end(void* self) { return write(self, "]", 1); }
coffer_status map_begin(void* self, uint64_t) { return write(self, "{", 1); }
coffer_status map_end(void* self) { return write(self, "}", 1); }
coffer_status ext(void* self, uint32_t type, const void* data, size_t n) {
  return print(self, data, n, "x%" PRIu32 ",%zu:", type, n);
}

}  // namespace

coffer_status encode(const coffer_value& value, const coffer_writer& out, coffer_sink* sink) {
  const coffer_visitor visitor = {
      .struct_size = sizeof(coffer_visitor),
      .reserved = 0,
      .self = const_cast<coffer_writer*>(&out),
      .null = null,
      .boolean = boolean,
      .i64 = i64,
      .u64 = u64,
      .bigint = bigint,
      .f64 = f64,
      .text = text,
      .blob = blob,
      .list_begin = list_begin,
      .list_end = list_end,
      .map_begin = map_begin,
      .map_end = map_end,
      .ext = ext,
  };
  return value.play(value.self, &visitor, sink);
}

}  // namespace plain
