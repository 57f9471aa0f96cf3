// Function: what is called in the place of a decorated function.
#ifndef BINDINGS_PYTHON_FUNCTION_H_
#define BINDINGS_PYTHON_FUNCTION_H_

#include <string>
#include <vector>

#include "bindings/python/src/arguments.h"
#include "bindings/python/src/keys.h"
#include "bindings/python/src/python.h"

namespace coffer::python {

// What self or cls counts as in keys: its class, and for an object what its class says of it, or
// which one it is. The last classes are remembered; coffer._keys.describe_receiver tells of others.
class Receivers {
 public:
  bool append(Text& text, PyObject* receiver);  // false with an exception set
  int visit(visitproc visit, void* arg) const;

 private:
  // The numbers are those of coffer/_keys.py.
  enum class By : uint8_t { kClass, kKey, kContents, kItself };
  static constexpr size_t kMost = 8;
  struct Known {
    Object type;
    std::string text;
    By by = By::kClass;
  };
  const Known* find(PyObject* type) const;
  const Known* learn(PyObject* type);

  std::vector<Known> known_;
};

// How a key is made of the arguments of a call: literal text, and arguments between.
struct Plan {
  enum class As : uint8_t { kTyped, kText, kReceiver };
  struct Part {
    int32_t parameter;
    As as;
    std::string after;      // literal text that follows
    Separators separators;  // of a text: what may not be in it
  };
  std::string before;
  std::vector<Part> parts;
  Receivers receivers;
  // From (literal, [(parameter, "typed", "text" or "receiver", literal, separators), ...]). False with an
  // exception set.
  bool read(PyObject* plan);
  // `values`: an argument for each parameter.
  bool append(Text& text, PyObject* const* values);
};

// The parameters of a function, to put the arguments of a call in their order without Python code.
struct Parameters {
  static constexpr size_t kMost = Arguments::kMost;
  std::vector<Object> names;     // interned
  std::vector<Object> defaults;  // for each parameter one, or none
  size_t positional = 0;         // how many may be given by position
  bool plain = false;  // neither *args nor **kwargs, nor more than kMost, nor positional-only ones

  // From (names, defaults with MISS for none, positional, plain). False with an exception set.
  bool read(PyObject* parameters);
  // Borrowed references. False without an exception for a call that only Python code can bind or
  // refuse.
  bool bind(const Arguments& arguments, PyObject** values) const;
};

// function_type(base) -> the class CachedFunction: what is in `base`, a class of Python, and calls
// by native code.
PyObject* make_function_type(PyObject*, PyObject* base);

// A method of one object: (function, object) as bound by the class `type`, a subclass of
// coffer._coffer.Bound.
PyObject* bind_method(PyTypeObject* type, PyObject* function, PyObject* object);

}  // namespace coffer::python

#endif  // BINDINGS_PYTHON_FUNCTION_H_
