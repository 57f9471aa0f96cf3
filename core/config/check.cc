// How options are held against a schema: check_options, and the texts of checked values.
#include <cmath>
#include <string>
#include <utility>
#include <vector>

#include "core/config/nearest.h"
#include "core/config/options.h"
#include "core/config/text.h"
#include "core/value/utf8.h"

namespace coffer::core {
namespace {

// Reads text as a value of `type`, in place.
bool read_text(Option& option, int32_t type, std::string& why) {
  switch (type) {
    case COFFER_TYPE_INT: return parse_int(option.text, option.i64, why);
    case COFFER_TYPE_FLOAT: return parse_float(option.text, option.f64, why);
    case COFFER_TYPE_BOOL: return parse_bool(option.text, option.i64, why);
    case COFFER_TYPE_SIZE: return parse_size(option.text, option.i64, why);
    case COFFER_TYPE_DURATION: return parse_duration(option.text, option.i64, why);
    default: return true;
  }
}

// Takes a plain integer for a size, a float or a bool. Not for a duration: an integer does not say
// whether it means seconds, as it would in text, or nanoseconds.
bool widen(Option& option, int32_t type, std::string& why) {
  if (option.type == COFFER_TYPE_INT) {
    if (type == COFFER_TYPE_SIZE || type == COFFER_TYPE_BOOL) return true;
    if (type == COFFER_TYPE_FLOAT) return option.f64 = static_cast<double>(option.i64), true;
  }
  why = "it was given as ";
  why += type_name(option.type);
  return false;
}

bool in_range(const Option& option, int32_t type, std::string& why) {
  const int64_t value = option.i64;
  if (type == COFFER_TYPE_BOOL && value != 0 && value != 1) return why = "it must be 0 or 1", false;
  if (type == COFFER_TYPE_SIZE && value < 0) return why = "a size is not negative", false;
  if (type == COFFER_TYPE_DURATION && value < COFFER_TTL_FOREVER) {
    return why = "a duration is not negative (-1 means forever)", false;
  }
  if (type == COFFER_TYPE_FLOAT && !std::isfinite(option.f64)) {
    return why = "the number must be finite", false;
  }
  return true;
}

// Makes an option one of `type`, or says why that cannot be.
bool convert(Option& option, int32_t type, std::string& why) {
  if (option.type != type) {
    const bool read =
        option.type == COFFER_TYPE_TEXT ? read_text(option, type, why) : widen(option, type, why);
    if (!read) return false;
    option.type = type;
    option.text.clear();
  }
  return in_range(option, type, why);
}

coffer_status refuse(std::string message, std::string_view key, coffer_sink& sink) {
  const coffer_status status = sink.fail(COFFER_INVALID_ARGUMENT, std::move(message));
  sink.detail("option", key);
  return status;
}

coffer_status refuse_unknown(std::string_view owner, std::span<const coffer_option_spec> schema,
                             std::span<const coffer_option_spec> also, std::string_view key,
                             coffer_sink& sink) {
  const auto add_names = [](std::span<const coffer_option_spec> specs,
                            std::vector<std::string_view>& names) {
    for (const coffer_option_spec& spec : specs) {
      if ((spec.flags & COFFER_OPTION_DEPRECATED) == 0) names.push_back(spec.key);
    }
  };
  std::vector<std::string_view> names;
  add_names(schema, names);
  std::vector<std::string_view> candidates = names;
  add_names(also, candidates);
  const std::string shown = replace_invalid_utf8(key.substr(0, 100));
  std::string message = std::string(owner) + ": unknown option " + quoted(key);
  message += did_you_mean(key, candidates);
  if (names.empty()) return refuse(message + "; it takes no options", shown, sink);
  message += message.ends_with('?') ? " valid: " : "; valid: ";
  for (size_t i = 0; i < names.size(); ++i) message.append(i == 0 ? "" : ", ").append(names[i]);
  return refuse(std::move(message), shown, sink);
}

coffer_status refuse_value(std::string_view owner, const coffer_option_spec& spec,
                           const Option& given, std::string_view why, coffer_sink& sink) {
  std::string message = std::string(owner) + ": option '" + spec.key + "'";
  if ((spec.flags & COFFER_OPTION_SECRET) == 0) message += " is " + quoted(to_text(given));
  message.append(": ").append(why).append("; expected ").append(type_form(spec.type));
  return refuse(std::move(message), spec.key, sink);
}

}  // namespace

std::string to_text(const Option& option) {
  switch (option.type) {
    case COFFER_TYPE_INT: return format_int(option.i64);
    case COFFER_TYPE_FLOAT: return format_float(option.f64);
    case COFFER_TYPE_BOOL: return format_bool(option.i64);
    case COFFER_TYPE_SIZE: return format_size(option.i64);
    case COFFER_TYPE_DURATION: return format_duration(option.i64);
    default: return option.text;
  }
}

std::string masked(const Option& option) { return option.secret ? "***" : to_text(option); }

coffer_status check_options(std::string_view owner, std::span<const coffer_option_spec> schema,
                            const Options& in, Options& out, coffer_sink& sink,
                            std::span<const coffer_option_spec> also) {
  Options checked;
  size_t known = 0;
  for (const coffer_option_spec& spec : schema) {
    const Option* given = in.find(spec.key);
    Option option;
    if (given != nullptr) {
      option = *given;
      ++known;
    } else if (spec.default_value != nullptr) {
      option = text_option(spec.key, spec.default_value);
    } else if ((spec.flags & COFFER_OPTION_REQUIRED) != 0) {
      return refuse(std::string(owner) + ": option '" + spec.key + "' is required: " + spec.help +
                        " (" + std::string(type_form(spec.type)) + ")",
                    spec.key, sink);
    } else {
      continue;
    }
    option.secret = (spec.flags & COFFER_OPTION_SECRET) != 0;
    option.defaulted = given == nullptr;
    std::string why;
    if (!convert(option, spec.type, why)) {
      return refuse_value(owner, spec, given != nullptr ? *given : option, why, sink);
    }
    checked.set(std::move(option));
  }
  if (known != in.size()) {
    // Of several unknown keys the first is named.
    for (const Option& option : in) {
      if (!checked.contains(option.key)) {
        return refuse_unknown(owner, schema, also, option.key, sink);
      }
    }
  }
  out = std::move(checked);
  return COFFER_OK;
}

}  // namespace coffer::core
