#include "bindings/python/src/function.h"

#include <new>

#include "bindings/python/src/cache.h"
#include "bindings/python/src/module.h"
#include "bindings/python/src/runtime.h"

namespace coffer::python {
namespace {

// The longest key that stays readable; longer ones end in a digest of the whole.
constexpr size_t kLongestKey = 240;

// What calling it through an object or a class does; the numbers are those of coffer/_function.py.
enum class Kind : uint8_t { kFunction, kMethod, kStatic, kClass };

using Vectorcall = PyObject* (*)(PyObject* self, Args values, size_t count, PyObject* names);

struct FunctionObject {
  PyObject_HEAD Vectorcall vectorcall;
  PyObject* attributes;  // __dict__
  PyObject* weak_references;
  PyObject* cache;
  PyObject* runtime;
  PyTypeObject* bound;  // what it is bound by as a method
  Plan* plan;           // NULL: keys are made by Python code
  Parameters* parameters;
  unsigned long long hits;
  // Nanoseconds before a result's expiry from which on a hit is a fetch, which may have it computed
  // anew early; 0: never.
  unsigned long long watch;
  Kind kind;
};

FunctionObject& function_of(PyObject* self) { return *reinterpret_cast<FunctionObject*>(self); }

// The key of a call. False with an exception set.
bool make_key(PyObject* self, Arguments& arguments, Text& text) {
  FunctionObject& function = function_of(self);
  if (function.cache == nullptr) {
    PyErr_SetString(PyExc_RuntimeError, "the function has no cache: __init__ was not called");
    return false;
  }
  PyObject* values[Parameters::kMost];
  if (function.plan != nullptr && function.parameters->bind(arguments, values)) [[likely]] {
    if (!function.plan->append(text, values)) return false;
    if (text.size() <= kLongestKey) return true;
  } else if (PyErr_Occurred()) {
    return false;
  }
  // Bound by Python code, which may hash the key, too.
  PyObject *tuple = arguments.tuple(), *named = arguments.named();
  if (tuple == nullptr || named == nullptr) return false;
  const Object key(
      PyObject_CallMethodObjArgs(self, COFFER_NAME("_make_key"), tuple, named, nullptr));
  char* data = nullptr;
  Py_ssize_t size = 0;
  if (!key || PyBytes_AsStringAndSize(key.get(), &data, &size) < 0) return false;
  text.clear();
  text.append(data, static_cast<size_t>(size));
  return true;
}

// The value under the key, MISS, or NULL with an exception set.
PyObject* look_up(FunctionObject& function, const Text& key, coffer_time* expires_at) {
  PyObject* value = look_up(cache_of(function.cache), {key.data(), key.size()}, expires_at);
  if (value != module.miss && value != nullptr) ++function.hits;
  return value;
}

bool ends_soon(const FunctionObject& function, coffer_time expires_at) {
  if (function.watch == 0 || expires_at == COFFER_NEVER) return false;
  const coffer_time now =
      coffer_runtime_now(reinterpret_cast<RuntimeObject*>(function.runtime)->runtime);
  return now >= expires_at || static_cast<unsigned long long>(expires_at - now) < function.watch;
}

// What the method `name` of the Python side makes of (args, kwargs) or (args, kwargs, key).
PyObject* otherwise(PyObject* self, PyObject* name, Arguments& arguments, const Text* key) {
  PyObject *tuple = arguments.tuple(), *named = arguments.named();
  if (tuple == nullptr || named == nullptr) return nullptr;
  if (key == nullptr) return PyObject_CallMethodObjArgs(self, name, tuple, named, nullptr);
  const Object bytes(PyBytes_FromStringAndSize(key->data(), static_cast<Py_ssize_t>(key->size())));
  return bytes ? PyObject_CallMethodObjArgs(self, name, tuple, named, bytes.get(), nullptr)
               : nullptr;
}

PyObject* answer(PyObject* self, Arguments& arguments) {
  if (module.contexts != 0) [[unlikely]]
    return otherwise(self, COFFER_NAME("_call_in_context"), arguments, nullptr);
  Text key;
  if (!make_key(self, arguments, key)) return nullptr;
  coffer_time expires_at = COFFER_NEVER;
  PyObject* value = look_up(function_of(self), key, &expires_at);
  if (value == nullptr) return nullptr;
  if (value != module.miss && !ends_soon(function_of(self), expires_at)) [[likely]]
    return value;
  PyObject* name = value == module.miss ? COFFER_NAME("_missed") : COFFER_NAME("_ending");
  Py_DECREF(value);
  return otherwise(self, name, arguments, &key);
}

PyObject* vectorcall(PyObject* self, Args values, size_t count, PyObject* names) {
  Arguments arguments(values, count & ~kPlaceBefore, names);
  return answer(self, arguments);
}

PyObject* call(PyObject* self, PyObject* args, PyObject* kwargs) {
  Arguments arguments(args, kwargs);
  return answer(self, arguments);
}

// (args, kwargs) -> the cached value, or MISS if there is none or it ends soon; for coroutines.
PyObject* look(PyObject* self, Args args, Py_ssize_t count) {
  if (!takes("_look", count, 2, 2)) return nullptr;
  Arguments arguments(args[0], args[1]);
  Text key;
  if (!make_key(self, arguments, key)) return nullptr;
  coffer_time expires_at = COFFER_NEVER;
  PyObject* value = look_up(function_of(self), key, &expires_at);
  if (value == nullptr || value == module.miss || !ends_soon(function_of(self), expires_at))
      [[likely]]
    return value;
  Py_DECREF(value);
  return Object::share(module.miss).release();
}

// (args, kwargs) -> the key as bytes.
PyObject* key(PyObject* self, Args args, Py_ssize_t count) {
  if (!takes("_key", count, 2, 2)) return nullptr;
  Arguments arguments(args[0], args[1]);
  Text text;
  if (!make_key(self, arguments, text)) return nullptr;
  return PyBytes_FromStringAndSize(text.data(), static_cast<Py_ssize_t>(text.size()));
}

// (cache, kind, class of its bound methods, plan or None, parameters, runtime)
PyObject* prepare(PyObject* self, Args args, Py_ssize_t count) {
  if (!takes("_prepare", count, 6, 6)) return nullptr;
  FunctionObject& function = function_of(self);
  if (!PyObject_TypeCheck(args[0], module.cache_type) ||
      !PyObject_TypeCheck(args[5], module.runtime_type)) {
    PyErr_SetString(PyExc_TypeError, "a function is cached in a Cache of a Runtime");
    return nullptr;
  }
  const long kind = PyLong_AsLong(args[1]);
  if (kind == -1 && PyErr_Occurred()) return nullptr;
  if (!PyType_Check(args[2]) ||
      !PyType_IsSubtype(reinterpret_cast<PyTypeObject*>(args[2]), module.bound_type)) {
    PyErr_SetString(PyExc_TypeError, "methods are bound by a subclass of Bound");
    return nullptr;
  }
  auto plan = std::make_unique<Plan>();
  auto parameters = std::make_unique<Parameters>();
  if (args[3] != Py_None && (!plan->read(args[3]) || !parameters->read(args[4]))) return nullptr;
  function.kind = static_cast<Kind>(kind);
  const Object old_cache(std::exchange(function.cache, Object::share(args[0]).release()));
  const Object old_runtime(std::exchange(function.runtime, Object::share(args[5]).release()));
  const Object old_bound(reinterpret_cast<PyObject*>(std::exchange(
      function.bound, reinterpret_cast<PyTypeObject*>(Object::share(args[2]).release()))));
  delete std::exchange(function.plan, args[3] != Py_None ? plan.release() : nullptr);
  delete std::exchange(function.parameters, parameters.release());
  Py_RETURN_NONE;
}

PyObject* create(PyTypeObject* type, PyObject*, PyObject*) {
  PyObject* self = reinterpret_cast<allocfunc>(PyType_GetSlot(type, Py_tp_alloc))(type, 0);
  if (self != nullptr) function_of(self).vectorcall = guarded<vectorcall>;
  return self;
}

int traverse(PyObject* self, visitproc visit, void* arg) {
  const FunctionObject& function = function_of(self);
  Py_VISIT(Py_TYPE(self));
  Py_VISIT(function.attributes);
  Py_VISIT(function.cache);
  Py_VISIT(function.runtime);
  Py_VISIT(function.bound);
  if (function.plan != nullptr) {
    if (const int stop = function.plan->receivers.visit(visit, arg)) return stop;
  }
  if (function.parameters == nullptr) return 0;
  for (const Object& value : function.parameters->defaults) Py_VISIT(value.get());
  return 0;
}

int clear_references(PyObject* self) {
  FunctionObject& function = function_of(self);
  Py_CLEAR(function.attributes);
  delete std::exchange(function.plan, nullptr);  // from now on keys would be made by Python code
  delete std::exchange(function.parameters, nullptr);
  return 0;
}

void destroy(PyObject* self) {
  PyObject_GC_UnTrack(self);
  if (function_of(self).weak_references != nullptr) PyObject_ClearWeakRefs(self);
  clear_references(self);
  Py_CLEAR(function_of(self).cache);
  Py_CLEAR(function_of(self).runtime);
  Py_CLEAR(function_of(self).bound);
  free_object(self);
}

// A method is bound to its instance or class. An instance of the very type below that is called
// through an object is called without this, with the object as its first argument.
PyObject* get(PyObject* self, PyObject* instance, PyObject* owner) {
  FunctionObject& function = function_of(self);
  PyObject* to = function.kind == Kind::kClass ? owner : instance;
  if (to == nullptr || to == Py_None || function.kind == Kind::kStatic ||
      function.bound == nullptr) {
    return Object::share(self).release();
  }
  if (function.kind == Kind::kFunction) {
    // Within @classmethod, which keeps the class body from telling.
    const Object told(PyObject_CallMethodObjArgs(self, COFFER_NAME("_become_method"), nullptr));
    if (!told) return nullptr;
  }
  return bind_method(function.bound, self, to);
}

PyMethodDef methods[] = {
    method("_prepare", guarded<prepare>,
           "(cache, kind, class of bound methods, plan or None, parameters, runtime)"),
    method("_look", guarded<look>, "(args, kwargs) -> the cached value or MISS"),
    method("_key", guarded<key>, "(args, kwargs) -> bytes"),
    {nullptr, nullptr, 0, nullptr},
};
PyGetSetDef attributes[] = {
    {"__dict__", PyObject_GenericGetDict, PyObject_GenericSetDict, nullptr, nullptr},
    {nullptr, nullptr, nullptr, nullptr, nullptr},
};
PyMemberDef members[] = {
    {"_hits", T_ULONGLONG, offsetof(FunctionObject, hits), 0, "calls answered from the cache"},
    {"_watch", T_ULONGLONG, offsetof(FunctionObject, watch), 0,
     "nanoseconds before expiry that hits are fetches"},
    {"__vectorcalloffset__", T_PYSSIZET, offsetof(FunctionObject, vectorcall), READONLY, nullptr},
    {"__dictoffset__", T_PYSSIZET, offsetof(FunctionObject, attributes), READONLY, nullptr},
    {"__weaklistoffset__", T_PYSSIZET, offsetof(FunctionObject, weak_references), READONLY,
     nullptr},
    {nullptr, 0, 0, 0, nullptr},
};
PyType_Slot slots[] = {
    {Py_tp_new, reinterpret_cast<void*>(guarded<create>)},
    {Py_tp_call, reinterpret_cast<void*>(guarded<call>)},
    {Py_tp_dealloc, reinterpret_cast<void*>(destroy)},
    {Py_tp_traverse, reinterpret_cast<void*>(traverse)},
    {Py_tp_clear, reinterpret_cast<void*>(clear_references)},
    {Py_tp_descr_get, reinterpret_cast<void*>(guarded<get>)},
    {Py_tp_methods, methods},
    {Py_tp_members, members},
    {Py_tp_getset, attributes},
    {0, nullptr},
};
PyType_Spec spec = {"coffer._function.CachedFunction", sizeof(FunctionObject), 0,
                    Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC |
                        Py_TPFLAGS_METHOD_DESCRIPTOR | kHaveVectorcall,
                    slots};

}  // namespace

// The class comes from below, not from above: classes made in Python are called through a tuple
// (before 3.12), and their instances are bound to an object before they are called as its method.
PyObject* make_function_type(PyObject*, PyObject* base) {
  const Object bases(PyTuple_Pack(1, base));
  return bases ? PyType_FromSpecWithBases(&spec, bases.get()) : nullptr;
}

}  // namespace coffer::python
