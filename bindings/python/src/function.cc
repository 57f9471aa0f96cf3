#include "bindings/python/src/function.h"

#include <new>

#include "bindings/python/src/cache.h"
#include "bindings/python/src/module.h"

namespace coffer::python {
namespace {

// The longest key that stays readable; longer ones end in a digest of the whole.
constexpr size_t kLongestKey = 240;

struct FunctionObject {
  PyObject_HEAD
  PyObject* cache;
  Plan* plan;  // NULL: keys are made by Python code
  Parameters* parameters;
  unsigned long long hits;
};

FunctionObject& function_of(PyObject* self) { return *reinterpret_cast<FunctionObject*>(self); }

// The key of a call with these arguments. False with an exception set.
bool make_key(PyObject* self, PyObject* args, PyObject* kwargs, Text& text) {
  FunctionObject& function = function_of(self);
  if (function.cache == nullptr) {
    PyErr_SetString(PyExc_RuntimeError, "the function has no cache: __init__ was not called");
    return false;
  }
  PyObject* values[Parameters::kMost];
  if (function.plan != nullptr && function.parameters->bind(args, kwargs, values)) [[likely]] {
    if (!function.plan->append(text, values)) return false;
    if (text.size() <= kLongestKey) return true;
  } else if (PyErr_Occurred()) {
    return false;
  }
  // Bound by Python code, which may hash the key, too.
  const Object key(PyObject_CallMethodObjArgs(self, COFFER_NAME("_make_key"), args,
                                              kwargs != nullptr ? kwargs : Py_None, nullptr));
  char* data = nullptr;
  Py_ssize_t size = 0;
  if (!key || PyBytes_AsStringAndSize(key.get(), &data, &size) < 0) return false;
  text.clear();
  text.append(data, static_cast<size_t>(size));
  return true;
}

// The value under the key, MISS, or NULL with an exception set.
PyObject* look_up(FunctionObject& function, const Text& key) {
  PyObject* value = look_up(cache_of(function.cache), {key.data(), key.size()});
  if (value != module.miss && value != nullptr) ++function.hits;
  return value;
}

PyObject* otherwise(PyObject* self, PyObject* name, PyObject* args, PyObject* kwargs, const Text* key) {
  const Object method(PyObject_GetAttr(self, name));
  if (!method) return nullptr;
  const Object named = kwargs != nullptr ? Object::share(kwargs) : Object(PyDict_New());
  if (!named) return nullptr;
  if (key == nullptr) return PyObject_CallFunctionObjArgs(method.get(), args, named.get(), nullptr);
  const Object bytes(PyBytes_FromStringAndSize(key->data(), static_cast<Py_ssize_t>(key->size())));
  return bytes ? PyObject_CallFunctionObjArgs(method.get(), args, named.get(), bytes.get(), nullptr) : nullptr;
}

PyObject* call(PyObject* self, PyObject* args, PyObject* kwargs) {
  if (module.contexts != 0) [[unlikely]] return otherwise(self, COFFER_NAME("_call_in_context"), args, kwargs, nullptr);
  Text key;
  if (!make_key(self, args, kwargs, key)) return nullptr;
  PyObject* value = look_up(function_of(self), key);
  if (value != module.miss) [[likely]] return value;
  Py_DECREF(value);
  return otherwise(self, COFFER_NAME("_missed"), args, kwargs, &key);
}

// (args, kwargs) -> the cached value or MISS, for coroutines.
PyObject* look(PyObject* self, Args args, Py_ssize_t count) {
  if (!takes("_look", count, 2, 2)) return nullptr;
  Text key;
  return make_key(self, args[0], args[1], key) ? look_up(function_of(self), key) : nullptr;
}

// (args, kwargs) -> the key as bytes.
PyObject* key(PyObject* self, Args args, Py_ssize_t count) {
  Text text;
  if (!takes("_key", count, 2, 2) || !make_key(self, args[0], args[1], text)) return nullptr;
  return PyBytes_FromStringAndSize(text.data(), static_cast<Py_ssize_t>(text.size()));
}

// (cache, plan or None, parameters)
PyObject* prepare(PyObject* self, Args args, Py_ssize_t count) {
  if (!takes("_prepare", count, 3, 3)) return nullptr;
  FunctionObject& function = function_of(self);
  if (!PyObject_TypeCheck(args[0], module.cache_type)) {
    PyErr_SetString(PyExc_TypeError, "a function is cached in a Cache");
    return nullptr;
  }
  auto plan = std::make_unique<Plan>();
  auto parameters = std::make_unique<Parameters>();
  if (args[1] != Py_None && (!plan->read(args[1]) || !parameters->read(args[2]))) return nullptr;
  Py_INCREF(args[0]);
  Object old(std::exchange(function.cache, args[0]));
  delete std::exchange(function.plan, args[1] != Py_None ? plan.release() : nullptr);
  delete std::exchange(function.parameters, parameters.release());
  Py_RETURN_NONE;
}

int traverse(PyObject* self, visitproc visit, void* arg) {
  Py_VISIT(Py_TYPE(self));
  Py_VISIT(function_of(self).cache);
  if (function_of(self).parameters == nullptr) return 0;
  for (const Object& value : function_of(self).parameters->defaults) Py_VISIT(value.get());
  return 0;
}

int clear_references(PyObject* self) {
  FunctionObject& function = function_of(self);
  delete std::exchange(function.plan, nullptr);  // from now on keys would be made by Python code
  delete std::exchange(function.parameters, nullptr);
  return 0;
}

void destroy(PyObject* self) {
  PyTypeObject* type = Py_TYPE(self);
  PyObject_GC_UnTrack(self);
  clear_references(self);
  Py_CLEAR(function_of(self).cache);
  reinterpret_cast<freefunc>(PyType_GetSlot(type, Py_tp_free))(self);
  Py_DECREF(type);
}

// A method of an instance or class is bound to it.
PyObject* get(PyObject* self, PyObject* instance, PyObject* owner) {
  if (instance == nullptr || instance == Py_None) instance = nullptr;
  const Object bind(PyObject_GetAttr(self, COFFER_NAME("_bind_to")));
  if (!bind) return nullptr;
  return PyObject_CallFunctionObjArgs(bind.get(), instance != nullptr ? instance : Py_None,
                                      owner != nullptr ? owner : Py_None, nullptr);
}

PyMethodDef methods[] = {
    method("_prepare", prepare, "(cache, plan or None, parameters)"),
    method("_look", look, "(args, kwargs) -> the cached value or MISS"),
    method("_key", key, "(args, kwargs) -> bytes"),
    {nullptr, nullptr, 0, nullptr},
};
PyMemberDef members[] = {
    {"_hits", T_ULONGLONG, offsetof(FunctionObject, hits), READONLY, "calls answered from the cache"},
    {nullptr, 0, 0, 0, nullptr},
};
PyType_Slot slots[] = {
    {Py_tp_call, reinterpret_cast<void*>(call)},
    {Py_tp_dealloc, reinterpret_cast<void*>(destroy)},
    {Py_tp_traverse, reinterpret_cast<void*>(traverse)},
    {Py_tp_clear, reinterpret_cast<void*>(clear_references)},
    {Py_tp_descr_get, reinterpret_cast<void*>(get)},
    {Py_tp_methods, methods},
    {Py_tp_members, members},
    {0, nullptr},
};
PyType_Spec spec = {"coffer._coffer.Function", sizeof(FunctionObject), 0,
                    Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC, slots};

}  // namespace

bool add_function(PyObject* to) { return add_type(to, &spec) != nullptr; }

}  // namespace coffer::python
