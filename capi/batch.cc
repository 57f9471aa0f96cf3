// Doors of coffer/batch.h, coffer/queue.h and coffer/object.h.
#include "coffer/batch.h"

#include <fcntl.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <memory>

#include "capi/door.h"
#include "core/cache/cache.h"
#include "core/cache/submit.h"
#include "core/object/objects.h"
#include "core/queue/queue.h"

using coffer::capi::door;

coffer_status coffer_run(coffer_cache* cache, const coffer_op* ops, size_t count, size_t stride,
                         coffer_result* results, coffer_error** error) {
  return door(error, [&](coffer_sink& sink) -> coffer_status {
    COFFER_REQUIRE(sink, "coffer_run", cache);
    if (count == 0) return COFFER_OK;
    COFFER_REQUIRE_COUNT(sink, "coffer_run", count);
    COFFER_REQUIRE(sink, "coffer_run", ops);
    COFFER_REQUIRE(sink, "coffer_run", results);
    return cache->run(ops, count, stride, results, sink);
  });
}

coffer_status coffer_submit(coffer_cache* cache, const coffer_op* ops, size_t count, size_t stride,
                            coffer_queue* queue, uint64_t tag, coffer_error** error) {
  return door(error, [&](coffer_sink& sink) -> coffer_status {
    COFFER_REQUIRE(sink, "coffer_submit", cache);
    COFFER_REQUIRE(sink, "coffer_submit", queue);
    COFFER_REQUIRE_COUNT(sink, "coffer_submit", count);
    if (count > 0) COFFER_REQUIRE(sink, "coffer_submit", ops);
    return coffer::core::submit(cache, ops, count, stride, queue, tag, sink);
  });
}

coffer_status coffer_queue_create(coffer_runtime* runtime, size_t capacity, coffer_queue** out,
                                  coffer_error** error) {
  return door(error, [&](coffer_sink& sink) -> coffer_status {
    COFFER_REQUIRE(sink, "coffer_queue_create", runtime);
    COFFER_REQUIRE(sink, "coffer_queue_create", out);
    *out = nullptr;
    const int fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (fd < 0) {
      return sink.fail(COFFER_EXHAUSTED,
                       std::string("no file descriptor for the queue: ") + std::strerror(errno));
    }
    constexpr size_t kDefaultCapacity = 65536;
    try {
      *out =
          new coffer_queue(runtime->shared_hub(), capacity != 0 ? capacity : kDefaultCapacity, fd);
    } catch (...) {
      ::close(fd);
      throw;
    }
    return COFFER_OK;
  });
}

void coffer_queue_subscribe(coffer_queue* queue, uint32_t mask, int32_t severity) {
  queue->subscribe(mask, severity);
}

int coffer_queue_fd(const coffer_queue* queue) { return queue->fd(); }

size_t coffer_queue_poll(coffer_queue* queue, coffer_event* out, size_t capacity, int64_t timeout) {
  return queue->poll(out, capacity, timeout);
}

void coffer_event_release(coffer_event* event) {
  if (event == nullptr || event->owner == nullptr) return;
  delete static_cast<coffer::core::Event*>(event->owner);
  const uint32_t size = event->struct_size;
  std::memset(static_cast<void*>(event), 0, size < sizeof *event ? size : sizeof *event);
}

void coffer_queue_release(coffer_queue* queue) {
  if (queue == nullptr) return;
  queue->close();
  queue->release();
}

size_t coffer_object_drain(const coffer_object_type* type, void** out, size_t capacity) {
  return coffer::core::drain_objects(type, out, capacity);
}
