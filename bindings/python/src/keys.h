// Canonical, typed text of Python values: what default keys of functions are made of. Values of
// different types or contents never give the same text; see coffer/keys.py for the grammar and the
// rarer types.
#ifndef BINDINGS_PYTHON_KEYS_H_
#define BINDINGS_PYTHON_KEYS_H_

#include <bitset>
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

// Characters that tell the fields of a template apart.
class Separators {
 public:
  bool read(PyObject* text);  // false with an exception set
  PyObject* text() const { return text_.get(); }
  bool empty() const { return empty_; }
  // True if `byte` may be one, or a part of one.
  bool has(char byte) const { return bytes_[static_cast<unsigned char>(byte)]; }

 private:
  Object text_;
  bool empty_ = true;
  std::bitset<256> bytes_;
};

// Appends what a field of a template is for `value` (coffer/_template.py). False with an exception
// set.
bool append_text(Text& text, PyObject* value, const Separators& separators);

// encode_key(value) -> bytes, for Python.
PyObject* encode_key_value(PyObject*, PyObject* value);

}  // namespace coffer::python

#endif  // BINDINGS_PYTHON_KEYS_H_
