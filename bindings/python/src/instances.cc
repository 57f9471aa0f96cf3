#include "bindings/python/src/instances.h"

#include <algorithm>
#include <string>
#include <unordered_map>

#include "bindings/python/src/module.h"

namespace coffer::python {
namespace {

// By address. The weak reference tells whether the object that lies there is still the one that was
// named. Guarded by the GIL.
class Names {
 public:
  // NULL with an exception set.
  const std::string* name_of(PyObject* object) {
    const auto found = known_.find(object);
    if (found != known_.end() && PyWeakref_GetObject(found->second.reference.get()) == object)
        [[likely]]
      return &found->second.name;
    return add(object);
  }

 private:
  struct Named {
    Object reference;
    std::string name;
  };

  const std::string* add(PyObject* object) {
    Object reference(PyWeakref_NewRef(object, nullptr));
    if (!reference) return refuse(object);
    const Object made(PyObject_CallFunctionObjArgs(module.new_instance_name, nullptr));
    char* data = nullptr;
    Py_ssize_t size = 0;
    if (!made || PyBytes_AsStringAndSize(made.get(), &data, &size) < 0) return nullptr;
    if (known_.size() >= most_) sweep();
    Named& named = known_[object];
    named.reference = std::move(reference);
    named.name.assign(data, static_cast<size_t>(size));
    return &named.name;
  }

  const std::string* refuse(PyObject* object) {
    if (!PyErr_ExceptionMatches(PyExc_TypeError)) return nullptr;
    PyErr_Clear();
    auto* type = reinterpret_cast<PyObject*>(Py_TYPE(object));
    const Object error(PyObject_CallFunctionObjArgs(module.cannot_tell, type, nullptr));
    if (error) PyErr_SetObject(PyExc_TypeError, error.get());
    return nullptr;
  }

  // Forgets those that are gone. To drop a weak reference without a callback runs no Python code.
  void sweep() {
    std::erase_if(known_, [](const auto& each) {
      return PyWeakref_GetObject(each.second.reference.get()) == Py_None;
    });
    most_ = std::max(kLeast, 2 * known_.size());
  }

  static constexpr size_t kLeast = 1024;
  std::unordered_map<PyObject*, Named> known_;
  size_t most_ = kLeast;
};

Names& names() {
  static auto* const names = new Names();  // as long as the process: objects may outlive statics
  return *names;
}

}  // namespace

bool append_instance(Text& text, PyObject* object) {
  const std::string* name = names().name_of(object);
  if (name == nullptr) return false;
  text.append(name->data(), name->size());
  return true;
}

PyObject* instance_name(PyObject*, PyObject* object) {
  const std::string* name = names().name_of(object);
  return name == nullptr
             ? nullptr
             : PyBytes_FromStringAndSize(name->data(), static_cast<Py_ssize_t>(name->size()));
}

}  // namespace coffer::python
