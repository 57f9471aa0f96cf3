// Transaction: a cache beside a database transaction.
#include "bindings/python/src/transaction.h"

#include "bindings/python/src/errors.h"
#include "bindings/python/src/module.h"
#include "bindings/python/src/runtime.h"

namespace coffer::python {
namespace {

struct TransactionObject {
  PyObject_HEAD coffer_txn* txn;
};

coffer_txn* txn_of(PyObject* self) { return reinterpret_cast<TransactionObject*>(self)->txn; }

PyObject* create(PyTypeObject* type, PyObject* args, PyObject*) {
  PyObject* runtime;
  if (!PyArg_ParseTuple(args, "O!:Transaction", module.runtime_type, &runtime)) return nullptr;
  auto alloc = reinterpret_cast<allocfunc>(PyType_GetSlot(type, Py_tp_alloc));
  Object self(alloc(type, 0));
  if (!self) return nullptr;
  Failure failure;
  const coffer_status status =
      coffer_txn_begin(reinterpret_cast<RuntimeObject*>(runtime)->runtime,
                       &reinterpret_cast<TransactionObject*>(self.get())->txn, failure.out());
  return failed(status) ? failure.raise(status) : self.release();
}

void destroy(PyObject* self) {
  coffer_txn_release(txn_of(self));
  free_object(self);
}

// A method that does one call; those that play events may wait for stores.
template <coffer_status (*kCall)(coffer_txn*, coffer_error**)>
PyObject* run(PyObject* self) {
  Failure failure;
  coffer_status status;
  {
    const Unlocked unlocked;
    status = kCall(txn_of(self), failure.out());
  }
  if (failed(status)) return failure.raise(status);
  Py_RETURN_NONE;
}

PyObject* is_dirty(PyObject* self, void*) {
  return PyBool_FromLong(coffer_txn_is_dirty(txn_of(self)));
}

PyMethodDef methods[] = {
    method("savepoint", guarded<run<coffer_txn_savepoint>>,
           "Opens a savepoint within it; they nest."),
    method("commit", guarded<run<coffer_txn_commit>>,
           "Ends the innermost savepoint, or the transaction: its events are played."),
    method("rollback", guarded<run<coffer_txn_rollback>>,
           "Ends the innermost savepoint, or the transaction: events are dropped."),
    method("mark_dirty", guarded<run<coffer_txn_mark_dirty>>,
           "From now on it neither reads nor writes the cache."),
    method("suspend_events", guarded<run<coffer_txn_suspend_events>>,
           "Until resume_events its events are dropped."),
    method("resume_events", guarded<run<coffer_txn_resume_events>>, "Ends one suspend_events."),
    {nullptr, nullptr, 0, nullptr},
};
PyGetSetDef attributes[] = {
    {"dirty", is_dirty, nullptr, "Whether any open level has written to the database.", nullptr},
    {nullptr, nullptr, nullptr, nullptr, nullptr},
};
PyType_Slot slots[] = {
    {Py_tp_new, reinterpret_cast<void*>(guarded<create>)},
    {Py_tp_dealloc, reinterpret_cast<void*>(destroy)},
    {Py_tp_methods, methods},
    {Py_tp_getset, attributes},
    {Py_tp_doc, const_cast<char*>("A cache beside a database transaction; see Cache.transaction.")},
    {0, nullptr},
};
PyType_Spec spec = {"coffer._coffer.Transaction", sizeof(TransactionObject), 0,
                    Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE, slots};
PyTypeObject* transaction_type = nullptr;

}  // namespace

bool transaction_of(PyObject* object, coffer_txn*& out) {
  out = nullptr;
  if (object == Py_None) return true;
  if (!PyObject_TypeCheck(object, transaction_type)) {
    PyErr_SetString(PyExc_TypeError, "a Transaction or None is needed");
    return false;
  }
  out = txn_of(object);
  return true;
}

bool add_transaction(PyObject* to) { return (transaction_type = add_type(to, &spec)) != nullptr; }

}  // namespace coffer::python
