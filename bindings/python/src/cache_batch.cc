// Many keys in one call, at once or through a queue.
#include <memory>
#include <vector>

#include "bindings/python/src/cache.h"
#include "bindings/python/src/key.h"
#include "bindings/python/src/module.h"
#include "bindings/python/src/object.h"
#include "bindings/python/src/queue.h"

namespace coffer::python {
namespace {

// Operations of one kind, and what their views point to.
class Batch {
 public:
  // Keys, and for a put their values: sequences of the same length.
  bool fill(CacheObject& cache, int32_t kind, PyObject* keys, PyObject* values, coffer_ttl ttl) {
    keys_.reset(PySequence_Tuple(keys));
    if (!keys_) return false;
    const auto count = static_cast<size_t>(PyTuple_Size(keys_.get()));
    ops_.resize(count);
    for (size_t i = 0; i < count; ++i) {
      ops_[i].struct_size = sizeof(coffer_op);
      ops_[i].kind = kind;
      ops_[i].put.struct_size = sizeof(coffer_put_options);
      ops_[i].put.ttl = ttl;
      if (!key_of(PyTuple_GetItem(keys_.get(), static_cast<Py_ssize_t>(i)), ops_[i].key))
        return false;
    }
    return kind != COFFER_OP_PUT || fill_values(cache, values);
  }

  const coffer_op* data() const { return ops_.data(); }
  size_t size() const { return ops_.size(); }

 private:
  bool fill_values(CacheObject& cache, PyObject* values) {
    const Object items(PySequence_Tuple(values));
    if (!items) return false;
    payloads_ = std::make_unique<Payload[]>(ops_.size());
    for (size_t i = 0; i < ops_.size(); ++i) {
      PyObject* value = PyTuple_GetItem(items.get(), static_cast<Py_ssize_t>(i));
      if (value == nullptr || !pack(cache, value, payloads_[i])) return false;
      coffer_op& op = ops_[i];
      op.value = payloads_[i].bytes();
      op.put.flags = payloads_[i].flags;
      op.put.format = payloads_[i].format;
      op.put.weight = payloads_[i].weight;
      if (payloads_[i].is_object()) {
        op.object = payloads_[i].object.get();
        op.object_type = &kObjectType;
      }
    }
    return true;
  }

  Object keys_;
  std::vector<coffer_op> ops_;
  std::unique_ptr<Payload[]> payloads_;
};

// Runs the batch; the results' entries are released with it.
class Run {
 public:
  Run() = default;
  Run(const Run&) = delete;
  Run& operator=(const Run&) = delete;
  ~Run() {
    for (coffer_result& result : results_) coffer_entry_release(&result.entry);
  }

  bool run(CacheObject& cache, int32_t kind, PyObject* keys, PyObject* values, coffer_ttl ttl) {
    if (!batch_.fill(cache, kind, keys, values, ttl)) return false;
    results_.resize(batch_.size());
    Failure failure;
    const coffer_status status = blocking(cache, [&] {
      return coffer_run(cache.cache, batch_.data(), batch_.size(), sizeof(coffer_op),
                        results_.data(), failure.out());
    });
    drain_objects();
    if (failed(status)) failure.raise(status);
    return !failed(status);
  }
  PyObject* answers(CacheObject& cache, int32_t kind) {
    return results_to_list(cache, kind, results_.data(), results_.size());
  }

 private:
  Batch batch_;
  std::vector<coffer_result> results_;
};

// A new reference: a value or MISS, or True or False. NULL with an exception set if the operation
// failed.
PyObject* answer(CacheObject& cache, int32_t kind, const coffer_result& result) {
  if (failed(result.status)) return raise(result.status, nullptr);
  if (kind != COFFER_OP_GET) return PyBool_FromLong(result.status == COFFER_OK);
  if (result.status == COFFER_OK) return unpack(cache, result.entry);
  Py_INCREF(module.miss);
  return module.miss;
}

PyObject* run(PyObject* self, int32_t kind, PyObject* keys, PyObject* values, coffer_ttl ttl) {
  if (!opened(cache_of(self))) return nullptr;
  Run batch;
  return batch.run(cache_of(self), kind, keys, values, ttl) ? batch.answers(cache_of(self), kind)
                                                            : nullptr;
}

}  // namespace

PyObject* results_to_list(CacheObject& cache, int32_t kind, const coffer_result* results,
                          size_t count) {
  Object list(PyList_New(static_cast<Py_ssize_t>(count)));
  for (size_t i = 0; list && i < count; ++i) {
    PyObject* item = answer(cache, kind, results[i]);
    if (item == nullptr) return nullptr;
    PyList_SetItem(list.get(), static_cast<Py_ssize_t>(i), item);
  }
  return list.release();
}

PyObject* cache_get_many(PyObject* self, Args args, Py_ssize_t count) {
  return takes("_get_many", count, 1, 1) ? run(self, COFFER_OP_GET, args[0], nullptr, 0) : nullptr;
}

PyObject* cache_put_many(PyObject* self, Args args, Py_ssize_t count) {
  coffer_ttl ttl;
  if (!takes("_put_many", count, 3, 3) || !nanoseconds(args[2], ttl)) return nullptr;
  return run(self, COFFER_OP_PUT, args[0], args[1], ttl);
}

PyObject* cache_delete_many(PyObject* self, Args args, Py_ssize_t count) {
  return takes("_delete_many", count, 1, 1) ? run(self, COFFER_OP_DELETE, args[0], nullptr, 0)
                                            : nullptr;
}

PyObject* cache_submit(PyObject* self, Args args, Py_ssize_t count) {
  coffer_ttl ttl;
  if (!takes("_submit", count, 6, 6) || !nanoseconds(args[3], ttl)) return nullptr;
  const long kind = PyLong_AsLong(args[0]);
  const unsigned long long tag = PyLong_AsUnsignedLongLong(args[5]);
  coffer_queue* queue = queue_of(args[4]);
  if (PyErr_Occurred() || queue == nullptr) return nullptr;
  CacheObject& cache = cache_of(self);
  if (!opened(cache)) [[unlikely]]
    return nullptr;
  Batch batch;
  if (!batch.fill(cache, static_cast<int32_t>(kind), args[1], args[2], ttl)) return nullptr;
  Failure failure;
  const coffer_status status = coffer_submit(cache.cache, batch.data(), batch.size(),
                                             sizeof(coffer_op), queue, tag, failure.out());
  if (failed(status)) return failure.raise(status);
  Py_RETURN_NONE;
}

}  // namespace coffer::python
