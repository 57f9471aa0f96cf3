// Doors of coffer/serializer.h.
#include "coffer/serializer.h"

#include <cstdlib>

#include "capi/door.h"
#include "core/runtime/runtime.h"
#include "core/serializer/serializer.h"
#include "core/value/buffer.h"
#include "core/value/stream.h"

using coffer::capi::door;
using coffer::core::failed;
using coffer::core::Ref;
using coffer::core::Serializer;

namespace {

Serializer* serializer_of(coffer_serializer_handle* handle) {
  return reinterpret_cast<Serializer*>(handle);
}
const Serializer* serializer_of(const coffer_serializer_handle* handle) {
  return reinterpret_cast<const Serializer*>(handle);
}

}  // namespace

coffer_status coffer_serializer_open(coffer_runtime* runtime, const char* name,
                                     const coffer_option* options, size_t count,
                                     coffer_serializer_handle** out, coffer_error** error) {
  return door(error, [&](coffer_sink& sink) {
    COFFER_REQUIRE(sink, "coffer_serializer_open", runtime);
    COFFER_REQUIRE(sink, "coffer_serializer_open", name);
    COFFER_REQUIRE(sink, "coffer_serializer_open", out);
    *out = nullptr;
    coffer::core::Options given;
    coffer_status status = coffer::core::options_from_c(std::string("serializer ") + name, options,
                                                        count, given, sink);
    if (failed(status)) return status;
    Ref<Serializer> serializer;
    status = Serializer::open(runtime, name, given, serializer, sink);
    if (!failed(status)) *out = reinterpret_cast<coffer_serializer_handle*>(serializer.take());
    return status;
  });
}

void coffer_serializer_release(coffer_serializer_handle* serializer) {
  if (serializer != nullptr) serializer_of(serializer)->release();
}

uint32_t coffer_serializer_format(const coffer_serializer_handle* serializer) {
  return serializer_of(serializer)->format();
}

const char* coffer_serializer_media_type(const coffer_serializer_handle* serializer) {
  return serializer_of(serializer)->media_type();
}

void coffer_buffer_release(coffer_buffer* buffer) {
  if (buffer == nullptr) return;
  std::free(buffer->data);
  *buffer = {};
}

coffer_status coffer_encode(coffer_serializer_handle* serializer, const coffer_value* value,
                            const coffer_limits* limits, coffer_buffer* out, coffer_error** error) {
  return door(error, [&](coffer_sink& sink) {
    COFFER_REQUIRE(sink, "coffer_encode", serializer);
    COFFER_REQUIRE(sink, "coffer_encode", value);
    COFFER_REQUIRE(sink, "coffer_encode", value->play);
    COFFER_REQUIRE(sink, "coffer_encode", out);
    *out = {};
    coffer::core::BufferWriter buffer;
    const coffer_status status = serializer_of(serializer)->encode(*value, limits, buffer, sink);
    if (!failed(status)) out->data = buffer.release(&out->size);
    return status;
  });
}

coffer_status coffer_encode_to(coffer_serializer_handle* serializer, const coffer_value* value,
                               const coffer_limits* limits, const coffer_output* out,
                               coffer_error** error) {
  return door(error, [&](coffer_sink& sink) {
    COFFER_REQUIRE(sink, "coffer_encode_to", serializer);
    COFFER_REQUIRE(sink, "coffer_encode_to", value);
    COFFER_REQUIRE(sink, "coffer_encode_to", value->play);
    COFFER_REQUIRE(sink, "coffer_encode_to", out);
    COFFER_REQUIRE(sink, "coffer_encode_to", out->write);
    coffer::core::StreamWriter stream(*out);
    return serializer_of(serializer)->encode(*value, limits, stream, sink);
  });
}

coffer_status coffer_decode(coffer_serializer_handle* serializer, const void* data, size_t size,
                            const coffer_visitor* into, const coffer_limits* limits,
                            coffer_error** error) {
  return door(error, [&](coffer_sink& sink) {
    COFFER_REQUIRE(sink, "coffer_decode", serializer);
    if (size > 0) COFFER_REQUIRE(sink, "coffer_decode", data);
    return serializer_of(serializer)->decode({data, size}, into, limits, sink);
  });
}

void coffer_decoding_value(coffer_decoding* decoding, coffer_value* out) {
  out->self = decoding;
  out->play = [](void* self, const coffer_visitor* into, coffer_sink* sink) {
    const auto* from = static_cast<const coffer_decoding*>(self);
    coffer_sink own;
    return serializer_of(from->serializer)
        ->decode(from->bytes, into, from->limits, sink != nullptr ? *sink : own);
  };
}
