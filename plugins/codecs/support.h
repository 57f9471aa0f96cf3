// What all codecs need: failures in one expression, options, room in a writer.
#ifndef COFFER_PLUGINS_CODECS_SUPPORT_H_
#define COFFER_PLUGINS_CODECS_SUPPORT_H_

#include <cstring>
#include <string>
#include <string_view>

#include "coffer/plugin/guard.hpp"
#include "coffer/plugin/plugin.h"

namespace coffer::codecs {

inline coffer_status fail(const coffer_host* host, coffer_sink* sink, coffer_status status,
                          std::string_view message) {
  host->fail(host, sink, status, 0, message.data(), message.size());
  return status;
}

inline coffer_status too_large(const coffer_host* host, coffer_sink* sink, uint64_t size,
                               uint64_t limit) {
  return fail(host, sink, COFFER_TOO_LARGE,
              "the bytes are " + std::to_string(size) + " when decoded, and " +
                  std::to_string(limit) + " are allowed");
}

// The options that create was given. Those with a default are always there.
class Options {
 public:
  Options(const coffer_option* options, size_t count) : options_(options), count_(count) {}

  int64_t number(std::string_view key) const {
    const coffer_option* option = find(key);
    return option != nullptr ? option->i64 : 0;
  }
  std::string_view text(std::string_view key) const {
    const coffer_option* option = find(key);
    return option != nullptr
               ? std::string_view(static_cast<const char*>(option->text.data), option->text.size)
               : "";
  }

 private:
  const coffer_option* find(std::string_view key) const {
    for (size_t i = 0; i < count_; ++i) {
      if (options_[i].key == key) return &options_[i];
    }
    return nullptr;
  }

  const coffer_option* const options_;
  const size_t count_;
};

inline coffer_status wrong_option(const coffer_host* host, coffer_sink* sink, std::string_view key,
                                  std::string_view why) {
  const std::string message = "the option \"" + std::string(key) + "\" " + std::string(why);
  fail(host, sink, COFFER_INVALID_ARGUMENT, message);
  host->fail_detail(host, sink, "option", key.data(), key.size());
  return COFFER_INVALID_ARGUMENT;
}

// Room for so many bytes, or NULL and why. Never asks for none, which a host may answer with NULL.
inline unsigned char* reserve(const coffer_writer& out, size_t size, coffer_status& status) {
  status = COFFER_EXHAUSTED;
  void* room = out.reserve(out.self, size != 0 ? size : 1, &status);
  if (room != nullptr) status = COFFER_OK;
  return static_cast<unsigned char*>(room);
}

}  // namespace coffer::codecs

#endif  // COFFER_PLUGINS_CODECS_SUPPORT_H_
