// The codec "aes_gcm": nobody without the key reads what a store keeps, or changes it unnoticed.
#include <openssl/crypto.h>

#include <memory>

#include "plugins/codecs/aes_gcm/cipher.h"
#include "plugins/codecs/aes_gcm/keys.h"
#include "plugins/codecs/support.h"

namespace coffer::aes_gcm {
namespace {

using namespace codecs;

constexpr uint32_t kCodec = 18;
constexpr size_t kOverhead = kNonceSize + kTagSize;

constexpr coffer_option_spec kOptions[] = {
    {"key", nullptr,
     "what is written with: 64 hexadecimal digits, 32 bytes in base64, or @ and the path of a file",
     COFFER_TYPE_TEXT, COFFER_OPTION_SECRET},
    {"key_id", nullptr, "what entries call the key; part of its hash if not given",
     COFFER_TYPE_TEXT, 0},
    {"old_keys", nullptr, "keys that are only read with, KEY or ID:KEY, separated by commas",
     COFFER_TYPE_TEXT, COFFER_OPTION_SECRET},
};

// An instance. Nothing changes after it was made, so calls may overlap.
struct AesGcm {
  const coffer_host* host;
  Keys keys;
  Cipher cipher;

  static coffer_status create(const coffer_host* host, const Options& options, void** self,
                              coffer_sink* sink) {
    auto made = std::make_unique<AesGcm>();
    made->host = host;
    if (!made->cipher.open())
      return fail(host, sink, COFFER_UNSUPPORTED, "OpenSSL has no AES-256-GCM here");
    const coffer_status status = made->keys.read(host, options, sink);
    if (status == COFFER_OK) *self = made.release();
    return status;
  }

  static void destroy(void* self) { delete static_cast<AesGcm*>(self); }

  static coffer_status encode(void* self, coffer_bytes bytes, coffer_bytes context, uint64_t,
                              const coffer_writer* out, coffer_codec_note* note,
                              coffer_sink* sink) {
    const AesGcm& me = *static_cast<AesGcm*>(self);
    return plugin::guarded(me.host, sink, [&]() -> coffer_status {
      const size_t size = bytes.size + kOverhead;
      coffer_status status;
      unsigned char* nonce = reserve(*out, size, status);
      if (nonce == nullptr) return status;
      unsigned char* const message = nonce + kNonceSize;
      const Key& key = me.keys.writing();
      if (!Cipher::fill_randomly(nonce, kNonceSize)) {
        return fail(me.host, sink, COFFER_UNAVAILABLE, "the system has no randomness for a nonce");
      }
      if (!me.cipher.encrypt(key, nonce, context, bytes, message, message + bytes.size))
        return me.broken(sink);
      note->parameters_size = static_cast<uint32_t>(key.id.size());
      std::memcpy(note->parameters, key.id.data(), key.id.size());
      out->commit(out->self, size);
      return COFFER_OK;
    });
  }

  static coffer_status decode(void* self, coffer_bytes bytes, coffer_bytes context,
                              coffer_bytes parameters, uint64_t max_size, const coffer_writer* out,
                              coffer_sink* sink) {
    const AesGcm& me = *static_cast<AesGcm*>(self);
    return plugin::guarded(me.host, sink, [&]() -> coffer_status {
      const std::string_view id(static_cast<const char*>(parameters.data), parameters.size);
      if (!is_key_id(id))
        return fail(me.host, sink, COFFER_CORRUPT,
                    "the parameters of the entry are no id of a key");
      if (bytes.size < kOverhead) {
        return fail(me.host, sink, COFFER_CORRUPT,
                    "encrypted bytes are at least 28, these are " + std::to_string(bytes.size));
      }
      const size_t size = bytes.size - kOverhead;
      if (size > max_size) return too_large(me.host, sink, size, max_size);
      const Key* key = me.keys.find(id);
      if (key == nullptr) return me.unknown(id, sink);
      coffer_status status;
      unsigned char* to = reserve(*out, size, status);
      if (to == nullptr) return status;
      const auto* nonce = static_cast<const unsigned char*>(bytes.data);
      const unsigned char* message = nonce + kNonceSize;
      const Cipher::Opened opened =
          me.cipher.decrypt(*key, nonce, context, {message, size}, message + size, to);
      if (opened == Cipher::Opened::kOk) {
        out->commit(out->self, size);
        return COFFER_OK;
      }
      OPENSSL_cleanse(to, size);
      if (opened == Cipher::Opened::kFailed) return me.broken(sink);
      return fail(me.host, sink, COFFER_CORRUPT,
                  "the entry is not authentic: its bytes were changed, it belongs to another key "
                  "of the cache, or the key "
                  "with the id " +
                      key->id + " is not the one it was encrypted with");
    });
  }

  coffer_status broken(coffer_sink* sink) const {
    return fail(host, sink, COFFER_EXHAUSTED, "OpenSSL failed; is memory short?");
  }

  coffer_status unknown(std::string_view id, coffer_sink* sink) const {
    fail(host, sink, COFFER_DENIED,
         "the entry is encrypted with the key " + std::string(id) +
             ", which is not here; give it in old_keys");
    host->fail_detail(host, sink, "key_id", id.data(), id.size());
    return COFFER_DENIED;
  }
};

constexpr coffer_codec kTable = {
    sizeof(coffer_codec), kCodec,         COFFER_CODEC_ENCRYPTS,
    AesGcm::destroy,      AesGcm::encode, AesGcm::decode,
};

const coffer_plugin_info kInfo = {
    sizeof(coffer_plugin_info),
    COFFER_ABI_VERSION,
    COFFER_KIND_CODEC,
    0,
    "aes_gcm",
    "1.0.0",
    "AES-256-GCM: encrypts and authenticates what the store keeps",
    "Apache-2.0",
    COFFER_CODEC_ENCRYPTS,
    kOptions,
    std::size(kOptions),
};

}  // namespace
}  // namespace coffer::aes_gcm

const coffer_plugin_info* coffer_plugin_info_v1(size_t index) {
  return index == 0 ? &coffer::aes_gcm::kInfo : nullptr;
}

coffer_status coffer_plugin_create_v1(const coffer_host* host, const char* id,
                                      const coffer_option* options, size_t count,
                                      coffer_instance* out, coffer_sink* sink) {
  using namespace coffer::aes_gcm;
  return coffer::plugin::guarded(host, sink, [&] {
    if (std::string_view(id) != kInfo.id) {
      return fail(host, sink, COFFER_NOT_FOUND, "this file holds the plugin aes_gcm");
    }
    void* self = nullptr;
    const coffer_status status = AesGcm::create(host, {options, count}, &self, sink);
    if (status == COFFER_OK) *out = {self, &kTable};
    return status;
  });
}
