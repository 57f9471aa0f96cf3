#include "tests/broken/good/codec.h"

#include <atomic>
#include <cstring>
#include <string>

#include "coffer/plugin/guard.hpp"

namespace {

const coffer_host* host_of(void* self) { return static_cast<const coffer_host*>(self); }

coffer_status fail(void* self, coffer_sink* sink, coffer_status status, const char* message) {
  return coffer::plugin::fail(host_of(self), sink, status, message);
}

coffer_status put(const coffer_writer* out, const std::string& bytes) {
  coffer_status status = COFFER_EXHAUSTED;
  void* room = out->reserve(out->self, bytes.size() + 1, &status);
  if (room == nullptr) return status;
  std::memcpy(room, bytes.data(), bytes.size());
  out->commit(out->self, bytes.size());
  return COFFER_OK;
}

// ---- Runs: a count in a byte, and the byte. The parameter is the size.
coffer_status encode(void* self, coffer_bytes bytes, coffer_bytes, uint64_t max_size,
                     const coffer_writer* out, coffer_codec_note* note, coffer_sink* sink) {
  return coffer::plugin::guarded(host_of(self), sink, [&]() -> coffer_status {
    const auto* in = static_cast<const unsigned char*>(bytes.data);
    std::string runs;
    for (size_t i = 0; i < bytes.size && runs.size() <= max_size;) {
      size_t end = i + 1;
      while (end < bytes.size && end - i < 255 && in[end] == in[i]) ++end;
      runs += static_cast<char>(end - i);
      runs += static_cast<char>(in[i]);
      i = end;
    }
    if (runs.size() > max_size || bytes.size == 0) return note->skipped = 1, COFFER_OK;
    const uint64_t size = bytes.size;
    std::memcpy(note->parameters, &size, sizeof size);
    note->parameters_size = sizeof size;
    return put(out, runs);
  });
}

coffer_status decode(void* self, coffer_bytes bytes, coffer_bytes, coffer_bytes parameters,
                     uint64_t max_size, const coffer_writer* out, coffer_sink* sink) {
  return coffer::plugin::guarded(host_of(self), sink, [&]() -> coffer_status {
    const auto* in = static_cast<const unsigned char*>(bytes.data);
    uint64_t size = 0, sum = 0;
    if (parameters.size != sizeof size) return fail(self, sink, COFFER_CORRUPT, "no size");
    std::memcpy(&size, parameters.data, sizeof size);
    if (size > max_size) return fail(self, sink, COFFER_TOO_LARGE, "more than is allowed");
    if (bytes.size % 2 != 0) return fail(self, sink, COFFER_CORRUPT, "half a run");
    for (size_t i = 0; i < bytes.size; i += 2) sum += in[i];
    if (sum != size) return fail(self, sink, COFFER_CORRUPT, "the size is wrong");
    std::string whole;
    whole.reserve(size);
    for (size_t i = 0; i < bytes.size; i += 2) whole.append(in[i], static_cast<char>(in[i + 1]));
    return put(out, whole);
  });
}

// ---- A cipher: a number that never comes back, the bytes mixed with it, and a sum over
// everything.
uint64_t mix(uint64_t x) {
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
  return x ^ (x >> 31);
}

void cross(std::string& bytes, uint64_t number) {
  for (size_t i = 0; i < bytes.size(); ++i)
    bytes[i] = static_cast<char>(bytes[i] ^ static_cast<char>(mix(number + i)));
}

uint64_t sum_of(uint64_t number, const std::string& bytes, coffer_bytes context) {
  uint64_t sum = mix(number ^ context.size);
  const auto add = [&](const void* data, size_t size) {
    for (size_t i = 0; i < size; ++i)
      sum = mix(sum * 31 + static_cast<const unsigned char*>(data)[i] + 1);
  };
  add(context.data, context.size);
  add(bytes.data(), bytes.size());
  return sum;
}

coffer_status seal(void* self, coffer_bytes bytes, coffer_bytes context, uint64_t,
                   const coffer_writer* out, coffer_codec_note*, coffer_sink* sink) {
  return coffer::plugin::guarded(host_of(self), sink, [&] {
    static std::atomic<uint64_t> last{1};
    const uint64_t number = mix(last.fetch_add(1) * 7919 + reinterpret_cast<uintptr_t>(out));
    std::string body(static_cast<const char*>(bytes.data), bytes.size);
    cross(body, number);
    const uint64_t sum = sum_of(number, body, context);
    return put(out, std::string(reinterpret_cast<const char*>(&number), 8) + body +
                        std::string(reinterpret_cast<const char*>(&sum), 8));
  });
}

coffer_status unseal(void* self, coffer_bytes bytes, coffer_bytes context, coffer_bytes,
                     uint64_t max_size, const coffer_writer* out, coffer_sink* sink) {
  return coffer::plugin::guarded(host_of(self), sink, [&]() -> coffer_status {
    if (bytes.size < 16) return fail(self, sink, COFFER_CORRUPT, "too short");
    if (bytes.size - 16 > max_size)
      return fail(self, sink, COFFER_TOO_LARGE, "more than is allowed");
    const char* in = static_cast<const char*>(bytes.data);
    uint64_t number, sum;
    std::memcpy(&number, in, 8);
    std::memcpy(&sum, in + bytes.size - 8, 8);
    std::string body(in + 8, bytes.size - 16);
    if (sum_of(number, body, context) != sum)
      return fail(self, sink, COFFER_CORRUPT, "not authentic");
    cross(body, number);
    return put(out, body);
  });
}

void destroy(void*) {}

}  // namespace

const coffer_codec good_codec = {
    sizeof(coffer_codec), 1500, COFFER_CODEC_COMPRESSES, destroy, encode, decode};
const coffer_codec good_cipher = {
    sizeof(coffer_codec), 1501, COFFER_CODEC_ENCRYPTS, destroy, seal, unseal};

void good_codec_fill(const char* id, coffer_plugin_info* info, coffer_codec* table) {
  *info = {sizeof(coffer_plugin_info), COFFER_ABI_VERSION, COFFER_KIND_CODEC, 0,       id, "1.0",
           "made for tests",           "Apache-2.0",       good_codec.caps,   nullptr, 0};
  *table = good_codec;
}

coffer_status good_codec_create(const coffer_host* host, const coffer_codec* table,
                                coffer_instance* out, coffer_sink*) {
  out->self = const_cast<coffer_host*>(host);
  out->table = table;
  return COFFER_OK;
}
