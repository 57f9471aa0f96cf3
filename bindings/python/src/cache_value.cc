// Values on their way into entries and out of them.
#include "bindings/python/src/cache.h"
#include "bindings/python/src/decode.h"
#include "bindings/python/src/module.h"
#include "bindings/python/src/object.h"
#include "bindings/python/src/storable.h"

namespace coffer::python {
namespace {

// The format of what pickle wrote: that of coffer.serializers.Pickle without a secret.
constexpr uint32_t kPickleFormat = 2048;

// Whether nobody can change the object, which then needs no copy.
bool is_immutable(PyObject* value) {
  return PyUnicode_CheckExact(value) || PyLong_CheckExact(value) || PyBytes_CheckExact(value) ||
         PyFloat_CheckExact(value) || PyBool_Check(value);
}

// Keeps the new reference `encoded`, which must be bytes. False with an exception set.
bool keep_bytes(PyObject* encoded, uint32_t format, Payload& out) {
  out.encoded.reset(encoded);
  char* data = nullptr;
  Py_ssize_t size = 0;
  if (encoded == nullptr || PyBytes_AsStringAndSize(encoded, &data, &size) < 0) return false;
  out.bytes_ = {data, static_cast<size_t>(size)};
  out.format = format;
  return true;
}

bool pack_object(CacheObject& cache, PyObject* value, Payload& out) {
  if (cache.copy == Copy::kPickle && !is_immutable(value)) {
    return keep_bytes(PyObject_CallFunctionObjArgs(module.pickle, value, nullptr), kPickleFormat,
                      out);
  }
  if (cache.copy == Copy::kShare || cache.copy == Copy::kPickle) {
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
  return keep_bytes(
      PyObject_CallMethodObjArgs(cache.serializer, COFFER_NAME("dumps"), value, nullptr),
      cache.format, out);
}

PyObject* unpack_object(CacheObject& cache, PyObject* object) {
  if (cache.copy == Copy::kClone)
    return PyObject_CallFunctionObjArgs(module.clone, object, nullptr);
  Py_INCREF(object);
  return object;
}

Object bytes_of(const coffer_entry& entry) {
  return Object(PyBytes_FromStringAndSize(static_cast<const char*>(entry.data),
                                          static_cast<Py_ssize_t>(entry.size)));
}

PyObject* unpack_own(CacheObject& cache, const coffer_entry& entry) {
  const Object bytes = bytes_of(entry);
  return bytes ? PyObject_CallMethodObjArgs(cache.serializer, COFFER_NAME("loads"), bytes.get(),
                                            nullptr)
               : nullptr;
}

// Only of stores in this process, in which nobody else can put what runs code when it is read.
PyObject* unpack_pickled(const coffer_entry& entry) {
  const Object bytes = bytes_of(entry);
  return bytes ? PyObject_CallFunctionObjArgs(module.unpickle, bytes.get(), nullptr) : nullptr;
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
  } else if ((entry.flags & COFFER_ENTRY_OBJECT) == 0 && entry.format == cache.format &&
             cache.serializer != nullptr) {
    value = unpack_own(cache, entry);
  } else if ((entry.flags & COFFER_ENTRY_OBJECT) == 0 && entry.format == kPickleFormat &&
             cache.live) {
    value = unpack_pickled(entry);
  } else {
    value = unpack_played(cache, entry);
  }
  return value != nullptr ? value : missing(cache);
}

}  // namespace coffer::python
