// coffer/serializer.hpp: serializers by themselves: values to bytes and back, without a cache.
#ifndef COFFER_SERIALIZER_HPP_
#define COFFER_SERIALIZER_HPP_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <utility>

#include "coffer/bytes.hpp"
#include "coffer/read.hpp"
#include "coffer/result.hpp"
#include "coffer/serializer.h"
#include "coffer/write.hpp"

namespace coffer {

// Encoded bytes. Move-only.
class Buffer {
 public:
  Buffer() noexcept = default;
  Buffer(Buffer&& other) noexcept : raw_(std::exchange(other.raw_, {})) {}
  Buffer& operator=(Buffer&& other) noexcept {
    std::swap(raw_, other.raw_);
    return *this;
  }
  ~Buffer() { coffer_buffer_release(&raw_); }

  std::string_view text() const noexcept { return Bytes(raw_.data, raw_.size).text(); }
  std::span<const std::byte> bytes() const noexcept { return Bytes(raw_.data, raw_.size).span(); }

  // For calls of the C ABI.
  coffer_buffer* raw_out() noexcept { return &raw_; }

 private:
  coffer_buffer raw_{};
};

// An opened serializer plugin; made by Runtime::serializer. Move-only. Any thread may use it.
class Serializer {
 public:
  Serializer() noexcept = default;
  explicit Serializer(coffer_serializer_handle* handle) noexcept : handle_(handle) {}

  // The published id of its format, and "application/json" and the like.
  std::uint32_t format() const noexcept { return coffer_serializer_format(raw()); }
  const char* media_type() const noexcept { return coffer_serializer_media_type(raw()); }

  // A value as bytes.
  template <Writable T>
  Result<Buffer> encode(const T& value) const {
    return encode_played(detail::playable(value));
  }

  // Bytes as a value.
  template <Readable T>
  Result<T> decode(Bytes bytes) const {
    detail::Reader<T> reader;
    coffer_error* error = nullptr;
    const coffer_status status =
        coffer_decode(raw(), bytes.data(), bytes.size(), reader.visitor(), nullptr, &error);
    return reader.finish(Outcome(status, error));
  }

  // Bytes of another serializer in this one's format, without a tree between.
  Result<Buffer> transcode(const Serializer& from, Bytes bytes) const noexcept {
    coffer_decoding decoding{from.raw(), bytes.raw(), nullptr};
    coffer_value value{};
    coffer_decoding_value(&decoding, &value);
    return encode_played(value);
  }

  // The handle, for calls of the C ABI; stays owned by this object.
  coffer_serializer_handle* raw() const noexcept { return handle_.get(); }

 private:
  struct Release {
    void operator()(coffer_serializer_handle* handle) const noexcept {
      coffer_serializer_release(handle);
    }
  };

  Result<Buffer> encode_played(const coffer_value& value) const noexcept {
    return Result<Buffer>::from([&](Buffer* out, coffer_error** error) {
      return coffer_encode(raw(), &value, nullptr, out->raw_out(), error);
    });
  }

  std::unique_ptr<coffer_serializer_handle, Release> handle_;
};

}  // namespace coffer

#endif  // COFFER_SERIALIZER_HPP_
