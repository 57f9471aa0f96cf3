// Values on their way into entries and out of them.
#include <charconv>

#include "bindings/python/src/cache.h"
#include "bindings/python/src/decode.h"
#include "bindings/python/src/module.h"
#include "bindings/python/src/object.h"
#include "bindings/python/src/storable.h"

namespace coffer::python {
namespace {

bool pack_object(CacheObject& cache, PyObject* value, Payload& out) {
  if (cache.copy == Copy::kShare) {
    out.object = Object::share(value);
  } else {
    PyObject* copier = cache.copy == Copy::kClone ? module.clone : module.freeze;
    out.object.reset(PyObject_CallFunctionObjArgs(copier, value, nullptr));
  }
  if (!out.object) return false;
  out.flags = 0;
  out.weight = weight_of(value);
  return true;
}

bool pack_bytes(CacheObject& cache, PyObject* value, Payload& out) {
  out.encoded.reset(
      PyObject_CallMethodObjArgs(cache.serializer, COFFER_NAME("dumps"), value, nullptr));
  if (!out.encoded) return false;
  char* data = nullptr;
  Py_ssize_t size = 0;
  if (PyBytes_AsStringAndSize(out.encoded.get(), &data, &size) < 0) return false;
  out.bytes_ = {data, static_cast<size_t>(size)};
  out.format = cache.format;
  return true;
}

PyObject* unpack_object(CacheObject& cache, PyObject* object) {
  if (cache.copy == Copy::kClone)
    return PyObject_CallFunctionObjArgs(module.clone, object, nullptr);
  Py_INCREF(object);
  return object;
}

// Counters are raw decimal integers; anything else that is raw is bytes.
PyObject* unpack_raw(const coffer_entry& entry) {
  const auto* begin = static_cast<const char*>(entry.data);
  const char* end = begin + entry.size;
  long long number = 0;
  if (entry.size > 0) {
    const auto [stop, error] = std::from_chars(begin, end, number);
    if (error == std::errc() && stop == end) return PyLong_FromLongLong(number);
  }
  return PyBytes_FromStringAndSize(begin, static_cast<Py_ssize_t>(entry.size));
}

PyObject* unpack_own(CacheObject& cache, const coffer_entry& entry) {
  const Object bytes(PyBytes_FromStringAndSize(static_cast<const char*>(entry.data),
                                               static_cast<Py_ssize_t>(entry.size)));
  return bytes ? PyObject_CallMethodObjArgs(cache.serializer, COFFER_NAME("loads"), bytes.get(),
                                            nullptr)
               : nullptr;
}

PyObject* unpack_played(CacheObject& cache, const coffer_entry& entry) {
  Builder builder;
  Failure failure;
  const coffer_status status =
      coffer_entry_play(cache.cache, &entry, builder.visitor(), nullptr, failure.out());
  return failed(status) ? failure.raise(status) : builder.take();
}

// What was written by a class or a release of the format that is no more is a miss, not an error.
PyObject* missing(CacheObject& cache) {
  if (!PyErr_ExceptionMatches(PyExc_Exception) || PyErr_ExceptionMatches(PyExc_MemoryError))
    return nullptr;
  PyErr_Clear();
  ++cache.undecodable;
  Py_INCREF(module.miss);
  return module.miss;
}

}  // namespace

bool pack(CacheObject& cache, PyObject* value, Payload& out) {
  if (value == Py_None) {
    out.flags = COFFER_ENTRY_NULL;
    return true;
  }
  if (!storable(value)) return false;
  return cache.live ? pack_object(cache, value, out) : pack_bytes(cache, value, out);
}

PyObject* unpack(CacheObject& cache, const coffer_entry& entry) {
  PyObject* value;
  if ((entry.flags & COFFER_ENTRY_OBJECT) != 0 && entry.object_type == &kObjectType) [[likely]] {
    value = unpack_object(cache, static_cast<PyObject*>(entry.object));
  } else if ((entry.flags & COFFER_ENTRY_NULL) != 0) {
    Py_INCREF(Py_None);
    return Py_None;
  } else if ((entry.flags & COFFER_ENTRY_OBJECT) == 0 && entry.format == COFFER_FORMAT_RAW) {
    value = unpack_raw(entry);
  } else if ((entry.flags & COFFER_ENTRY_OBJECT) == 0 && entry.format == cache.format &&
             cache.serializer != nullptr) {
    value = unpack_own(cache, entry);
  } else {
    value = unpack_played(cache, entry);
  }
  return value != nullptr ? value : missing(cache);
}

}  // namespace coffer::python
