#include "bindings/python/src/keys.h"

#include <algorithm>
#include <charconv>
#include <string_view>

#include "bindings/python/src/module.h"

namespace coffer::python {

void Text::enlarge(size_t count) {
  const size_t capacity = std::max(capacity_ * 2, size_ + count);
  std::unique_ptr<char[]> larger(new char[capacity]);
  std::memcpy(larger.get(), data_, size_);
  heap_ = std::move(larger);
  data_ = heap_.get();
  capacity_ = capacity;
}

namespace {

void append_number(Text& text, long long number) {
  char* begin = text.room(24);
  text.grow(static_cast<size_t>(std::to_chars(begin, begin + 24, number).ptr - begin));
}

bool append_utf8(Text& text, PyObject* value) {
  Py_ssize_t size = 0;
  const char* utf8 = PyUnicode_AsUTF8AndSize(value, &size);
  if (utf8 == nullptr) return false;
  text.append(utf8, static_cast<size_t>(size));
  return true;
}

// Any number of digits.
bool append_integer(Text& text, PyObject* value) {
  int overflow = 0;
  const long long number = PyLong_AsLongLongAndOverflow(value, &overflow);
  if (overflow == 0) {
    append_number(text, number);
    return true;
  }
  const Object hexadecimal(PyNumber_ToBase(value, 16));  // no limit on its length, as decimal has
  return hexadecimal && append_utf8(text, hexadecimal.get());
}

bool append_float(Text& text, PyObject* value) {
  char* repr = PyOS_double_to_string(PyFloat_AsDouble(value), 'r', 0, 0, nullptr);
  if (repr == nullptr) return false;
  text.append('d');
  text.append(repr, std::strlen(repr));
  PyMem_Free(repr);
  return true;
}

void append_sized(Text& text, char type, const char* data, Py_ssize_t size) {
  text.append(type);
  append_number(text, size);
  text.append(':');
  text.append(data, static_cast<size_t>(size));
}

bool append_string(Text& text, PyObject* value) {
  Py_ssize_t size = 0;
  const char* utf8 = PyUnicode_AsUTF8AndSize(value, &size);
  if (utf8 != nullptr) append_sized(text, 's', utf8, size);
  return utf8 != nullptr;
}

bool append_bytes(Text& text, PyObject* value) {
  char* data = nullptr;
  Py_ssize_t size = 0;
  if (PyBytes_AsStringAndSize(value, &data, &size) < 0) return false;
  append_sized(text, 'b', data, size);
  return true;
}

template <typename Item>
bool append_sequence(Text& text, char open, char close, PyObject* value,
                     Py_ssize_t (*size)(PyObject*), Item item) {
  if (Py_EnterRecursiveCall(" in a cache key") != 0) return false;
  text.append(open);
  bool good = true;
  for (Py_ssize_t i = 0; good && i < size(value); ++i) {
    if (i > 0) text.append(',');
    const Object kept = Object::share(item(value, i));
    good = kept && append_typed(text, kept.get());
  }
  text.append(close);
  Py_LeaveRecursiveCall();
  return good;
}

// What only Python code can take apart: sets, dicts, enums, dates, dataclasses, objects with
// __cache_key__.
bool append_other(Text& text, PyObject* value) {
  const Object encoded(PyObject_CallFunctionObjArgs(module.encode_key, value, nullptr));
  char* data = nullptr;
  Py_ssize_t size = 0;
  if (!encoded || PyBytes_AsStringAndSize(encoded.get(), &data, &size) < 0) return false;
  text.append(data, static_cast<size_t>(size));
  return true;
}

}  // namespace

bool append_typed(Text& text, PyObject* value) {
  if (PyUnicode_CheckExact(value)) return append_string(text, value);
  if (PyLong_CheckExact(value)) {
    text.append('i');
    return append_integer(text, value);
  }
  if (value == Py_None) return text.append('n'), true;
  if (value == Py_True) return text.append('t'), true;
  if (value == Py_False) return text.append('f'), true;
  if (PyFloat_CheckExact(value)) return append_float(text, value);
  if (PyBytes_CheckExact(value)) return append_bytes(text, value);
  if (PyTuple_CheckExact(value))
    return append_sequence(text, '(', ')', value, PyTuple_Size, PyTuple_GetItem);
  if (PyList_CheckExact(value))
    return append_sequence(text, '[', ']', value, PyList_Size, PyList_GetItem);
  return append_other(text, value);
}

bool Separators::read(PyObject* text) {
  Py_ssize_t size = 0;
  const char* utf8 = PyUnicode_AsUTF8AndSize(text, &size);
  if (utf8 == nullptr) return false;
  for (Py_ssize_t i = 0; i < size; ++i) bytes_.set(static_cast<unsigned char>(utf8[i]));
  text_ = Object::share(text);
  empty_ = size == 0;
  return true;
}

namespace {

bool may_be_number(std::string_view text) {
  return text.find_first_not_of("0123456789.eE+-") == std::string_view::npos;
}

// True if it is inserted as it is; coffer._template.insert decides what else is.
bool stands_for_itself(std::string_view text, const Separators& separators) {
  if (text.empty()) return true;
  switch (text.front()) {
    case '\'':
    case '@': return false;
    case 'N':
    case 'T':
    case 'F':
    case 'n':
    case 'i':
      if (text == "None" || text == "True" || text == "False" || text == "nan" || text == "inf")
        return false;
      break;
    case '-':
    case '0':
    case '1':
    case '2':
    case '3':
    case '4':
    case '5':
    case '6':
    case '7':
    case '8':
    case '9':
      if (text == "-inf" || may_be_number(text)) return false;
      break;
    default: break;
  }
  return separators.empty() ||
         std::none_of(text.begin(), text.end(), [&](char byte) { return separators.has(byte); });
}

}  // namespace

bool append_text(Text& text, PyObject* value, const Separators& separators) {
  if (PyUnicode_CheckExact(value)) {
    Py_ssize_t size = 0;
    const char* utf8 = PyUnicode_AsUTF8AndSize(value, &size);
    if (utf8 == nullptr) return false;
    if (stands_for_itself({utf8, static_cast<size_t>(size)}, separators)) {
      text.append(utf8, static_cast<size_t>(size));
      return true;
    }
  } else if (PyLong_CheckExact(value)) {
    int overflow = 0;
    const long long number = PyLong_AsLongLongAndOverflow(value, &overflow);
    if (overflow == 0 && (number >= 0 || !separators.has('-')))
      return append_number(text, number), true;
  }
  const Object made(PyObject_CallFunctionObjArgs(module.insert, value, separators.text(), nullptr));
  char* data = nullptr;
  Py_ssize_t size = 0;
  if (!made || PyBytes_AsStringAndSize(made.get(), &data, &size) < 0) return false;
  text.append(data, static_cast<size_t>(size));
  return true;
}

PyObject* encode_key_value(PyObject*, PyObject* value) {
  Text text;
  if (!append_typed(text, value)) return nullptr;
  return PyBytes_FromStringAndSize(text.data(), static_cast<Py_ssize_t>(text.size()));
}

}  // namespace coffer::python
