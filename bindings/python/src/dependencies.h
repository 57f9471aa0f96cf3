// What a value depends on, as the Python side says it.
#ifndef BINDINGS_PYTHON_DEPENDENCIES_H_
#define BINDINGS_PYTHON_DEPENDENCIES_H_

#include <deque>
#include <vector>

#include "bindings/python/src/python.h"
#include "coffer/dependency.h"

namespace coffer::python {

// A row or a conjunction, from a dict {column: value}. The views point into the dict, which the
// caller keeps unchanged, and into this.
class Cells {
 public:
  bool read(PyObject* dict);  // None is no cells. False with an exception set
  const coffer_cells* get() const { return &view_; }

 private:
  bool read_datum(PyObject* value, coffer_datum& out);
  bool read_extension(PyObject* value, coffer_datum& out);

  std::vector<coffer_cell> cells_;
  std::vector<Object> kept_;
  coffer_cells view_{};
};

// From None or (tags, ((space, (conjunction, ...)), ...)).
class Dependencies {
 public:
  bool read(PyObject* object);
  bool read_tags(PyObject* tags);
  // NULL if there are none.
  const coffer_dependencies* get();

 private:
  bool read_rows(PyObject* rows);

  std::vector<coffer_bytes> tags_;
  std::vector<coffer_rows> rows_;
  std::deque<Cells> cells_;
  std::deque<std::vector<coffer_cells>> conjunctions_;
  coffer_dependencies view_{};
};

}  // namespace coffer::python

#endif  // BINDINGS_PYTHON_DEPENDENCIES_H_
