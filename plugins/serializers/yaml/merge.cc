#include "plugins/serializers/yaml/merge.h"

#include <algorithm>
#include <set>
#include <string>

#include "plugins/serializers/yaml/scalar.h"

namespace coffer::yaml {
namespace {

// The same for keys that are equal in type and value. Empty for lists and maps, which are equal to
// nothing.
std::string identity(const Document& document, size_t key) {
  const Node& node = document[document.resolved(key)];
  if (node.kind != Node::kScalar) return "";
  std::string room;
  const Scalar scalar = read_scalar(node.tag, document.text(node), room);
  std::string out(1, static_cast<char>('a' + static_cast<int>(scalar.kind)));
  switch (scalar.kind) {
    case Scalar::Kind::kNull:
    case Scalar::Kind::kInvalid: return out;
    case Scalar::Kind::kBool: return out.append(scalar.boolean ? "1" : "0");
    case Scalar::Kind::kI64:
    case Scalar::Kind::kU64:
    case Scalar::Kind::kF64:
      return out.append(reinterpret_cast<const char*>(&scalar.u64), sizeof(scalar.u64));
    case Scalar::Kind::kExt:
      return out.append(std::to_string(scalar.type)).append(":").append(scalar.bytes);
    default: return out.append(scalar.bytes);
  }
}

class Merger {
 public:
  Merger(const Document& document, Budget& budget, std::vector<Pair>& out, Failure& failure)
      : document_(document), budget_(budget), out_(out), failure_(failure) {}

  bool run(size_t mapping) {
    tasks_.push_back({mapping, false});
    while (!tasks_.empty()) {
      const Task task = tasks_.back();
      tasks_.pop_back();
      const size_t before = out_.size();
      if (!(task.own ? take_own(task.mapping, task.mapping != mapping) : visit(task.mapping))) {
        return false;
      }
      if (task.own && task.mapping == mapping) own_ = before;
    }
    return drop_overridden();
  }

 private:
  // What is left to do, last first: a mapping is visited for what it merges, then gives its own.
  struct Task {
    size_t mapping;
    bool own;
  };

  bool visit(size_t mapping) {
    if (!budget_.expand(0)) return false;
    tasks_.push_back({mapping, true});
    const size_t first = tasks_.size();
    for (size_t key = mapping + 1; key < document_.next(mapping);) {
      const size_t value = document_.next(key);
      if (is_merge(key) && !visit_targets(value)) return false;
      key = document_.next(value);
    }
    std::reverse(tasks_.begin() + static_cast<ptrdiff_t>(first), tasks_.end());
    return true;
  }

  // A map, or a list of maps of which the first goes before the others: it comes last.
  bool visit_targets(size_t value) {
    const size_t target = document_.resolved(value);
    if (document_[target].kind == Node::kMapping) return add_target(target);
    if (document_[target].kind != Node::kSequence) return refuse(value);
    const size_t first = tasks_.size();
    for (size_t item = target + 1; item < document_.next(target); item = document_.next(item)) {
      const size_t mapping = document_.resolved(item);
      if (document_[mapping].kind != Node::kMapping) return refuse(item);
      if (!add_target(mapping)) return false;
    }
    std::reverse(tasks_.begin() + static_cast<ptrdiff_t>(first), tasks_.end());
    return true;
  }
  bool add_target(size_t mapping) {
    tasks_.push_back({mapping, false});
    return budget_.expand(0);
  }
  bool refuse(size_t node) {
    return corrupt(failure_, document_[node].offset,
                   "what is merged by \"<<\" is neither a map nor a list of maps");
  }

  bool take_own(size_t mapping, bool merged) {
    for (size_t key = mapping + 1; key < document_.next(mapping);) {
      const size_t value = document_.next(key);
      const Node& node = document_[document_.resolved(key)];
      const size_t text = node.kind == Node::kScalar ? node.size : 0;
      if (merged && !budget_.expand(text)) return false;
      if (!is_merge(key)) out_.push_back({key, value});
      key = document_.next(value);
    }
    return true;
  }

  bool is_merge(size_t key) const {
    const Node& node = document_[document_.resolved(key)];
    return node.kind == Node::kScalar && node.tag == Tag::kMerge;
  }

  // Of merged pairs with one key, the last stays.
  bool drop_overridden() {
    std::set<std::string> seen;
    for (size_t i = own_; i < out_.size(); ++i) seen.insert(identity(document_, out_[i].key));
    std::vector<Pair> kept;
    for (size_t i = own_; i-- > 0;) {
      std::string key = identity(document_, out_[i].key);
      if (key.empty() || seen.insert(std::move(key)).second) kept.push_back(out_[i]);
    }
    std::reverse(kept.begin(), kept.end());
    out_.erase(out_.begin(), out_.begin() + static_cast<ptrdiff_t>(own_));
    out_.insert(out_.begin(), kept.begin(), kept.end());
    return true;
  }

  const Document& document_;
  Budget& budget_;
  std::vector<Pair>& out_;
  Failure& failure_;
  std::vector<Task> tasks_;
  size_t own_ = 0;  // where the pairs of the mapping itself begin
};

}  // namespace

bool merge_pairs(const Document& document, size_t mapping, Budget& budget, std::vector<Pair>& out,
                 Failure& failure) {
  return Merger(document, budget, out, failure).run(mapping);
}

}  // namespace coffer::yaml
