// The module coffer._coffer: what belongs to no single type, and its initialisation.
#include "bindings/python/src/module.h"

#include <cstring>
#include <string>

#include "bindings/python/src/errors.h"
#include "bindings/python/src/function.h"
#include "bindings/python/src/instances.h"
#include "bindings/python/src/keys.h"
#include "bindings/python/src/object.h"
#include "bindings/python/src/storable.h"
#include "coffer/coffer.h"

namespace coffer::python {

Module module;

bool takes(const char* name, Py_ssize_t given, Py_ssize_t least, Py_ssize_t most) {
  if (given >= least && given <= most) return true;
  PyErr_Format(PyExc_TypeError, "%s() takes %zd to %zd positional arguments but %zd were given",
               name, least, most, given);
  return false;
}

PyTypeObject* add_type(PyObject* to, PyType_Spec* spec) {
  Object type(PyType_FromSpec(spec));
  if (!type) return nullptr;
  const char* dot = std::strrchr(spec->name, '.');
  Py_INCREF(type.get());
  if (PyModule_AddObject(to, dot == nullptr ? spec->name : dot + 1, type.get()) < 0) {
    Py_DECREF(type.get());
    return nullptr;
  }
  // The module keeps it; so does the process.
  return reinterpret_cast<PyTypeObject*>(type.release());
}

namespace {

// The attribute `name` of module `from`, imported.
PyObject* import(const char* from, const char* name) {
  const Object imported(PyImport_ImportModule(from));
  return imported ? PyObject_GetAttrString(imported.get(), name) : nullptr;
}

bool load_classes() {
  return (module.miss = import("coffer._sentinel", "MISS")) != nullptr && load_errors() &&
         (module.encode_extension = import("coffer._extensions", "encode")) != nullptr &&
         (module.decode_extension = import("coffer._extensions", "decode")) != nullptr &&
         (module.encode_datum = import("coffer._rows", "encode_datum")) != nullptr &&
         (module.encode_key = import("coffer._keys", "encode_other")) != nullptr &&
         (module.describe_receiver = import("coffer._keys", "describe_receiver")) != nullptr &&
         (module.insert = import("coffer._template", "insert")) != nullptr &&
         (module.new_instance_name = import("coffer._instances", "new_name")) != nullptr &&
         (module.cannot_tell = import("coffer._instances", "cannot_tell")) != nullptr &&
         (module.refuse = import("coffer._storable", "refuse")) != nullptr &&
         (module.clone = import("copy", "deepcopy")) != nullptr &&
         (module.freeze = import("coffer._copy", "freeze")) != nullptr &&
         (module.pickle = import("coffer._copy", "pickle")) != nullptr &&
         (module.unpickle = import("coffer._copy", "unpickle")) != nullptr;
}

PyObject* enter_context(PyObject*, PyObject*) {
  ++module.contexts;
  Py_RETURN_NONE;
}
PyObject* leave_context(PyObject*, PyObject*) {
  --module.contexts;
  Py_RETURN_NONE;
}

PyObject* enter_renewal(PyObject*, PyObject*) {
  ++module.renewals;
  Py_RETURN_NONE;
}
PyObject* leave_renewal(PyObject*, PyObject*) {
  --module.renewals;
  Py_RETURN_NONE;
}

PyObject* contexts(PyObject*, PyObject*) { return PyLong_FromSsize_t(module.contexts); }

// Gives back what stores no longer hold; returns how many objects that were.
PyObject* drain(PyObject*, PyObject*) { return PyLong_FromSize_t(drain_objects()); }

PyMethodDef functions[] = {
    {"enter_context", enter_context, METH_NOARGS,
     "Makes every cache ask coffer._context before it acts."},
    {"leave_context", leave_context, METH_NOARGS, "Undoes one enter_context."},
    {"enter_renewal", enter_renewal, METH_NOARGS,
     "Makes every miss ask coffer._previous whether it is that of a loader."},
    {"leave_renewal", leave_renewal, METH_NOARGS, "Undoes one enter_renewal."},
    {"contexts", contexts, METH_NOARGS, "How many contexts are entered, anywhere in the process."},
    {"drain", drain, METH_NOARGS,
     "Gives back objects that stores no longer hold; returns their number."},
    {"function_type", make_function_type, METH_O,
     "(base) -> the class CachedFunction over it; see coffer._function."},
    {"encode_key", encode_key_value, METH_O,
     "The canonical, typed text of one value, as bytes; see coffer.keys."},
    {"instance_name", instance_name, METH_O,
     "What an object that counts as itself has in keys, as bytes; see coffer._instances."},
    {"check_storable", check_storable, METH_O,
     "Raises TypeError if a value cannot be cached; see coffer._storable."},
    {nullptr, nullptr, 0, nullptr},
};

PyModuleDef definition = {
    PyModuleDef_HEAD_INIT,
    "coffer._coffer",
    "The native half of the package coffer.",
    -1,  // shared by the whole process
    functions,
    nullptr,
    nullptr,
    nullptr,
    nullptr,
};

bool fill(PyObject* created) {
  return load_classes() && add_runtime(created) && add_cache(created) && add_queue(created) &&
         add_scan(created) && add_serializer(created) && add_bound(created) &&
         add_transaction(created) && add_computation(created) &&
         PyModule_AddStringConstant(created, "version", coffer_version()) == 0 &&
         PyModule_AddIntConstant(created, "TTL_FOREVER", COFFER_TTL_FOREVER) == 0 &&
         PyModule_AddIntConstant(created, "TTL_EXPIRED", COFFER_TTL_EXPIRED) == 0 &&
         PyModule_AddIntConstant(created, "TTL_KEEP", COFFER_TTL_KEEP) == 0;
}

}  // namespace
}  // namespace coffer::python

PyMODINIT_FUNC PyInit__coffer() {
  using namespace coffer::python;
  if (coffer_abi_version() >> 16 != COFFER_ABI_VERSION >> 16) {
    PyErr_Format(
        PyExc_ImportError, "coffer: the library found has ABI %u.%u and this module needs %u.x",
        coffer_abi_version() >> 16, coffer_abi_version() & 0xffff, COFFER_ABI_VERSION >> 16);
    return nullptr;
  }
  Object created(PyModule_Create(&definition));
  if (!created || !fill(created.get())) return nullptr;
  return created.release();
}
