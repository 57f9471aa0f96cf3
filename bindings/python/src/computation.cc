#include "bindings/python/src/computation.h"

#include <vector>

#include "bindings/python/src/cache.h"
#include "bindings/python/src/errors.h"
#include "bindings/python/src/key.h"
#include "bindings/python/src/module.h"

namespace coffer::python {
namespace {

struct ComputationObject {
  PyObject_HEAD coffer_computation* running;  // NULL once it has ended
  // Lasts as long as the object: tasks that were begun by it may still be in it.
  coffer_computation* shared;
};

ComputationObject& self_of(PyObject* self) { return *reinterpret_cast<ComputationObject*>(self); }

// (cache, keys, leases, the Computation it is a part of or None)
PyObject* create(PyTypeObject* type, PyObject* args, PyObject*) {
  PyObject *cache, *keys, *leases, *outer;
  coffer_computation* within;
  if (!PyArg_ParseTuple(args, "O!O!O!O:Computation", module.cache_type, &cache, &PyTuple_Type,
                        &keys, &PyTuple_Type, &leases, &outer) ||
      !computation_of(outer, within) || !opened(cache_of(cache))) {
    return nullptr;
  }
  const auto count = static_cast<size_t>(PyTuple_Size(keys));
  if (static_cast<size_t>(PyTuple_Size(leases)) != count) {
    PyErr_SetString(PyExc_ValueError, "a lease, or 0, is needed for each key");
    return nullptr;
  }
  std::vector<coffer_bytes> names(count);
  std::vector<coffer_lease> leads(count);
  for (size_t i = 0; i < count; ++i) {
    const auto at = static_cast<Py_ssize_t>(i);
    if (!key_of(PyTuple_GetItem(keys, at), names[i])) return nullptr;
    leads[i] = PyLong_AsUnsignedLongLong(PyTuple_GetItem(leases, at));
  }
  if (PyErr_Occurred()) return nullptr;
  auto alloc = reinterpret_cast<allocfunc>(PyType_GetSlot(type, Py_tp_alloc));
  Object self(alloc(type, 0));
  if (!self) return nullptr;
  Failure failure;
  coffer_status status;
  coffer_computation*& running = self_of(self.get()).running;
  {
    const Within part(within);
    status = coffer_computation_begin(cache_of(cache).cache, names.data(), leads.data(), count,
                                      &running, failure.out());
  }
  if (failed(status)) return failure.raise(status);
  const Within it(running);
  self_of(self.get()).shared = coffer_computation_share();
  return self.release();
}

void destroy(PyObject* self) {
  coffer_computation_end(self_of(self).running);
  coffer_computation_release(self_of(self).shared);
  free_object(self);
}

PyObject* end(PyObject* self) {
  coffer_computation_end(std::exchange(self_of(self).running, nullptr));
  Py_RETURN_NONE;
}

PyMethodDef methods[] = {
    method("end", guarded<end>, "Its values are known, or it has failed."),
    {nullptr, nullptr, 0, nullptr},
};
PyType_Slot slots[] = {
    {Py_tp_new, reinterpret_cast<void*>(create)},
    {Py_tp_dealloc, reinterpret_cast<void*>(destroy)},
    {Py_tp_methods, methods},
    {Py_tp_doc, const_cast<char*>("The computation of some keys; see coffer._computing.")},
    {0, nullptr},
};
PyType_Spec spec = {"coffer._coffer.Computation", sizeof(ComputationObject), 0, Py_TPFLAGS_DEFAULT,
                    slots};

}  // namespace

bool computation_of(PyObject* object, coffer_computation*& out) {
  out = nullptr;
  if (object == Py_None) return true;
  if (!PyObject_TypeCheck(object, module.computation_type)) {
    PyErr_SetString(PyExc_TypeError, "a Computation or None is needed");
    return false;
  }
  out = self_of(object).shared;
  return true;
}

bool add_computation(PyObject* to) {
  return (module.computation_type = add_type(to, &spec)) != nullptr;
}

}  // namespace coffer::python
