// The pickle machine: runs the instructions of a pickle to the one value that they build.
#ifndef COFFER_PLUGINS_SERIALIZERS_PICKLE_MACHINE_H_
#define COFFER_PLUGINS_SERIALIZERS_PICKLE_MACHINE_H_

#include <cstddef>
#include <span>
#include <string_view>

#include "coffer/base.h"
#include "plugins/serializers/pickle/globals.h"
#include "plugins/serializers/pickle/memory.h"
#include "plugins/serializers/pickle/options.h"
#include "plugins/serializers/pickle/reader.h"
#include "plugins/serializers/pickle/slot.h"

namespace coffer::pickle {

class Machine {
 public:
  Machine(const Options& options, coffer_bytes input, Arena& arena);

  // The value; it borrows the input and the arena. Throws Failure.
  Slot run();

 private:
  // Runs one instruction, of the usual and of all others.
  void step(unsigned char instruction);
  void step_rarely(unsigned char instruction);
  // What is on the stack at the end mark.
  Slot result();

  // The stack, down to the last mark.
  size_t fence() const { return marks_.empty() ? 0 : marks_.back(); }
  void push(const Slot& slot) { stack_.push(slot); }
  // The topmost `n`.
  Slot* top(size_t n) {
    if (stack_.size() - fence() < n) [[unlikely]]
      underflow();
    return stack_.end() - n;
  }
  Slot pop() {
    const Slot slot = *top(1);
    stack_.pop();
    return slot;
  }
  // All above the last mark, which goes; they stay readable until the next push.
  std::span<const Slot> pop_mark();
  [[noreturn, gnu::cold]] void underflow() const;

  void push_text(std::string_view text);
  void push_string8(std::string_view text) { push(Slot::of(Kind::kString8, text)); }
  void push_container(uint8_t kind, std::span<const Slot> items);
  void push_tuple(size_t n);
  void push_integer_line(std::string_view line, bool is_long);
  void push_float_line(std::string_view line);
  void push_big(uint64_t size);
  void push_global(std::string_view module, std::string_view name);

  // The container of that kind that takes the `items`.
  Container* target(const Slot& slot, uint8_t kind, const char* items);
  void append(Container& container, std::span<const Slot> items);

  void get(uint64_t index);
  void put(uint64_t index);
  void put_anywhere(uint64_t index, const Slot& slot);
  [[noreturn, gnu::cold]] void no_memo(uint64_t index) const;
  static uint64_t memo_index(std::string_view line, size_t offset);

  void pop_or_unmark();
  void stack_global();
  void reduce();
  void new_object();
  void build();
  void instance(bool class_on_stack);
  void frame();
  void protocol();

  const Options& options_;
  Arena& arena_;
  Reader in_;
  Stack<Slot, 48> stack_;
  Stack<size_t, 24> marks_;
  Stack<Slot, 48> memo_;
  uint64_t memoized_ = 0;  // places of the memo in use
};

}  // namespace coffer::pickle

#endif  // COFFER_PLUGINS_SERIALIZERS_PICKLE_MACHINE_H_
