// A neutral value held in memory, for the tool's own reports and for what a cache plays to it.
#ifndef BINDINGS_CLI_TREE_H_
#define BINDINGS_CLI_TREE_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "coffer/value.h"

namespace coffer::cli {

struct Tree {
  enum class Kind {
    kNull,
    kBool,
    kInt,
    kUnsigned,
    kBigInt,
    kFloat,
    kText,
    kBlob,
    kExt,
    kList,
    kMap
  };

  Kind kind = Kind::kNull;
  int64_t number = 0;       // kBool, kInt; bit pattern of kUnsigned; kind of kList; type of kExt
  double floating = 0;      // kFloat
  std::string bytes;        // kBigInt, kText, kBlob, kExt
  std::vector<Tree> items;  // kList; key and value in turn for kMap

  static Tree null() { return {}; }
  static Tree boolean(bool value);
  static Tree integer(int64_t value);
  static Tree count(uint64_t value);
  static Tree real(double value);
  static Tree text(std::string_view utf8);
  static Tree blob(std::string_view bytes);
  static Tree list();
  static Tree map();

  // Text if the bytes are UTF-8, else a blob.
  static Tree text_or_blob(std::string_view bytes);

  Tree& add(Tree item);                         // to a list
  Tree& set(std::string_view key, Tree value);  // to a map, at its end

  // The value under a text key of a map, or NULL.
  const Tree* find(std::string_view key) const;
  // The text under `key`, or "".
  std::string_view text_at(std::string_view key) const;

  coffer_status play(const coffer_visitor& into) const;
};

// This tree as something that coffer_put_value and coffer_encode take; it borrows the tree.
coffer_value as_value(const Tree& tree);

// Receives one value and keeps it.
class TreeBuilder {
 public:
  TreeBuilder();
  TreeBuilder(const TreeBuilder&) = delete;
  TreeBuilder& operator=(const TreeBuilder&) = delete;

  const coffer_visitor* visitor() const { return &visitor_; }
  Tree take() { return std::move(root_); }

 private:
  // What is not finished yet. An exception must not leave a visitor: out of memory ends the tool.
  coffer_status begin(Tree tree) noexcept;
  coffer_status end() noexcept;
  coffer_status leaf(Tree tree) noexcept;
  static TreeBuilder* of(void* self) { return static_cast<TreeBuilder*>(self); }

  Tree root_;
  std::vector<Tree> open_;
  coffer_visitor visitor_;
};

// Bytes of the C header as a view; its NULL may come with size 0.
inline std::string_view view(const void* data, size_t size) {
  return size == 0 ? std::string_view() : std::string_view(static_cast<const char*>(data), size);
}

bool is_utf8(std::string_view bytes);

}  // namespace coffer::cli

#endif  // BINDINGS_CLI_TREE_H_
