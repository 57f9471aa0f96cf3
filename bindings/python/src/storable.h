// Values that cannot be cached: iterators, coroutines, files, locks (coffer/_storable.py).
#ifndef BINDINGS_PYTHON_STORABLE_H_
#define BINDINGS_PYTHON_STORABLE_H_

#include "bindings/python/src/python.h"

namespace coffer::python {

// False with TypeError set if `value`, or one of the first values in a list, tuple or dict, cannot
// be cached.
bool storable(PyObject* value);

// check_storable(value), for Python.
PyObject* check_storable(PyObject*, PyObject* value);

}  // namespace coffer::python

#endif  // BINDINGS_PYTHON_STORABLE_H_
