// The codec "lz4": fast compression, faster decompression.
#include <lz4.h>
#include <lz4hc.h>

#include <algorithm>

#include "plugins/codecs/support.h"

namespace coffer::lz4 {
namespace {

using namespace codecs;

constexpr uint32_t kCodec = 17;
constexpr int64_t kMostLevel = LZ4HC_CLEVEL_MAX;
constexpr uint64_t kMostRatio = 255;  // a byte of a block adds no more than so many to its content

constexpr coffer_option_spec kOptions[] = {
    {"level", "0", "effort: 0 is fast, 3 to 12 make bytes fewer and are read as fast",
     COFFER_TYPE_INT, 0},
    {"threshold", "1KiB", "values smaller than this are left as they are", COFFER_TYPE_SIZE, 0},
};

size_t put_varint(unsigned char* to, uint64_t value) {
  size_t size = 0;
  for (; value >= 0x80; value >>= 7) to[size++] = static_cast<unsigned char>(value | 0x80);
  to[size++] = static_cast<unsigned char>(value);
  return size;
}

bool read_varint(coffer_bytes from, uint64_t& value) {
  const auto* bytes = static_cast<const unsigned char*>(from.data);
  value = 0;
  for (size_t i = 0; i < from.size && i < 9; ++i) {
    value |= static_cast<uint64_t>(bytes[i] & 0x7F) << (7 * i);
    if (bytes[i] < 0x80) return i + 1 == from.size;
  }
  return false;
}

// An instance. Nothing changes after it was made, so calls may overlap.
struct Lz4 {
  const coffer_host* host;
  int level;
  uint64_t threshold;

  static coffer_status create(const coffer_host* host, const Options& options, void** self,
                              coffer_sink* sink) {
    const int64_t level = options.number("level");
    if (level < 0 || level > kMostLevel) {
      return wrong_option(host, sink, "level",
                          "is " + std::to_string(level) + "; it can be 0 to 12");
    }
    const int64_t threshold = options.number("threshold");
    if (threshold < 0) return wrong_option(host, sink, "threshold", "is negative");
    void* memory = host->alloc(host, sizeof(Lz4), alignof(Lz4));
    if (memory == nullptr) return fail(host, sink, COFFER_EXHAUSTED, "out of memory");
    *self = new (memory) Lz4{host, static_cast<int>(level), static_cast<uint64_t>(threshold)};
    return COFFER_OK;
  }

  static void destroy(void* self) {
    const coffer_host* host = static_cast<Lz4*>(self)->host;
    host->free(host, self, sizeof(Lz4), alignof(Lz4));
  }

  static coffer_status encode(void* self, coffer_bytes bytes, coffer_bytes, uint64_t max_size,
                              const coffer_writer* out, coffer_codec_note* note, coffer_sink*) {
    const Lz4& me = *static_cast<Lz4*>(self);
    note->skipped = 1;  // unless it helps
    if (bytes.size < me.threshold || bytes.size == 0 || bytes.size > LZ4_MAX_INPUT_SIZE ||
        max_size == 0) {
      return COFFER_OK;
    }
    const int size = static_cast<int>(bytes.size);
    const int room = static_cast<int>(
        std::min<uint64_t>(max_size, static_cast<uint64_t>(LZ4_compressBound(size))));
    coffer_status status;
    auto* to = reinterpret_cast<char*>(reserve(*out, static_cast<size_t>(room), status));
    if (to == nullptr) return status;
    const auto* from = static_cast<const char*>(bytes.data);
    const int written = me.level < LZ4HC_CLEVEL_MIN
                            ? LZ4_compress_default(from, to, size, room)
                            : LZ4_compress_HC(from, to, size, room, me.level);
    if (written <= 0) return COFFER_OK;
    out->commit(out->self, static_cast<size_t>(written));
    note->skipped = 0;
    note->parameters_size = static_cast<uint32_t>(put_varint(note->parameters, bytes.size));
    return COFFER_OK;
  }

  static coffer_status decode(void* self, coffer_bytes bytes, coffer_bytes, coffer_bytes parameters,
                              uint64_t max_size, const coffer_writer* out, coffer_sink* sink) {
    const Lz4& me = *static_cast<Lz4*>(self);
    return plugin::guarded(me.host, sink, [&]() -> coffer_status {
      uint64_t size;
      if (!read_varint(parameters, size)) {
        return fail(me.host, sink, COFFER_CORRUPT,
                    "the parameters of an LZ4 block are not its size");
      }
      if (size > max_size) return too_large(me.host, sink, size, max_size);
      // Before memory is taken for it.
      if (size > LZ4_MAX_INPUT_SIZE || size > bytes.size * kMostRatio || bytes.size > INT32_MAX) {
        return fail(me.host, sink, COFFER_CORRUPT,
                    "an LZ4 block of " + std::to_string(bytes.size) + " bytes claims to hold " +
                        std::to_string(size));
      }
      coffer_status status;
      auto* to = reinterpret_cast<char*>(reserve(*out, size, status));
      if (to == nullptr) return status;
      const int read = LZ4_decompress_safe(static_cast<const char*>(bytes.data), to,
                                           static_cast<int>(bytes.size), static_cast<int>(size));
      if (read < 0 || static_cast<uint64_t>(read) != size) {
        return fail(me.host, sink, COFFER_CORRUPT, "an LZ4 block is damaged");
      }
      out->commit(out->self, size);
      return COFFER_OK;
    });
  }
};

constexpr coffer_codec kTable = {
    sizeof(coffer_codec), kCodec, COFFER_CODEC_COMPRESSES, Lz4::destroy, Lz4::encode, Lz4::decode,
};

const coffer_plugin_info kInfo = {
    sizeof(coffer_plugin_info),
    COFFER_ABI_VERSION,
    COFFER_KIND_CODEC,
    0,
    "lz4",
    "1.0.0",
    "LZ4 compression: costs little time, saves some bytes",
    "Apache-2.0",
    COFFER_CODEC_COMPRESSES,
    kOptions,
    std::size(kOptions),
};

}  // namespace
}  // namespace coffer::lz4

const coffer_plugin_info* coffer_plugin_info_v1(size_t index) {
  return index == 0 ? &coffer::lz4::kInfo : nullptr;
}

coffer_status coffer_plugin_create_v1(const coffer_host* host, const char* id,
                                      const coffer_option* options, size_t count,
                                      coffer_instance* out, coffer_sink* sink) {
  using namespace coffer::lz4;
  return coffer::plugin::guarded(host, sink, [&] {
    if (std::string_view(id) != kInfo.id)
      return fail(host, sink, COFFER_NOT_FOUND, "this file holds the plugin lz4");
    void* self = nullptr;
    const coffer_status status = Lz4::create(host, {options, count}, &self, sink);
    if (status == COFFER_OK) *out = {self, &kTable};
    return status;
  });
}
