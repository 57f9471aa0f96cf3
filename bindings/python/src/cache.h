// Cache: the handle, and how values get into entries and out of them.
#ifndef BINDINGS_PYTHON_CACHE_H_
#define BINDINGS_PYTHON_CACHE_H_

#include "bindings/python/src/errors.h"
#include "bindings/python/src/python.h"
#include "coffer/coffer.h"

namespace coffer::python {

enum class Copy : uint8_t { kShare, kFreeze, kClone, kPickle };

struct CacheObject {
  PyObject_HEAD coffer_cache* cache;
  PyObject* serializer;  // an object with dumps and loads, or NULL for a live object in each entry
  uint32_t format;       // of what the serializer writes
  Copy copy;             // of live objects
  bool live;             // keeps live objects
  bool blocking;         // its calls may wait, so the GIL is released for them
  uint64_t undecodable;  // entries that could not be decoded and were missing therefore
  uint64_t unstored;     // computed values that went to their callers only, see coffer/_load.py
};

inline CacheObject& cache_of(PyObject* self) { return *reinterpret_cast<CacheObject*>(self); }

// False with RuntimeError set if __init__ has not opened it.
bool opened_or_raise(const CacheObject& cache);
inline bool opened(const CacheObject& cache) {
  return cache.cache != nullptr || opened_or_raise(cache);
}

// A value on its way into an entry: what it points to lives as long as this does.
struct Payload {
  Payload() = default;
  Payload(const Payload&) = delete;
  Payload& operator=(const Payload&) = delete;

  bool is_object() const { return static_cast<bool>(object); }
  coffer_bytes bytes() const { return bytes_; }

  Object object;   // live
  Object encoded;  // bytes of a serializer
  coffer_bytes bytes_{};
  uint32_t flags = 0;
  uint32_t format = COFFER_FORMAT_RAW;
  uint64_t weight = 0;
};

// False with an exception set.
bool pack(CacheObject& cache, PyObject* value, Payload& out);

// A new reference: the value of an entry, which stays the caller's to release; MISS for one that
// cannot be decoded, which is counted; NULL with an exception that is no Exception
// (KeyboardInterrupt), or for lack of memory.
PyObject* unpack(CacheObject& cache, const coffer_entry& entry);

// A new reference: the value under a key, or MISS. NULL with an exception set. `expires_at`, which
// may be NULL, is told when the value expires.
PyObject* look_up(CacheObject& cache, const coffer_bytes& key, coffer_time* expires_at);

// Runs `call`, without the GIL if the cache may block.
template <typename Call>
coffer_status blocking(const CacheObject& cache, Call call) {
  const Unlocked unlocked(cache.blocking);
  return call();
}

// True if a context (disabled, a dirty transaction) is in force here that keeps this cache from
// being used. -1 with an exception set.
int bypassed(PyObject* self);

// An int (nanoseconds or a COFFER_TTL_* constant) as the Python side prepares it.
bool nanoseconds(PyObject* object, int64_t& out);

// The methods of the type, by file.
PyObject* cache_get(PyObject*, Args, Py_ssize_t, PyObject*);
PyObject* cache_get_versioned(PyObject*, Args, Py_ssize_t);
PyObject* cache_exists(PyObject*, Args, Py_ssize_t);
PyObject* cache_ttl_left(PyObject*, Args, Py_ssize_t);
PyObject* cache_set(PyObject*, Args, Py_ssize_t, PyObject*);
PyObject* cache_put(PyObject*, Args, Py_ssize_t);
PyObject* cache_put_bytes(PyObject*, Args, Py_ssize_t);
PyObject* cache_delete(PyObject*, Args, Py_ssize_t);
PyObject* cache_delete_if(PyObject*, Args, Py_ssize_t);
PyObject* cache_expire(PyObject*, Args, Py_ssize_t);
PyObject* cache_touch(PyObject*, Args, Py_ssize_t);
PyObject* cache_incr(PyObject*, Args, Py_ssize_t);
PyObject* cache_get_many(PyObject*, Args, Py_ssize_t);
PyObject* cache_put_many(PyObject*, Args, Py_ssize_t);
PyObject* cache_delete_many(PyObject*, Args, Py_ssize_t);
PyObject* cache_submit(PyObject*, Args, Py_ssize_t);
PyObject* cache_scan(PyObject*, Args, Py_ssize_t);
PyObject* cache_fetch(PyObject*, Args, Py_ssize_t);
PyObject* cache_fetch_many(PyObject*, Args, Py_ssize_t);
PyObject* cache_lease_wait(PyObject*, Args, Py_ssize_t);
PyObject* cache_lease_notify(PyObject*, Args, Py_ssize_t);
PyObject* cache_lease_commit(PyObject*, Args, Py_ssize_t);
PyObject* cache_lease_decline(PyObject*, Args, Py_ssize_t);
PyObject* cache_lease_abandon(PyObject*, Args, Py_ssize_t);
PyObject* cache_lease_release(PyObject*, Args, Py_ssize_t);
PyObject* cache_invalidate_tags(PyObject*, Args, Py_ssize_t);
PyObject* cache_row_event(PyObject*, Args, Py_ssize_t);
PyObject* cache_txn_delete(PyObject*, Args, Py_ssize_t);
PyObject* cache_remove_prefix(PyObject*, Args, Py_ssize_t);
PyObject* cache_explain(PyObject*, Args, Py_ssize_t);

}  // namespace coffer::python

#endif  // BINDINGS_PYTHON_CACHE_H_
