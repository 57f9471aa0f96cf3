// The arguments of a call as the key of its result.
#include "bindings/python/src/function.h"
#include "bindings/python/src/module.h"

namespace coffer::python {
namespace {

bool to_string(PyObject* object, std::string& out) {
  Py_ssize_t size = 0;
  const char* utf8 = PyUnicode_AsUTF8AndSize(object, &size);
  if (utf8 != nullptr) out.assign(utf8, static_cast<size_t>(size));
  return utf8 != nullptr;
}

// self or cls: the class, and what __cache_key__ says of the object.
bool append_receiver(Text& text, PyObject* receiver) {
  const Object encoded(PyObject_CallFunctionObjArgs(module.encode_receiver, receiver, nullptr));
  char* data = nullptr;
  Py_ssize_t size = 0;
  if (!encoded || PyBytes_AsStringAndSize(encoded.get(), &data, &size) < 0) return false;
  text.append(data, static_cast<size_t>(size));
  return true;
}

}  // namespace

bool Plan::read(PyObject* plan) {
  PyObject *literal, *list;
  if (!PyTuple_Check(plan) || !PyArg_ParseTuple(plan, "UO!", &literal, &PyList_Type, &list)) return false;
  if (!to_string(literal, before)) return false;
  for (Py_ssize_t i = 0; i < PyList_Size(list); ++i) {
    int parameter, as;
    Part part;
    if (!PyArg_ParseTuple(PyList_GetItem(list, i), "iiU", &parameter, &as, &literal) ||
        !to_string(literal, part.after)) {
      return false;
    }
    part.parameter = parameter;
    part.as = static_cast<As>(as);
    parts.push_back(std::move(part));
  }
  return true;
}

bool Plan::append(Text& text, PyObject* const* values) const {
  text.append(before.data(), before.size());
  for (const Part& part : parts) {
    PyObject* value = values[part.parameter];
    const bool good = part.as == As::kTyped  ? append_typed(text, value)
                      : part.as == As::kText ? append_text(text, value)
                                             : append_receiver(text, value);
    if (!good) return false;
    text.append(part.after.data(), part.after.size());
  }
  return true;
}

bool Parameters::read(PyObject* parameters) {
  PyObject *name_tuple, *default_tuple;
  Py_ssize_t count;
  int is_plain;
  if (!PyTuple_Check(parameters) || !PyArg_ParseTuple(parameters, "O!O!np", &PyTuple_Type, &name_tuple, &PyTuple_Type,
                                                      &default_tuple, &count, &is_plain)) {
    return false;
  }
  for (Py_ssize_t i = 0; i < PyTuple_Size(name_tuple); ++i) {
    names.push_back(Object::share(PyTuple_GetItem(name_tuple, i)));
    PyObject* given = PyTuple_GetItem(default_tuple, i);
    if (given == nullptr) return false;
    defaults.push_back(given == module.miss ? Object() : Object::share(given));
  }
  positional = static_cast<size_t>(count);
  plain = is_plain != 0 && names.size() <= kMost;
  return true;
}

bool Parameters::bind(PyObject* args, PyObject* kwargs, PyObject** values) const {
  const auto given = static_cast<size_t>(PyTuple_Size(args));
  if (!plain || given > positional) return false;
  for (size_t i = 0; i < given; ++i) values[i] = PyTuple_GetItem(args, static_cast<Py_ssize_t>(i));
  for (size_t i = given; i < names.size(); ++i) values[i] = nullptr;
  Py_ssize_t position = 0;
  PyObject *name, *value;
  while (kwargs != nullptr && PyDict_Next(kwargs, &position, &name, &value)) {
    size_t i = given;
    while (i < names.size() && names[i].get() != name && PyUnicode_Compare(names[i].get(), name) != 0) ++i;
    if (i == names.size()) return false;  // unknown, or given twice
    values[i] = value;
  }
  for (size_t i = given; i < names.size(); ++i) {
    if (values[i] == nullptr) values[i] = defaults[i].get();
    if (values[i] == nullptr) return false;
  }
  return true;
}

}  // namespace coffer::python
