// Skeleton of a codec: run lengths, a count in one byte and the byte that is repeated.
//
// A codec sees bytes, not values. One that compresses says `skipped` where the result would not be
// smaller; what `decode` needs beside the bytes goes into the note's parameters.
#include <cstdint>
#include <cstring>
#include <string>

#include "coffer/plugin/guard.hpp"
#include "coffer/plugin/plugin.h"

namespace {

using coffer::plugin::fail;
using coffer::plugin::guarded;

// An instance has no state but its host.
const coffer_host* host_of(void* self) { return static_cast<const coffer_host*>(self); }

coffer_status write(const coffer_writer* out, const std::string& bytes) {
  coffer_status status = COFFER_EXHAUSTED;
  void* room = out->reserve(out->self, bytes.size() + 1, &status);
  if (room == nullptr) return status;  // passed through: the writer has reported it
  std::memcpy(room, bytes.data(), bytes.size());
  out->commit(out->self, bytes.size());
  return COFFER_OK;
}

coffer_status encode(void* self, coffer_bytes bytes, coffer_bytes /*context*/, uint64_t max_size,
                     const coffer_writer* out, coffer_codec_note* note, coffer_sink* sink) {
  return guarded(host_of(self), sink, [&]() -> coffer_status {
    const auto* in = static_cast<const unsigned char*>(bytes.data);
    std::string runs;
    for (size_t i = 0; i < bytes.size && runs.size() <= max_size;) {
      size_t end = i + 1;
      while (end < bytes.size && end - i < 255 && in[end] == in[i]) ++end;
      runs += static_cast<char>(end - i);
      runs += static_cast<char>(in[i]);
      i = end;
    }
    if (bytes.size == 0 || runs.size() > max_size) {
      note->skipped = 1;
      return COFFER_OK;
    }
    const uint64_t size = bytes.size;
    std::memcpy(note->parameters, &size, sizeof size);
    note->parameters_size = sizeof size;
    return write(out, runs);
  });
}

// Input and parameters may be anything: no size is believed before it has been checked.
coffer_status decode(void* self, coffer_bytes bytes, coffer_bytes /*context*/,
                     coffer_bytes parameters, uint64_t max_size, const coffer_writer* out,
                     coffer_sink* sink) {
  const coffer_host* host = host_of(self);
  return guarded(host, sink, [&]() -> coffer_status {
    const auto* in = static_cast<const unsigned char*>(bytes.data);
    uint64_t size = 0;
    if (parameters.size != sizeof size || bytes.size % 2 != 0) {
      return fail(host, sink, COFFER_CORRUPT, "these bytes are no run lengths");
    }
    std::memcpy(&size, parameters.data, sizeof size);
    if (size > max_size) {
      return fail(host, sink, COFFER_TOO_LARGE, "the decoded bytes are over the limit");
    }
    uint64_t sum = 0;
    for (size_t i = 0; i < bytes.size; i += 2) sum += in[i];
    if (sum != size) return fail(host, sink, COFFER_CORRUPT, "the runs have another size");
    std::string whole;
    whole.reserve(size);
    for (size_t i = 0; i < bytes.size; i += 2) whole.append(in[i], static_cast<char>(in[i + 1]));
    return write(out, whole);
  });
}

void destroy(void*) {}

const coffer_codec table = {
    .struct_size = sizeof(coffer_codec),
    .codec = 1900,  // your own published id; 1024 and up
    .caps = COFFER_CODEC_COMPRESSES,
    .destroy = destroy,
    .encode = encode,
    .decode = decode,
};

const coffer_plugin_info info = {
    .struct_size = sizeof(coffer_plugin_info),
    .abi_version = COFFER_ABI_VERSION,
    .kind = COFFER_KIND_CODEC,
    .reserved = 0,
    .id = "skeleton_codec",
    .version = "1.0",
    .summary = "run lengths",
    .license = "Apache-2.0",
    .caps = COFFER_CODEC_COMPRESSES,
    .options = nullptr,
    .option_count = 0,
};

}  // namespace

extern "C" const coffer_plugin_info* coffer_plugin_info_v1(size_t index) {
  return index == 0 ? &info : nullptr;
}

extern "C" coffer_status coffer_plugin_create_v1(const coffer_host* host, const char* id,
                                                 const coffer_option*, size_t, coffer_instance* out,
                                                 coffer_sink* sink) {
  if (std::strcmp(id, info.id) != 0) {
    return fail(host, sink, COFFER_NOT_FOUND, "this file has no such plugin");
  }
  *out = {const_cast<coffer_host*>(host), &table};
  return COFFER_OK;
}
