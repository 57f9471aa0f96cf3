// The option ext=tagged: what JSON does not have is an object whose one key is a tag, and so keeps
// its type: {"$decimal":"12.50"}, {"$tuple":[1,2]}. A map's own key that begins with '$' is written
// with another '$' in front.
#ifndef COFFER_PLUGINS_SERIALIZERS_JSON_TAGS_H_
#define COFFER_PLUGINS_SERIALIZERS_JSON_TAGS_H_

#include <cstdint>
#include <string_view>

#include "coffer/value.h"
#include "plugins/serializers/common/limits.h"
#include "plugins/serializers/common/stack.h"

namespace coffer::json {

// "$decimal" and the like for a COFFER_EXT_*, "$tuple" for a kind of list; empty if it has none.
std::string_view ext_tag(uint32_t type);
std::string_view list_tag(uint32_t kind);

// A visitor that finds the tagged objects among the events of JSON, and plays what they stand for
// into another. It keeps the limits, which count what is played.
class Untag {
 public:
  Untag(const coffer_visitor& into, const coffer_limits& limits) : into_(into), limits_(limits) {}
  Untag(const Untag&) = delete;
  Untag& operator=(const Untag&) = delete;

  coffer_visitor visitor();

  // Why it answered CORRUPT; NULL if it did not.
  const char* problem() const { return problem_; }
  // The limits, if one of them is why it answered TOO_LARGE; NULL if not.
  const serial::Limits* exceeded() const { return exceeded_ ? &limits_ : nullptr; }

 private:
  enum class In : uint8_t {
    kNewMap,   // before its first key: it may be a tag
    kKey,      // of a map
    kValue,    // of a map
    kList,     // or tuple or set
    kTagText,  // what is tagged comes next, as text
    kTagList,  // or as a list
    kTagEnd,   // has come
  };
  struct Frame {
    In in;
    uint32_t type;  // of the tag
  };

  static Untag& of(void* self) { return *static_cast<Untag*>(self); }
  template <typename Play>
  coffer_status scalar(uint64_t bytes, Play&& play);
  coffer_status text(std::string_view text);
  coffer_status key(std::string_view text);
  coffer_status tag(std::string_view name);
  coffer_status tagged(uint32_t type, std::string_view text);
  coffer_status list_begin();
  coffer_status list_end();
  coffer_status map_begin();
  coffer_status map_end();
  bool ready(bool list);
  void passed();
  coffer_status open_map();
  coffer_status corrupt(const char* problem);
  coffer_status too_large();

  const coffer_visitor& into_;
  serial::Limits limits_;
  serial::Stack<Frame> open_;
  uint64_t depth_ = 0;  // of what was played
  const char* problem_ = nullptr;
  bool exceeded_ = false;
};

}  // namespace coffer::json

#endif  // COFFER_PLUGINS_SERIALIZERS_JSON_TAGS_H_
