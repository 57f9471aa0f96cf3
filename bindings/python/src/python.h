// Python.h as every file here sees it: the stable ABI of CPython 3.9, so that one build serves all
// later ones.
#ifndef BINDINGS_PYTHON_PYTHON_H_
#define BINDINGS_PYTHON_PYTHON_H_

#define PY_SSIZE_T_CLEAN
#define Py_LIMITED_API 0x03090000
#include <Python.h>
// Its members are part of the stable ABI; Python.h of 3.11 and newer brings it along.
#include <structmember.h>

#include <new>
#include <utility>

// These became part of the stable ABI only later, but every CPython from 3.9 on has them,
// unchanged, by these names and numbers: the first two and METH_FASTCALL since 3.10, the flag of
// vectorcall (PEP 590) since 3.12.
extern "C" {
const char* PyUnicode_AsUTF8AndSize(PyObject* text, Py_ssize_t* size);
PyObject* PyObject_GenericGetDict(PyObject* object, void* context);
}
#ifndef METH_FASTCALL
#define METH_FASTCALL 0x0080
#endif

namespace coffer::python {

constexpr unsigned long kHaveVectorcall = 1UL << 11;
// Set in the number of arguments of a vectorcall if the callee may use the place before the first.
constexpr size_t kPlaceBefore = size_t{1} << (8 * sizeof(size_t) - 1);

// Owns one reference.
class Object {
 public:
  Object() = default;
  explicit Object(PyObject* owned) : object_(owned) {}
  Object(Object&& other) noexcept : object_(other.release()) {}
  Object& operator=(Object&& other) noexcept {
    if (this != &other) reset(other.release());
    return *this;
  }
  ~Object() { Py_XDECREF(object_); }

  static Object share(PyObject* borrowed) {
    Py_XINCREF(borrowed);
    return Object(borrowed);
  }

  PyObject* get() const { return object_; }
  PyObject* release() { return std::exchange(object_, nullptr); }
  void reset(PyObject* owned = nullptr) {
    PyObject* old = std::exchange(object_, owned);
    Py_XDECREF(old);
  }
  explicit operator bool() const { return object_ != nullptr; }

 private:
  PyObject* object_ = nullptr;
};

// Lets other Python threads run while it lives, if `really`.
class Unlocked {
 public:
  explicit Unlocked(bool really = true) : state_(really ? PyEval_SaveThread() : nullptr) {}
  Unlocked(const Unlocked&) = delete;
  Unlocked& operator=(const Unlocked&) = delete;
  ~Unlocked() {
    if (state_ != nullptr) PyEval_RestoreThread(state_);
  }

 private:
  PyThreadState* state_;
};

// Holds the GIL while it lives, whoever holds it before.
class Locked {
 public:
  Locked() : state_(PyGILState_Ensure()) {}
  Locked(const Locked&) = delete;
  Locked& operator=(const Locked&) = delete;
  ~Locked() { PyGILState_Release(state_); }

 private:
  PyGILState_STATE state_;
};

// An interned string, made once. Names made anew for each look-up would each take a place in the
// interpreter's cache of attributes. NULL with MemoryError set if there is no memory for it now.
#define COFFER_NAME(text)                                         \
  ([]() -> PyObject* {                                            \
    static PyObject* name = nullptr;                              \
    if (name == nullptr) name = PyUnicode_InternFromString(text); \
    return name;                                                  \
  }())

// The end of every tp_dealloc: instances of heap types hold their type.
inline void free_object(PyObject* self) {
  PyTypeObject* const type = Py_TYPE(self);
  reinterpret_cast<freefunc>(PyType_GetSlot(type, Py_tp_free))(self);
  Py_DECREF(type);
}

using Args = PyObject* const*;

// What the interpreter calls instead of `Function`: std::bad_alloc becomes MemoryError, for nothing
// may be thrown through the interpreter.
template <auto Function>
struct Guarded;
template <typename... Of, PyObject* (*Function)(Of...)>
struct Guarded<Function> {
  static PyObject* call(Of... arguments) noexcept {
    try {
      return Function(arguments...);
    } catch (const std::bad_alloc&) {
      return PyErr_NoMemory();
    }
  }
};
template <typename... Of, int (*Function)(Of...)>
struct Guarded<Function> {
  static int call(Of... arguments) noexcept {
    try {
      return Function(arguments...);
    } catch (const std::bad_alloc&) {
      PyErr_NoMemory();
      return -1;
    }
  }
};
template <auto Function>
inline constexpr auto guarded = &Guarded<Function>::call;

inline PyMethodDef method(const char* name, PyObject* (*function)(PyObject*, Args, Py_ssize_t),
                          const char* doc) {
  return {name, reinterpret_cast<PyCFunction>(reinterpret_cast<void (*)()>(function)),
          METH_FASTCALL, doc};
}
inline PyMethodDef method(const char* name,
                          PyObject* (*function)(PyObject*, Args, Py_ssize_t, PyObject*),
                          const char* doc) {
  return {name, reinterpret_cast<PyCFunction>(reinterpret_cast<void (*)()>(function)),
          METH_FASTCALL | METH_KEYWORDS, doc};
}
inline PyMethodDef method(const char* name, PyObject* (*function)(PyObject*), const char* doc) {
  return {name, reinterpret_cast<PyCFunction>(reinterpret_cast<void (*)()>(function)), METH_NOARGS,
          doc};
}

// Checks the number of positional arguments, or sets TypeError.
bool takes(const char* name, Py_ssize_t given, Py_ssize_t least, Py_ssize_t most);

}  // namespace coffer::python

#endif  // BINDINGS_PYTHON_PYTHON_H_
