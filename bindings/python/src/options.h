// Options of runtimes, caches and serializers, as the Python side prepares them
// (coffer/_options.py).
#ifndef BINDINGS_PYTHON_OPTIONS_H_
#define BINDINGS_PYTHON_OPTIONS_H_

#include <vector>

#include "bindings/python/src/python.h"
#include "coffer/base.h"

namespace coffer::python {

// A sequence of (name, COFFER_TYPE_*, value). The views it holds live as long as the sequence and
// this.
class Options {
 public:
  bool read(PyObject* sequence);  // false with an exception set
  const coffer_option* data() const { return options_.data(); }
  size_t size() const { return options_.size(); }

 private:
  bool read_one(PyObject* item);

  Object kept_;
  std::vector<coffer_option> options_;
};

}  // namespace coffer::python

#endif  // BINDINGS_PYTHON_OPTIONS_H_
