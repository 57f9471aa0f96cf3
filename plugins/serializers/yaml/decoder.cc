#include "plugins/serializers/yaml/decoder.h"

#include <algorithm>
#include <string_view>

#include "coffer/plugin/utf8.hpp"
#include "plugins/serializers/common/report.h"
#include "plugins/serializers/yaml/document.h"
#include "plugins/serializers/yaml/loader.h"
#include "plugins/serializers/yaml/player.h"
#include "plugins/serializers/yaml/surrogates.h"

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

// `skipped`: what stands before the text that was read.
coffer_status report(const coffer_host* host, const Failure& failure, size_t skipped,
                     std::string_view text, const Surrogates& surrogates, coffer_sink* sink) {
  if (failure.limit != nullptr) {
    return serial::report_too_large(host, failure.limit, failure.limit_value, sink);
  }
  if (failure.problem.empty()) return failure.status;
  const size_t in_joined =
      failure.in_characters ? byte_offset(surrogates.text(), failure.offset) : failure.offset;
  const size_t offset = std::min(surrogates.original_offset(in_joined), text.size());
  serial::report_corrupt(host, "YAML", skipped + offset, failure.problem, sink);
  if (!failure.tag.empty()) {
    host->fail_detail(host, sink, "tag", failure.tag.data(), failure.tag.size());
  }
  return COFFER_CORRUPT;
}

}  // namespace

coffer_status decode(const coffer_host* host, const Options& options, coffer_bytes bytes,
                     const coffer_visitor& into, const coffer_limits& limits, coffer_sink* sink) {
  constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";
  std::string_view text(static_cast<const char*>(bytes.data), bytes.size);
  // libyaml would count it as a column of the first line.
  const size_t skipped = text.starts_with(kByteOrderMark) ? kByteOrderMark.size() : 0;
  text.remove_prefix(skipped);
  Failure failure;
  Surrogates surrogates;
  const auto read = [&] {
    if (!check_text(text, failure) || !surrogates.join(text, failure)) return false;
    const coffer_bytes joined = {surrogates.text().data(), surrogates.text().size()};
    if (is_plain(text)) return play_as_read(joined, into, limits, options.expansion, failure);
    Document document;
    return load(joined, limits, document, failure) &&
           play(document, into, limits, options.expansion, failure);
  };
  return read() ? COFFER_OK : report(host, failure, skipped, text, surrogates, sink);
}

}  // namespace coffer::yaml
