#include "bindings/python/src/options.h"

#include "bindings/python/src/key.h"

namespace coffer::python {

bool Options::read(PyObject* sequence) {
  kept_.reset(PySequence_Tuple(sequence));
  if (!kept_) return false;
  const Py_ssize_t count = PyTuple_Size(kept_.get());
  for (Py_ssize_t i = 0; i < count; ++i) {
    if (!read_one(PyTuple_GetItem(kept_.get(), i))) return false;
  }
  return true;
}

bool Options::read_one(PyObject* item) {
  PyObject *name, *value;
  coffer_option option{};
  if (!PyTuple_Check(item) || !PyArg_ParseTuple(item, "UiO", &name, &option.type, &value))
    return false;
  option.key = PyUnicode_AsUTF8AndSize(name, nullptr);
  if (option.key == nullptr) return false;
  if (option.type == COFFER_TYPE_TEXT) {
    if (!key_of(value, option.text)) return false;
  } else if (option.type == COFFER_TYPE_FLOAT) {
    option.f64 = PyFloat_AsDouble(value);
  } else {
    option.i64 = PyLong_AsLongLong(value);
  }
  if (PyErr_Occurred()) return false;
  options_.push_back(option);
  return true;
}

}  // namespace coffer::python
