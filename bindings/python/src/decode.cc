#include "bindings/python/src/decode.h"

#include "bindings/python/src/errors.h"
#include "bindings/python/src/module.h"

namespace coffer::python {

struct BuilderEvents {
  static Builder& of(void* self) { return *static_cast<Builder*>(self); }

  static coffer_status null(void* self) {
    Py_INCREF(Py_None);
    return of(self).add(Py_None);
  }
  static coffer_status boolean(void* self, uint8_t value) {
    return of(self).add(PyBool_FromLong(value));
  }
  static coffer_status i64(void* self, int64_t value) {
    return of(self).add(PyLong_FromLongLong(value));
  }
  static coffer_status u64(void* self, uint64_t value) {
    return of(self).add(PyLong_FromUnsignedLongLong(value));
  }
  static coffer_status bigint(void* self, const char* digits, size_t n) {
    // Through int(), which keeps the interpreter's limit on the length of integers.
    const Object text(PyUnicode_FromStringAndSize(digits, static_cast<Py_ssize_t>(n)));
    return of(self).add(text ? PyNumber_Long(text.get()) : nullptr);
  }
  static coffer_status f64(void* self, double value) {
    return of(self).add(PyFloat_FromDouble(value));
  }
  static coffer_status text(void* self, const char* utf8, size_t n) {
    return of(self).add(PyUnicode_FromStringAndSize(utf8, static_cast<Py_ssize_t>(n)));
  }
  static coffer_status blob(void* self, const void* data, size_t n) {
    return of(self).add(
        PyBytes_FromStringAndSize(static_cast<const char*>(data), static_cast<Py_ssize_t>(n)));
  }
  static coffer_status list_begin(void* self, uint64_t, uint32_t kind) {
    return of(self).begin(PyList_New(0), static_cast<int32_t>(kind));
  }
  static coffer_status map_begin(void* self, uint64_t) {
    return of(self).begin(PyDict_New(), Builder::kMap);
  }
  static coffer_status end(void* self) { return of(self).end(); }
  static coffer_status ext(void* self, uint32_t type, const void* data, size_t n) {
    return of(self).add(
        PyObject_CallFunction(module.decode_extension, "Iy#", static_cast<unsigned int>(type),
                              static_cast<const char*>(data), static_cast<Py_ssize_t>(n)));
  }
};

namespace {

// The same event, taken by a thread that does not hold the GIL.
template <auto kEvent>
struct WithGil;
template <typename... Args, coffer_status (*kEvent)(void*, Args...)>
struct WithGil<kEvent> {
  static coffer_status event(void* self, Args... args) {
    const Locked locked;
    return kEvent(self, args...);
  }
};

template <auto kEvent>
constexpr auto pick(bool without_gil) {
  return without_gil ? WithGil<kEvent>::event : kEvent;
}

}  // namespace

Builder::Builder(bool without_gil)
    : visitor_{sizeof(coffer_visitor),
               0,
               this,
               pick<BuilderEvents::null>(without_gil),
               pick<BuilderEvents::boolean>(without_gil),
               pick<BuilderEvents::i64>(without_gil),
               pick<BuilderEvents::u64>(without_gil),
               pick<BuilderEvents::bigint>(without_gil),
               pick<BuilderEvents::f64>(without_gil),
               pick<BuilderEvents::text>(without_gil),
               pick<BuilderEvents::blob>(without_gil),
               pick<BuilderEvents::list_begin>(without_gil),
               pick<BuilderEvents::end>(without_gil),
               pick<BuilderEvents::map_begin>(without_gil),
               pick<BuilderEvents::end>(without_gil),
               pick<BuilderEvents::ext>(without_gil)} {}

// What Python cannot hold: a list for a key, a year after 9999. The exception that is set wins over
// the status.
coffer_status Builder::refuse() {
  wrap_raised(COFFER_UNSUPPORTED, "the bytes hold a value that Python does not have");
  return COFFER_CANCELLED;
}

coffer_status Builder::add(PyObject* owned) {
  Object value(owned);
  if (!value) return refuse();
  if (open_.empty()) {
    result_ = std::move(value);
    return COFFER_OK;
  }
  Open& into = open_.back();
  if (into.kind != kMap)
    return PyList_Append(into.items.get(), value.get()) == 0 ? COFFER_OK : refuse();
  if (!into.key) {
    into.key = std::move(value);
    return COFFER_OK;
  }
  const int set = PyDict_SetItem(into.items.get(), into.key.get(), value.get());
  into.key.reset();
  return set == 0 ? COFFER_OK : refuse();
}

coffer_status Builder::begin(PyObject* owned, int32_t kind) {
  Object items(owned);
  if (!items) return refuse();
  try {
    open_.push_back({std::move(items), Object(), kind});
  } catch (const std::bad_alloc&) {
    PyErr_NoMemory();
    return refuse();
  }
  return COFFER_OK;
}

coffer_status Builder::end() {
  Object items = std::move(open_.back().items);
  const int32_t kind = open_.back().kind;
  open_.pop_back();
  if (kind == COFFER_TUPLE) {
    items.reset(PyList_AsTuple(items.get()));
  } else if (kind == COFFER_SET) {
    items.reset(PySet_New(items.get()));
  } else if (kind == COFFER_FROZENSET) {
    items.reset(PyFrozenSet_New(items.get()));
  }
  return add(items.release());
}

}  // namespace coffer::python
