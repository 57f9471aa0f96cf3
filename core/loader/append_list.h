// A list that only grows and needs no lock.
//
// What the loader knows of a process lives until its end, and there are a few dozen of each. A list
// without locks has no lock that fork could copy in a locked state, or that a plugin's constructor
// could meet again while the file is being opened.
#ifndef COFFER_CORE_LOADER_APPEND_LIST_H_
#define COFFER_CORE_LOADER_APPEND_LIST_H_

#include <atomic>
#include <memory>
#include <utility>

namespace coffer::core {

// All functions are [any-thread]. Items stay where they are until the list is destroyed.
template <typename T>
class AppendList {
 public:
  AppendList() = default;
  AppendList(const AppendList&) = delete;
  AppendList& operator=(const AppendList&) = delete;
  ~AppendList() {
    for (Node* node = head_.load(std::memory_order_acquire); node != nullptr;) {
      delete std::exchange(node, node->next);
    }
  }

  // The item that `matches`, or nullptr.
  template <typename Predicate>
  const T* find(Predicate&& matches) const {
    return find_between(head_.load(std::memory_order_acquire), nullptr, matches);
  }

  // Adds `item` unless one is there that `matches`; returns the one that is in the list, and
  // whether it is the new one.
  template <typename Predicate>
  std::pair<const T*, bool> insert_if_absent(T item, Predicate&& matches) {
    auto fresh = std::make_unique<Node>(std::move(item));
    Node* seen = nullptr;  // everything from here on has been searched
    Node* head = head_.load(std::memory_order_acquire);
    do {
      if (const T* other = find_between(head, seen, matches)) return {other, false};
      seen = head;
      fresh->next = head;
    } while (!head_.compare_exchange_weak(head, fresh.get(), std::memory_order_acq_rel,
                                          std::memory_order_acquire));
    return {&fresh.release()->item, true};
  }

  // Visits every item, the newest first.
  template <typename Visit>
  void each(Visit&& visit) const {
    for (Node* node = head_.load(std::memory_order_acquire); node != nullptr; node = node->next) {
      visit(std::as_const(node->item));
    }
  }

 private:
  struct Node {
    explicit Node(T item) : item(std::move(item)) {}
    T item;
    Node* next = nullptr;
  };

  template <typename Predicate>
  static const T* find_between(const Node* from, const Node* to, Predicate& matches) {
    for (const Node* node = from; node != to; node = node->next) {
      if (matches(node->item)) return &node->item;
    }
    return nullptr;
  }

  std::atomic<Node*> head_ = nullptr;
};

}  // namespace coffer::core

#endif  // COFFER_CORE_LOADER_APPEND_LIST_H_
