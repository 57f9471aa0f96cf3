#include "plugins/serializers/yaml/decoder.h"

#include <algorithm>
#include <string_view>

#include "coffer/plugin/utf8.hpp"
#include "plugins/serializers/common/report.h"
#include "plugins/serializers/yaml/document.h"
#include "plugins/serializers/yaml/loader.h"
#include "plugins/serializers/yaml/player.h"

namespace coffer::yaml {
namespace {

// For each directive libyaml looks at all others.
constexpr size_t kMostDirectives = 100;

bool bad_byte(Failure& failure, size_t offset, const char* problem) {
  failure.in_characters = false;
  return corrupt(failure, offset, problem);
}

// What libyaml would take, or take too much time for.
bool check_text(std::string_view text, Failure& failure) {
  if (text.starts_with("\xff\xfe") || text.starts_with("\xfe\xff")) {
    return bad_byte(failure, 0, "this is UTF-16, and only UTF-8 is read");
  }
  const size_t valid = plugin::utf8_prefix(text.data(), text.size());
  if (valid != text.size()) return bad_byte(failure, valid, "not UTF-8");

  // Directives stand in front, among comments and empty lines.
  size_t directives = 0;
  for (size_t at = 0; at < text.size();) {
    const size_t end = std::min(text.find_first_of("\r\n", at), text.size());
    const size_t first = std::min(text.find_first_not_of(" \t", at), end);
    const char c = first < end ? text[first] : '#';
    if (c != '%' && c != '#') break;
    if (c == '%' && ++directives > kMostDirectives) {
      return bad_byte(failure, at, "more than 100 directives");
    }
    at = end + 1;
  }
  return true;
}

// Where character number `character` is, in bytes.
size_t byte_offset(std::string_view text, size_t character) {
  size_t at = 0;
  for (; character > 0 && at < text.size(); --character) {
    ++at;
    while (at < text.size() && (text[at] & 0xC0) == 0x80) ++at;
  }
  return at;
}

coffer_status report(const coffer_host* host, const Failure& failure, std::string_view text,
                     coffer_sink* sink) {
  if (failure.limit != nullptr) {
    return serial::report_too_large(host, failure.limit, failure.limit_value, sink);
  }
  if (failure.problem.empty()) return failure.status;
  const size_t offset = failure.in_characters ? byte_offset(text, failure.offset)
                                              : std::min(failure.offset, text.size());
  serial::report_corrupt(host, "YAML", offset, failure.problem, sink);
  if (!failure.tag.empty()) {
    host->fail_detail(host, sink, "tag", failure.tag.data(), failure.tag.size());
  }
  return COFFER_CORRUPT;
}

}  // namespace

coffer_status decode(const coffer_host* host, const Options& options, coffer_bytes bytes,
                     const coffer_visitor& into, const coffer_limits& limits, coffer_sink* sink) {
  const std::string_view text(static_cast<const char*>(bytes.data), bytes.size);
  Failure failure;
  const auto read = [&] {
    if (!check_text(text, failure)) return false;
    if (is_plain(text)) return play_as_read(bytes, into, limits, options.expansion, failure);
    Document document;
    return load(bytes, limits, document, failure) &&
           play(document, into, limits, options.expansion, failure);
  };
  return read() ? COFFER_OK : report(host, failure, text, sink);
}

}  // namespace coffer::yaml
