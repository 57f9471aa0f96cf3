#include "plugins/serializers/yaml/loader.h"

#include <algorithm>
#include <map>
#include <vector>

#include "coffer/plugin/utf8.hpp"
#include "plugins/serializers/yaml/parser.h"

namespace coffer::yaml {
namespace {

constexpr size_t kMostShown = 100;  // bytes of a tag or a name in a message

std::string_view view(const yaml_char_t* text) {
  return text == nullptr ? std::string_view() : reinterpret_cast<const char*>(text);
}

const char* name_of(Node::Kind kind) {
  return kind == Node::kScalar ? "a scalar" : kind == Node::kSequence ? "a sequence" : "a mapping";
}

bool is_letter(char c) { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'); }

bool fits(Tag tag, Node::Kind kind) {
  if (tag == Tag::kMap || tag == Tag::kSet) return kind == Node::kMapping;
  if (tag == Tag::kSeq || tag == Tag::kOmap || tag == Tag::kPairs) return kind == Node::kSequence;
  return kind == Node::kScalar;
}

class Loader {
 public:
  Loader(coffer_bytes bytes, const coffer_limits& limits, Document& out, Failure& failure,
         Listener* listener)
      : parser_(bytes),
        most_depth_(std::min(limits.max_depth, kMostDepth)),
        out_(out),
        failure_(failure),
        listener_(listener) {}

  bool run() {
    while (true) {
      Event event;
      if (!parser_.next(event, failure_)) return false;
      switch (event->type) {
        case YAML_STREAM_END_EVENT:
          return documents_ > 0 || corrupt(failure_, event->start_mark.index, "there is no value");
        case YAML_DOCUMENT_START_EVENT:
          if (++documents_ > 1) {
            return corrupt(failure_, event->start_mark.index, "there is a second document");
          }
          break;
        default:
          if (!node(event)) return false;
      }
    }
  }

 private:
  struct Open {
    size_t node;
    bool mapping;
    bool key_next;
  };

  bool node(Event& event) {
    const size_t offset = event->start_mark.index;
    switch (event->type) {
      case YAML_SCALAR_EVENT: return scalar(event, offset);
      case YAML_SEQUENCE_START_EVENT:
        return begin(Node::kSequence, Tag::kSeq, view(event->data.sequence_start.tag),
                     view(event->data.sequence_start.anchor), offset);
      case YAML_MAPPING_START_EVENT:
        return begin(Node::kMapping, Tag::kMap, view(event->data.mapping_start.tag),
                     view(event->data.mapping_start.anchor), offset);
      case YAML_SEQUENCE_END_EVENT:
      case YAML_MAPPING_END_EVENT: return end();
      case YAML_ALIAS_EVENT: return alias(view(event->data.alias.anchor), offset);
      default: return true;  // the beginning of the stream, the end of the document
    }
  }

  bool scalar(Event& event, size_t offset) {
    const auto& scalar = event->data.scalar;
    std::string_view text(reinterpret_cast<const char*>(scalar.value), scalar.length);
    Tag tag = scalar.plain_implicit != 0 ? resolve_line(text) : Tag::kStr;
    // The tag "!" by itself, which libyaml takes for text.
    if (text.empty() && scalar.style == YAML_PLAIN_SCALAR_STYLE && view(scalar.tag) == "!") {
      tag = Tag::kNull;
    }
    if (!explicit_tag(view(scalar.tag), Node::kScalar, offset, tag)) return false;
    Node node = make(Node::kScalar, tag, offset);
    node.at = out_.text().size();
    node.size = text.size();
    out_.text().append(text);
    const size_t index = enter_parent(node);
    if (listener_ != nullptr) {
      if (!listener_->scalar()) return false;
      out_.clear();
    }
    return anchor(view(scalar.anchor), offset, index);
  }

  // The tag "!" gives a block scalar the type of one without quotes. PyYAML passes over the line
  // break at its end then, except where it looks words up: booleans, infinities and NaN.
  static Tag resolve_line(std::string_view& text) {
    const bool line = text.size() > 1 && text.ends_with('\n');
    const std::string_view inner = text.substr(0, text.size() - (line ? 1 : 0));
    const Tag tag = resolve(inner);
    const bool word = tag == Tag::kBool || (tag == Tag::kFloat && is_letter(inner.back()));
    if (tag != Tag::kStr && !word) text = inner;
    return tag;
  }

  bool begin(Node::Kind kind, Tag tag, std::string_view uri, std::string_view name, size_t offset) {
    if (!explicit_tag(uri, kind, offset, tag)) return false;
    if (open_.size() >= most_depth_) return too_large(failure_, "max_depth", most_depth_);
    const size_t index = enter_parent(make(kind, tag, offset));
    open_.push_back({index, kind == Node::kMapping, true});
    if (listener_ != nullptr) {
      if (!listener_->begin(out_[index])) return false;
      out_.clear();
    }
    return anchor(name, offset, index);
  }

  bool end() {
    const size_t index = open_.back().node;
    open_.pop_back();
    if (listener_ != nullptr) return listener_->end();
    out_.node(index).at = out_.size();
    return true;
  }

  bool alias(std::string_view name, size_t offset) {
    const auto found = anchors_.find(name);
    if (found == anchors_.end()) {
      return corrupt(failure_, offset, "an alias of \"" + shown(name) + "\", which names no value");
    }
    const Node& target = out_[found->second];
    if (target.kind != Node::kScalar && target.at == 0) {
      return corrupt(failure_, offset, "\"" + shown(name) + "\" is a value that contains itself");
    }
    Node node = make(Node::kAlias, target.tag, offset);
    node.at = found->second;
    enter_parent(node);
    return true;
  }

  bool anchor(std::string_view name, size_t offset, size_t index) {
    if (name.empty() || anchors_.emplace(name, index).second) return true;
    return corrupt(failure_, offset, "a second value of the name \"" + shown(name) + "\"");
  }

  // Replaces `tag`, if there is one in the text.
  bool explicit_tag(std::string_view uri, Node::Kind kind, size_t offset, Tag& tag) {
    if (uri.empty() || uri == "!") return true;
    tag = tag_of(uri);
    if (tag != Tag::kUnknown && fits(tag, kind)) return true;
    corrupt(failure_, offset,
            tag == Tag::kUnknown
                ? "the tag \"" + shown(uri) + "\", which names no type of plain data"
                : "the tag \"" + shown(uri) + "\" for " + name_of(kind));
    failure_.tag = shown(uri);
    return false;
  }

  static Node make(Node::Kind kind, Tag tag, size_t offset) {
    Node node = {};
    node.kind = kind;
    node.tag = tag;
    node.offset = offset & ((size_t{1} << 48) - 1);
    return node;
  }

  // Adds the node to the innermost list or map that is open.
  size_t enter_parent(const Node& node) {
    if (!open_.empty() && open_.back().mapping) {
      Open& parent = open_.back();
      // An alias has the tag of its target.
      const bool scalar = node.kind == Node::kScalar || node.kind == Node::kAlias;
      if (parent.key_next && scalar && node.tag == Tag::kMerge) {
        out_.node(parent.node).merges = true;
      }
      parent.key_next = !parent.key_next;
    }
    return out_.add(node);
  }

  static std::string shown(std::string_view text) {
    const size_t most = std::min(text.size(), kMostShown);
    std::string out(text.substr(0, plugin::utf8_prefix(text.data(), most)));
    if (most < text.size()) out.append("...");
    return out;
  }

  Parser parser_;
  const uint32_t most_depth_;
  Document& out_;
  Failure& failure_;
  Listener* const listener_;
  std::vector<Open> open_;
  // Ordered: names are chosen by who wrote the text, so they must not choose their hashes.
  std::map<std::string, size_t, std::less<>> anchors_;
  int documents_ = 0;
};

bool is_name_character(char c) {
  return (c >= '0' && c <= '9') || is_letter(c) || c == '_' || c == '-';
}

}  // namespace

bool is_plain(std::string_view text) {
  constexpr std::string_view kBinary = "!!binary";
  for (size_t at = text.find_first_of("&!<"); at != text.npos; at = text.find_first_of("&!<", at)) {
    const std::string_view rest = text.substr(at++);
    // Behind a letter or digit it is part of a word.
    const bool in_word = at > 1 && is_name_character(text[at - 2]) && text[at - 2] != '-';
    switch (rest[0]) {
      case '&':
        if (!in_word && rest.size() > 1 && is_name_character(rest[1])) return false;
        break;
      case '!':
        if (!in_word && !rest.starts_with(kBinary)) return false;
        if (!in_word) at += kBinary.size() - 1;
        break;
      default:
        if (rest.starts_with("<<")) return false;
    }
  }
  return true;
}

bool load(coffer_bytes bytes, const coffer_limits& limits, Document& out, Failure& failure,
          Listener* listener) {
  return Loader(bytes, limits, out, failure, listener).run();
}

}  // namespace coffer::yaml
