// Neutral values of the library as Python values.
#ifndef BINDINGS_PYTHON_DECODE_H_
#define BINDINGS_PYTHON_DECODE_H_

#include <vector>

#include "bindings/python/src/python.h"
#include "coffer/value.h"

namespace coffer::python {

// Builds the one value that is played into visitor(). The caller holds the GIL while it is played,
// unless `without_gil`.
class Builder {
 public:
  explicit Builder(bool without_gil = false);
  Builder(const Builder&) = delete;
  Builder& operator=(const Builder&) = delete;

  const coffer_visitor* visitor() const { return &visitor_; }
  // The value, after all of it was played.
  PyObject* take() { return result_.release(); }

 private:
  friend struct BuilderEvents;
  struct Open {
    Object items;  // a list; of a map a dict
    Object key;    // of a map: waits for its value
    int32_t kind;  // COFFER_LIST, ... or kMap
  };
  static constexpr int32_t kMap = -1;

  static coffer_status refuse();
  coffer_status add(PyObject* owned);
  coffer_status begin(PyObject* owned, int32_t kind);
  coffer_status end();

  coffer_visitor visitor_;
  std::vector<Open> open_;
  Object result_;
};

}  // namespace coffer::python

#endif  // BINDINGS_PYTHON_DECODE_H_
