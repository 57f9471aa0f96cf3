// The keys of an aes_gcm: one to write with, all to read with.
#ifndef COFFER_PLUGINS_CODECS_AES_GCM_KEYS_H_
#define COFFER_PLUGINS_CODECS_AES_GCM_KEYS_H_

#include <string>
#include <string_view>
#include <vector>

#include "plugins/codecs/support.h"

namespace coffer::aes_gcm {

inline constexpr size_t kKeySize = 32;
inline constexpr size_t kMostKeyId = 32;

// 1 to kMostKeyId of A-Z a-z 0-9 . _ -
bool is_key_id(std::string_view text);

struct Key {
  std::string id;
  unsigned char bytes[kKeySize];
};

// Constant once it was read. The keys are wiped when it ends.
class Keys {
 public:
  Keys() = default;
  Keys(const Keys&) = delete;
  Keys& operator=(const Keys&) = delete;
  ~Keys();

  // From the options key, key_id and old_keys. No text of an option gets into a failure: it may be
  // a key, even where it should be none.
  coffer_status read(const coffer_host* host, const codecs::Options& options, coffer_sink* sink);

  const Key& writing() const { return keys_[0]; }
  // NULL: there is none of this id.
  const Key* find(std::string_view id) const;

 private:
  std::vector<Key> keys_;
};

}  // namespace coffer::aes_gcm

#endif  // COFFER_PLUGINS_CODECS_AES_GCM_KEYS_H_
