#include "plugins/strategies/ttl/order.h"

namespace coffer::strategy {

void ExpiryOrder::insert(ExpiryNode* node, int64_t expires_at) {
  node->expires_at = expires_at;
  if (last_ != nullptr && last_->expires_at <= expires_at) {
    hang(node, last_, &last_->right);
    return;
  }
  ExpiryNode* parent = nullptr;
  ExpiryNode** slot = &root_;
  while (*slot != nullptr) {
    parent = *slot;
    slot = expires_at < parent->expires_at ? &parent->left : &parent->right;
  }
  hang(node, parent, slot);
}

void ExpiryOrder::insert_after(ExpiryNode* before, ExpiryNode* node) {
  node->expires_at = before->expires_at;
  if (before->right == nullptr) {
    hang(node, before, &before->right);
  } else {
    ExpiryNode* after = leftmost(before->right);
    hang(node, after, &after->left);
  }
}

// Takes the node down to where it has at most one child, then out.
void ExpiryOrder::erase(ExpiryNode* node) {
  if (first_ == node) first_ = next(node);
  if (last_ == node) last_ = node->left != nullptr ? rightmost(node->left) : node->parent;
  while (node->left != nullptr && node->right != nullptr) {
    lift(priority(node->left) > priority(node->right) ? node->left : node->right);
  }
  ExpiryNode* child = node->left != nullptr ? node->left : node->right;
  if (child != nullptr) child->parent = node->parent;
  *slot_of(node) = child;
}

// Makes the node a leaf at an empty place, then lifts it to where its priority belongs.
void ExpiryOrder::hang(ExpiryNode* node, ExpiryNode* parent, ExpiryNode** slot) {
  node->parent = parent;
  node->left = nullptr;
  node->right = nullptr;
  *slot = node;
  if (parent == nullptr) {
    first_ = node;
    last_ = node;
    return;
  }
  if (parent == first_ && parent->left == node) first_ = node;
  if (parent == last_ && parent->right == node) last_ = node;
  const uint64_t own = priority(node);
  while (node->parent != nullptr && priority(node->parent) < own) lift(node);
}

// Rotates the node into the place of its parent, which becomes its child.
void ExpiryOrder::lift(ExpiryNode* node) {
  ExpiryNode* parent = node->parent;
  *slot_of(parent) = node;
  node->parent = parent->parent;
  parent->parent = node;
  ExpiryNode** given = parent->left == node ? &parent->left : &parent->right;
  ExpiryNode** taken = parent->left == node ? &node->right : &node->left;
  *given = *taken;
  if (*given != nullptr) (*given)->parent = parent;
  *taken = parent;
}

}  // namespace coffer::strategy
