#ifndef BINDINGS_PYTHON_TRANSACTION_H_
#define BINDINGS_PYTHON_TRANSACTION_H_

#include "bindings/python/src/python.h"
#include "coffer/transaction.h"

namespace coffer::python {

// The handle of a coffer.Transaction, or NULL for None. False with TypeError set if it is neither.
bool transaction_of(PyObject* object, coffer_txn*& out);

}  // namespace coffer::python

#endif  // BINDINGS_PYTHON_TRANSACTION_H_
