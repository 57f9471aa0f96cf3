// What the module keeps for all of its files: classes of the Python side, and the types defined
// here.
#ifndef BINDINGS_PYTHON_MODULE_H_
#define BINDINGS_PYTHON_MODULE_H_

#include "bindings/python/src/python.h"

namespace coffer::python {

// One per process: like all modules with objects shared by native threads it lives in the main
// interpreter only.
struct Module {
  PyObject* miss = nullptr;         // the sentinel coffer.MISS
  PyObject* errors[32] = {};        // exception class by status
  PyObject* cache_error = nullptr;  // that of all of them
  PyObject* encode_extension =
      nullptr;  // coffer._extensions.encode(value) -> (type, bytes) or None
  PyObject* decode_extension = nullptr;  // coffer._extensions.decode(type, bytes) -> value
  PyObject* encode_datum =
      nullptr;  // coffer._rows.encode_datum(value) -> (type, number, nanoseconds, bytes)
  PyObject* encode_key = nullptr;         // coffer.keys._encode(value) -> bytes
  PyObject* describe_receiver = nullptr;  // coffer._keys.describe_receiver(class) -> (bytes, by)
  PyObject* insert = nullptr;             // coffer._template.insert(value, separators) -> bytes
  PyObject* new_instance_name = nullptr;  // coffer._instances.new_name() -> bytes
  PyObject* cannot_tell = nullptr;        // coffer._instances.cannot_tell(class) -> TypeError
  PyObject* refuse = nullptr;    // coffer._storable.refuse(value): raises if it cannot be cached
  PyObject* clone = nullptr;     // copy.deepcopy
  PyObject* freeze = nullptr;    // coffer._copy.freeze
  PyObject* pickle = nullptr;    // coffer._copy.pickle(value) -> bytes
  PyObject* unpickle = nullptr;  // coffer._copy.unpickle(bytes) -> value
  PyTypeObject* runtime_type = nullptr;
  PyTypeObject* cache_type = nullptr;
  PyTypeObject* queue_type = nullptr;
  PyTypeObject* bound_type = nullptr;
  PyTypeObject* computation_type = nullptr;
  // How many contexts (disabled, transaction) are entered anywhere: while it is 0 nobody needs to
  // ask which.
  Py_ssize_t contexts = 0;
  // How many loaders run that replace a value; while it is 0 no miss needs to ask for that.
  Py_ssize_t renewals = 0;
};

extern Module module;

// Each adds its type to the module. False with an exception set if it fails.
bool add_runtime(PyObject* to);
bool add_cache(PyObject* to);
bool add_queue(PyObject* to);
bool add_scan(PyObject* to);
bool add_serializer(PyObject* to);
bool add_bound(PyObject* to);
bool add_transaction(PyObject* to);
bool add_computation(PyObject* to);

// Creates a type from its spec and adds it under its own name.
PyTypeObject* add_type(PyObject* to, PyType_Spec* spec);

}  // namespace coffer::python

#endif  // BINDINGS_PYTHON_MODULE_H_
