// A YAML text as a flat array of nodes, in the order they stand in it. Aliases, merge keys and
// sets need a look at what comes later or came before; so a text that has them is read into this
// first, which is a small multiple of its size, and played from here.
#ifndef COFFER_PLUGINS_SERIALIZERS_YAML_DOCUMENT_H_
#define COFFER_PLUGINS_SERIALIZERS_YAML_DOCUMENT_H_

#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>

#include "plugins/serializers/yaml/tag.h"

namespace coffer::yaml {

struct Node {
  enum Kind : uint8_t { kScalar, kSequence, kMapping, kAlias };

  Kind kind : 4;
  Tag tag : 4;         // fits the kind; of aliases it means nothing
  bool merges : 8;     // a mapping with a merge key among its keys
  size_t offset : 48;  // where it stands in the text, in characters
  size_t at;    // scalar: where its text begins; else: the node behind its last descendant; alias:
                // the node it names
  size_t size;  // scalar: of its text
};

class Document {
 public:
  const Node& operator[](size_t index) const { return nodes_[index]; }
  size_t size() const { return nodes_.size(); }

  std::string_view text(const Node& scalar) const {
    return std::string_view(text_).substr(scalar.at, scalar.size);
  }
  // The node itself, or what it stands for.
  size_t resolved(size_t index) const {
    const Node& node = nodes_[index];
    return node.kind == Node::kAlias ? node.at : index;
  }
  // The node after this one and all that is in it.
  size_t next(size_t index) const {
    const Node& node = nodes_[index];
    return node.kind == Node::kSequence || node.kind == Node::kMapping ? node.at : index + 1;
  }

  // For the loader.
  size_t add(Node node) {
    nodes_.push_back(node);
    return nodes_.size() - 1;
  }
  Node& node(size_t index) { return nodes_[index]; }
  std::string& text() { return text_; }
  void clear() {
    nodes_.clear();
    text_.clear();
  }

 private:
  std::deque<Node> nodes_;  // grows without moving
  std::string text_;        // of all scalars
};

}  // namespace coffer::yaml

#endif  // COFFER_PLUGINS_SERIALIZERS_YAML_DOCUMENT_H_
