// Entries in the order of their expiry.
//
// A treap: a search tree by expiry that is at the same time a heap by priorities that look random,
// which keeps it balanced whatever the order of inserts (depth about 2 ln n). Nodes do not move, so
// a node's priority is its address, mixed. Entries that expire at the same instant are in the order
// of their insertion, and those that never expire count as expiring last of all.
//
// Most caches give all their entries one time to live: then each new entry is the last one, which
// `last_` finds without a search.
#ifndef COFFER_PLUGINS_STRATEGIES_TTL_ORDER_H_
#define COFFER_PLUGINS_STRATEGIES_TTL_ORDER_H_

#include <cstdint>
#include <limits>

namespace coffer::strategy {

struct ExpiryNode {
  ExpiryNode* parent;
  ExpiryNode* left;
  ExpiryNode* right;
  int64_t expires_at;  // kNever for never
};

class ExpiryOrder {
 public:
  static constexpr int64_t kNever = std::numeric_limits<int64_t>::max();

  ExpiryNode* first() const { return first_; }

  // The node after this one, or NULL.
  static ExpiryNode* next(ExpiryNode* node) {
    if (node->right != nullptr) return leftmost(node->right);
    while (node->parent != nullptr && node->parent->right == node) node = node->parent;
    return node->parent;
  }

  // After all nodes that expire no later.
  void insert(ExpiryNode* node, int64_t expires_at);

  // Directly after `before`, and with the same expiry.
  void insert_after(ExpiryNode* before, ExpiryNode* node);

  void erase(ExpiryNode* node);

 private:
  static uint64_t priority(const ExpiryNode* node) {
    uint64_t mixed = reinterpret_cast<uintptr_t>(node);
    mixed = (mixed ^ mixed >> 33) * 0xff51afd7ed558ccdu;
    mixed = (mixed ^ mixed >> 33) * 0xc4ceb9fe1a85ec53u;
    return mixed ^ mixed >> 33;
  }

  static ExpiryNode* leftmost(ExpiryNode* node) {
    while (node->left != nullptr) node = node->left;
    return node;
  }

  static ExpiryNode* rightmost(ExpiryNode* node) {
    while (node->right != nullptr) node = node->right;
    return node;
  }

  // The pointer that points to `node`.
  ExpiryNode** slot_of(ExpiryNode* node) {
    if (node->parent == nullptr) return &root_;
    return node->parent->left == node ? &node->parent->left : &node->parent->right;
  }

  void hang(ExpiryNode* node, ExpiryNode* parent, ExpiryNode** slot);
  void lift(ExpiryNode* node);

  ExpiryNode* root_ = nullptr;
  ExpiryNode* first_ = nullptr;
  ExpiryNode* last_ = nullptr;
};

}  // namespace coffer::strategy

#endif  // COFFER_PLUGINS_STRATEGIES_TTL_ORDER_H_
