// Failures of the library as Python exceptions (coffer/errors.py).
#ifndef BINDINGS_PYTHON_ERRORS_H_
#define BINDINGS_PYTHON_ERRORS_H_

#include "bindings/python/src/python.h"
#include "coffer/error.h"

namespace coffer::python {

// Finds the exception class of each status.
bool load_errors();

// An exception object for an error of the library, which stays the caller's. `error` may be NULL.
Object to_exception(coffer_status status, const coffer_error* error);

// Sets the exception for a failed call and frees `error`. A Python exception that is already set (a
// callback raised it) stays. Returns NULL, for `return raise(...)`.
PyObject* raise(coffer_status status, coffer_error* error);

// Wraps the exception that is set, unless it is one of this package's, tells of no memory or is no
// Exception (an interrupt, say): the class of `status`, `what`, a colon and what the exception
// says, with that as its cause.
void wrap_raised(coffer_status status, const char* what);

inline bool failed(coffer_status status) { return status >= COFFER_INVALID_ARGUMENT || status < 0; }

// Receives the error of one call, to be raised.
class Failure {
 public:
  Failure() = default;
  Failure(const Failure&) = delete;
  Failure& operator=(const Failure&) = delete;
  ~Failure() { coffer_error_release(error_); }
  coffer_error** out() { return &error_; }
  PyObject* raise(coffer_status status) {
    return python::raise(status, std::exchange(error_, nullptr));
  }

 private:
  coffer_error* error_ = nullptr;
};

}  // namespace coffer::python

#endif  // BINDINGS_PYTHON_ERRORS_H_
