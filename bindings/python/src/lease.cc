// Fetching under a lease, and the events that end values. The Python side (coffer/_load.py) runs
// the protocol.
#include <string_view>
#include <vector>

#include "bindings/python/src/cache.h"
#include "bindings/python/src/computation.h"
#include "bindings/python/src/decode.h"
#include "bindings/python/src/dependencies.h"
#include "bindings/python/src/key.h"
#include "bindings/python/src/module.h"
#include "bindings/python/src/object.h"
#include "bindings/python/src/queue.h"
#include "bindings/python/src/transaction.h"
#include "coffer/fetch.h"

namespace coffer::python {
namespace {

// (state, lease, value or MISS); takes the entry. A lease of a value that cannot be decoded is kept
// by the caller.
PyObject* to_tuple(CacheObject& cache, coffer_fetched& fetched) {
  Object value;
  // One that is in no store has no version: a value handed to those who waited for it.
  if (fetched.entry.version != 0 || fetched.entry.release != nullptr) {
    value.reset(unpack(cache, fetched.entry));
  } else {
    value = Object::share(module.miss);
  }
  coffer_entry_release(&fetched.entry);
  if (value) {
    return Py_BuildValue("iKN", static_cast<int>(fetched.state),
                         static_cast<unsigned long long>(fetched.lease), value.release());
  }
  coffer_lease_release(cache.cache, fetched.lease);
  return nullptr;
}

// Options of a fetch from (flags, on_error, soft, hard, early).
bool read_options(PyObject* object, coffer_fetch_options& options) {
  options.struct_size = sizeof options;
  if (object == Py_None) return true;
  unsigned int flags;
  int on_error;
  long long soft, hard;
  if (!PyTuple_Check(object) ||
      !PyArg_ParseTuple(object, "IiLLd", &flags, &on_error, &soft, &hard, &options.early)) {
    return false;
  }
  options.flags = flags;
  options.on_error = on_error;
  options.soft = soft;
  options.hard = hard;
  return true;
}

// What _lease_wait says beside the states of coffer/fetch.h.
constexpr int kFailed = 6;

// A failure by its name; COFFER_INTERNAL for one that is none.
coffer_status status_named(std::string_view name) {
  for (coffer_status status = COFFER_INVALID_ARGUMENT; status < COFFER_INTERNAL; ++status) {
    if (coffer_status_name(status) == name) return status;
  }
  return COFFER_INTERNAL;
}

bool lease_of(PyObject* object, coffer_lease& lease) {
  lease = PyLong_AsUnsignedLongLong(object);
  return PyErr_Occurred() == nullptr;
}

}  // namespace

// (key, options, dependencies, transaction or None)
PyObject* cache_fetch(PyObject* self, Args args, Py_ssize_t count) {
  CacheObject& cache = cache_of(self);
  if (!opened(cache)) [[unlikely]]
    return nullptr;
  coffer_bytes key;
  coffer_fetch_options options{};
  Dependencies dependencies;
  if (!takes("_fetch", count, 4, 4) || !key_of(args[0], key) || !read_options(args[1], options) ||
      !dependencies.read(args[2]) || !transaction_of(args[3], options.txn)) {
    return nullptr;
  }
  options.dependencies = dependencies.get();
  coffer_fetched fetched{};
  Failure failure;
  const coffer_status status = blocking(cache, [&] {
    return coffer_fetch(cache.cache, key.data, key.size, &options, &fetched, failure.out());
  });
  drain_objects();
  return failed(status) ? failure.raise(status) : to_tuple(cache, fetched);
}

// (lease, timeout in nanoseconds, Computation or None). By on_error="fail" the leader's exception
// is the value, in the state 6.
PyObject* cache_lease_wait(PyObject* self, Args args, Py_ssize_t count) {
  CacheObject& cache = cache_of(self);
  if (!opened(cache)) [[unlikely]]
    return nullptr;
  coffer_lease lease;
  int64_t timeout;
  coffer_computation* computation;
  if (!takes("_lease_wait", count, 3, 3) || !lease_of(args[0], lease) ||
      !nanoseconds(args[1], timeout) || !computation_of(args[2], computation)) {
    return nullptr;
  }
  coffer_fetched fetched{};
  Failure failure;
  coffer_status status;
  {
    const Unlocked unlocked(timeout != 0 || cache.blocking);
    const Within within(computation);
    status = coffer_lease_wait(cache.cache, lease, timeout, &fetched, failure.out());
  }
  if (!failed(status)) return to_tuple(cache, fetched);
  PyObject* exception = nullptr;
  if (fetched.entry.object_type == &kObjectType)
    exception = Py_BuildValue("iiO", kFailed, 0, static_cast<PyObject*>(fetched.entry.object));
  coffer_entry_release(&fetched.entry);
  return exception != nullptr ? exception : failure.raise(status);
}

// (lease, queue, tag, Computation or None)
PyObject* cache_lease_notify(PyObject* self, Args args, Py_ssize_t count) {
  CacheObject& cache = cache_of(self);
  if (!opened(cache)) [[unlikely]]
    return nullptr;
  coffer_lease lease;
  coffer_computation* computation;
  if (!takes("_lease_notify", count, 4, 4) || !lease_of(args[0], lease) ||
      !computation_of(args[3], computation)) {
    return nullptr;
  }
  coffer_queue* queue = queue_of(args[1]);
  const unsigned long long tag = queue != nullptr ? PyLong_AsUnsignedLongLong(args[2]) : 0;
  if (PyErr_Occurred()) return nullptr;
  Failure failure;
  const coffer_status status = blocking(cache, [&] {
    const Within within(computation);
    return coffer_lease_notify(cache.cache, lease, queue, tag, failure.out());
  });
  if (failed(status)) return failure.raise(status);
  Py_RETURN_NONE;
}

// (lease, value, ttl, grace, dependencies) -> True if it was stored
PyObject* cache_lease_commit(PyObject* self, Args args, Py_ssize_t count) {
  CacheObject& cache = cache_of(self);
  if (!opened(cache)) [[unlikely]]
    return nullptr;
  coffer_lease lease;
  coffer_commit commit{};
  Payload payload;
  Dependencies dependencies;
  if (!takes("_lease_commit", count, 5, 5) || !lease_of(args[0], lease) ||
      !nanoseconds(args[2], commit.ttl) || !nanoseconds(args[3], commit.grace) ||
      !dependencies.read(args[4]) || !pack(cache, args[1], payload)) {
    return nullptr;
  }
  commit.struct_size = sizeof commit;
  commit.flags = payload.flags;
  commit.format = payload.format;
  commit.weight = payload.weight;
  commit.value = payload.bytes();
  commit.dependencies = dependencies.get();
  if (payload.is_object()) {
    commit.object = payload.object.get();
    commit.object_type = &kObjectType;
  }
  Failure failure;
  const coffer_status status = blocking(cache, [&] {
    return coffer_lease_commit(cache.cache, lease, &commit, nullptr, failure.out());
  });
  drain_objects();
  return failed(status) ? failure.raise(status) : PyBool_FromLong(status == COFFER_OK);
}

// (lease): there is nothing to store
PyObject* cache_lease_decline(PyObject* self, Args args, Py_ssize_t count) {
  CacheObject& cache = cache_of(self);
  if (!opened(cache)) [[unlikely]]
    return nullptr;
  coffer_lease lease;
  if (!takes("_lease_decline", count, 1, 1) || !lease_of(args[0], lease)) return nullptr;
  Failure failure;
  const coffer_status status =
      blocking(cache, [&] { return coffer_lease_decline(cache.cache, lease, failure.out()); });
  if (failed(status)) return failure.raise(status);
  Py_RETURN_NONE;
}

// (lease, name of a status, message, exception)
PyObject* cache_lease_abandon(PyObject* self, Args args, Py_ssize_t count) {
  CacheObject& cache = cache_of(self);
  if (!opened(cache)) [[unlikely]]
    return nullptr;
  coffer_lease lease;
  if (!takes("_lease_abandon", count, 4, 4) || !lease_of(args[0], lease)) return nullptr;
  const char* name = PyUnicode_AsUTF8AndSize(args[1], nullptr);
  const char* message = name != nullptr ? PyUnicode_AsUTF8AndSize(args[2], nullptr) : nullptr;
  if (message == nullptr) return nullptr;
  // An exception is retained under the lock of Python, which is held here.
  Failure failure;
  const coffer_status status = coffer_lease_abandon_with(
      cache.cache, lease, status_named(name), message, args[3], &kObjectType, failure.out());
  drain_objects();
  if (failed(status)) return failure.raise(status);
  Py_RETURN_NONE;
}

PyObject* cache_lease_release(PyObject* self, Args args, Py_ssize_t count) {
  CacheObject& cache = cache_of(self);
  if (!opened(cache)) [[unlikely]]
    return nullptr;
  coffer_lease lease;
  if (!takes("_lease_release", count, 1, 1) || !lease_of(args[0], lease)) return nullptr;
  {
    const Unlocked unlocked(cache.blocking);
    coffer_lease_release(cache.cache, lease);
  }
  Py_RETURN_NONE;
}

// (keys, options, dependencies, transaction or None) -> list of (state, lease, value)
PyObject* cache_fetch_many(PyObject* self, Args args, Py_ssize_t count) {
  CacheObject& cache = cache_of(self);
  if (!opened(cache)) [[unlikely]]
    return nullptr;
  coffer_fetch_options options{};
  Dependencies dependencies;
  if (!takes("_fetch_many", count, 4, 4) || !read_options(args[1], options) ||
      !dependencies.read(args[2]) || !transaction_of(args[3], options.txn)) {
    return nullptr;
  }
  options.dependencies = dependencies.get();
  const Object tuple(PySequence_Tuple(args[0]));
  if (!tuple) return nullptr;
  const auto size = static_cast<size_t>(PyTuple_Size(tuple.get()));
  std::vector<coffer_bytes> keys(size);
  std::vector<coffer_fetched> fetched(size);
  for (size_t i = 0; i < size; ++i) {
    if (!key_of(PyTuple_GetItem(tuple.get(), static_cast<Py_ssize_t>(i)), keys[i])) return nullptr;
  }
  Failure failure;
  const coffer_status status = blocking(cache, [&] {
    return coffer_fetch_many(cache.cache, keys.data(), size, &options, fetched.data(),
                             failure.out());
  });
  drain_objects();
  if (failed(status)) return failure.raise(status);
  Object list(PyList_New(static_cast<Py_ssize_t>(size)));
  coffer_status first = COFFER_OK;
  for (size_t i = 0; i < size; ++i) {
    if (failed(fetched[i].status) && first == COFFER_OK) first = fetched[i].status;
    PyObject* item = list && first == COFFER_OK ? to_tuple(cache, fetched[i]) : nullptr;
    if (item != nullptr) {
      PyList_SetItem(list.get(), static_cast<Py_ssize_t>(i), item);
      continue;
    }
    // After a failure nobody will use the others.
    list.reset();
    coffer_entry_release(&fetched[i].entry);
    coffer_lease_release(cache.cache, fetched[i].lease);
  }
  return first != COFFER_OK ? raise(first, nullptr) : list.release();
}

// (tags, transaction or None)
PyObject* cache_invalidate_tags(PyObject* self, Args args, Py_ssize_t count) {
  CacheObject& cache = cache_of(self);
  if (!opened(cache)) [[unlikely]]
    return nullptr;
  coffer_txn* txn = nullptr;
  Dependencies dependencies;
  if (!takes("_invalidate_tags", count, 2, 2) || !dependencies.read_tags(args[0]) ||
      !transaction_of(args[1], txn)) {
    return nullptr;
  }
  const coffer_dependencies* d = dependencies.get();
  if (d == nullptr) Py_RETURN_NONE;
  Failure failure;
  const coffer_status status = blocking(cache, [&] {
    return coffer_invalidate_tags(cache.cache, txn, d->tags, d->tag_count, failure.out());
  });
  if (failed(status)) return failure.raise(status);
  Py_RETURN_NONE;
}

// (space, old row or None, new row or None, transaction or None); without rows the whole space
PyObject* cache_row_event(PyObject* self, Args args, Py_ssize_t count) {
  CacheObject& cache = cache_of(self);
  if (!opened(cache)) [[unlikely]]
    return nullptr;
  coffer_bytes space;
  coffer_txn* txn = nullptr;
  Cells old_row, new_row;
  if (!takes("_row_event", count, 4, 4) || !key_of(args[0], space) || !old_row.read(args[1]) ||
      !new_row.read(args[2]) || !transaction_of(args[3], txn)) {
    return nullptr;
  }
  Failure failure;
  const coffer_status status = blocking(cache, [&] {
    if (args[1] == Py_None && args[2] == Py_None) {
      return coffer_invalidate_space(cache.cache, txn, space, failure.out());
    }
    return coffer_row_event(cache.cache, txn, space, args[1] == Py_None ? nullptr : old_row.get(),
                            args[2] == Py_None ? nullptr : new_row.get(), failure.out());
  });
  if (failed(status)) return failure.raise(status);
  Py_RETURN_NONE;
}

// (key, transaction)
PyObject* cache_txn_delete(PyObject* self, Args args, Py_ssize_t count) {
  CacheObject& cache = cache_of(self);
  if (!opened(cache)) [[unlikely]]
    return nullptr;
  coffer_bytes key;
  coffer_txn* txn = nullptr;
  if (!takes("_txn_delete", count, 2, 2) || !key_of(args[0], key) || !transaction_of(args[1], txn))
    return nullptr;
  Failure failure;
  const coffer_status status = blocking(cache, [&] {
    return coffer_txn_delete(cache.cache, txn, key.data, key.size, failure.out());
  });
  if (failed(status)) return failure.raise(status);
  Py_RETURN_NONE;
}

// (prefix) -> how many entries were removed
PyObject* cache_remove_prefix(PyObject* self, Args args, Py_ssize_t count) {
  if (!opened(cache_of(self))) return nullptr;
  coffer_bytes prefix;
  if (!takes("delete_prefix", count, 1, 1) || !key_of(args[0], prefix)) return nullptr;
  uint64_t removed = 0;
  Failure failure;
  coffer_status status;
  {
    const Unlocked unlocked;
    status = coffer_remove_prefix(cache_of(self).cache, prefix.data, prefix.size, &removed,
                                  failure.out());
  }
  drain_objects();
  return failed(status) ? failure.raise(status) : PyLong_FromUnsignedLongLong(removed);
}

PyObject* cache_explain(PyObject* self, Args args, Py_ssize_t count) {
  CacheObject& cache = cache_of(self);
  if (!opened(cache)) return nullptr;
  coffer_bytes key;
  if (!takes("explain", count, 1, 1) || !key_of(args[0], key)) return nullptr;
  Builder builder(cache.blocking);
  Failure failure;
  const coffer_status status = blocking(cache, [&] {
    return coffer_explain(cache.cache, key.data, key.size, builder.visitor(), failure.out());
  });
  return failed(status) ? failure.raise(status) : builder.take();
}

}  // namespace coffer::python
