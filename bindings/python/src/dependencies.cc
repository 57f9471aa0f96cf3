#include "bindings/python/src/dependencies.h"

#include "bindings/python/src/key.h"
#include "bindings/python/src/module.h"

namespace coffer::python {

bool Cells::read(PyObject* dict) {
  if (dict == Py_None) return true;
  if (!PyDict_Check(dict)) {
    PyErr_Format(PyExc_TypeError, "a row or a condition is a dict of columns, not %R",
                 reinterpret_cast<PyObject*>(Py_TYPE(dict)));
    return false;
  }
  Py_ssize_t position = 0;
  PyObject *column, *value;
  while (PyDict_Next(dict, &position, &column, &value)) {
    coffer_cell cell{};
    if (!key_of(column, cell.column) || !read_datum(value, cell.value)) return false;
    cells_.push_back(cell);
  }
  view_ = {cells_.data(), cells_.size()};
  return true;
}

bool Cells::read_datum(PyObject* value, coffer_datum& out) {
  if (value == Py_None) {
    out.type = COFFER_DATUM_NULL;
  } else if (PyBool_Check(value)) {
    out.type = COFFER_DATUM_BOOL;
    out.i64 = value == Py_True;
  } else if (PyUnicode_Check(value) || PyBytes_Check(value)) {
    out.type = PyUnicode_Check(value) ? COFFER_DATUM_TEXT : COFFER_DATUM_BYTES;
    return key_of(value, out.bytes);
  } else if (PyFloat_Check(value)) {
    out.type = COFFER_DATUM_F64;
    out.f64 = PyFloat_AsDouble(value);
  } else {
    int overflow = 1;
    if (PyLong_Check(value)) out.i64 = PyLong_AsLongLongAndOverflow(value, &overflow);
    if (overflow != 0) return read_extension(value, out);
    out.type = COFFER_DATUM_I64;
  }
  return true;
}

// Large integers, decimals, dates, UUIDs: (type, number, nanoseconds, bytes) by Python code.
bool Cells::read_extension(PyObject* value, coffer_datum& out) {
  kept_.emplace_back(PyObject_CallFunctionObjArgs(module.encode_datum, value, nullptr));
  if (!kept_.back()) return false;
  long long number;
  const char* data;
  Py_ssize_t size;
  if (!PyArg_ParseTuple(kept_.back().get(), "iLIy#", &out.type, &number, &out.nanos, &data, &size))
    return false;
  out.i64 = number;
  out.bytes = {data, static_cast<size_t>(size)};
  return true;
}

bool Dependencies::read(PyObject* object) {
  if (object == Py_None) return true;
  PyObject *tags, *rows;
  if (!PyTuple_Check(object) || !PyArg_ParseTuple(object, "OO", &tags, &rows)) return false;
  return read_tags(tags) && read_rows(rows);
}

// `tags`: a tuple that the caller keeps.
bool Dependencies::read_tags(PyObject* tags) {
  if (!PyTuple_Check(tags)) {
    PyErr_SetString(PyExc_TypeError, "tags are a tuple of str");
    return false;
  }
  tags_.resize(static_cast<size_t>(PyTuple_Size(tags)));
  for (size_t i = 0; i < tags_.size(); ++i) {
    if (!key_of(PyTuple_GetItem(tags, static_cast<Py_ssize_t>(i)), tags_[i])) return false;
  }
  return true;
}

bool Dependencies::read_rows(PyObject* rows) {
  const Py_ssize_t count = PyTuple_Check(rows) ? PyTuple_Size(rows) : -1;
  for (Py_ssize_t i = 0; i < count; ++i) {
    PyObject *space, *any;
    coffer_rows row{};
    if (!PyArg_ParseTuple(PyTuple_GetItem(rows, i), "OO!", &space, &PyTuple_Type, &any) ||
        !key_of(space, row.space)) {
      return false;
    }
    std::vector<coffer_cells>& conjunctions = conjunctions_.emplace_back();
    for (Py_ssize_t j = 0; j < PyTuple_Size(any); ++j) {
      if (!cells_.emplace_back().read(PyTuple_GetItem(any, j))) return false;
      conjunctions.push_back(*cells_.back().get());
    }
    row.any = conjunctions.data();
    row.count = conjunctions.size();
    rows_.push_back(row);
  }
  if (count < 0) PyErr_SetString(PyExc_TypeError, "rows are a tuple");
  return count >= 0;
}

const coffer_dependencies* Dependencies::get() {
  if (tags_.empty() && rows_.empty()) return nullptr;
  view_ = {sizeof view_, 0, tags_.data(), tags_.size(), rows_.data(), rows_.size()};
  return &view_;
}

}  // namespace coffer::python
