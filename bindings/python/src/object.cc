#include "bindings/python/src/object.h"

#include <algorithm>
#include <iterator>

#include "bindings/python/src/encode.h"

namespace coffer::python {
namespace {

// Called by the thread that puts, which holds the GIL.
void retain(const coffer_object_type*, void* object) { Py_INCREF(static_cast<PyObject*>(object)); }

void release(const coffer_object_type*, void* object) { Py_DECREF(static_cast<PyObject*>(object)); }

coffer_status view(const coffer_object_type*, void* object, const coffer_visitor* into,
                   coffer_sink* sink) {
  const Locked locked;
  return play(static_cast<PyObject*>(object), *into, sink);
}

constexpr int kDeepest = 4;
constexpr Py_ssize_t kSample = 16;

uint64_t size_of(PyObject* object) {
  // What sys.getsizeof asks, without the import; the header of the garbage collector is small
  // change.
  const Object size(PyObject_CallMethodObjArgs(object, COFFER_NAME("__sizeof__"), nullptr));
  const Py_ssize_t bytes = size ? PyLong_AsSsize_t(size.get()) : -1;
  if (bytes >= 0) return static_cast<uint64_t>(bytes);
  PyErr_Clear();
  return 64;
}

uint64_t weigh(PyObject* object, int depth);

// The weight of `count` things, `sampled` of which weigh `bytes`.
uint64_t scale(uint64_t bytes, Py_ssize_t sampled, Py_ssize_t count) {
  return sampled == 0 ? 0 : bytes / static_cast<uint64_t>(sampled) * static_cast<uint64_t>(count);
}

uint64_t weigh_dict(PyObject* dict, int depth) {
  uint64_t bytes = 0;
  Py_ssize_t position = 0, sampled = 0;
  PyObject *key, *value;
  while (sampled < kSample && PyDict_Next(dict, &position, &key, &value)) {
    bytes += weigh(key, depth) + weigh(value, depth);
    ++sampled;
  }
  return scale(bytes, sampled, PyDict_Size(dict));
}

template <typename Item>
uint64_t weigh_items(Py_ssize_t count, int depth, Item item) {
  const Py_ssize_t sampled = std::min(count, kSample);
  uint64_t bytes = 0;
  for (Py_ssize_t i = 0; i < sampled; ++i) bytes += weigh(item(i), depth);
  return scale(bytes, sampled, count);
}

// Has no parts that could be shared or large.
bool is_number(PyObject* object) {
  return PyLong_CheckExact(object) || PyFloat_CheckExact(object) || PyBool_Check(object) ||
         object == Py_None;
}

uint64_t weigh(PyObject* object, int depth) {
  if (is_number(object)) return 32;
  uint64_t bytes = size_of(object);
  if (depth == kDeepest || PyUnicode_CheckExact(object) || PyBytes_CheckExact(object)) return bytes;
  if (PyDict_Check(object)) {
    bytes += weigh_dict(object, depth + 1);
  } else if (PyList_Check(object)) {
    bytes += weigh_items(PyList_Size(object), depth + 1,
                         [&](Py_ssize_t i) { return PyList_GetItem(object, i); });
  } else if (PyTuple_Check(object)) {
    bytes += weigh_items(PyTuple_Size(object), depth + 1,
                         [&](Py_ssize_t i) { return PyTuple_GetItem(object, i); });
  } else if (Object attributes(PyObject_GetAttr(object, COFFER_NAME("__dict__"))); attributes) {
    if (PyDict_Check(attributes.get()) && !PyType_Check(object))
      bytes += weigh_dict(attributes.get(), depth + 1);
  } else {
    PyErr_Clear();
  }
  return bytes;
}

}  // namespace

const coffer_object_type kObjectType = {sizeof(coffer_object_type),
                                        COFFER_OBJECT_DEFERRED_RELEASE,
                                        "python.object",
                                        nullptr,
                                        retain,
                                        release,
                                        view};

size_t drain_objects() {
  void* objects[64];
  size_t total = 0;
  for (;;) {
    const size_t count = coffer_object_drain(&kObjectType, objects, std::size(objects));
    for (size_t i = 0; i < count; ++i) Py_DECREF(static_cast<PyObject*>(objects[i]));
    total += count;
    if (count < std::size(objects)) return total;
  }
}

uint64_t weight_of(PyObject* object) { return weigh(object, 0); }

}  // namespace coffer::python
