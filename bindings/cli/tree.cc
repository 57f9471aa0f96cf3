#include "bindings/cli/tree.h"

#include "coffer/plugin/utf8.hpp"

namespace coffer::cli {
namespace {

Tree make(Tree::Kind kind, int64_t number = 0, std::string_view bytes = {}) {
  Tree tree;
  tree.kind = kind;
  tree.number = number;
  tree.bytes = bytes;
  return tree;
}

}  // namespace

bool is_utf8(std::string_view bytes) {
  return plugin::utf8_prefix(bytes.data(), bytes.size()) == bytes.size();
}

Tree Tree::boolean(bool value) { return make(Kind::kBool, value); }
Tree Tree::integer(int64_t value) { return make(Kind::kInt, value); }
Tree Tree::count(uint64_t value) {
  return make(value > INT64_MAX ? Kind::kUnsigned : Kind::kInt, static_cast<int64_t>(value));
}
Tree Tree::real(double value) {
  Tree tree = make(Kind::kFloat);
  tree.floating = value;
  return tree;
}
Tree Tree::text(std::string_view utf8) { return make(Kind::kText, 0, utf8); }
Tree Tree::blob(std::string_view bytes) { return make(Kind::kBlob, 0, bytes); }
Tree Tree::list() { return make(Kind::kList); }
Tree Tree::map() { return make(Kind::kMap); }
Tree Tree::text_or_blob(std::string_view bytes) {
  return is_utf8(bytes) ? text(bytes) : blob(bytes);
}

Tree& Tree::add(Tree item) {
  items.push_back(std::move(item));
  return *this;
}

Tree& Tree::set(std::string_view key, Tree value) {
  items.push_back(text(key));
  items.push_back(std::move(value));
  return *this;
}

const Tree* Tree::find(std::string_view key) const {
  if (kind != Kind::kMap) return nullptr;
  for (size_t i = 0; i + 1 < items.size(); i += 2) {
    if (items[i].kind == Kind::kText && items[i].bytes == key) return &items[i + 1];
  }
  return nullptr;
}

std::string_view Tree::text_at(std::string_view key) const {
  const Tree* found = find(key);
  return found != nullptr && found->kind == Kind::kText ? found->bytes : std::string_view();
}

coffer_status Tree::play(const coffer_visitor& into) const {
  void* self = into.self;
  switch (kind) {
    case Kind::kNull: return into.null(self);
    case Kind::kBool: return into.boolean(self, number != 0);
    case Kind::kInt: return into.i64(self, number);
    case Kind::kUnsigned: return into.u64(self, static_cast<uint64_t>(number));
    case Kind::kBigInt: return into.bigint(self, bytes.data(), bytes.size());
    case Kind::kFloat: return into.f64(self, floating);
    case Kind::kText: return into.text(self, bytes.data(), bytes.size());
    case Kind::kBlob: return into.blob(self, bytes.data(), bytes.size());
    case Kind::kExt:
      return into.ext(self, static_cast<uint32_t>(number), bytes.data(), bytes.size());
    case Kind::kList:
    case Kind::kMap: break;
  }
  const bool map = kind == Kind::kMap;
  coffer_status status = map ? into.map_begin(self, items.size() / 2)
                             : into.list_begin(self, items.size(), static_cast<uint32_t>(number));
  for (size_t i = 0; status == COFFER_OK && i < items.size(); ++i) status = items[i].play(into);
  if (status != COFFER_OK) return status;
  return map ? into.map_end(self) : into.list_end(self);
}

coffer_value as_value(const Tree& tree) {
  return {const_cast<Tree*>(&tree), [](void* self, const coffer_visitor* into, coffer_sink*) {
            return static_cast<const Tree*>(self)->play(*into);
          }};
}

coffer_status TreeBuilder::begin(Tree tree) noexcept {
  open_.push_back(std::move(tree));
  return COFFER_OK;
}

coffer_status TreeBuilder::end() noexcept {
  Tree done = std::move(open_.back());
  open_.pop_back();
  return leaf(std::move(done));
}

coffer_status TreeBuilder::leaf(Tree tree) noexcept {
  if (open_.empty()) {
    root_ = std::move(tree);
  } else {
    open_.back().items.push_back(std::move(tree));
  }
  return COFFER_OK;
}

TreeBuilder::TreeBuilder() : visitor_{} {
  using Kind = Tree::Kind;
  visitor_.struct_size = sizeof(visitor_);
  visitor_.self = this;
  visitor_.null = [](void* self) noexcept { return of(self)->leaf({}); };
  visitor_.boolean = [](void* self, uint8_t value) noexcept {
    return of(self)->leaf(Tree::boolean(value != 0));
  };
  visitor_.i64 = [](void* self, int64_t value) noexcept {
    return of(self)->leaf(Tree::integer(value));
  };
  visitor_.u64 = [](void* self, uint64_t value) noexcept {
    return of(self)->leaf(Tree::count(value));
  };
  visitor_.bigint = [](void* self, const char* digits, size_t n) noexcept {
    return of(self)->leaf(make(Kind::kBigInt, 0, view(digits, n)));
  };
  visitor_.f64 = [](void* self, double value) noexcept {
    return of(self)->leaf(Tree::real(value));
  };
  visitor_.text = [](void* self, const char* utf8, size_t n) noexcept {
    return of(self)->leaf(Tree::text(view(utf8, n)));
  };
  visitor_.blob = [](void* self, const void* data, size_t n) noexcept {
    return of(self)->leaf(Tree::blob(view(data, n)));
  };
  visitor_.list_begin = [](void* self, uint64_t, uint32_t kind) noexcept {
    return of(self)->begin(make(Kind::kList, kind));
  };
  visitor_.list_end = [](void* self) noexcept { return of(self)->end(); };
  visitor_.map_begin = [](void* self, uint64_t) noexcept { return of(self)->begin(Tree::map()); };
  visitor_.map_end = [](void* self) noexcept { return of(self)->end(); };
  visitor_.ext = [](void* self, uint32_t type, const void* data, size_t n) noexcept {
    return of(self)->leaf(make(Kind::kExt, type, view(data, n)));
  };
}

}  // namespace coffer::cli
