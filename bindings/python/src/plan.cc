// The arguments of a call as the key of its result.
#include "bindings/python/src/function.h"
#include "bindings/python/src/instances.h"
#include "bindings/python/src/module.h"

namespace coffer::python {
namespace {

bool to_string(PyObject* object, std::string& out) {
  Py_ssize_t size = 0;
  const char* utf8 = PyUnicode_AsUTF8AndSize(object, &size);
  if (utf8 != nullptr) out.assign(utf8, static_cast<size_t>(size));
  return utf8 != nullptr;
}

}  // namespace

const Receivers::Known* Receivers::find(PyObject* type) const {
  for (const Known& known : known_) {
    if (known.type.get() == type) return &known;
  }
  return nullptr;
}

const Receivers::Known* Receivers::learn(PyObject* type) {
  const Object told(PyObject_CallFunctionObjArgs(module.describe_receiver, type, nullptr));
  const char* text;
  Py_ssize_t size;
  int by;
  if (!told || !PyArg_ParseTuple(told.get(), "y#i", &text, &size, &by)) return nullptr;
  if (known_.size() == kMost) known_.clear();
  known_.push_back(
      {Object::share(type), std::string(text, static_cast<size_t>(size)), static_cast<By>(by)});
  return &known_.back();
}

bool Receivers::append(Text& text, PyObject* receiver) {
  const bool is_class = PyType_Check(receiver);
  PyObject* type = is_class ? receiver : reinterpret_cast<PyObject*>(Py_TYPE(receiver));
  const Known* known = find(type);
  if (known == nullptr) [[unlikely]] {
    known = learn(type);
    if (known == nullptr) return false;
  }
  text.append(known->text.data(), known->text.size());
  if (is_class || known->by == By::kClass) return true;
  if (known->by == By::kItself) return append_instance(text, receiver);
  const Object key =
      known->by == By::kContents
          ? Object::share(receiver)
          : Object(PyObject_CallMethodObjArgs(receiver, COFFER_NAME("__cache_key__"), nullptr));
  text.append('(');
  if (!key || !append_typed(text, key.get())) return false;
  text.append(')');
  return true;
}

int Receivers::visit(visitproc visit, void* arg) const {
  for (const Known& known : known_) Py_VISIT(known.type.get());
  return 0;
}

bool Plan::read(PyObject* plan) {
  PyObject *literal, *list;
  if (!PyTuple_Check(plan) || !PyArg_ParseTuple(plan, "UO!", &literal, &PyList_Type, &list))
    return false;
  if (!to_string(literal, before)) return false;
  for (Py_ssize_t i = 0; i < PyList_Size(list); ++i) {
    int parameter, as;
    Part part;
    PyObject* separators;
    if (!PyArg_ParseTuple(PyList_GetItem(list, i), "iiUU", &parameter, &as, &literal,
                          &separators) ||
        !to_string(literal, part.after) || !part.separators.read(separators)) {
      return false;
    }
    part.parameter = parameter;
    part.as = static_cast<As>(as);
    parts.push_back(std::move(part));
  }
  return true;
}

bool Plan::append(Text& text, PyObject* const* values) {
  text.append(before.data(), before.size());
  for (const Part& part : parts) {
    PyObject* value = values[part.parameter];
    const bool good = part.as == As::kTyped  ? append_typed(text, value)
                      : part.as == As::kText ? append_text(text, value, part.separators)
                                             : receivers.append(text, value);
    if (!good) return false;
    text.append(part.after.data(), part.after.size());
  }
  return true;
}

bool Parameters::read(PyObject* parameters) {
  PyObject *name_tuple, *default_tuple;
  Py_ssize_t count;
  int is_plain;
  if (!PyTuple_Check(parameters) ||
      !PyArg_ParseTuple(parameters, "O!O!np", &PyTuple_Type, &name_tuple, &PyTuple_Type,
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

bool Parameters::bind(const Arguments& arguments, PyObject** values) const {
  const size_t given = arguments.count();
  if (!plain || !arguments.flat() || given > positional) return false;
  for (size_t i = 0; i < given; ++i) values[i] = arguments.value(i);
  const size_t named = arguments.named_count();
  if (given == names.size()) return named == 0;
  for (size_t i = given; i < names.size(); ++i) values[i] = nullptr;
  for (size_t n = 0; n < named; ++n) {
    PyObject* name = arguments.name(n);
    size_t i = given;
    while (i < names.size() && names[i].get() != name &&
           PyUnicode_Compare(names[i].get(), name) != 0)
      ++i;
    if (i == names.size()) return false;  // unknown, or given twice
    values[i] = arguments.named_value(n);
  }
  for (size_t i = given; i < names.size(); ++i) {
    if (values[i] == nullptr) values[i] = defaults[i].get();
    if (values[i] == nullptr) return false;
  }
  return true;
}

}  // namespace coffer::python
