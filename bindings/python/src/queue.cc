#include "bindings/python/src/queue.h"

#include <iterator>

#include "bindings/python/src/key.h"
#include "bindings/python/src/module.h"
#include "bindings/python/src/object.h"
#include "bindings/python/src/runtime.h"

namespace coffer::python {
namespace {

struct QueueObject {
  PyObject_HEAD coffer_queue* queue;
};

PyObject* create(PyTypeObject* type, PyObject* args, PyObject*) {
  PyObject* runtime;
  Py_ssize_t capacity = 0;
  if (!PyArg_ParseTuple(args, "O!|n:Queue", module.runtime_type, &runtime, &capacity))
    return nullptr;
  auto alloc = reinterpret_cast<allocfunc>(PyType_GetSlot(type, Py_tp_alloc));
  Object self(alloc(type, 0));
  if (!self) return nullptr;
  Failure failure;
  const coffer_status status = coffer_queue_create(
      reinterpret_cast<RuntimeObject*>(runtime)->runtime, static_cast<size_t>(capacity),
      &reinterpret_cast<QueueObject*>(self.get())->queue, failure.out());
  return failed(status) ? failure.raise(status) : self.release();
}

void destroy(PyObject* self) {
  coffer_queue_release(reinterpret_cast<QueueObject*>(self)->queue);
  free_object(self);
}

PyObject* fileno(PyObject* self) { return PyLong_FromLong(coffer_queue_fd(queue_of(self))); }

PyObject* subscribe(PyObject* self, Args args, Py_ssize_t count) {
  if (!takes("subscribe", count, 2, 2)) return nullptr;
  const unsigned long mask = PyLong_AsUnsignedLong(args[0]);
  const long severity = PyLong_AsLong(args[1]);
  if (PyErr_Occurred()) return nullptr;
  coffer_queue_subscribe(queue_of(self), static_cast<uint32_t>(mask),
                         static_cast<int32_t>(severity));
  Py_RETURN_NONE;
}

// An event that is no completion: (kind, tag, cache, key, text, number).
PyObject* to_tuple(const coffer_event& event) {
  Object key(event.key.data == nullptr ? Object::share(Py_None).release() : key_object(event.key));
  if (!key) return nullptr;
  return Py_BuildValue("(IKsNs#K)", event.kind, static_cast<unsigned long long>(event.tag),
                       event.cache == nullptr ? "" : event.cache, key.release(),
                       event.text.data == nullptr ? "" : static_cast<const char*>(event.text.data),
                       static_cast<Py_ssize_t>(event.text.size),
                       static_cast<unsigned long long>(event.number));
}

// (kind, tag, exception or None, results): the answers, unpacked by the cache that `waiting` has
// under the tag.
PyObject* to_completion(coffer_event& event, PyObject* waiting) {
  const unsigned long long tag = event.tag;
  if (failed(event.status)) {
    Object exception = to_exception(event.status, event.error);
    return exception ? Py_BuildValue("(IKNO)", event.kind, tag, exception.release(), Py_None)
                     : nullptr;
  }
  const Object number(PyLong_FromUnsignedLongLong(tag));
  PyObject* expected = number ? PyDict_GetItemWithError(waiting, number.get()) : nullptr;
  if (expected == nullptr) {
    return PyErr_Occurred() ? nullptr : Py_BuildValue("(IKOO)", event.kind, tag, Py_None, Py_None);
  }
  const long kind = PyLong_AsLong(PyTuple_GetItem(expected, 1));
  Object answers(results_to_list(cache_of(PyTuple_GetItem(expected, 0)), static_cast<int32_t>(kind),
                                 event.results, event.result_count));
  return answers ? Py_BuildValue("(IKON)", event.kind, tag, Py_None, answers.release()) : nullptr;
}

PyObject* poll(PyObject* self, Args args, Py_ssize_t count) {
  if (!takes("poll", count, 2, 2)) return nullptr;
  int64_t timeout;
  if (!nanoseconds(args[1], timeout)) return nullptr;
  coffer_event events[32] = {};
  size_t taken;
  {
    const Unlocked unlocked(timeout != 0);
    taken = coffer_queue_poll(queue_of(self), events, std::size(events), timeout);
  }
  Object list(PyList_New(0));
  for (size_t i = 0; i < taken; ++i) {
    if (list) {
      if (events[i].kind == COFFER_EVENT_OBJECTS) drain_objects();
      const Object item(events[i].kind == COFFER_EVENT_COMPLETION
                            ? to_completion(events[i], args[0])
                            : to_tuple(events[i]));
      if (!item || PyList_Append(list.get(), item.get()) < 0) list.reset();
    }
    coffer_event_release(&events[i]);
  }
  return list.release();
}

PyMethodDef methods[] = {
    method("fileno", guarded<fileno>,
           "A file descriptor that is readable while there are events; not to be read or closed."),
    method("subscribe", guarded<subscribe>, "(mask of events, least severity of logs)"),
    method("poll", guarded<poll>, "({tag: (cache, kind)}, timeout in ns) -> list of events"),
    {nullptr, nullptr, 0, nullptr},
};
PyType_Slot slots[] = {
    {Py_tp_new, reinterpret_cast<void*>(guarded<create>)},
    {Py_tp_dealloc, reinterpret_cast<void*>(destroy)},
    {Py_tp_methods, methods},
    {Py_tp_doc, const_cast<char*>("Completions and events of a runtime.")},
    {0, nullptr},
};
PyType_Spec spec = {"coffer._coffer.Queue", sizeof(QueueObject), 0, Py_TPFLAGS_DEFAULT, slots};

}  // namespace

coffer_queue* queue_of(PyObject* object) {
  if (PyObject_TypeCheck(object, module.queue_type))
    return reinterpret_cast<QueueObject*>(object)->queue;
  PyErr_SetString(PyExc_TypeError, "a Queue is needed");
  return nullptr;
}

bool add_queue(PyObject* to) { return (module.queue_type = add_type(to, &spec)) != nullptr; }

}  // namespace coffer::python
