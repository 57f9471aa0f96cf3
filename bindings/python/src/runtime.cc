// Runtime: one loaded engine.
#include "bindings/python/src/runtime.h"

#include "bindings/python/src/decode.h"
#include "bindings/python/src/errors.h"
#include "bindings/python/src/module.h"
#include "bindings/python/src/object.h"
#include "bindings/python/src/options.h"
#include "coffer/plugins.h"

namespace coffer::python {
namespace {

coffer_runtime* runtime_of(PyObject* self) {
  return reinterpret_cast<RuntimeObject*>(self)->runtime;
}

PyObject* create(PyTypeObject* type, PyObject* args, PyObject*) {
  PyObject* sequence;
  Options options;
  if (!PyArg_ParseTuple(args, "O:Runtime", &sequence) || !options.read(sequence)) return nullptr;
  auto alloc = reinterpret_cast<allocfunc>(PyType_GetSlot(type, Py_tp_alloc));
  Object self(alloc(type, 0));
  if (!self) return nullptr;
  Failure failure;
  coffer_runtime** out = &reinterpret_cast<RuntimeObject*>(self.get())->runtime;
  const coffer_status status =
      coffer_runtime_create(options.data(), options.size(), out, failure.out());
  return failed(status) ? failure.raise(status) : self.release();
}

void destroy(PyObject* self) {
  {
    const Unlocked unlocked;  // its threads end, if it was the last handle
    coffer_runtime_release(runtime_of(self));
  }
  drain_objects();
  free_object(self);
}

PyObject* now(PyObject* self) { return PyLong_FromLongLong(coffer_runtime_now(runtime_of(self))); }

PyObject* advance(PyObject* self, Args args, Py_ssize_t count) {
  if (!takes("advance", count, 1, 1)) return nullptr;
  const long long by = PyLong_AsLongLong(args[0]);
  if (by == -1 && PyErr_Occurred()) return nullptr;
  Failure failure;
  const coffer_status status = coffer_runtime_advance(runtime_of(self), by, failure.out());
  if (failed(status)) return failure.raise(status);
  Py_RETURN_NONE;
}

PyObject* maintain(PyObject* self) {
  Failure failure;
  coffer_status status;
  {
    const Unlocked unlocked;
    status = coffer_runtime_maintain(runtime_of(self), failure.out());
  }
  drain_objects();
  if (failed(status)) return failure.raise(status);
  Py_RETURN_NONE;
}

template <typename Play>
PyObject* played(Play play) {
  Builder builder;
  Failure failure;
  const coffer_status status = play(builder.visitor(), failure.out());
  return failed(status) ? failure.raise(status) : builder.take();
}

PyObject* describe(PyObject* self) {
  return played([&](auto* into, auto** error) {
    return coffer_runtime_describe(runtime_of(self), into, error);
  });
}

PyObject* plugins(PyObject* self) {
  return played(
      [&](auto* into, auto** error) { return coffer_plugins_list(runtime_of(self), into, error); });
}

PyObject* explain(PyObject* self, Args args, Py_ssize_t count) {
  if (!takes("explain_plugin", count, 1, 1)) return nullptr;
  const char* name = PyUnicode_AsUTF8AndSize(args[0], nullptr);
  if (name == nullptr) return nullptr;
  return played([&](auto* into, auto** error) {
    return coffer_plugins_explain(runtime_of(self), name, into, error);
  });
}

PyMethodDef methods[] = {
    method("now_ns", guarded<now>, "The runtime's clock, in nanoseconds."),
    method("_advance", guarded<advance>, "Moves a manual clock by nanoseconds."),
    method("maintain", guarded<maintain>, "Does the housekeeping now: sweeps what has expired."),
    method("describe", guarded<describe>,
           "Version, plugins loaded, open caches and their counters, as a dict."),
    method("plugins", guarded<plugins>,
           "A dict for each plugin found, and for each file that is no usable one."),
    method("explain_plugin", guarded<explain>, "How a plugin's name is resolved, as a dict."),
    {nullptr, nullptr, 0, nullptr},
};

PyType_Slot slots[] = {
    {Py_tp_new, reinterpret_cast<void*>(guarded<create>)},
    {Py_tp_dealloc, reinterpret_cast<void*>(destroy)},
    {Py_tp_methods, methods},
    {Py_tp_doc, const_cast<char*>("One loaded engine; see coffer.Runtime.")},
    {0, nullptr},
};
PyType_Spec spec = {"coffer._coffer.Runtime", sizeof(RuntimeObject), 0,
                    Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE, slots};

}  // namespace

bool add_runtime(PyObject* to) { return (module.runtime_type = add_type(to, &spec)) != nullptr; }

}  // namespace coffer::python
