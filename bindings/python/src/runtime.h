#ifndef BINDINGS_PYTHON_RUNTIME_H_
#define BINDINGS_PYTHON_RUNTIME_H_

#include "bindings/python/src/python.h"
#include "coffer/runtime.h"

namespace coffer::python {

struct RuntimeObject {
  PyObject_HEAD coffer_runtime* runtime;
};

}  // namespace coffer::python

#endif  // BINDINGS_PYTHON_RUNTIME_H_
