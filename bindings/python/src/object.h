// Live Python objects in stores of this process.
#ifndef BINDINGS_PYTHON_OBJECT_H_
#define BINDINGS_PYTHON_OBJECT_H_

#include "bindings/python/src/python.h"
#include "coffer/object.h"

namespace coffer::python {

// Releases are deferred: a store may drop an object on a thread without the GIL, or under a lock of
// its own while
// __del__ would come back to it.
extern const coffer_object_type kObjectType;

// Gives back what stores no longer hold. The caller holds the GIL and calls no library function
// around it.
size_t drain_objects();

// What an object takes in memory, roughly: containers count their contents, a sample of large ones.
uint64_t weight_of(PyObject* object);

}  // namespace coffer::python

#endif  // BINDINGS_PYTHON_OBJECT_H_
