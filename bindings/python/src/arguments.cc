#include "bindings/python/src/arguments.h"

namespace coffer::python {

Arguments::Arguments(PyObject* tuple, PyObject* named) : tuple_(Object::share(tuple)) {
  const Py_ssize_t by_name = named == nullptr || named == Py_None ? 0 : PyDict_Size(named);
  if (by_name > 0) named_ = Object::share(named);
  const auto count = static_cast<size_t>(PyTuple_Size(tuple));
  if (count + static_cast<size_t>(by_name) > kMost) return;
  for (size_t i = 0; i < count; ++i) flat_[i] = PyTuple_GetItem(tuple, static_cast<Py_ssize_t>(i));
  if (by_name > 0) {
    own_names_.reset(PyTuple_New(by_name));
    if (!own_names_) return;
    names_ = own_names_.get();
    Py_ssize_t position = 0;
    PyObject *name, *value;
    for (Py_ssize_t i = 0; i < by_name && PyDict_Next(named, &position, &name, &value); ++i) {
      Py_INCREF(name);
      PyTuple_SetItem(names_, i, name);
      flat_[count + static_cast<size_t>(i)] = value;
    }
  }
  count_ = count;
  values_ = flat_;
}

PyObject* Arguments::tuple() {
  if (tuple_) return tuple_.get();
  tuple_.reset(PyTuple_New(static_cast<Py_ssize_t>(count_)));
  for (size_t i = 0; tuple_ && i < count_; ++i) {
    Py_INCREF(values_[i]);
    PyTuple_SetItem(tuple_.get(), static_cast<Py_ssize_t>(i), values_[i]);
  }
  return tuple_.get();
}

PyObject* Arguments::named() {
  if (named_) return named_.get();
  Object dict(PyDict_New());
  for (size_t i = 0; dict && i < named_count(); ++i) {
    if (PyDict_SetItem(dict.get(), name(i), named_value(i)) < 0) return nullptr;
  }
  named_ = std::move(dict);
  return named_.get();
}

}  // namespace coffer::python
