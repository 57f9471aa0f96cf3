// Names of objects that count as themselves in keys (coffer/_instances.py).
#ifndef BINDINGS_PYTHON_INSTANCES_H_
#define BINDINGS_PYTHON_INSTANCES_H_

#include "bindings/python/src/keys.h"

namespace coffer::python {

// Appends the name of `object`, which no other object of this process has, ever. False with
// TypeError set if its class does not allow weak references: then nobody can tell it from an object
// that lies at its address later.
bool append_instance(Text& text, PyObject* object);

// instance_name(object) -> bytes, for Python.
PyObject* instance_name(PyObject*, PyObject* object);

}  // namespace coffer::python

#endif  // BINDINGS_PYTHON_INSTANCES_H_
