// Serializer: a serializer plugin by itself.
#include "coffer/serializer.h"

#include "bindings/python/src/decode.h"
#include "bindings/python/src/encode.h"
#include "bindings/python/src/errors.h"
#include "bindings/python/src/module.h"
#include "bindings/python/src/options.h"
#include "bindings/python/src/runtime.h"

namespace coffer::python {
namespace {

struct SerializerObject {
  PyObject_HEAD coffer_serializer_handle* handle;
};

coffer_serializer_handle* handle_of(PyObject* self) {
  return reinterpret_cast<SerializerObject*>(self)->handle;
}

PyObject* create(PyTypeObject* type, PyObject* args, PyObject*) {
  PyObject *runtime, *sequence;
  const char* name;
  Options options;
  if (!PyArg_ParseTuple(args, "O!sO:Serializer", module.runtime_type, &runtime, &name, &sequence) ||
      !options.read(sequence)) {
    return nullptr;
  }
  auto alloc = reinterpret_cast<allocfunc>(PyType_GetSlot(type, Py_tp_alloc));
  Object self(alloc(type, 0));
  if (!self) return nullptr;
  Failure failure;
  const coffer_status status = coffer_serializer_open(
      reinterpret_cast<RuntimeObject*>(runtime)->runtime, name, options.data(), options.size(),
      &reinterpret_cast<SerializerObject*>(self.get())->handle, failure.out());
  return failed(status) ? failure.raise(status) : self.release();
}

void destroy(PyObject* self) {
  coffer_serializer_release(handle_of(self));
  free_object(self);
}

PyObject* dumps(PyObject* self, Args args, Py_ssize_t count) {
  if (!takes("dumps", count, 1, 1)) return nullptr;
  const coffer_value value = value_of(args[0]);
  coffer_buffer buffer{};
  Failure failure;
  const coffer_status status =
      coffer_encode(handle_of(self), &value, nullptr, &buffer, failure.out());
  if (failed(status)) return failure.raise(status);
  PyObject* bytes = PyBytes_FromStringAndSize(static_cast<const char*>(buffer.data),
                                              static_cast<Py_ssize_t>(buffer.size));
  coffer_buffer_release(&buffer);
  return bytes;
}

PyObject* loads(PyObject* self, Args args, Py_ssize_t count) {
  if (!takes("loads", count, 1, 1)) return nullptr;
  char* data = nullptr;
  Py_ssize_t size = 0;
  if (PyBytes_AsStringAndSize(args[0], &data, &size) < 0) return nullptr;
  Builder builder;
  Failure failure;
  const coffer_status status = coffer_decode(handle_of(self), data, static_cast<size_t>(size),
                                             builder.visitor(), nullptr, failure.out());
  return failed(status) ? failure.raise(status) : builder.take();
}

PyObject* format(PyObject* self, void*) {
  return PyLong_FromUnsignedLong(coffer_serializer_format(handle_of(self)));
}
PyObject* media_type(PyObject* self, void*) {
  return PyUnicode_FromString(coffer_serializer_media_type(handle_of(self)));
}

PyMethodDef methods[] = {
    method("dumps", guarded<dumps>,
           "The value as bytes. UnsupportedError names the part that the format cannot hold."),
    method("loads", guarded<loads>,
           "The value in the bytes. CorruptError with details[\"offset\"] for malformed ones."),
    {nullptr, nullptr, 0, nullptr},
};
PyGetSetDef attributes[] = {
    {"format", format, nullptr, "The published id of the format.", nullptr},
    {"media_type", media_type, nullptr, "\"application/json\" and the like.", nullptr},
    {nullptr, nullptr, nullptr, nullptr, nullptr},
};

PyType_Slot slots[] = {
    {Py_tp_new, reinterpret_cast<void*>(guarded<create>)},
    {Py_tp_dealloc, reinterpret_cast<void*>(destroy)},
    {Py_tp_methods, methods},
    {Py_tp_getset, attributes},
    {Py_tp_doc, const_cast<char*>("A serializer plugin; see coffer.Serializer.")},
    {0, nullptr},
};
PyType_Spec spec = {"coffer._coffer.Serializer", sizeof(SerializerObject), 0,
                    Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE, slots};

}  // namespace

bool add_serializer(PyObject* to) { return add_type(to, &spec) != nullptr; }

}  // namespace coffer::python
