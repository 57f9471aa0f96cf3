// Bound: a cached method of one object; calls have the object as their first argument.
#include <cstring>

#include "bindings/python/src/function.h"
#include "bindings/python/src/module.h"

namespace coffer::python {
namespace {

struct BoundObject {
  PyObject_HEAD PyObject* function;
  PyObject* object;
};

BoundObject& bound_of(PyObject* self) { return *reinterpret_cast<BoundObject*>(self); }

// function(object, *args, **kwargs)
PyObject* call(PyObject* self, PyObject* args, PyObject* kwargs) {
  const Py_ssize_t count = PyTuple_Size(args);
  const Object all(PyTuple_New(count + 1));
  if (!all) return nullptr;
  for (Py_ssize_t i = 0; i <= count; ++i) {
    PyObject* value = i == 0 ? bound_of(self).object : PyTuple_GetItem(args, i - 1);
    Py_INCREF(value);
    PyTuple_SetItem(all.get(), i, value);
  }
  return PyObject_Call(bound_of(self).function, all.get(), kwargs);
}

PyObject* create(PyTypeObject* type, PyObject* args, PyObject*) {
  PyObject *function, *object;
  if (!PyArg_ParseTuple(args, "OO:Bound", &function, &object)) return nullptr;
  return bind_method(type, function, object);
}

int traverse(PyObject* self, visitproc visit, void* arg) {
  Py_VISIT(Py_TYPE(self));
  Py_VISIT(bound_of(self).function);
  Py_VISIT(bound_of(self).object);
  return 0;
}

int clear_references(PyObject* self) {
  Py_CLEAR(bound_of(self).function);
  Py_CLEAR(bound_of(self).object);
  return 0;
}

void destroy(PyObject* self) {
  PyObject_GC_UnTrack(self);
  clear_references(self);
  free_object(self);
}

PyMemberDef members[] = {
    {"__func__", T_OBJECT_EX, offsetof(BoundObject, function), READONLY, "the function"},
    {"__self__", T_OBJECT_EX, offsetof(BoundObject, object), READONLY, "its first argument"},
    {nullptr, 0, 0, 0, nullptr},
};
PyType_Slot slots[] = {
    {Py_tp_new, reinterpret_cast<void*>(guarded<create>)},
    {Py_tp_call, reinterpret_cast<void*>(guarded<call>)},
    {Py_tp_dealloc, reinterpret_cast<void*>(destroy)},
    {Py_tp_traverse, reinterpret_cast<void*>(traverse)},
    {Py_tp_clear, reinterpret_cast<void*>(clear_references)},
    {Py_tp_members, members},
    {0, nullptr},
};
PyType_Spec spec = {"coffer._coffer.Bound", sizeof(BoundObject), 0,
                    Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC, slots};

}  // namespace

PyObject* bind_method(PyTypeObject* type, PyObject* function, PyObject* object) {
  PyObject* self = reinterpret_cast<allocfunc>(PyType_GetSlot(type, Py_tp_alloc))(type, 0);
  if (self == nullptr) return nullptr;
  bound_of(self).function = Object::share(function).release();
  bound_of(self).object = Object::share(object).release();
  return self;
}

bool add_bound(PyObject* to) { return (module.bound_type = add_type(to, &spec)) != nullptr; }

}  // namespace coffer::python
