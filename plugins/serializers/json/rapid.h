// RapidJSON, set up for this plugin: the one place that includes it.
//
// RapidJSON keeps the grammar in both directions: the state machine of its SAX reader (iterative,
// so nesting costs no stack) and the commas and indentation of its writers. What a value is made
// of, text and numbers, is this plugin's: RapidJSON 1.1 copies every string, lets half surrogates
// and byte 0 pass, and refuses integers of more than 309 digits.
#ifndef COFFER_PLUGINS_SERIALIZERS_JSON_RAPID_H_
#define COFFER_PLUGINS_SERIALIZERS_JSON_RAPID_H_

#include <cstddef>
#include <cstring>
#include <memory>
#include <stdexcept>
#include <utility>

// A broken assumption is an error of this call, never the end of the host's process.
#define RAPIDJSON_ASSERT(condition) \
  ((condition) ? static_cast<void>(0) : throw std::logic_error("not a value: " #condition))

#include "rapidjson/memorystream.h"
#include "rapidjson/prettywriter.h"
#include "rapidjson/reader.h"
#include "rapidjson/writer.h"

namespace coffer::json {

// Memory of RapidJSON's stack of open lists and maps: within this object while the nesting is
// usual, so that encoding and decoding allocate nothing for it. It serves one stack.
class StackMemory {
 public:
  static constexpr bool kNeedFree = false;

  StackMemory() = default;
  StackMemory(const StackMemory&) = delete;
  StackMemory& operator=(const StackMemory&) = delete;

  void* Realloc(void* old, size_t old_size, size_t new_size) {
    if (new_size <= sizeof(inline_)) return inline_;
    std::unique_ptr<char[]> grown(new char[new_size]);
    if (old_size != 0) std::memcpy(grown.get(), old, old_size);
    heap_ = std::move(grown);
    return heap_.get();
  }
  void* Malloc(size_t size) { return Realloc(nullptr, 0, size); }
  static void Free(void*) {}

 private:
  alignas(std::max_align_t) char inline_[1024];
  std::unique_ptr<char[]> heap_;
};

}  // namespace coffer::json

#endif  // COFFER_PLUGINS_SERIALIZERS_JSON_RAPID_H_
