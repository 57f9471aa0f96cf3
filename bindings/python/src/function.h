// Function: what is called in the place of a decorated function.
#ifndef BINDINGS_PYTHON_FUNCTION_H_
#define BINDINGS_PYTHON_FUNCTION_H_

#include <string>
#include <vector>

#include "bindings/python/src/keys.h"
#include "bindings/python/src/python.h"

namespace coffer::python {

// How a key is made of the arguments of a call: literal text, and arguments between.
struct Plan {
  enum class As : uint8_t { kTyped, kText, kReceiver };
  struct Part {
    int32_t parameter;
    As as;
    std::string after;  // literal text that follows
  };
  std::string before;
  std::vector<Part> parts;
  // From (literal, [(parameter, "typed", "text" or "receiver", literal), ...]). False with an exception set.
  bool read(PyObject* plan);
  // `values`: an argument for each parameter.
  bool append(Text& text, PyObject* const* values) const;
};

// The parameters of a function, to put the arguments of a call in their order without Python code.
struct Parameters {
  static constexpr size_t kMost = 16;
  std::vector<Object> names;     // interned
  std::vector<Object> defaults;  // for each parameter one, or none
  size_t positional = 0;         // how many may be given by position
  bool plain = false;            // neither *args nor **kwargs, nor more than kMost, nor positional-only ones

  // From (names, defaults with MISS for none, positional, plain). False with an exception set.
  bool read(PyObject* parameters);
  // Borrowed references. False without an exception for a call that only Python code can bind or refuse.
  bool bind(PyObject* args, PyObject* kwargs, PyObject** values) const;
};

}  // namespace coffer::python

#endif  // BINDINGS_PYTHON_FUNCTION_H_
