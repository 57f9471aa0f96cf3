// Python values as neutral values of the library.
#ifndef BINDINGS_PYTHON_ENCODE_H_
#define BINDINGS_PYTHON_ENCODE_H_

#include "bindings/python/src/python.h"
#include "coffer/value.h"

namespace coffer::python {

// Plays `object` into `into`. Instances of subclasses of the built-in types play as those; what has
// no neutral form is COFFER_UNSUPPORTED. If Python code raised, its exception stays set.
coffer_status play(PyObject* object, const coffer_visitor& into, coffer_sink* sink);

// The same as a value for a library call, during which the caller keeps the GIL and `object`.
inline coffer_value value_of(PyObject* object) {
  return {object, [](void* self, const coffer_visitor* into, coffer_sink* sink) {
            return play(static_cast<PyObject*>(self), *into, sink);
          }};
}

}  // namespace coffer::python

#endif  // BINDINGS_PYTHON_ENCODE_H_
