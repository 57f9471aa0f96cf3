#include "core/runtime/async.h"

#include <cstdio>
#include <utility>

#include "core/runtime/host.h"
#include "core/runtime/runtime.h"

namespace coffer::core {

uint64_t AsyncBatches::expect(Done done) {
  const std::lock_guard lock(mutex_);
  const uint64_t token = next_token_++;
  waiting_.emplace(token, std::move(done));
  return token;
}

AsyncBatches::Done AsyncBatches::take(uint64_t token) {
  const std::lock_guard lock(mutex_);
  const auto found = waiting_.find(token);
  if (found == waiting_.end()) return nullptr;
  Done done = std::move(found->second);
  waiting_.erase(found);
  return done;
}

bool AsyncBatches::forget(uint64_t token) { return take(token) != nullptr; }

void AsyncBatches::complete(uint64_t token, coffer_status status) noexcept {
  if (Done done = take(token)) {
    done(status);
    return;
  }
  coffer_runtime* runtime = host_.runtime();
  char text[96];
  std::snprintf(text, sizeof text,
                "completed batch %llu, which was completed before or never submitted",
                static_cast<unsigned long long>(token));
  runtime->hub().log(runtime->now(), COFFER_LOG_PLUGIN_MISBEHAVING, host_.name(), text);
}

}  // namespace coffer::core
