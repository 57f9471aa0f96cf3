// Queue: completions and events, for an event loop.
#ifndef BINDINGS_PYTHON_QUEUE_H_
#define BINDINGS_PYTHON_QUEUE_H_

#include "bindings/python/src/cache.h"
#include "coffer/batch.h"
#include "coffer/queue.h"

namespace coffer::python {

// The queue of a Python object; NULL with TypeError set if it is none.
coffer_queue* queue_of(PyObject* object);

// The answers of a batch of one kind, as cache._get_many and its like return them.
PyObject* results_to_list(CacheObject& cache, int32_t kind, const coffer_result* results,
                          size_t count);

}  // namespace coffer::python

#endif  // BINDINGS_PYTHON_QUEUE_H_
