// Listing keys, a page at a time.
#include "coffer/scan.h"

#include <iterator>

#include "bindings/python/src/cache.h"
#include "bindings/python/src/key.h"
#include "bindings/python/src/module.h"

namespace coffer::python {
namespace {

struct ScanObject {
  PyObject_HEAD coffer_scan* scan;
  bool busy;  // a scan is used by one thread at a time
};

ScanObject& scan_of(PyObject* self) { return *reinterpret_cast<ScanObject*>(self); }

void destroy(PyObject* self) {
  coffer_scan_release(scan_of(self).scan);
  free_object(self);
}

PyObject* page(const coffer_bytes* keys, size_t count) {
  Object list(PyList_New(static_cast<Py_ssize_t>(count)));
  for (size_t i = 0; list && i < count; ++i) {
    PyObject* key = key_object(keys[i]);
    if (key == nullptr) return nullptr;
    PyList_SetItem(list.get(), static_cast<Py_ssize_t>(i), key);
  }
  return list.release();
}

// The next page, a list that may be empty; NULL without an exception at the end.
PyObject* next(PyObject* self) {
  ScanObject& scan = scan_of(self);
  if (scan.busy) {
    PyErr_SetString(PyExc_RuntimeError, "keys() is iterated by one thread at a time");
    return nullptr;
  }
  coffer_bytes keys[256];
  size_t count = 0;
  Failure failure;
  scan.busy = true;
  coffer_status status;
  {
    const Unlocked unlocked;
    status = coffer_scan_next(scan.scan, keys, std::size(keys), &count, failure.out());
  }
  PyObject* result = nullptr;
  if (failed(status)) {
    failure.raise(status);
  } else if (status != COFFER_END || count > 0) {
    result = page(keys, count);
  }
  scan.busy = false;
  return result;
}

PyObject* refuse(PyTypeObject*, PyObject*, PyObject*) {
  PyErr_SetString(PyExc_TypeError, "a Scan is made by Cache.keys()");
  return nullptr;
}

PyType_Slot slots[] = {
    {Py_tp_new, reinterpret_cast<void*>(guarded<refuse>)},
    {Py_tp_dealloc, reinterpret_cast<void*>(destroy)},
    {Py_tp_iter, reinterpret_cast<void*>(PyObject_SelfIter)},
    {Py_tp_iternext, reinterpret_cast<void*>(guarded<next>)},
    {0, nullptr},
};
PyType_Spec spec = {"coffer._coffer.Scan", sizeof(ScanObject), 0, Py_TPFLAGS_DEFAULT, slots};

PyTypeObject* scan_type = nullptr;

}  // namespace

PyObject* cache_scan(PyObject* self, Args args, Py_ssize_t count) {
  CacheObject& cache = cache_of(self);
  if (!opened(cache)) [[unlikely]]
    return nullptr;
  coffer_bytes pattern;
  if (!takes("_scan", count, 2, 2) || !key_of(args[1], pattern)) return nullptr;
  const long kind = PyLong_AsLong(args[0]);
  if (PyErr_Occurred()) return nullptr;
  auto alloc = reinterpret_cast<allocfunc>(PyType_GetSlot(scan_type, Py_tp_alloc));
  Object scan(alloc(scan_type, 0));
  if (!scan) return nullptr;
  Failure failure;
  const coffer_status status = blocking(cache, [&] {
    return coffer_scan_open(cache.cache, static_cast<int32_t>(kind), pattern.data, pattern.size,
                            &scan_of(scan.get()).scan, failure.out());
  });
  return failed(status) ? failure.raise(status) : scan.release();
}

bool add_scan(PyObject* to) { return (scan_type = add_type(to, &spec)) != nullptr; }

}  // namespace coffer::python
