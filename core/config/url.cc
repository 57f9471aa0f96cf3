#include "core/config/url.h"

#include <utility>

#include "core/config/text.h"
#include "core/value/utf8.h"

namespace coffer::core {
namespace {

coffer_status refuse(size_t offset, std::string_view what, coffer_sink& sink) {
  const std::string position = std::to_string(offset + 1);
  const coffer_status status = sink.fail(
      COFFER_INVALID_ARGUMENT, "cache URL: " + std::string(what) + " at position " + position +
                                   "; the form is STORE://NAME?OPTION=VALUE&OPTION=VALUE");
  sink.detail("position", position);
  return status;
}

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

// Decodes text[begin, end).
coffer_status decode(std::string_view text, size_t begin, size_t end, std::string& out,
                     coffer_sink& sink) {
  for (size_t i = begin; i < end; ++i) {
    const char c = text[i];
    if (static_cast<unsigned char>(c) <= ' ') {
      return refuse(i, "a space or control character (write it as %XX)", sink);
    }
    if (c != '%') {
      out.push_back(c);
      continue;
    }
    const int high = i + 1 < end ? hex_digit(text[i + 1]) : -1;
    const int low = i + 2 < end ? hex_digit(text[i + 2]) : -1;
    if (high < 0 || low < 0) return refuse(i, "'%' without two hexadecimal digits", sink);
    // Whoever reads it as a C string, a plugin for one, would see only the part before.
    if (high == 0 && low == 0) return refuse(i, "a NUL byte (%00)", sink);
    out.push_back(static_cast<char>(high * 16 + low));
    i += 2;
  }
  if (!is_utf8(out)) return refuse(begin, "text that is not UTF-8", sink);
  return COFFER_OK;
}

// Reads OPTION=VALUE in text[begin, end).
coffer_status read_option(std::string_view text, size_t begin, size_t end, Options& options,
                          coffer_sink& sink) {
  if (begin == end) return refuse(begin, "an empty option", sink);
  const size_t equals = text.find('=', begin);
  if (equals >= end) return refuse(begin, "an option without '='", sink);
  if (equals == begin) return refuse(begin, "an option without a name", sink);
  std::string key;
  std::string value;
  if (auto status = decode(text, begin, equals, key, sink); failed(status)) return status;
  if (auto status = decode(text, equals + 1, end, value, sink); failed(status)) return status;
  if (options.contains(key)) {
    return refuse(begin, "option " + quoted(key) + " for the second time", sink);
  }
  if (options.size() == kMaxOptions) return refuse(begin, "more than 256 options", sink);
  options.set(text_option(std::move(key), std::move(value)));
  return COFFER_OK;
}

bool is_store_character(char c, bool first) {
  return (c >= 'a' && c <= 'z') || (!first && ((c >= '0' && c <= '9') || c == '_'));
}

bool is_plain(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         std::string_view("-._~:/@,+*!").find(c) != std::string_view::npos;
}

void encode(std::string_view text, std::string& out) {
  constexpr char kDigits[] = "0123456789ABCDEF";
  for (const char c : text) {
    if (is_plain(c)) {
      out.push_back(c);
    } else {
      const auto byte = static_cast<unsigned char>(c);
      out.append({'%', kDigits[byte / 16], kDigits[byte % 16]});
    }
  }
}

}  // namespace

coffer_status parse_url(std::string_view text, Url& out, coffer_sink& sink) {
  if (text.size() > kMaxUrl) {
    return sink.fail(COFFER_INVALID_ARGUMENT,
                     "cache URL: it has " + std::to_string(text.size()) + " bytes; at most " +
                         std::to_string(kMaxUrl) +
                         " are allowed. Give long values as an array of options");
  }
  Url url;
  size_t at = 0;
  while (at < text.size() && is_store_character(text[at], at == 0)) ++at;
  if (text.substr(at, 3) != "://" || at == 0) {
    return refuse(at, "no name of a store ([a-z][a-z0-9_]*) followed by '://'", sink);
  }
  url.store = text.substr(0, at);
  at += 3;
  if (const size_t hash = text.find('#', at); hash != std::string_view::npos) {
    return refuse(hash, "'#' (write it as %23)", sink);
  }
  size_t end = text.find('?', at);
  const bool query = end != std::string_view::npos;
  if (!query) end = text.size();
  if (auto status = decode(text, at, end, url.name, sink); failed(status)) return status;
  // "memory://?" has an empty query, not an empty option.
  for (at = end + 1; query && at < text.size(); at = end + 1) {
    end = text.find('&', at);
    const bool last = end == std::string_view::npos;
    if (last) end = text.size();
    if (auto status = read_option(text, at, end, url.options, sink); failed(status)) return status;
    if (!last && end + 1 == text.size()) return refuse(end, "'&' with no option behind it", sink);
  }
  out = std::move(url);
  return COFFER_OK;
}

std::string to_url(std::string_view store, std::string_view name, const Options& options) {
  std::string out = std::string(store) + "://";
  encode(name, out);
  char separator = '?';
  for (const Option& option : options) {
    if (option.defaulted) continue;
    out.push_back(separator);
    separator = '&';
    encode(option.key, out);
    out.push_back('=');
    encode(masked(option), out);
  }
  return out;
}

}  // namespace coffer::core
