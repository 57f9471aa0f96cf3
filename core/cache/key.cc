#include "core/cache/key.h"

namespace coffer::core {

coffer_status key_too_long(size_t size, size_t prefix, coffer_sink& sink) {
  std::string message = "key of " + std::to_string(size) + " bytes";
  if (prefix > 0) message += " (and " + std::to_string(prefix) + " of its namespace)";
  return sink.fail(COFFER_TOO_LARGE, message + " is longer than the " +
                                         std::to_string(COFFER_MAX_KEY) +
                                         " bytes a key may have; hash long keys");
}

coffer_status key_reserved(coffer_sink& sink) {
  return sink.fail(COFFER_INVALID_ARGUMENT,
                   "keys that start with a NUL byte are reserved in stores that several processes "
                   "use, unless the cache "
                   "has a namespace");
}

coffer_status key_is_null(size_t size, coffer_sink& sink) {
  return sink.fail(COFFER_INVALID_ARGUMENT, "key is NULL, but its size is " + std::to_string(size));
}

coffer_status StoreKeys::set(const CacheConfig& config, const coffer_bytes* keys, size_t stride,
                             size_t count, coffer_sink& sink) {
  const auto key_at = [&](size_t i) -> const coffer_bytes& {
    return *reinterpret_cast<const coffer_bytes*>(reinterpret_cast<const char*>(keys) + i * stride);
  };
  const std::string& prefix = config.prefix;
  size_t room = 0;
  for (size_t i = 0; i < count; ++i) room += prefix.size() + key_at(i).size;
  if (!prefix.empty()) joined_.reserve(room);  // so that views into it stay where they are
  keys_.resize(count);
  for (size_t i = 0; i < count; ++i) {
    const coffer_bytes& key = key_at(i);
    const size_t size = prefix.size() + key.size;
    if (size > COFFER_MAX_KEY) return key_too_long(key.size, prefix.size(), sink);
    if (key.data == nullptr && key.size != 0) return key_is_null(key.size, sink);
    if (config.reserves_nul && is_reserved(key.data, key.size, prefix)) return key_reserved(sink);
    const void* data = key.data;
    if (!prefix.empty()) {
      const size_t start = joined_.size();
      joined_.append(prefix);
      joined_.append(static_cast<const char*>(key.data), key.size);
      data = joined_.data() + start;
    }
    keys_[i] = {data, size, hash_bytes(data, size, config.hash_seed)};
  }
  return COFFER_OK;
}

}  // namespace coffer::core
