// Arguments: those of one call, however CPython passes them.
#ifndef BINDINGS_PYTHON_ARGUMENTS_H_
#define BINDINGS_PYTHON_ARGUMENTS_H_

#include "bindings/python/src/python.h"

namespace coffer::python {

// As vectorcall passes them, an array, or as tp_call does, a tuple and a dict. Either is made of
// the other when it is asked for: a hit needs the array only. The values are borrowed from the
// caller.
class Arguments {
 public:
  static constexpr size_t kMost = 16;

  // `names`: a tuple of str, whose values follow the `count` positional ones, or NULL.
  Arguments(Args values, size_t count, PyObject* names)
      : values_(values), count_(count), names_(names) {}
  // `named`: a dict, None or NULL.
  Arguments(PyObject* tuple, PyObject* named);
  Arguments(const Arguments&) = delete;
  Arguments& operator=(const Arguments&) = delete;

  // False if there are more than kMost, or if memory ran out (with an exception set): only tuple()
  // and named() work.
  bool flat() const { return values_ != nullptr; }
  size_t count() const { return count_; }
  PyObject* value(size_t position) const { return values_[position]; }
  size_t named_count() const {
    return names_ == nullptr ? 0 : static_cast<size_t>(PyTuple_Size(names_));
  }
  PyObject* name(size_t i) const { return PyTuple_GetItem(names_, static_cast<Py_ssize_t>(i)); }
  PyObject* named_value(size_t i) const { return values_[count_ + i]; }

  // Borrowed from this; NULL with an exception set.
  PyObject* tuple();
  PyObject* named();

 private:
  Args values_ = nullptr;
  size_t count_ = 0;
  PyObject* names_ = nullptr;
  Object tuple_, named_, own_names_;
  PyObject* flat_[kMost];
};

}  // namespace coffer::python

#endif  // BINDINGS_PYTHON_ARGUMENTS_H_
