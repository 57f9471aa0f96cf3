// What the strategies share: a doubly linked list whose links lie in the nodes, and the rules of
// `victims`.
#ifndef COFFER_PLUGINS_STRATEGIES_LIST_H_
#define COFFER_PLUGINS_STRATEGIES_LIST_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>

namespace coffer::strategy {

struct Link {
  Link* prev;
  Link* next;

  void unlink() {
    prev->next = next;
    next->prev = prev;
  }

  // Puts `other`, which is in no list, where this one is.
  void hand_over(Link* other) {
    other->prev = prev;
    other->next = next;
    prev->next = other;
    next->prev = other;
  }
};

// A ring closed by a link of its own, so that no operation has a special case. Owns nothing.
class List {
 public:
  List() : ends_{&ends_, &ends_} {}
  List(const List&) = delete;
  List& operator=(const List&) = delete;

  bool empty() const { return ends_.next == &ends_; }
  Link* first() const { return ends_.next; }
  const Link* end() const { return &ends_; }

  void push_back(Link* link) {
    link->prev = ends_.prev;
    link->next = &ends_;
    ends_.prev->next = link;
    ends_.prev = link;
  }

  // Moves links of this list to its end: link(0) first, up to link(count - 1), which may be the
  // same.
  template <typename LinkOf>
  void move_to_back(size_t count, LinkOf&& link_of) {
    // The end is put in order once, after the last.
    Link* last = ends_.prev;
    for (size_t i = 0; i < count; ++i) {
      Link* link = link_of(i);
      if (link == last) continue;
      link->unlink();
      link->prev = last;
      last->next = link;
      last = link;
    }
    last->next = &ends_;
    ends_.prev = last;
  }

  // Moves all of `other` to the front of this list, in order.
  void take_before(List* other) {
    if (other->empty()) return;
    Link* first = other->ends_.next;
    Link* last = other->ends_.prev;
    first->prev = &ends_;
    last->next = ends_.next;
    ends_.next->prev = last;
    ends_.next = first;
    other->ends_ = {&other->ends_, &other->ends_};
  }

 private:
  Link ends_;
};

// Gathers the answer of `victims`: at least one node, then until the weights add up to `need` or
// the room is used.
class Proposal {
 public:
  Proposal(uint64_t need, void** nodes, size_t capacity)
      : need_(need), nodes_(nodes), capacity_(capacity) {}

  bool complete() const { return count_ == capacity_ || (count_ > 0 && need_ == 0); }
  size_t count() const { return count_; }

  void add(void* node, uint64_t weight) {
    nodes_[count_++] = node;
    need_ -= std::min(need_, weight);
  }

 private:
  uint64_t need_;
  void** nodes_;
  size_t capacity_;
  size_t count_ = 0;
};

}  // namespace coffer::strategy

#endif  // COFFER_PLUGINS_STRATEGIES_LIST_H_
