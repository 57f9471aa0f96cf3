// AES-256-GCM of OpenSSL: one message with one key.
#ifndef COFFER_PLUGINS_CODECS_AES_GCM_CIPHER_H_
#define COFFER_PLUGINS_CODECS_AES_GCM_CIPHER_H_

#include <openssl/evp.h>

#include <memory>
#include <string_view>

#include "coffer/base.h"
#include "plugins/codecs/aes_gcm/keys.h"

namespace coffer::aes_gcm {

inline constexpr size_t kNonceSize = 12;
inline constexpr size_t kTagSize = 16;

// The algorithm, found once: looking it up costs more than encrypting a small value. Calls may
// overlap.
class Cipher {
 public:
  // False if OpenSSL does not have it.
  bool open();

  // Authenticates with the message: 1, the length of the key's id in a byte, the id, and `context`.
  // Writes as many bytes as the message has. False: OpenSSL failed.
  bool encrypt(const Key& key, const unsigned char* nonce, coffer_bytes context,
               coffer_bytes message, unsigned char* to, unsigned char* tag) const;
  // kForged: what is in `to` then must not be used.
  enum class Opened { kOk, kForged, kFailed };
  Opened decrypt(const Key& key, const unsigned char* nonce, coffer_bytes context,
                 coffer_bytes message, const unsigned char* tag, unsigned char* to) const;

  // Fills with randomness that is good for nonces. False: there is none.
  static bool fill_randomly(unsigned char* to, size_t size);

 private:
  struct Free {
    void operator()(EVP_CIPHER* cipher) const { EVP_CIPHER_free(cipher); }
    void operator()(EVP_CIPHER_CTX* context) const { EVP_CIPHER_CTX_free(context); }
  };
  using Context = std::unique_ptr<EVP_CIPHER_CTX, Free>;

  // With key, nonce and what is authenticated; NULL: OpenSSL failed.
  Context begin(bool encrypting, const Key& key, const unsigned char* nonce,
                coffer_bytes context) const;

  std::unique_ptr<EVP_CIPHER, Free> cipher_;
};

}  // namespace coffer::aes_gcm

#endif  // COFFER_PLUGINS_CODECS_AES_GCM_CIPHER_H_
