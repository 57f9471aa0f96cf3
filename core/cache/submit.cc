// Batches without waiting: a store answers later by itself, or a worker waits for it.
#include "core/cache/submit.h"

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "core/cache/batch.h"
#include "core/cache/kept.h"
#include "core/object/objects.h"
#include "core/runtime/async.h"

namespace coffer::core {
namespace {

// A batch on its way, with copies of all it needs.
class Job {
 public:
  Job(coffer_cache* cache, coffer_queue* queue, uint64_t tag)
      : cache_(Ref<coffer_cache>::share(cache)),
        queue_(Ref<coffer_queue>::share(queue)),
        event_(std::make_unique<Event>()) {
    event_->view.struct_size = sizeof(coffer_event);
    event_->view.kind = COFFER_EVENT_COMPLETION;
    event_->view.tag = tag;
  }

  ~Job() {
    for (size_t i = 0; i < kept_; ++i) {
      if (ops_[i].object != nullptr) release_object(ops_[i].object_type, ops_[i].object);
    }
  }

  coffer_status take(std::vector<coffer_op> ops, coffer_sink& sink) {
    for (const coffer_op& op : ops) {
      if (op.object == nullptr) continue;
      const coffer_status status = check_object_type(op.object_type, sink);
      if (failed(status)) return status;
    }
    size_t room = 0;
    for (const coffer_op& op : ops) room += op.key.size + op.value.size;
    bytes_.reserve(room);  // so that views into it stay where they are
    event_->results.assign(ops.size(), {});
    ops_ = std::move(ops);
    for (coffer_op& op : ops_) {
      keep(op.key);
      keep(op.value);
      op.put.dependencies = dependencies_.keep(op.put.dependencies);
      if (op.object != nullptr) retain_object(op.object_type, op.object);
      ++kept_;
    }
    return COFFER_OK;
  }

  // One kind, one call: the store can have the batch as it is.
  bool fits_async_store() const {
    return cache_->store().async() != nullptr && !ops_.empty() &&
           ops_[0].kind != COFFER_OP_EXISTS &&
           std::all_of(ops_.begin(), ops_.end(), [&](const coffer_op& op) {
             return op.kind == ops_[0].kind && is_simple(op, cache_->store());
           });
  }

  static coffer_status submit_to_store(const std::shared_ptr<Job>& job, coffer_sink& sink) {
    Store& store = job->cache_->store();
    job->group_ = std::make_unique<Group>(*job->cache_, job->ops_.data(), job->ops_.size());
    coffer_status status = job->group_->prepare(sink);
    if (failed(status)) return status;
    job->store_batch_ = job->group_->store_batch(job->sink_);
    AsyncBatches& batches = store.host().batches();
    const uint64_t token =
        batches.expect([job](coffer_status done) { job->complete_from_store(done); });
    status = store.call(
        job->sink_, [&] { return store.async()->submit(store.self(), &job->store_batch_, token); });
    if (status == COFFER_OK || !batches.forget(token)) return COFFER_OK;
    // Refused, and it will not complete: the caller hears of it now.
    job->group_->finish(status, job->event_->results.data());
    sink.error = std::exchange(job->sink_.error, nullptr);
    return status;
  }

  void run() noexcept {
    coffer_status status;
    try {
      status =
          cache_->run(ops_.data(), ops_.size(), sizeof(coffer_op), event_->results.data(), sink_);
    } catch (const std::bad_alloc&) {
      status = sink_.fail(COFFER_EXHAUSTED, "out of memory while the batch ran");
    }
    deliver(status);
  }

 private:
  void keep(coffer_bytes& bytes) {
    const size_t start = bytes_.size();
    bytes_.append(static_cast<const char*>(bytes.data), bytes.size);
    bytes.data = bytes_.data() + start;
  }

  void complete_from_store(coffer_status status) {
    group_->finish(status, event_->results.data());
    deliver(status);
  }

  void deliver(coffer_status status) noexcept {
    coffer_error* error = nullptr;
    event_->view.status = sink_.finish(status, &error);
    event_->view.error = error;
    event_->view.at = cache_->runtime()->now();
    event_->seal();
    queue_->push(std::move(event_));
  }

  const Ref<coffer_cache> cache_;
  const Ref<coffer_queue> queue_;
  std::unique_ptr<Event> event_;
  std::vector<coffer_op> ops_;
  size_t kept_ = 0;  // of ops_: copied, and holding a reference on their objects
  std::string bytes_;
  KeptDependencies dependencies_;
  coffer_sink sink_;
  std::unique_ptr<Group> group_;
  coffer_store_batch store_batch_{};
};

}  // namespace

coffer_status submit(coffer_cache* cache, const coffer_op* ops, size_t count, size_t stride,
                     coffer_queue* queue, uint64_t tag, coffer_sink& sink) {
  std::vector<coffer_op> list;
  coffer_status status = read_ops(ops, count, stride, list, sink);
  if (failed(status)) return status;
  auto job = std::make_shared<Job>(cache, queue, tag);
  status = job->take(std::move(list), sink);
  if (failed(status)) return status;
  if (job->fits_async_store()) return Job::submit_to_store(job, sink);
  return cache->runtime()->workers().run([job] { job->run(); }, sink);
}

}  // namespace coffer::core
