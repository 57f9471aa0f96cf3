#include "bindings/python/src/storable.h"

#include <algorithm>

#include "bindings/python/src/module.h"

namespace coffer::python {
namespace {

// What a container holds is mostly of one kind: the first values tell.
constexpr int kDeepest = 4;
constexpr Py_ssize_t kSample = 16;

bool is_plain(PyObject* value) {
  return PyUnicode_CheckExact(value) || PyLong_CheckExact(value) || PyFloat_CheckExact(value) ||
         PyBool_Check(value) || value == Py_None || PyBytes_CheckExact(value);
}

// Asks coffer._storable.refuse, which raises; the last class that passed is remembered.
bool other_storable(PyObject* value) {
  static PyObject* passed = nullptr;
  auto* type = reinterpret_cast<PyObject*>(Py_TYPE(value));
  if (type == passed) return true;
  const Object none(PyObject_CallFunctionObjArgs(module.refuse, value, nullptr));
  if (!none) return false;
  const Object old(std::exchange(passed, Object::share(type).release()));
  return true;
}

bool check(PyObject* value, int depth) {
  if (is_plain(value)) return true;
  const bool deeper = depth < kDeepest;
  if (PyDict_CheckExact(value)) {
    Py_ssize_t position = 0;
    PyObject *key, *item;
    for (Py_ssize_t i = 0; deeper && i < kSample && PyDict_Next(value, &position, &key, &item);
         ++i) {
      const Object kept = Object::share(item);
      if (!check(kept.get(), depth + 1)) return false;
    }
    return true;
  }
  const bool list = PyList_CheckExact(value);
  if (!list && !PyTuple_CheckExact(value)) return other_storable(value);
  for (Py_ssize_t i = 0; deeper && i < kSample; ++i) {
    if (i >= (list ? PyList_Size(value) : PyTuple_Size(value))) break;
    const Object item = Object::share(list ? PyList_GetItem(value, i) : PyTuple_GetItem(value, i));
    if (!item || !check(item.get(), depth + 1)) return false;
  }
  return true;
}

}  // namespace

bool storable(PyObject* value) { return check(value, 0); }

PyObject* check_storable(PyObject*, PyObject* value) {
  if (!storable(value)) return nullptr;
  Py_RETURN_NONE;
}

}  // namespace coffer::python
