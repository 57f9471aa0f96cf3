#include "plugins/serializers/json/tags.h"

#include <algorithm>
#include <iterator>

#include "plugins/serializers/common/ext_form.h"
#include "plugins/serializers/common/ext_parse.h"

namespace coffer::json {
namespace {

struct Tag {
  std::string_view name;
  uint32_t type;
  bool list;
};
constexpr Tag kTags[] = {
    {"$decimal", COFFER_EXT_DECIMAL, false},
    {"$uuid", COFFER_EXT_UUID, false},
    {"$date", COFFER_EXT_DATE, false},
    {"$time", COFFER_EXT_TIME, false},
    {"$datetime", COFFER_EXT_DATETIME, false},
    {"$datetime_tz", COFFER_EXT_DATETIME_TZ, false},
    {"$duration", COFFER_EXT_DURATION, false},
    {"$tuple", COFFER_TUPLE, true},
    {"$set", COFFER_SET, true},
    {"$frozenset", COFFER_FROZENSET, true},
};

std::string_view name_of(uint32_t type, bool list) {
  for (const Tag& tag : kTags) {
    if (tag.type == type && tag.list == list) return tag.name;
  }
  return {};
}

}  // namespace

std::string_view ext_tag(uint32_t type) { return name_of(type, false); }
std::string_view list_tag(uint32_t kind) { return name_of(kind, true); }

coffer_visitor Untag::visitor() {
  coffer_visitor v = {};
  v.struct_size = sizeof(v);
  v.self = this;
  v.null = [](void* self) { return of(self).scalar(0, [](auto& v) { return v.null(v.self); }); };
  v.boolean = [](void* self, uint8_t is) {
    return of(self).scalar(0, [=](auto& v) { return v.boolean(v.self, is); });
  };
  v.i64 = [](void* self, int64_t number) {
    return of(self).scalar(0, [=](auto& v) { return v.i64(v.self, number); });
  };
  v.u64 = [](void* self, uint64_t number) {
    return of(self).scalar(0, [=](auto& v) { return v.u64(v.self, number); });
  };
  v.f64 = [](void* self, double number) {
    return of(self).scalar(0, [=](auto& v) { return v.f64(v.self, number); });
  };
  v.bigint = [](void* self, const char* digits, size_t n) {
    return of(self).scalar(n, [=](auto& v) { return v.bigint(v.self, digits, n); });
  };
  v.text = [](void* self, const char* utf8, size_t n) { return of(self).text({utf8, n}); };
  v.list_begin = [](void* self, uint64_t, uint32_t) { return of(self).list_begin(); };
  v.list_end = [](void* self) { return of(self).list_end(); };
  v.map_begin = [](void* self, uint64_t) { return of(self).map_begin(); };
  v.map_end = [](void* self) { return of(self).map_end(); };
  return v;
}

// Whether a value may come where we are.
bool Untag::ready(bool list) {
  if (open_.empty()) return true;
  const In in = open_.top().in;
  return in == In::kValue || in == In::kList || (list && in == In::kTagList);
}

// A value is complete.
void Untag::passed() {
  if (open_.empty()) return;
  In& in = open_.top().in;
  if (in == In::kValue) in = In::kKey;
  if (in == In::kTagText || in == In::kTagList) in = In::kTagEnd;
}

coffer_status Untag::corrupt(const char* problem) {
  problem_ = problem;
  return COFFER_CORRUPT;
}
coffer_status Untag::too_large() {
  exceeded_ = true;
  return COFFER_TOO_LARGE;
}

template <typename Play>
coffer_status Untag::scalar(uint64_t bytes, Play&& play) {
  if (!ready(false)) return corrupt("a tag before a value of another kind");
  if (!limits_.item() || !limits_.bytes(bytes)) return too_large();
  const coffer_status status = play(into_);
  passed();
  return status;
}

coffer_status Untag::text(std::string_view text) {
  if (!open_.empty()) {
    const Frame frame = open_.top();
    if (frame.in == In::kNewMap || frame.in == In::kKey) return key(text);
    if (frame.in == In::kTagText) return tagged(frame.type, text);
    if (frame.in == In::kTagEnd) return corrupt("a key behind a tag");
  }
  return scalar(text.size(), [&](auto& v) { return v.text(v.self, text.data(), text.size()); });
}

coffer_status Untag::key(std::string_view text) {
  if (text.starts_with('$')) {
    if (!text.starts_with("$$")) return tag(text);
    text.remove_prefix(1);
  }
  if (open_.top().in == In::kNewMap) {
    const coffer_status status = open_map();
    if (status != COFFER_OK) return status;
  }
  if (!limits_.item() || !limits_.bytes(text.size())) return too_large();
  open_.top().in = In::kValue;
  return into_.text(into_.self, text.data(), text.size());
}

coffer_status Untag::tag(std::string_view name) {
  const auto* found = std::find_if(std::begin(kTags), std::end(kTags),
                                   [&](const Tag& tag) { return tag.name == name; });
  if (found == std::end(kTags)) {
    return corrupt("no tag that is known; a key's own '$' is written \"$$\" (option \"ext\")");
  }
  if (open_.top().in != In::kNewMap) return corrupt("a tag that is not the only key");
  open_.top() = {found->list ? In::kTagList : In::kTagText, found->type};
  return COFFER_OK;
}

coffer_status Untag::tagged(uint32_t type, std::string_view text) {
  serial::ParsedExt parsed;
  const void* data = parsed.bytes;
  if (type == COFFER_EXT_DECIMAL) {
    if (!serial::is_ext(type, text.data(), text.size())) return corrupt("not the text of the tag");
    data = text.data();
    parsed.size = text.size();
  } else if (!serial::parse_ext(type, text, parsed)) {
    return corrupt("not the text of the tag");
  }
  if (!limits_.item() || !limits_.bytes(parsed.size)) return too_large();
  passed();
  return into_.ext(into_.self, type, data, parsed.size);
}

coffer_status Untag::list_begin() {
  if (!ready(true)) return corrupt("a tag before a value of another kind");
  const bool is_tagged = !open_.empty() && open_.top().in == In::kTagList;
  const uint32_t kind = is_tagged ? open_.top().type : uint32_t{COFFER_LIST};
  if (!limits_.item() || !limits_.nest(depth_)) return too_large();
  ++depth_;
  open_.push({In::kList, 0});
  return into_.list_begin(into_.self, COFFER_COUNT_UNKNOWN, kind);
}
coffer_status Untag::list_end() {
  --depth_;
  open_.pop();
  passed();
  return into_.list_end(into_.self);
}

coffer_status Untag::map_begin() {
  if (!ready(false)) return corrupt("a tag before a value of another kind");
  open_.push({In::kNewMap, 0});
  return COFFER_OK;
}
// A new map that turned out to be one.
coffer_status Untag::open_map() {
  if (!limits_.item() || !limits_.nest(depth_)) return too_large();
  ++depth_;
  open_.top().in = In::kKey;
  return into_.map_begin(into_.self, COFFER_COUNT_UNKNOWN);
}
coffer_status Untag::map_end() {
  if (open_.top().in == In::kNewMap) {
    const coffer_status status = open_map();
    if (status != COFFER_OK) return status;
  }
  const bool was_tag = open_.top().in == In::kTagEnd;
  open_.pop();
  passed();
  if (was_tag) return COFFER_OK;
  --depth_;
  return into_.map_end(into_.self);
}

}  // namespace coffer::json
