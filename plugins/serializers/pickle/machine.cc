#include "plugins/serializers/pickle/machine.h"

#include <algorithm>
#include <charconv>
#include <string>

#include "coffer/plugin/utf8.hpp"
#include "plugins/serializers/pickle/calls.h"
#include "plugins/serializers/pickle/failure.h"
#include "plugins/serializers/pickle/number.h"
#include "plugins/serializers/pickle/opcodes.h"
#include "plugins/serializers/pickle/text.h"

namespace coffer::pickle {
namespace {

constexpr unsigned kNewestProtocol = 5;
constexpr size_t kMostSegment = size_t{1} << 30;  // items of one segment, an even number
constexpr uint32_t kMostSpareCapacity = 1024;     // of a segment that is filled item by item

std::string hex_byte(unsigned char byte) {
  constexpr char kDigits[] = "0123456789abcdef";
  return {'0', 'x', kDigits[byte >> 4], kDigits[byte & 15]};
}

Segment* make_segment(size_t capacity, Arena& arena) {
  void* const memory = arena.alloc(sizeof(Segment) + capacity * sizeof(Slot));
  return new (memory) Segment{nullptr, 0, static_cast<uint32_t>(capacity)};
}

}  // namespace

// An instruction is one byte or more and puts at most one slot, mark or place in the memo, so the
// size of the input bounds them all.
Machine::Machine(const Options& options, coffer_bytes input, Arena& arena)
    : options_(options),
      arena_(arena),
      in_(static_cast<const char*>(input.data), input.size),
      stack_(arena.host(), input.size),
      marks_(arena.host(), input.size),
      memo_(arena.host(), input.size) {}

inline void Machine::get(uint64_t index) {
  if (index >= memo_.size() || memo_[index].kind() == Kind::kUnset) [[unlikely]]
    no_memo(index);
  push(Slot(memo_[index]));
}

inline void Machine::put(uint64_t index) {
  const Slot slot = *top(1);
  if (index == memo_.size() && index < in_.size()) [[likely]] {
    ++memoized_;
    return memo_.push(slot);
  }
  put_anywhere(index, slot);
}

Slot Machine::run() {
  // What most of a pickle consists of is told apart by branches, which processors guess from what
  // came before; a jump through one table for all is guessed badly.
  while (true) {
    const unsigned char instruction = in_.instruction();
    if (instruction == op::kShortBinUnicode) {
      const size_t size = in_.number<uint8_t>();
      push_text({in_.bytes(size), size});
    } else if (instruction == op::kMemoize) {
      put(memoized_);
    } else if (instruction == op::kBinGet) {
      get(in_.number<uint8_t>());
    } else if (instruction == op::kBinInt1) {
      push(Slot::of(Kind::kI64, in_.number<uint8_t>()));
    } else if (instruction == op::kBinInt) {
      push(Slot::of(Kind::kI64, in_.number<int32_t>()));
    } else if (instruction == op::kBinFloat) {
      push(Slot::of(in_.float_number()));
    } else if (instruction == op::kStop) {
      return result();
    } else {
      step(instruction);
    }
  }
}

Slot Machine::result() {
  if (in_.left() != 0) corrupt(in_.position(), "there is more after the end mark");
  if (!marks_.empty() || stack_.size() != 1) {
    corrupt(in_.offset(), "the stack holds " + std::to_string(stack_.size()) +
                              " values at the end instead of one");
  }
  return stack_.back();
}

void Machine::step(unsigned char instruction) {
  switch (instruction) {
    case op::kMark: return marks_.push(stack_.size());
    case op::kNone: return push(Slot::of(Kind::kNull));
    case op::kNewTrue: return push(Slot::of(Kind::kTrue));
    case op::kNewFalse: return push(Slot::of(Kind::kFalse));
    case op::kBinInt2: return push(Slot::of(Kind::kI64, in_.number<uint16_t>()));
    case op::kLong1: return push_big(in_.number<uint8_t>());
    case op::kBinUnicode: {
      const size_t size = in_.number<uint32_t>();
      return push_text({in_.bytes(size), size});
    }
    case op::kShortBinBytes: {
      const size_t size = in_.number<uint8_t>();
      return push(Slot::of(Kind::kBlob, {in_.bytes(size), size}));
    }
    case op::kEmptyList: return push_container(COFFER_LIST, {});
    case op::kEmptyDict: return push_container(Container::kMap, {});
    case op::kEmptySet: return push_container(COFFER_SET, {});
    case op::kEmptyTuple: return push_container(COFFER_TUPLE, {});
    case op::kTuple1:
    case op::kTuple2:
    case op::kTuple3: return push_tuple(static_cast<size_t>(instruction - op::kTuple1) + 1);
    case op::kTuple: return push_container(COFFER_TUPLE, pop_mark());
    case op::kFrozenSet: return push_container(COFFER_FROZENSET, pop_mark());
    case op::kAppends: {
      const auto items = pop_mark();
      return append(*target(*top(1), COFFER_LIST, "items for a list"), items);
    }
    case op::kAddItems: {
      const auto items = pop_mark();
      return append(*target(*top(1), COFFER_SET, "items for a set"), items);
    }
    case op::kSetItems: {
      const auto items = pop_mark();
      return append(*target(*top(1), Container::kMap, "items for a dict"), items);
    }
    case op::kBinPut: return put(in_.number<uint8_t>());
    case op::kStackGlobal: return stack_global();
    case op::kReduce: return reduce();
    default: return step_rarely(instruction);
  }
}

void Machine::step_rarely(unsigned char instruction) {
  switch (instruction) {
    case op::kAppend: {
      const std::span<const Slot> item(top(1), 1);
      append(*target(*top(2), COFFER_LIST, "an item for a list"), item);
      return stack_.pop();
    }
    case op::kSetItem: {
      const std::span<const Slot> pair(top(2), 2);
      append(*target(*top(3), Container::kMap, "an item for a dict"), pair);
      return stack_.pop(2);
    }
    case op::kList: return push_container(COFFER_LIST, pop_mark());
    case op::kDict: return push_container(Container::kMap, pop_mark());
    case op::kPop: return pop_or_unmark();
    case op::kPopMark: return static_cast<void>(pop_mark());
    case op::kDup: return push(Slot(*top(1)));
    case op::kInt: return push_integer_line(in_.line(), false);
    case op::kLong: return push_integer_line(in_.line(), true);
    case op::kFloat: return push_float_line(in_.line());
    case op::kLong4: {
      const auto size = in_.number<int32_t>();
      if (size < 0) corrupt(in_.offset(), "a number of " + std::to_string(size) + " bytes");
      return push_big(static_cast<uint64_t>(size));
    }
    case op::kUnicode: {
      const char* problem = nullptr;
      const std::string_view text = read_raw_unicode(in_.line(), arena_, problem);
      if (problem != nullptr) corrupt(in_.offset(), problem);
      return push_text(text);
    }
    case op::kString: {
      const char* problem = nullptr;
      const std::string_view text = read_quoted(in_.line(), arena_, problem);
      if (problem != nullptr) corrupt(in_.offset(), problem);
      return push_string8(text);
    }
    case op::kShortBinString: {
      const size_t size = in_.number<uint8_t>();
      return push_string8({in_.bytes(size), size});
    }
    case op::kBinString: {
      const auto size = in_.number<int32_t>();
      if (size < 0) corrupt(in_.offset(), "a string of " + std::to_string(size) + " bytes");
      return push_string8({in_.bytes(static_cast<size_t>(size)), static_cast<size_t>(size)});
    }
    case op::kBinUnicode8: {
      const auto size = in_.number<uint64_t>();
      return push_text({in_.bytes(size), size});
    }
    case op::kBinBytes: {
      const size_t size = in_.number<uint32_t>();
      return push(Slot::of(Kind::kBlob, {in_.bytes(size), size}));
    }
    case op::kBinBytes8:
    case op::kByteArray8: {
      const auto size = in_.number<uint64_t>();
      return push(Slot::of(Kind::kBlob, {in_.bytes(size), size}));
    }
    case op::kGet: return get(memo_index(in_.line(), in_.offset()));
    case op::kPut: return put(memo_index(in_.line(), in_.offset()));
    case op::kLongBinGet: return get(in_.number<uint32_t>());
    case op::kLongBinPut: return put(in_.number<uint32_t>());
    case op::kProto: return protocol();
    case op::kFrame: return frame();
    case op::kGlobal: {
      const std::string_view module = in_.line();
      return push_global(module, in_.line());
    }
    case op::kNewObj: return new_object();
    case op::kBuild: return build();
    case op::kInst:
    case op::kObj: return instance(instruction == op::kObj);
    case op::kNewObjEx:
      unsupported(in_.offset(), "an object with keyword arguments", "is not a value type");
    case op::kPersId:
    case op::kBinPersId:
      unsupported(in_.offset(), "a persistent id",
                  "stands for an object outside of the pickle; store its value instead");
    case op::kExt1:
    case op::kExt2:
    case op::kExt4:
      unsupported(in_.offset(), "an extension code",
                  "stands for a global that only the program who wrote it knows");
    case op::kNextBuffer:
    case op::kReadOnlyBuffer:
      unsupported(in_.offset(), "an out-of-band buffer",
                  "is not in the pickle; write it without buffer_callback");
    default: corrupt(in_.offset(), "unknown instruction " + hex_byte(instruction));
  }
}

// ---- The stack ----------------------------------------------------------------------------------

void Machine::underflow() const {
  corrupt(in_.offset(), "the instruction takes more from the stack than there is");
}

std::span<const Slot> Machine::pop_mark() {
  if (marks_.empty()) [[unlikely]]
    corrupt(in_.offset(), "the instruction takes all above a mark, but there is no mark");
  const size_t mark = marks_.back();
  marks_.pop();
  const std::span<const Slot> items(&stack_[0] + mark, stack_.size() - mark);
  stack_.shrink(mark);
  return items;
}

void Machine::pop_or_unmark() {
  if (!marks_.empty() && marks_.back() == stack_.size()) {
    marks_.pop();
  } else {
    pop();
  }
}

void Machine::push_text(std::string_view text) {
  const size_t valid = plugin::utf8_prefix(text.data(), text.size());
  if (valid != text.size()) [[unlikely]] {
    if (!is_surrogate(text.substr(valid))) corrupt(in_.offset(), "text that is not UTF-8");
    const std::string_view replaced = replace_surrogates(text, arena_);
    if (plugin::utf8_prefix(replaced.data(), replaced.size()) != replaced.size()) {
      corrupt(in_.offset(), "text that is not UTF-8");
    }
    if (!options_.replace_surrogates) {
      unsupported(in_.offset(), "text with half of a surrogate pair",
                  "is not UTF-8; the option \"surrogates\" can replace the half by U+FFFD");
    }
    text = replaced;
  }
  push(Slot::of(Kind::kText, text));
}

void Machine::push_integer_line(std::string_view line, bool is_long) {
  if (!is_long && (line == "00" || line == "01"))
    return push(Slot::of(line == "01" ? Kind::kTrue : Kind::kFalse));
  if (is_long && line.ends_with('L')) line.remove_suffix(1);
  if (line.size() > kMostIntegerDigits + (line.starts_with('-') ? 1 : 0)) {
    too_large("digits of an integer", kMostIntegerDigits);
  }
  Slot slot;
  if (!parse_integer(line, slot)) corrupt(in_.offset(), "not an integer");
  push(slot);
}

void Machine::push_float_line(std::string_view line) {
  double value;
  if (!parse_float(line, value)) corrupt(in_.offset(), "not a float");
  push(Slot::of(value));
}

void Machine::push_big(uint64_t size) {
  const char* const bytes = in_.bytes(size);
  if (size > kMostIntegerBytes) too_large("bytes of an integer", kMostIntegerBytes);
  push(read_integer(reinterpret_cast<const unsigned char*>(bytes), size, arena_));
}

// ---- Lists, maps and what they hold -------------------------------------------------------------

void Machine::push_container(uint8_t kind, std::span<const Slot> items) {
  Container* const container = arena_.make(Container(kind, in_.offset()));
  if (!items.empty()) append(*container, items);
  push(Slot::of(container));
}

void Machine::push_tuple(size_t n) {
  Container* const tuple = arena_.make(Container(COFFER_TUPLE, in_.offset()));
  append(*tuple, {top(n), n});
  stack_.pop(n - 1);
  stack_.back() = Slot::of(tuple);
}

Container* Machine::target(const Slot& slot, uint8_t kind, const char* items) {
  if (!slot.is_list(kind)) [[unlikely]]
    corrupt(in_.offset(), std::string(items) + " that is not there");
  return slot.container;
}

void Machine::append(Container& container, std::span<const Slot> items) {
  if (container.kind == Container::kMap && items.size() % 2 != 0)
    corrupt(in_.offset(), "a key without a value");
  container.count += items.size();
  while (!items.empty()) {
    Segment* last = container.last;
    const bool one = items.size() <= 2;  // an item, or a pair
    if (last == nullptr || last->capacity - last->count < (one ? items.size() : 1)) {
      // Who comes with one item comes with more, who comes with many is done.
      const size_t spare =
          one && last != nullptr ? std::min(last->capacity * 2, kMostSpareCapacity) : 0;
      last = make_segment(std::max(std::min(items.size(), kMostSegment), spare), arena_);
      (container.last == nullptr ? container.first : container.last->next) = last;
      container.last = last;
    }
    // The room of a segment for maps is even, so that keys and values stay together.
    const size_t n = std::min<size_t>(items.size(), last->capacity - last->count);
    std::copy_n(items.data(), n, last->items() + last->count);
    last->count += static_cast<uint32_t>(n);
    items = items.subspan(n);
  }
}

// ---- The memo -----------------------------------------------------------------------------------

uint64_t Machine::memo_index(std::string_view line, size_t offset) {
  uint64_t index;
  const auto [end, error] = std::from_chars(line.data(), line.data() + line.size(), index);
  if (error != std::errc() || end != line.data() + line.size())
    corrupt(offset, "not an index of the memo");
  return index;
}

void Machine::no_memo(uint64_t index) const {
  corrupt(in_.offset(), "place " + std::to_string(index) + " of the memo is empty");
}

void Machine::put_anywhere(uint64_t index, const Slot& slot) {
  if (index >= memo_.size()) {
    // Picklers number from 0 on, so an index as large as the input says nothing but how much memory
    // to take.
    if (index >= in_.size())
      corrupt(in_.offset(), "place " + std::to_string(index) + " of the memo is out of reach");
    memo_.extend(index + 1);
  }
  if (memo_[index].kind() == Kind::kUnset) ++memoized_;
  memo_[index] = slot;
}

// ---- Globals and objects ------------------------------------------------------------------------

void Machine::push_global(std::string_view module, std::string_view name) {
  const Global global = find_global(module, name, in_.offset());
  push(global == Global::kUtc
           ? Slot::made(Kind::kZone, 0, in_.offset())
           : Slot::made(Kind::kGlobal, static_cast<int64_t>(global), in_.offset()));
}

void Machine::stack_global() {
  const Slot* const names = top(2);
  if (names[0].kind() != Kind::kText || names[1].kind() != Kind::kText) {
    corrupt(in_.offset(), "a global whose name is not text");
  }
  const std::string_view module = names[0].view(), name = names[1].view();
  stack_.pop(2);
  push_global(module, name);
}

namespace {

// A tuple has its items in one segment.
std::span<const Slot> items_of(const Slot& tuple, size_t offset) {
  if (!tuple.is_list(COFFER_TUPLE)) corrupt(offset, "arguments that are not a tuple");
  const Segment* const items = tuple.container->first;
  return items == nullptr ? std::span<const Slot>() : std::span(items->items(), items->count);
}

Global global_of(const Slot& slot, size_t offset) {
  if (slot.kind() != Kind::kGlobal) corrupt(offset, "a call of what cannot be called");
  return static_cast<Global>(slot.i64);
}

}  // namespace

void Machine::reduce() {
  const Slot* const called = top(2);
  const size_t offset = in_.offset();
  const Slot made = call(global_of(called[0], offset), items_of(called[1], offset), offset, arena_);
  stack_.pop();
  stack_.back() = made;
}

void Machine::new_object() {
  const Slot* const called = top(2);
  const size_t offset = in_.offset();
  const Slot made =
      pickle::new_object(global_of(called[0], offset), items_of(called[1], offset), offset, arena_);
  stack_.pop();
  stack_.back() = made;
}

void Machine::build() {
  const Slot* const object = top(2);
  pickle::build(object[0], object[1], in_.offset());
  stack_.pop();
}

// Objects as old classes of Python 2 were written: the arguments lie above a mark, the class is
// named or under them.
void Machine::instance(bool class_on_stack) {
  const size_t offset = in_.offset();
  if (class_on_stack) {
    std::span<const Slot> items = pop_mark();
    if (items.empty()) underflow();
    return push(call(global_of(items[0], offset), items.subspan(1), offset, arena_));
  }
  const std::string_view module = in_.line();
  const Global global = find_global(module, in_.line(), offset);
  push(call(global, pop_mark(), offset, arena_));
}

void Machine::frame() {
  const auto size = in_.number<uint64_t>();
  if (size > in_.left()) {
    corrupt(in_.offset(), "a frame of " + std::to_string(size) + " bytes, but there are " +
                              std::to_string(in_.left()));
  }
}

void Machine::protocol() {
  const unsigned number = in_.number<uint8_t>();
  if (number > kNewestProtocol) {
    unsupported(in_.offset(), "protocol " + std::to_string(number), "is not known; 0 to 5 are");
  }
}

}  // namespace coffer::pickle
