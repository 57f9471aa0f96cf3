#include "bindings/python/src/encode.h"

#include <cstdio>

#include "bindings/python/src/errors.h"
#include "bindings/python/src/module.h"

namespace coffer::python {
namespace {

// Plays one value and all that is in it. Depth is limited by the library, which every begin event
// asks.
class Player {
 public:
  Player(const coffer_visitor& into, coffer_sink* sink) : into_(into), sink_(sink) {}

  coffer_status play(PyObject* object) {
    if (object == Py_None) return into_.null(into_.self);
    if (PyBool_Check(object)) return into_.boolean(into_.self, object == Py_True);
    if (PyLong_Check(object)) return integer(object);
    if (PyUnicode_Check(object)) return text(object);
    if (PyFloat_Check(object)) return into_.f64(into_.self, PyFloat_AsDouble(object));
    if (PyDict_Check(object)) return map(object);
    if (PyList_Check(object)) return list(object);
    if (PyTuple_Check(object)) return tuple(object);
    if (PyBytes_Check(object)) return bytes(object);
    if (PyAnySet_Check(object)) return set(object);
    if (PyByteArray_Check(object)) {
      return into_.blob(into_.self, PyByteArray_AsString(object),
                        static_cast<size_t>(PyByteArray_Size(object)));
    }
    return extension(object);
  }

 private:
  // Python code raised; its exception stays set and wins over what this status says.
  coffer_status raised() {
    return coffer_sink_fail(sink_, COFFER_CANCELLED, 0, "a Python exception was raised");
  }

  coffer_status integer(PyObject* object) {
    int overflow = 0;
    const long long value = PyLong_AsLongLongAndOverflow(object, &overflow);
    if (overflow == 0)
      return value == -1 && PyErr_Occurred() ? raised() : into_.i64(into_.self, value);
    if (overflow > 0) {
      const unsigned long long large = PyLong_AsUnsignedLongLong(object);
      if (!PyErr_Occurred()) return into_.u64(into_.self, large);
      PyErr_Clear();
    }
    const Object plain(PyNumber_ToBase(object, 10));
    Py_ssize_t size = 0;
    const char* digits = plain ? PyUnicode_AsUTF8AndSize(plain.get(), &size) : nullptr;
    if (digits != nullptr) return into_.bigint(into_.self, digits, static_cast<size_t>(size));
    wrap_raised(COFFER_TOO_LARGE, "an integer cannot be encoded");
    return raised();
  }

  coffer_status text(PyObject* object) {
    Py_ssize_t size = 0;
    const char* utf8 = PyUnicode_AsUTF8AndSize(object, &size);
    if (utf8 != nullptr) return into_.text(into_.self, utf8, static_cast<size_t>(size));
    wrap_raised(COFFER_UNSUPPORTED, "text with half a surrogate pair in it cannot be encoded");
    return raised();
  }

  coffer_status bytes(PyObject* object) {
    char* data = nullptr;
    Py_ssize_t size = 0;
    if (PyBytes_AsStringAndSize(object, &data, &size) < 0) return raised();
    return into_.blob(into_.self, data, static_cast<size_t>(size));
  }

  coffer_status list(PyObject* object) {
    const Py_ssize_t count = PyList_Size(object);
    coffer_status status = into_.list_begin(into_.self, static_cast<uint64_t>(count), COFFER_LIST);
    for (Py_ssize_t i = 0; i < count && status == COFFER_OK; ++i) {
      const Object item = Object::share(PyList_GetItem(object, i));
      status = item ? play(item.get()) : raised();
    }
    return status == COFFER_OK ? into_.list_end(into_.self) : status;
  }

  coffer_status tuple(PyObject* object) {
    const Py_ssize_t count = PyTuple_Size(object);
    coffer_status status = into_.list_begin(into_.self, static_cast<uint64_t>(count), COFFER_TUPLE);
    for (Py_ssize_t i = 0; i < count && status == COFFER_OK; ++i)
      status = play(PyTuple_GetItem(object, i));
    return status == COFFER_OK ? into_.list_end(into_.self) : status;
  }

  coffer_status set(PyObject* object) {
    const uint32_t kind =
        PyObject_TypeCheck(object, &PyFrozenSet_Type) ? COFFER_FROZENSET : COFFER_SET;
    coffer_status status =
        into_.list_begin(into_.self, static_cast<uint64_t>(PySet_Size(object)), kind);
    const Object items(PyObject_GetIter(object));
    if (!items) return raised();
    while (status == COFFER_OK) {
      const Object item(PyIter_Next(items.get()));
      if (!item) break;
      status = play(item.get());
    }
    if (PyErr_Occurred()) return raised();
    return status == COFFER_OK ? into_.list_end(into_.self) : status;
  }

  coffer_status map(PyObject* object) {
    const Py_ssize_t count = PyDict_Size(object);
    coffer_status status = into_.map_begin(into_.self, static_cast<uint64_t>(count));
    Py_ssize_t position = 0;
    PyObject *key, *value;
    while (status == COFFER_OK && PyDict_Next(object, &position, &key, &value)) {
      // An extension runs Python code, which might change the map.
      const Object kept_key = Object::share(key), kept_value = Object::share(value);
      status = play(key);
      if (status == COFFER_OK) status = play(value);
      if (status == COFFER_OK && PyDict_Size(object) != count) {
        PyErr_SetString(PyExc_RuntimeError, "a dict changed its size while it was encoded");
        return raised();
      }
    }
    return status == COFFER_OK ? into_.map_end(into_.self) : status;
  }

  // Dates, decimals, UUIDs: rare enough to be taken apart in Python.
  coffer_status extension(PyObject* object) {
    const Object encoded(PyObject_CallFunctionObjArgs(module.encode_extension, object, nullptr));
    if (!encoded) return raised();
    if (encoded.get() == Py_None) return unsupported(object);
    const long type = PyLong_AsLong(PyTuple_GetItem(encoded.get(), 0));
    char* data = nullptr;
    Py_ssize_t size = 0;
    if (PyBytes_AsStringAndSize(PyTuple_GetItem(encoded.get(), 1), &data, &size) < 0)
      return raised();
    return into_.ext(into_.self, static_cast<uint32_t>(type), data, static_cast<size_t>(size));
  }

  coffer_status unsupported(PyObject* object) {
    const Object name(
        PyObject_GetAttrString(reinterpret_cast<PyObject*>(Py_TYPE(object)), "__qualname__"));
    const char* text = name ? PyUnicode_AsUTF8AndSize(name.get(), nullptr) : nullptr;
    if (text == nullptr) return raised();
    char message[512];
    std::snprintf(
        message, sizeof message,
        "a value of type %.200s has no form that other languages can read; cache plain data (dict, "
        "list, str, ...), give the cache a serializer of your own, or serializer=\"pickle!\"",
        text);
    return coffer_sink_fail(sink_, COFFER_UNSUPPORTED, 0, message);
  }

  const coffer_visitor& into_;
  coffer_sink* sink_;
};

}  // namespace

coffer_status play(PyObject* object, const coffer_visitor& into, coffer_sink* sink) {
  return Player(into, sink).play(object);
}

}  // namespace coffer::python
