// The type Cache: opening, looking, and its list of methods.
#include "bindings/python/src/cache.h"

#include "bindings/python/src/decode.h"
#include "bindings/python/src/module.h"
#include "bindings/python/src/object.h"
#include "bindings/python/src/options.h"
#include "bindings/python/src/runtime.h"

namespace coffer::python {

int bypassed(PyObject* self) {
  const Object answer(PyObject_CallMethodObjArgs(self, COFFER_NAME("_bypassed"), nullptr));
  return answer ? PyObject_IsTrue(answer.get()) : -1;
}

bool opened_or_raise(const CacheObject& cache) {
  if (cache.cache == nullptr)
    PyErr_SetString(PyExc_RuntimeError, "the Cache was not opened: call Cache.__init__");
  return cache.cache != nullptr;
}

bool nanoseconds(PyObject* object, int64_t& out) {
  out = PyLong_AsLongLong(object);
  return out != -1 || PyErr_Occurred() == nullptr;
}

namespace {

// An object that is none. Without a view it is COFFER_UNSUPPORTED where bytes are kept.
void nothing(const coffer_object_type*, void*) {}
constexpr coffer_object_type kProbe = {
    sizeof(coffer_object_type), 0, "python.probe", nullptr, nothing, nothing, nullptr};

// Whether the store keeps live objects, asked by a put that cannot succeed: no entry has version 0.
bool keeps_objects(coffer_cache* cache) {
  static char probe;
  coffer_put_options options{};
  options.struct_size = sizeof options;
  options.mode = COFFER_PUT_CAS;
  return !failed(coffer_put_object(cache, "", 0, &probe, &kProbe, &options, nullptr, nullptr));
}

int init(PyObject* self, PyObject* args, PyObject*) {
  CacheObject& cache = cache_of(self);
  PyObject *from, *url, *sequence;
  Options options;
  if (!PyArg_ParseTuple(args, "OOO:Cache", &from, &url, &sequence) || !options.read(sequence))
    return -1;
  const char* text = url == Py_None ? nullptr : PyUnicode_AsUTF8AndSize(url, nullptr);
  if (PyErr_Occurred()) return -1;
  if (cache.cache != nullptr) {
    PyErr_SetString(PyExc_RuntimeError, "a Cache is opened once");
    return -1;
  }
  Failure failure;
  coffer_status status;
  {
    coffer_runtime* runtime = nullptr;
    coffer_cache* parent = nullptr;
    if (PyObject_TypeCheck(from, module.runtime_type)) {
      runtime = reinterpret_cast<RuntimeObject*>(from)->runtime;
    } else {
      parent = cache_of(from).cache;
    }
    const Unlocked unlocked;
    status = parent != nullptr ? coffer_cache_derive(parent, options.data(), options.size(),
                                                     &cache.cache, failure.out())
                               : coffer_cache_open(runtime, text, options.data(), options.size(),
                                                   &cache.cache, failure.out());
  }
  if (failed(status)) {
    failure.raise(status);
    return -1;
  }
  cache.live = keeps_objects(cache.cache);
  cache.blocking = !cache.live;
  return 0;
}

// How values are kept: (serializer or None, its format, an index of Copy).
PyObject* keep(PyObject* self, Args args, Py_ssize_t count) {
  if (!takes("_keep", count, 3, 3)) return nullptr;
  CacheObject& cache = cache_of(self);
  if (!opened(cache)) [[unlikely]]
    return nullptr;
  const unsigned long format = PyLong_AsUnsignedLong(args[1]);
  const long copy = PyLong_AsLong(args[2]);
  if (PyErr_Occurred()) return nullptr;
  if (args[0] != Py_None) {
    Py_INCREF(args[0]);
    cache.serializer = args[0];
    cache.live = false;
  }
  cache.format = static_cast<uint32_t>(format);
  cache.copy = static_cast<Copy>(copy);
  Py_RETURN_NONE;
}

int traverse(PyObject* self, visitproc visit, void* arg) {
  Py_VISIT(Py_TYPE(self));
  Py_VISIT(cache_of(self).serializer);
  return 0;
}

int clear_references(PyObject* self) {
  Py_CLEAR(cache_of(self).serializer);
  return 0;
}

void destroy(PyObject* self) {
  PyObject_GC_UnTrack(self);
  if (coffer_cache* cache = std::exchange(cache_of(self).cache, nullptr)) {
    const Unlocked unlocked;  // the store may take a while to free what it holds
    coffer_cache_release(cache);
  }
  drain_objects();
  clear_references(self);
  free_object(self);
}

PyObject* clear(PyObject* self) {
  if (!opened(cache_of(self))) return nullptr;
  Failure failure;
  coffer_status status;
  {
    const Unlocked unlocked;
    status = coffer_clear(cache_of(self).cache, failure.out());
  }
  drain_objects();
  if (failed(status)) return failure.raise(status);
  Py_RETURN_NONE;
}

PyObject* stats(PyObject* self) {
  CacheObject& cache = cache_of(self);
  if (!opened(cache)) [[unlikely]]
    return nullptr;
  coffer_stats s{};
  s.struct_size = sizeof s;
  Failure failure;
  const coffer_status status =
      blocking(cache, [&] { return coffer_cache_stats(cache.cache, &s, failure.out()); });
  drain_objects();
  if (failed(status)) return failure.raise(status);
  const struct {
    const char* name;
    uint64_t number;
  } counters[] = {
      {"gets", s.gets},
      {"hits", s.hits},
      {"null_hits", s.null_hits},
      {"misses", s.misses},
      {"stale", s.stale},
      {"leads", s.leads},
      {"waits", s.waits},
      {"bypassed", s.bypassed},
      {"superseded", s.superseded},
      {"puts", s.puts},
      {"deletes", s.deletes},
      {"errors", s.errors},
      {"undecodable", cache.undecodable},
      {"unstored", cache.unstored},
      {"tag_events", s.tag_events},
      {"space_events", s.space_events},
      {"row_events", s.row_events},
      {"clears", s.clears},
      {"entries", s.entries},
      {"bytes", s.bytes},
      {"capacity", s.capacity},
      {"byte_limit", s.byte_limit},
      {"inserts", s.inserts},
      {"evictions", s.evictions},
      {"expirations", s.expirations},
  };
  Object dict(PyDict_New());
  for (const auto& counter : counters) {
    const Object number(PyLong_FromUnsignedLongLong(counter.number));
    if (!dict || !number || PyDict_SetItemString(dict.get(), counter.name, number.get()) < 0)
      return nullptr;
  }
  return dict.release();
}

PyObject* describe(PyObject* self) {
  CacheObject& cache = cache_of(self);
  if (!opened(cache)) return nullptr;
  Builder builder(cache.blocking);
  Failure failure;
  const coffer_status status = blocking(
      cache, [&] { return coffer_cache_describe(cache.cache, builder.visitor(), failure.out()); });
  return failed(status) ? failure.raise(status) : builder.take();
}

PyMethodDef methods[] = {
    method("get", guarded<cache_get>,
           "get(key, default=None, *, stale=False)\n--\n\nThe value under `key`, or `default` if "
           "there "
           "is none. `stale`: also one past its time, within its grace."),
    method("set", guarded<cache_set>,
           "set(key, value, ttl=None, *, tags=(), rows=())\n--\n\nStores `value` under `key` for "
           "`ttl`."),
    method("delete", guarded<cache_delete>,
           "delete(key)\n--\n\nRemoves the entry; True if there was one."),
    method("compare_and_delete", guarded<cache_delete_if>,
           "compare_and_delete(key, version)\n--\n\nRemoves the entry only if it still has the "
           "version that get_versioned() told; True if it did."),
    method("_expire", guarded<cache_expire>, "(key) -> bool"),
    method("exists", guarded<cache_exists>,
           "exists(key)\n--\n\nTrue if there is an entry; does not count as use of it."),
    method("stats", guarded<stats>,
           "stats()\n--\n\nCounters of this handle and of the store under it, as a dict."),
    method("describe", guarded<describe>,
           "describe()\n--\n\nURL (secrets masked), options, plugins and counters, as a dict."),
    method("_keep", guarded<keep>, "(serializer, format, copy)"),
    method("clear", guarded<clear>,
           "clear()\n--\n\nEnds every entry of this handle's namespace and those nested in it, and "
           "every computation."),
    method("_get_versioned", guarded<cache_get_versioned>, "(key) -> (value, version) or None"),
    method("_ttl_left", guarded<cache_ttl_left>, "(key) -> nanoseconds, TTL_FOREVER or None"),
    method("_put", guarded<cache_put>,
           "(key, value, ttl, mode, expected version, grace, dependencies) -> version, or -status"),
    method("_put_bytes", guarded<cache_put_bytes>, "(key, bytes): stored as they are"),
    method("_touch", guarded<cache_touch>, "(key, ttl) -> bool"),
    method("_incr", guarded<cache_incr>,
           "(key, delta, initial or None, ttl) -> int, None if absent"),
    method("_get_many", guarded<cache_get_many>, "(keys) -> list of values or MISS"),
    method("_put_many", guarded<cache_put_many>,
           "(keys, values, ttl) -> list of exceptions or None"),
    method("_delete_many", guarded<cache_delete_many>, "(keys) -> list of bool"),
    method("_submit", guarded<cache_submit>, "(kind, keys, values or None, ttl, queue, tag)"),
    method("_scan", guarded<cache_scan>, "(kind, pattern) -> iterator of pages"),
    method("_fetch", guarded<cache_fetch>,
           "(key, options, dependencies, transaction) -> (state, lease, value)"),
    method("_fetch_many", guarded<cache_fetch_many>,
           "(keys, options, dependencies, transaction) -> list of the same"),
    method("_lease_wait", guarded<cache_lease_wait>,
           "(lease, timeout, computation) -> (state, lease, value)"),
    method("_lease_notify", guarded<cache_lease_notify>, "(lease, queue, tag, computation)"),
    method("_lease_commit", guarded<cache_lease_commit>,
           "(lease, value, ttl, grace, dependencies) -> stored"),
    method("_lease_decline", guarded<cache_lease_decline>, "(lease)"),
    method("_lease_abandon", guarded<cache_lease_abandon>, "(lease, status, message, exception)"),
    method("_lease_release", guarded<cache_lease_release>, "(lease)"),
    method("_invalidate_tags", guarded<cache_invalidate_tags>, "(tags, transaction)"),
    method("_row_event", guarded<cache_row_event>, "(space, old row, new row, transaction)"),
    method("_txn_delete", guarded<cache_txn_delete>, "(key, transaction)"),
    method("delete_prefix", guarded<cache_remove_prefix>,
           "delete_prefix(prefix)\n--\n\nRemoves the entries whose keys start with `prefix`; "
           "returns their number."),
    method("explain", guarded<cache_explain>,
           "explain(key)\n--\n\nWhy the entry is fresh, stale or missing, as a dict."),
    {nullptr, nullptr, 0, nullptr},
};

PyMemberDef members[] = {
    {"_live", T_BOOL, offsetof(CacheObject, live), READONLY, "entries hold live objects"},
    {"_unstored", T_ULONGLONG, offsetof(CacheObject, unstored), 0,
     "computed values that went to their callers only"},
    {"_blocking", T_BOOL, offsetof(CacheObject, blocking), READONLY, "calls may wait"},
    {nullptr, 0, 0, 0, nullptr},
};

PyType_Slot slots[] = {
    {Py_tp_init, reinterpret_cast<void*>(guarded<init>)},
    {Py_tp_dealloc, reinterpret_cast<void*>(destroy)},
    {Py_tp_traverse, reinterpret_cast<void*>(traverse)},
    {Py_tp_clear, reinterpret_cast<void*>(clear_references)},
    {Py_tp_methods, methods},
    {Py_tp_members, members},
    {Py_tp_doc, const_cast<char*>("The native half of coffer.Cache.")},
    {0, nullptr},
};
PyType_Spec spec = {"coffer._coffer.Cache", sizeof(CacheObject), 0,
                    Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC, slots};

}  // namespace

bool add_cache(PyObject* to) { return (module.cache_type = add_type(to, &spec)) != nullptr; }

}  // namespace coffer::python
