#include "bindings/python/src/errors.h"

#include <iterator>
#include <string>

#include "bindings/python/src/module.h"

namespace coffer::python {
namespace {

constexpr const char* kDetails[] = {"option", "plugin", "path",  "phase",  "offset",
                                    "at",     "column", "cycle", "reason", "limit"};

bool set(PyObject* exception, const char* name, PyObject* owned) {
  const Object value(owned);
  return value && PyObject_SetAttrString(exception, name, value.get()) == 0;
}

PyObject* details_of(const coffer_error* error) {
  Object details(PyDict_New());
  for (const char* name : kDetails) {
    const char* text = coffer_error_detail(error, name);
    if (text == nullptr || !details) continue;
    const Object value(PyUnicode_DecodeUTF8(
        text, static_cast<Py_ssize_t>(std::char_traits<char>::length(text)), "replace"));
    if (!value || PyDict_SetItemString(details.get(), name, value.get()) < 0) return nullptr;
  }
  return details.release();
}

}  // namespace

bool load_errors() {
  const Object errors(PyImport_ImportModule("coffer.errors"));
  if (!errors) return false;
  const Object by_status(PyObject_GetAttrString(errors.get(), "BY_STATUS"));
  if (!by_status) return false;
  module.cache_error = PyObject_GetAttrString(errors.get(), "CacheError");
  if (module.cache_error == nullptr) return false;
  for (int status = COFFER_INVALID_ARGUMENT; status < static_cast<int>(std::size(module.errors));
       ++status) {
    const Object name(PyUnicode_FromString(coffer_status_name(status)));
    PyObject* found = name ? PyDict_GetItemWithError(by_status.get(), name.get()) : nullptr;
    if (found == nullptr) found = PyDict_GetItemString(by_status.get(), "INTERNAL");
    if (found == nullptr) return false;
    Py_INCREF(found);
    module.errors[status] = found;
  }
  return true;
}

Object to_exception(coffer_status status, const coffer_error* error) {
  const bool known =
      status >= COFFER_INVALID_ARGUMENT && status < static_cast<int>(std::size(module.errors));
  PyObject* type = module.errors[known ? status : static_cast<int>(COFFER_INTERNAL)];
  const char* message = error != nullptr ? coffer_error_message(error) : coffer_status_name(status);
  Object exception(PyObject_CallFunction(type, "s", message));
  if (!exception) return exception;
  const uint32_t flags = coffer_error_flags(error);
  PyObject* self = exception.get();
  const bool complete =
      set(self, "status", PyUnicode_FromString(coffer_status_name(status))) &&
      set(self, "retriable", PyBool_FromLong((flags & COFFER_FAIL_RETRIABLE) != 0)) &&
      set(self, "maybe_applied", PyBool_FromLong((flags & COFFER_FAIL_MAYBE_APPLIED) != 0)) &&
      set(self, "retry_after",
          PyFloat_FromDouble(static_cast<double>(coffer_error_retry_after(error)) / 1e9)) &&
      set(self, "details", error != nullptr ? details_of(error) : PyDict_New());
  return complete ? std::move(exception) : Object();
}

void wrap_raised(coffer_status status, const char* what) {
  if (!PyErr_ExceptionMatches(PyExc_Exception) || PyErr_ExceptionMatches(PyExc_MemoryError) ||
      PyErr_ExceptionMatches(module.cache_error)) {
    return;
  }
  PyObject *type, *value, *traceback;
  PyErr_Fetch(&type, &value, &traceback);
  PyErr_NormalizeException(&type, &value, &traceback);
  if (traceback != nullptr) PyException_SetTraceback(value, traceback);
  const Object owned_type(type), owned_traceback(traceback);
  Object cause(value);
  const Object message(PyUnicode_FromFormat("%s: %S", what, value));
  const Object wrapped(
      message ? PyObject_CallFunctionObjArgs(module.errors[status], message.get(), nullptr)
              : nullptr);
  if (!wrapped || !set(wrapped.get(), "status", PyUnicode_FromString(coffer_status_name(status)))) {
    return;  // with the exception of that
  }
  PyException_SetCause(wrapped.get(), cause.release());
  PyErr_SetObject(module.errors[status], wrapped.get());
}

PyObject* raise(coffer_status status, coffer_error* error) {
  if (!PyErr_Occurred()) {
    const Object exception = to_exception(status, error);
    if (exception)
      PyErr_SetObject(reinterpret_cast<PyObject*>(Py_TYPE(exception.get())), exception.get());
  }
  coffer_error_release(error);
  return nullptr;
}

}  // namespace coffer::python
