// The codec "zstd": good compression at a moderate price.
#include <zstd.h>
#include <zstd_errors.h>

#include <algorithm>

#include "plugins/codecs/support.h"
#include "plugins/codecs/zstd/pool.h"

namespace coffer::zstd {
namespace {

using namespace codecs;

constexpr uint32_t kCodec = 16;
constexpr int64_t kMostLevel = 19;

constexpr coffer_option_spec kOptions[] = {
    {"level", "3", "effort: 1 is fast, 19 makes bytes fewest", COFFER_TYPE_INT, 0},
    {"threshold", "1KiB", "values smaller than this are left as they are", COFFER_TYPE_SIZE, 0},
};

struct Zstd {
  const coffer_host* host;
  int level;
  uint64_t threshold;
  Pool<ZSTD_CCtx, ZSTD_createCCtx, ZSTD_freeCCtx> encoders;
  Pool<ZSTD_DCtx, ZSTD_createDCtx, ZSTD_freeDCtx> decoders;

  static coffer_status create(const coffer_host* host, const Options& options, void** self,
                              coffer_sink* sink) {
    const int64_t level = options.number("level");
    if (level < 1 || level > kMostLevel) {
      return wrong_option(host, sink, "level",
                          "is " + std::to_string(level) + "; it can be 1 to 19");
    }
    const int64_t threshold = options.number("threshold");
    if (threshold < 0) return wrong_option(host, sink, "threshold", "is negative");
    void* memory = host->alloc(host, sizeof(Zstd), alignof(Zstd));
    if (memory == nullptr) return fail(host, sink, COFFER_EXHAUSTED, "out of memory");
    *self =
        new (memory) Zstd{host, static_cast<int>(level), static_cast<uint64_t>(threshold), {}, {}};
    return COFFER_OK;
  }

  static void destroy(void* self) {
    auto* me = static_cast<Zstd*>(self);
    const coffer_host* host = me->host;
    me->~Zstd();
    host->free(host, self, sizeof(Zstd), alignof(Zstd));
  }

  static coffer_status encode(void* self, coffer_bytes bytes, coffer_bytes, uint64_t max_size,
                              const coffer_writer* out, coffer_codec_note* note,
                              coffer_sink* sink) {
    Zstd& me = *static_cast<Zstd*>(self);
    note->skipped = 1;  // unless it helps
    if (bytes.size < me.threshold || max_size == 0) return COFFER_OK;
    return plugin::guarded(me.host, sink, [&]() -> coffer_status {
      const auto context = me.encoders.take();
      if (context == nullptr) return fail(me.host, sink, COFFER_EXHAUSTED, "out of memory");
      const size_t room = std::min<uint64_t>(max_size, ZSTD_compressBound(bytes.size));
      coffer_status status;
      unsigned char* to = reserve(*out, room, status);
      if (to == nullptr) return status;
      const size_t written =
          ZSTD_compressCCtx(context.get(), to, room, bytes.data, bytes.size, me.level);
      if (ZSTD_isError(written)) return me.not_written(written, note, sink);
      out->commit(out->self, written);
      note->skipped = 0;
      return COFFER_OK;
    });
  }

  coffer_status not_written(size_t code, coffer_codec_note* note, coffer_sink* sink) const {
    if (ZSTD_getErrorCode(code) == ZSTD_error_dstSize_tooSmall)
      return COFFER_OK;  // it does not help
    note->skipped = 0;
    const bool memory = ZSTD_getErrorCode(code) == ZSTD_error_memory_allocation;
    return fail(host, sink, memory ? COFFER_EXHAUSTED : COFFER_PLUGIN_FAULT,
                std::string("Zstandard says: ") + ZSTD_getErrorName(code));
  }

  static coffer_status decode(void* self, coffer_bytes bytes, coffer_bytes, coffer_bytes,
                              uint64_t max_size, const coffer_writer* out, coffer_sink* sink) {
    Zstd& me = *static_cast<Zstd*>(self);
    return plugin::guarded(me.host, sink, [&]() -> coffer_status {
      const unsigned long long size = ZSTD_getFrameContentSize(bytes.data, bytes.size);
      if (size == ZSTD_CONTENTSIZE_ERROR) {
        return fail(me.host, sink, COFFER_CORRUPT, "the bytes are no Zstandard frame");
      }
      if (size == ZSTD_CONTENTSIZE_UNKNOWN) {
        return fail(me.host, sink, COFFER_CORRUPT,
                    "the Zstandard frame does not state the size of its content");
      }
      if (size > max_size) return too_large(me.host, sink, size, max_size);
      const auto context = me.decoders.take();
      if (context == nullptr) return fail(me.host, sink, COFFER_EXHAUSTED, "out of memory");
      coffer_status status;
      unsigned char* to = reserve(*out, size, status);
      if (to == nullptr) return status;
      // All at once, so that no window is allocated, whatever the frame asks for.
      const size_t read = ZSTD_decompressDCtx(context.get(), to, size, bytes.data, bytes.size);
      if (ZSTD_isError(read) || read != size) {
        const std::string why =
            ZSTD_isError(read) ? ZSTD_getErrorName(read) : "its size is not what it states";
        return fail(me.host, sink, COFFER_CORRUPT, "the Zstandard frame is damaged: " + why);
      }
      out->commit(out->self, read);
      return COFFER_OK;
    });
  }
};

constexpr coffer_codec kTable = {
    sizeof(coffer_codec), kCodec,       COFFER_CODEC_COMPRESSES,
    Zstd::destroy,        Zstd::encode, Zstd::decode,
};

const coffer_plugin_info kInfo = {
    sizeof(coffer_plugin_info),
    COFFER_ABI_VERSION,
    COFFER_KIND_CODEC,
    0,
    "zstd",
    "1.0.0",
    "Zstandard compression: saves many bytes at a moderate price",
    "Apache-2.0",
    COFFER_CODEC_COMPRESSES,
    kOptions,
    std::size(kOptions),
};

}  // namespace
}  // namespace coffer::zstd

const coffer_plugin_info* coffer_plugin_info_v1(size_t index) {
  return index == 0 ? &coffer::zstd::kInfo : nullptr;
}

coffer_status coffer_plugin_create_v1(const coffer_host* host, const char* id,
                                      const coffer_option* options, size_t count,
                                      coffer_instance* out, coffer_sink* sink) {
  using namespace coffer::zstd;
  return coffer::plugin::guarded(host, sink, [&] {
    if (std::string_view(id) != kInfo.id)
      return fail(host, sink, COFFER_NOT_FOUND, "this file holds the plugin zstd");
    void* self = nullptr;
    const coffer_status status = Zstd::create(host, {options, count}, &self, sink);
    if (status == COFFER_OK) *out = {self, &kTable};
    return status;
  });
}
