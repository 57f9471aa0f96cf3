#include "plugins/codecs/aes_gcm/cipher.h"

#include <openssl/crypto.h>
#include <openssl/rand.h>

#include <algorithm>

namespace coffer::aes_gcm {
namespace {

constexpr size_t kPiece = size_t{1} << 30;  // OpenSSL counts in int

// Passes all of `bytes` through; `to` NULL: they are only authenticated.
bool update(EVP_CIPHER_CTX* context, coffer_bytes bytes, unsigned char* to) {
  const auto* from = static_cast<const unsigned char*>(bytes.data);
  for (size_t left = bytes.size; left > 0;) {
    const int size = static_cast<int>(std::min(left, kPiece));
    int written = 0;
    if (EVP_CipherUpdate(context, to, &written, from, size) != 1) return false;
    from += size;
    if (to != nullptr) to += size;
    left -= static_cast<size_t>(size);
  }
  return true;
}

}  // namespace

bool Cipher::open() {
  // This copy of OpenSSL is the plugin's own: it reads no configuration of the host's, and leaves
  // the end of the process alone.
  OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG | OPENSSL_INIT_NO_ATEXIT, nullptr);
  cipher_.reset(EVP_CIPHER_fetch(nullptr, "AES-256-GCM", nullptr));
  return cipher_ != nullptr;
}

Cipher::Context Cipher::begin(bool encrypting, const Key& key, const unsigned char* nonce,
                              coffer_bytes more) const {
  Context context(EVP_CIPHER_CTX_new());
  if (context == nullptr) return nullptr;
  // The nonce has the length that GCM has by itself.
  if (EVP_CipherInit_ex2(context.get(), cipher_.get(), key.bytes, nonce, encrypting ? 1 : 0,
                         nullptr) != 1)
    return nullptr;
  const unsigned char head[2] = {1, static_cast<unsigned char>(key.id.size())};
  const bool done = update(context.get(), {head, sizeof head}, nullptr) &&
                    update(context.get(), {key.id.data(), key.id.size()}, nullptr) &&
                    update(context.get(), more, nullptr);
  return done ? std::move(context) : nullptr;
}

bool Cipher::encrypt(const Key& key, const unsigned char* nonce, coffer_bytes more,
                     coffer_bytes message, unsigned char* to, unsigned char* tag) const {
  const Context context = begin(true, key, nonce, more);
  int rest = 0;
  return context != nullptr && update(context.get(), message, to) &&
         EVP_CipherFinal_ex(context.get(), to + message.size, &rest) == 1 &&
         EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_AEAD_GET_TAG, kTagSize, tag) == 1;
}

Cipher::Opened Cipher::decrypt(const Key& key, const unsigned char* nonce, coffer_bytes more,
                               coffer_bytes message, const unsigned char* tag,
                               unsigned char* to) const {
  const Context context = begin(false, key, nonce, more);
  int rest = 0;
  if (context == nullptr || !update(context.get(), message, to) ||
      EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_AEAD_SET_TAG, kTagSize,
                          const_cast<unsigned char*>(tag)) != 1) {
    return Opened::kFailed;
  }
  return EVP_CipherFinal_ex(context.get(), to + message.size, &rest) == 1 ? Opened::kOk
                                                                          : Opened::kForged;
}

bool Cipher::fill_randomly(unsigned char* to, size_t size) {
  return RAND_bytes(to, static_cast<int>(size)) == 1;
}

}  // namespace coffer::aes_gcm
