// The key as the store sees it: with the namespace in front, and hashed once.
#ifndef COFFER_CORE_CACHE_KEY_H_
#define COFFER_CORE_CACHE_KEY_H_

#include <cstring>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "coffer/cache.h"
#include "coffer/plugin/store.h"
#include "core/cache/config.h"
#include "core/error/error.h"
#include "core/hash/hash.h"

namespace coffer::core {

[[gnu::cold]] coffer_status key_too_long(size_t size, size_t prefix, coffer_sink& sink);
[[gnu::cold]] coffer_status key_reserved(coffer_sink& sink);
[[gnu::cold]] coffer_status key_is_null(size_t size, coffer_sink& sink);

// Whether a key, in the namespace of that prefix, is one that core keeps for itself in stores of
// several processes.
inline bool is_reserved(const void* key, size_t size, const std::string& prefix) {
  return prefix.empty() && size > 0 && *static_cast<const char*>(key) == '\0';
}

// Room for one namespaced key on the stack. Without a namespace the key is used where it is.
class StoreKey {
 public:
  StoreKey() {}
  StoreKey(const StoreKey&) = delete;
  StoreKey& operator=(const StoreKey&) = delete;

  [[gnu::always_inline]] coffer_status set(const CacheConfig& config, std::string_view key,
                                           coffer_sink& sink) {
    const std::string& prefix = config.prefix;
    const size_t size = prefix.size() + key.size();
    if (size > COFFER_MAX_KEY) [[unlikely]]
      return key_too_long(key.size(), prefix.size(), sink);
    if (key.data() == nullptr) [[unlikely]] {
      if (!key.empty()) return key_is_null(key.size(), sink);
      key = "";
    }
    const void* data = key.data();
    if (config.reserves_nul && is_reserved(data, key.size(), prefix)) [[unlikely]]
      return key_reserved(sink);
    if (!prefix.empty()) data = join(prefix, key);
    key_ = {data, size, hash_bytes(data, size, config.hash_seed)};
    return COFFER_OK;
  }

  const coffer_key& get() const { return key_; }

 private:
  const void* join(const std::string& prefix, std::string_view key) {
    char* room = stack_;
    if (prefix.size() + key.size() > sizeof stack_) [[unlikely]] {
      heap_ = std::make_unique<char[]>(prefix.size() + key.size());
      room = heap_.get();
    }
    std::memcpy(room, prefix.data(), prefix.size());
    std::memcpy(room + prefix.size(), key.data(), key.size());
    return room;
  }

  coffer_key key_;
  std::unique_ptr<char[]> heap_;
  char stack_[232];
};

// The same for many keys. Borrows them where there is no namespace.
class StoreKeys {
 public:
  // `keys` lie `stride` bytes apart.
  coffer_status set(const CacheConfig& config, const coffer_bytes* keys, size_t stride,
                    size_t count, coffer_sink& sink);
  const coffer_key* data() const { return keys_.data(); }

 private:
  std::vector<coffer_key> keys_;
  std::string joined_;
};

}  // namespace coffer::core

#endif  // COFFER_CORE_CACHE_KEY_H_
