// Computation: which keys a thread or task computes (coffer/computation.h).
#ifndef BINDINGS_PYTHON_COMPUTATION_H_
#define BINDINGS_PYTHON_COMPUTATION_H_

#include "bindings/python/src/python.h"
#include "coffer/computation.h"

namespace coffer::python {

// A Computation, or None: NULL. False with an exception set.
bool computation_of(PyObject* object, coffer_computation*& out);

// While it lives, this thread is in a computation. NULL leaves it where it is.
class Within {
 public:
  explicit Within(coffer_computation* computation) : entered_(computation != nullptr) {
    if (entered_) outer_ = coffer_computation_enter(computation);
  }
  Within(const Within&) = delete;
  Within& operator=(const Within&) = delete;
  ~Within() {
    if (entered_) coffer_computation_enter(outer_);
  }

 private:
  const bool entered_;
  coffer_computation* outer_ = nullptr;
};

}  // namespace coffer::python

#endif  // BINDINGS_PYTHON_COMPUTATION_H_
