// The key of an entry, as a Python program gives it: str (its UTF-8) or bytes.
#ifndef BINDINGS_PYTHON_KEY_H_
#define BINDINGS_PYTHON_KEY_H_

#include "bindings/python/src/python.h"
#include "coffer/base.h"

namespace coffer::python {

// A view of the bytes of `object`, which must outlive it. False with TypeError set if it is no key.
inline bool key_of(PyObject* object, coffer_bytes& out) {
  Py_ssize_t size = 0;
  if (PyUnicode_Check(object)) [[likely]] {
    out.data = PyUnicode_AsUTF8AndSize(object, &size);
    out.size = static_cast<size_t>(size);
    return out.data != nullptr;
  }
  char* data = nullptr;
  if (!PyBytes_Check(object)) {
    PyErr_Format(PyExc_TypeError, "a key is str or bytes, not %R; write f\"user:{id}\" or str(id)",
                 reinterpret_cast<PyObject*>(Py_TYPE(object)));
    return false;
  }
  if (PyBytes_AsStringAndSize(object, &data, &size) < 0) return false;
  out = {data, static_cast<size_t>(size)};
  return true;
}

// The same bytes as str if they are UTF-8, else as bytes.
inline PyObject* key_object(const coffer_bytes& key) {
  const auto* data = static_cast<const char*>(key.data);
  PyObject* text = PyUnicode_DecodeUTF8(data, static_cast<Py_ssize_t>(key.size), nullptr);
  if (text != nullptr || !PyErr_ExceptionMatches(PyExc_UnicodeDecodeError)) return text;
  PyErr_Clear();
  return PyBytes_FromStringAndSize(data, static_cast<Py_ssize_t>(key.size));
}

}  // namespace coffer::python

#endif  // BINDINGS_PYTHON_KEY_H_
