// Canonical, typed text of Python values: what default keys of functions are made of. Values of
// different types or contents never give the same text; see coffer/keys.py for the grammar and the
// rarer types.
#ifndef BINDINGS_PYTHON_KEYS_H_
#define BINDINGS_PYTHON_KEYS_H_

#include <cstring>
#include <memory>

#include "bindings/python/src/python.h"

namespace coffer::python {

// Bytes that grow; short ones stay on the stack.
class Text {
 public:
  Text() = default;
  Text(const Text&) = delete;
  Text& operator=(const Text&) = delete;

  const char* data() const { return data_; }
  size_t size() const { return size_; }

  void append(char c) { *room(1) = c, ++size_; }
  void append(const void* bytes, size_t count) {
    if (count == 0) return;
    std::memcpy(room(count), bytes, count);
    size_ += count;
  }
  // Room for `count` more bytes at the end; what was written there counts after grow(n).
  char* room(size_t count) {
    if (capacity_ - size_ < count) enlarge(count);
    return data_ + size_;
  }
  void grow(size_t count) { size_ += count; }
  void clear() { size_ = 0; }

 private:
  void enlarge(size_t count);

  char stack_[256];
  char* data_ = stack_;
  size_t size_ = 0;
  size_t capacity_ = sizeof stack_;
  std::unique_ptr<char[]> heap_;
};

// Appends the canonical text of `value`. False with an exception set.
bool append_typed(Text& text, PyObject* value);

// Appends str(value), as a template does. False with an exception set.
bool append_text(Text& text, PyObject* value);

// encode_key(value) -> bytes, for Python.
PyObject* encode_key_value(PyObject*, PyObject* value);

}  // namespace coffer::python

#endif  // BINDINGS_PYTHON_KEYS_H_
