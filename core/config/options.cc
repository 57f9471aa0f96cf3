#include "core/config/options.h"

#include <algorithm>
#include <utility>

#include "core/config/text.h"
#include "core/value/utf8.h"

namespace coffer::core {

bool Option::operator==(const Option& other) const {
  if (key != other.key || type != other.type) return false;
  if (type == COFFER_TYPE_TEXT) return text == other.text;
  if (type == COFFER_TYPE_FLOAT) return f64 == other.f64;
  return i64 == other.i64;
}

Option text_option(std::string key, std::string text) {
  Option option;
  option.key = std::move(key);
  option.text = std::move(text);
  return option;
}

Option int_option(std::string key, int64_t value) {
  Option option;
  option.key = std::move(key);
  option.type = COFFER_TYPE_INT;
  option.i64 = value;
  return option;
}

const Option* Options::find(std::string_view key) const {
  const auto found =
      std::find_if(list_.begin(), list_.end(), [&](const Option& o) { return o.key == key; });
  return found == list_.end() ? nullptr : &*found;
}

void Options::set(Option option) {
  if (const Option* there = find(option.key)) {
    list_[there - list_.data()] = std::move(option);
  } else {
    list_.push_back(std::move(option));
  }
}

void Options::merge(const Options& winners) {
  for (const Option& option : winners) set(option);
}

bool Options::take(std::string_view key, Option* out) {
  const Option* there = find(key);
  if (there == nullptr) return false;
  const auto position = list_.begin() + (there - list_.data());
  if (out != nullptr) *out = std::move(*position);
  list_.erase(position);
  return true;
}

template <typename Wanted>
Options Options::take_if(Wanted&& wanted) {
  Options taken;
  const auto rest = std::stable_partition(list_.begin(), list_.end(),
                                          [&](const Option& option) { return !wanted(option); });
  taken.list_.assign(std::make_move_iterator(rest), std::make_move_iterator(list_.end()));
  list_.erase(rest, list_.end());
  return taken;
}

Options Options::take_prefixed(std::string_view prefix) {
  Options taken = take_if([&](const Option& option) { return option.key.starts_with(prefix); });
  for (Option& option : taken.list_) option.key.erase(0, prefix.size());
  return taken;
}

Options Options::take_known(std::span<const coffer_option_spec> schema) {
  return take_if([&](const Option& option) {
    return std::any_of(schema.begin(), schema.end(),
                       [&](const coffer_option_spec& spec) { return option.key == spec.key; });
  });
}

Options Options::given(std::string_view prefix) const {
  Options given;
  for (const Option& option : list_) {
    if (option.defaulted) continue;
    given.list_.push_back(option);
    given.list_.back().key.insert(0, prefix);
  }
  return given;
}

std::vector<coffer_option> Options::as_c() const {
  std::vector<coffer_option> views;
  views.reserve(list_.size());
  for (const Option& option : list_) {
    views.push_back({.key = option.key.c_str(),
                     .type = option.type,
                     .reserved = 0,
                     .i64 = option.i64,
                     .f64 = option.f64,
                     .text = {option.text.data(), option.text.size()}});
  }
  return views;
}

bool Options::operator==(const Options& other) const {
  return size() == other.size() && std::all_of(begin(), end(), [&](const Option& option) {
           const Option* there = other.find(option.key);
           return there != nullptr && *there == option;
         });
}

namespace {

// Why a text cannot be the value of an option, or "".
std::string_view unreadable_text(std::string_view text) {
  if (text.size() > kMaxOptionText) return "its text is longer than 1 MiB";
  if (!is_utf8(text)) return "its text is not UTF-8";
  // Many a reader of it, plugins in C among them, would see only the part before.
  if (text.find('\0') != std::string_view::npos) return "its text has a NUL byte";
  return "";
}

// Why an option of a caller's cannot be read at all, or "".
std::string_view unreadable(const coffer_option& option) {
  if (option.reserved != 0) return "its reserved word is not zero";
  switch (option.type) {
    case COFFER_TYPE_TEXT:
      if (option.text.data == nullptr && option.text.size != 0) return "its text is NULL";
      return unreadable_text({static_cast<const char*>(option.text.data), option.text.size});
    case COFFER_TYPE_INT:
    case COFFER_TYPE_FLOAT:
    case COFFER_TYPE_BOOL:
    case COFFER_TYPE_SIZE:
    case COFFER_TYPE_DURATION: return "";
    default: return "its type is none of COFFER_TYPE_*";
  }
}

coffer_status refuse(std::string_view owner, std::string_view key, std::string_view why,
                     coffer_sink& sink) {
  const coffer_status status =
      sink.fail(COFFER_INVALID_ARGUMENT,
                std::string(owner) + ": option " + quoted(key) + ": " + std::string(why));
  sink.detail("option", replace_invalid_utf8(key));
  return status;
}

}  // namespace

coffer_status options_from_c(std::string_view owner, const coffer_option* array, size_t count,
                             Options& out, coffer_sink& sink) {
  if (array == nullptr && count != 0) {
    return sink.fail(COFFER_INVALID_ARGUMENT,
                     std::string(owner) + ": the array of options is NULL, but has a count");
  }
  if (count > kMaxOptions) {
    return sink.fail(COFFER_INVALID_ARGUMENT, std::string(owner) + ": " + std::to_string(count) +
                                                  " options; at most " +
                                                  std::to_string(kMaxOptions) + " may be given");
  }
  for (const coffer_option& option : std::span(array, count)) {
    if (option.key == nullptr) {
      return sink.fail(COFFER_INVALID_ARGUMENT, std::string(owner) + ": the key of option number " +
                                                    std::to_string(&option - array) + " is NULL");
    }
    if (const auto why = unreadable(option); !why.empty()) {
      return refuse(owner, option.key, why, sink);
    }
    if (out.contains(option.key)) return refuse(owner, option.key, "is given twice", sink);
    Option copy;
    copy.key = option.key;
    copy.type = option.type;
    copy.i64 = option.i64;
    copy.f64 = option.f64;
    if (option.type == COFFER_TYPE_TEXT && option.text.size != 0) {
      copy.text.assign(static_cast<const char*>(option.text.data), option.text.size);
    }
    out.set(std::move(copy));
  }
  return COFFER_OK;
}

}  // namespace coffer::core
