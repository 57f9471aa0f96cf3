// Writing single keys.
#include <cmath>

#include "bindings/python/src/cache.h"
#include "bindings/python/src/dependencies.h"
#include "bindings/python/src/key.h"
#include "bindings/python/src/module.h"
#include "bindings/python/src/object.h"

namespace coffer::python {
namespace {

coffer_status put(CacheObject& cache, const coffer_bytes& key, const Payload& payload,
                  coffer_put_options& options, uint64_t* version, Failure& failure) {
  options.struct_size = sizeof options;
  options.flags = payload.flags;
  options.format = payload.format;
  options.weight = payload.weight;
  // The store takes its reference with the GIL held: caches that keep objects do not block.
  return blocking(cache, [&] {
    return payload.is_object()
               ? coffer_put_object(cache.cache, key.data, key.size, payload.object.get(),
                                   &kObjectType, &options, version, failure.out())
               : coffer_put(cache.cache, key.data, key.size, payload.bytes().data,
                            payload.bytes().size, &options, version, failure.out());
  });
}

// Seconds as int or float, or None. False without an exception for what only Python code
// understands ("5m").
bool plain_ttl(PyObject* object, coffer_ttl& out) {
  constexpr double kSecond = 1e9;
  constexpr double kMost = 9e18;
  if (object == Py_None) {
    out = COFFER_TTL_DEFAULT;
    return true;
  }
  double seconds = 0;
  if (PyLong_CheckExact(object) || PyFloat_CheckExact(object)) seconds = PyFloat_AsDouble(object);
  if (seconds == -1 && PyErr_Occurred()) PyErr_Clear();
  if (!(seconds * kSecond >= 1 && seconds * kSecond < kMost)) return false;
  out = static_cast<coffer_ttl>(std::llround(seconds * kSecond));
  return true;
}

// Everything but set(key, value) and set(key, value, seconds).
PyObject* set_otherwise(PyObject* self, Args args, Py_ssize_t count, PyObject* names) {
  const Object method(PyObject_GetAttr(self, COFFER_NAME("_set")));
  const Object positional(PyTuple_New(count));
  const Object named(PyDict_New());
  if (!method || !positional || !named) return nullptr;
  for (Py_ssize_t i = 0; i < count; ++i) {
    Py_INCREF(args[i]);
    PyTuple_SetItem(positional.get(), i, args[i]);
  }
  for (Py_ssize_t i = 0; names != nullptr && i < PyTuple_Size(names); ++i) {
    if (PyDict_SetItem(named.get(), PyTuple_GetItem(names, i), args[count + i]) < 0) return nullptr;
  }
  return PyObject_Call(method.get(), positional.get(), named.get());
}

}  // namespace

PyObject* cache_set(PyObject* self, Args args, Py_ssize_t count, PyObject* names) {
  CacheObject& cache = cache_of(self);
  if (!opened(cache)) [[unlikely]]
    return nullptr;
  coffer_put_options options{};
  if (names != nullptr || count < 2 || count > 3 || module.contexts != 0 ||
      (count == 3 && !plain_ttl(args[2], options.ttl))) {
    return set_otherwise(self, args, count, names);
  }
  coffer_bytes key;
  Payload payload;
  if (!key_of(args[0], key) || !pack(cache, args[1], payload)) return nullptr;
  Failure failure;
  const coffer_status status = put(cache, key, payload, options, nullptr, failure);
  drain_objects();
  if (failed(status)) return failure.raise(status);
  Py_RETURN_NONE;
}

// (key, value, ttl, mode, expected version, grace, dependencies[, keeps dependencies]) -> version,
// 0 if nothing is left under the key, or a negative status
PyObject* cache_put(PyObject* self, Args args, Py_ssize_t count) {
  CacheObject& cache = cache_of(self);
  if (!opened(cache)) [[unlikely]]
    return nullptr;
  coffer_bytes key;
  coffer_put_options options{};
  Dependencies dependencies;
  if (!takes("_put", count, 7, 8) || !key_of(args[0], key) || !nanoseconds(args[2], options.ttl) ||
      !nanoseconds(args[5], options.grace) || !dependencies.read(args[6])) {
    return nullptr;
  }
  options.dependencies = dependencies.get();
  options.mode = static_cast<int32_t>(PyLong_AsLong(args[3]));
  options.expected_version = PyLong_AsUnsignedLongLong(args[4]);
  Payload payload;
  const bool keeps = count == 8 && args[7] == Py_True;
  if (PyErr_Occurred() || !pack(cache, args[1], payload)) return nullptr;
  if (keeps) payload.flags |= COFFER_PUT_KEEP_DEPENDENCIES;
  Failure failure;
  uint64_t version = 0;
  const coffer_status status = put(cache, key, payload, options, &version, failure);
  drain_objects();
  if (failed(status)) return failure.raise(status);
  return status == COFFER_OK ? PyLong_FromUnsignedLongLong(version) : PyLong_FromLong(-status);
}

PyObject* cache_put_bytes(PyObject* self, Args args, Py_ssize_t count) {
  CacheObject& cache = cache_of(self);
  if (!opened(cache)) [[unlikely]]
    return nullptr;
  coffer_bytes key;
  coffer_put_options options{};
  Payload payload;
  if (!takes("_put_bytes", count, 2, 2) || !key_of(args[0], key) ||
      !key_of(args[1], payload.bytes_)) {
    return nullptr;
  }
  Failure failure;
  const coffer_status status = put(cache, key, payload, options, nullptr, failure);
  drain_objects();
  if (failed(status)) return failure.raise(status);
  Py_RETURN_NONE;
}

PyObject* cache_delete(PyObject* self, Args args, Py_ssize_t count) {
  CacheObject& cache = cache_of(self);
  if (!opened(cache)) [[unlikely]]
    return nullptr;
  coffer_bytes key;
  if (!takes("delete", count, 1, 1) || !key_of(args[0], key)) return nullptr;
  Failure failure;
  const coffer_status status = blocking(
      cache, [&] { return coffer_delete(cache.cache, key.data, key.size, failure.out()); });
  drain_objects();
  return failed(status) ? failure.raise(status) : PyBool_FromLong(status == COFFER_OK);
}

PyObject* cache_delete_if(PyObject* self, Args args, Py_ssize_t count) {
  CacheObject& cache = cache_of(self);
  if (!opened(cache)) [[unlikely]]
    return nullptr;
  coffer_bytes key;
  if (!takes("compare_and_delete", count, 2, 2) || !key_of(args[0], key)) return nullptr;
  const unsigned long long version = PyLong_AsUnsignedLongLong(args[1]);
  if (PyErr_Occurred()) return nullptr;
  Failure failure;
  const coffer_status status = blocking(cache, [&] {
    return coffer_delete_if(cache.cache, key.data, key.size, version, failure.out());
  });
  drain_objects();
  return failed(status) ? failure.raise(status) : PyBool_FromLong(status == COFFER_OK);
}

PyObject* cache_expire(PyObject* self, Args args, Py_ssize_t count) {
  CacheObject& cache = cache_of(self);
  if (!opened(cache)) [[unlikely]]
    return nullptr;
  coffer_bytes key;
  if (!takes("_expire", count, 1, 1) || !key_of(args[0], key)) return nullptr;
  Failure failure;
  const coffer_status status = blocking(
      cache, [&] { return coffer_expire(cache.cache, key.data, key.size, failure.out()); });
  drain_objects();
  return failed(status) ? failure.raise(status) : PyBool_FromLong(status == COFFER_OK);
}

PyObject* cache_touch(PyObject* self, Args args, Py_ssize_t count) {
  CacheObject& cache = cache_of(self);
  if (!opened(cache)) [[unlikely]]
    return nullptr;
  coffer_bytes key;
  coffer_ttl ttl;
  if (!takes("_touch", count, 2, 2) || !key_of(args[0], key) || !nanoseconds(args[1], ttl))
    return nullptr;
  Failure failure;
  const coffer_status status = blocking(
      cache, [&] { return coffer_touch(cache.cache, key.data, key.size, ttl, failure.out()); });
  return failed(status) ? failure.raise(status) : PyBool_FromLong(status == COFFER_OK);
}

PyObject* cache_incr(PyObject* self, Args args, Py_ssize_t count) {
  CacheObject& cache = cache_of(self);
  if (!opened(cache)) [[unlikely]]
    return nullptr;
  coffer_bytes key;
  int64_t delta, initial = 0;
  coffer_ttl ttl;
  const bool must_exist = count == 4 && args[2] == Py_None;
  if (!takes("_incr", count, 4, 4) || !key_of(args[0], key) || !nanoseconds(args[1], delta) ||
      (!must_exist && !nanoseconds(args[2], initial)) || !nanoseconds(args[3], ttl)) {
    return nullptr;
  }
  Failure failure;
  int64_t sum = 0;
  const coffer_status status = blocking(cache, [&] {
    return must_exist
               ? coffer_incr_existing(cache.cache, key.data, key.size, delta, &sum, failure.out())
               : coffer_incr(cache.cache, key.data, key.size, delta, initial, ttl, &sum,
                             failure.out());
  });
  drain_objects();
  if (failed(status)) return failure.raise(status);
  if (status == COFFER_MISS) Py_RETURN_NONE;
  return PyLong_FromLongLong(sum);
}

}  // namespace coffer::python
