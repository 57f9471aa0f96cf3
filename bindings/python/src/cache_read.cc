// Reading single keys: the hot path of the binding.
#include "bindings/python/src/cache.h"
#include "bindings/python/src/key.h"
#include "bindings/python/src/module.h"
#include "bindings/python/src/object.h"

namespace coffer::python {
namespace {

PyObject* share(PyObject* object) {
  Py_INCREF(object);
  return object;
}

// Whatever kind of entry it is.
PyObject* look_up_pinned(CacheObject& cache, const coffer_bytes& key, coffer_time* expires_at) {
  coffer_entry entry;
  Failure failure;
  const coffer_status status = blocking(
      cache, [&] { return coffer_get(cache.cache, key.data, key.size, &entry, failure.out()); });
  if (failed(status)) return failure.raise(status);
  if (status == COFFER_MISS) return share(module.miss);
  if (expires_at != nullptr) *expires_at = entry.expires_at;
  PyObject* value = unpack(cache, entry);
  coffer_entry_release(&entry);
  return value;
}

PyObject* get(PyObject* self, PyObject* key, PyObject* otherwise) {
  CacheObject& cache = cache_of(self);
  if (!opened(cache)) [[unlikely]]
    return nullptr;
  coffer_bytes k;
  if (!key_of(key, k)) return nullptr;
  if (module.contexts != 0) [[unlikely]] {
    const int bypass = bypassed(self);
    if (bypass != 0) return bypass < 0 ? nullptr : share(otherwise);
  }
  PyObject* value = look_up(cache, k, nullptr);
  if (value != module.miss) [[likely]]
    return value;
  Py_DECREF(value);
  if (module.renewals != 0) [[unlikely]]
    return PyObject_CallMethodObjArgs(self, COFFER_NAME("_previous_of"), key, otherwise, nullptr);
  return share(otherwise);
}

}  // namespace

// A hit on a live object: a copy of the reference to it, without a pin. Objects are given back by
// drain_objects alone, which needs the GIL, so it lives until it is shared here.
PyObject* look_up(CacheObject& cache, const coffer_bytes& key, coffer_time* expires_at) {
  if (!cache.live) return look_up_pinned(cache, key, expires_at);
  coffer_object_ref ref;
  coffer_read_info info;
  const coffer_status status =
      coffer_read(cache.cache, key.data, key.size, &ref, sizeof ref, &info, nullptr);
  if (status == COFFER_MISS) {
    drain_objects();
    return share(module.miss);
  }
  if (status != COFFER_OK) [[unlikely]]
    return look_up_pinned(cache, key, expires_at);  // longer, or failed: it tells why
  if (expires_at != nullptr) *expires_at = info.expires_at;
  if ((info.flags & COFFER_ENTRY_OBJECT) != 0 && ref.type == &kObjectType &&
      cache.copy != Copy::kClone) [[likely]] {
    return share(static_cast<PyObject*>(ref.object));
  }
  coffer_entry entry{};
  entry.data = &ref;
  entry.size = info.size;
  entry.flags = info.flags;
  entry.format = info.format;
  if ((info.flags & COFFER_ENTRY_OBJECT) == 0) return unpack(cache, entry);
  if (ref.type != &kObjectType) return look_up_pinned(cache, key, expires_at);
  const Object kept = Object::share(static_cast<PyObject*>(ref.object));
  entry.object = ref.object;
  entry.object_type = ref.type;
  return unpack(cache, entry);
}

PyObject* cache_get(PyObject* self, Args args, Py_ssize_t count, PyObject* names) {
  if (names == nullptr) [[likely]] {
    if (!takes("get", count, 1, 2)) return nullptr;
    return get(self, args[0], count == 2 ? args[1] : Py_None);
  }
  PyObject* key = count >= 1 ? args[0] : nullptr;
  PyObject* otherwise = count >= 2 ? args[1] : Py_None;
  int stale = 0;
  const Py_ssize_t named = PyTuple_Size(names);
  if (!takes("get", count, 0, 2)) return nullptr;
  for (Py_ssize_t i = 0; i < named; ++i) {
    PyObject* name = PyTuple_GetItem(names, i);
    if (PyUnicode_CompareWithASCIIString(name, "key") == 0 && count < 1) {
      key = args[count + i];
    } else if (PyUnicode_CompareWithASCIIString(name, "default") == 0 && count < 2) {
      otherwise = args[count + i];
    } else if (PyUnicode_CompareWithASCIIString(name, "stale") == 0) {
      stale = PyObject_IsTrue(args[count + i]);
      if (stale < 0) return nullptr;
    } else {
      return PyErr_Format(PyExc_TypeError, "get() got an unexpected keyword argument '%U'", name);
    }
  }
  if (key != nullptr && stale != 0)
    return PyObject_CallMethodObjArgs(self, COFFER_NAME("_get_stale"), key, otherwise, nullptr);
  if (key != nullptr) return get(self, key, otherwise);
  PyErr_SetString(PyExc_TypeError, "get() missing its argument 'key'");
  return nullptr;
}

PyObject* cache_get_versioned(PyObject* self, Args args, Py_ssize_t count) {
  CacheObject& cache = cache_of(self);
  if (!opened(cache)) [[unlikely]]
    return nullptr;
  coffer_bytes key;
  if (!takes("_get_versioned", count, 1, 1) || !key_of(args[0], key)) return nullptr;
  coffer_entry entry;
  Failure failure;
  const coffer_status status = blocking(
      cache, [&] { return coffer_get(cache.cache, key.data, key.size, &entry, failure.out()); });
  if (failed(status)) return failure.raise(status);
  if (status == COFFER_MISS) Py_RETURN_NONE;
  const uint64_t version = entry.version;
  Object value(unpack(cache, entry));
  coffer_entry_release(&entry);
  return value ? Py_BuildValue("NK", value.release(), static_cast<unsigned long long>(version))
               : nullptr;
}

PyObject* cache_exists(PyObject* self, Args args, Py_ssize_t count) {
  CacheObject& cache = cache_of(self);
  if (!opened(cache)) [[unlikely]]
    return nullptr;
  coffer_bytes key;
  if (!takes("exists", count, 1, 1) || !key_of(args[0], key)) return nullptr;
  if (module.contexts != 0) {
    const int bypass = bypassed(self);
    if (bypass != 0) return bypass < 0 ? nullptr : share(Py_False);
  }
  Failure failure;
  const coffer_status status = blocking(cache, [&] {
    return coffer_exists(cache.cache, key.data, key.size, nullptr, failure.out());
  });
  return failed(status) ? failure.raise(status) : PyBool_FromLong(status == COFFER_OK);
}

PyObject* cache_ttl_left(PyObject* self, Args args, Py_ssize_t count) {
  CacheObject& cache = cache_of(self);
  if (!opened(cache)) [[unlikely]]
    return nullptr;
  coffer_bytes key;
  if (!takes("_ttl_left", count, 1, 1) || !key_of(args[0], key)) return nullptr;
  coffer_ttl left = 0;
  Failure failure;
  const coffer_status status = blocking(cache, [&] {
    return coffer_ttl_left(cache.cache, key.data, key.size, &left, failure.out());
  });
  if (failed(status)) return failure.raise(status);
  if (status == COFFER_MISS) Py_RETURN_NONE;
  return PyLong_FromLongLong(left);
}

}  // namespace coffer::python
