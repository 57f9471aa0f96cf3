#include "plugins/serializers/json/decoder.h"

#include <algorithm>
#include <string>
#include <string_view>

#include "coffer/plugin/utf8.hpp"
#include "plugins/serializers/common/report.h"
#include "plugins/serializers/json/number.h"
#include "plugins/serializers/json/rapid.h"
#include "plugins/serializers/json/tags.h"
#include "plugins/serializers/json/text.h"

namespace coffer::json {
namespace {

constexpr std::string_view kName = "JSON";
constexpr unsigned kFlags = rapidjson::kParseIterativeFlag;
using Input = rapidjson::MemoryStream;
using Reader = rapidjson::GenericReader<rapidjson::UTF8<>, rapidjson::UTF8<>, StackMemory>;

// What the reader hands its events to. Every function returns whether to go on.
class Player {
 public:
  Player(const coffer_visitor& into, const coffer_limits& limits, Options::Nan nan)
      : into_(into), limits_(limits), nan_(nan) {}

  // The reader's events.
  bool Null() { return item() && pass(into_.null(into_.self)); }
  bool Bool(bool value) { return item() && pass(into_.boolean(into_.self, value ? 1 : 0)); }
  bool StartObject() {
    return item() && enter() && pass(into_.map_begin(into_.self, COFFER_COUNT_UNKNOWN));
  }
  bool EndObject(size_t) { return leave() && pass(into_.map_end(into_.self)); }
  bool StartArray() {
    return item() && enter() &&
           pass(into_.list_begin(into_.self, COFFER_COUNT_UNKNOWN, COFFER_LIST));
  }
  bool EndArray(size_t) { return leave() && pass(into_.list_end(into_.self)); }

  // The reader is at the first byte of a number, or of what is no value at all.
  bool number(Input& in);
  // The reader is at an opening quote; keys and values alike.
  bool string(Input& in);

  coffer_status status() const { return status_; }
  // Why the bytes are corrupt; empty if it is the visitor who says so.
  const std::string& reason() const { return reason_; }
  // The limit that was passed, or NULL.
  const char* limit() const { return limit_; }
  uint64_t limit_value() const { return limit_value_; }
  size_t offset() const { return offset_; }

 private:
  bool pass(coffer_status answer) {
    status_ = answer;
    return answer == COFFER_OK;
  }
  bool item() {
    if (items_ == limits_.max_items) [[unlikely]]
      return too_large("max_items", limits_.max_items);
    ++items_;
    return true;
  }
  bool bytes(size_t size) {
    if (size > limits_.max_bytes - bytes_) [[unlikely]] {
      return too_large("max_bytes", limits_.max_bytes);
    }
    bytes_ += size;
    return true;
  }
  bool enter() {
    if (depth_ == limits_.max_depth) [[unlikely]]
      return too_large("max_depth", limits_.max_depth);
    ++depth_;
    return true;
  }
  bool leave() {
    --depth_;
    return true;
  }
  bool text(const char* utf8, size_t size) {
    return item() && bytes(size) && pass(into_.text(into_.self, utf8, size));
  }

  // A name in place of a number, as the option "nan" says.
  bool not_finite(Input& in, std::string_view name);

  // Appends the run of plain bytes up to `run_end` and the escape behind it, and so on to the
  // closing quote.
  bool unescape(Input& in, const char* run, const char* run_end, uint64_t non_ascii);
  bool valid_run(const Input& in, const char* run, const char* run_end, uint64_t non_ascii);

  [[gnu::cold]] bool corrupt(const Input& in, const char* at, const char* problem) {
    status_ = COFFER_CORRUPT;
    offset_ = static_cast<size_t>(at - in.begin_);
    reason_ = at == in.end_ ? "the text ends in the middle of a value" : problem;
    return false;
  }
  [[gnu::cold]] bool too_large(const char* limit, uint64_t value) {
    status_ = COFFER_TOO_LARGE;
    limit_ = limit;
    limit_value_ = value;
    return false;
  }

  const coffer_visitor& into_;
  const coffer_limits& limits_;
  const Options::Nan nan_;
  uint64_t items_ = 0;
  uint64_t bytes_ = 0;
  uint32_t depth_ = 0;
  coffer_status status_ = COFFER_OK;
  size_t offset_ = 0;
  const char* limit_ = nullptr;
  uint64_t limit_value_ = 0;
  std::string reason_;
  std::string unescaped_;  // grows with what is read, not with what is claimed
};

bool Player::number(Input& in) {
  const Number n = read_number(in.src_, in.end_);
  if (n.kind == Number::Kind::kInvalid) [[unlikely]] {
    const std::string_view name = not_finite_name(in.src_, in.end_);
    return name.empty() ? corrupt(in, in.src_ + n.size, n.problem) : not_finite(in, name);
  }
  const char* const text = in.src_;
  in.src_ += n.size;
  if (!item()) return false;
  switch (n.kind) {
    case Number::Kind::kI64: return pass(into_.i64(into_.self, n.i64));
    case Number::Kind::kU64: return pass(into_.u64(into_.self, n.u64));
    case Number::Kind::kF64: return pass(into_.f64(into_.self, n.f64));
    default: return bytes(n.size) && pass(into_.bigint(into_.self, text, n.size));
  }
}

bool Player::not_finite(Input& in, std::string_view name) {
  if (nan_ == Options::Nan::kError) {
    return corrupt(in, in.src_,
                   "NaN and infinities are no JSON; the option \"nan\" can read them as null, text "
                   "or number");
  }
  in.src_ += name.size();
  if (nan_ == Options::Nan::kText) return text(name.data(), name.size());
  if (!item()) return false;
  return nan_ == Options::Nan::kNull ? pass(into_.null(into_.self))
                                     : pass(into_.f64(into_.self, not_finite_number(name)));
}

bool Player::string(Input& in) {
  const char* const start = in.src_ + 1;
  uint64_t non_ascii = 0;
  const char* const stop = skip_plain(start, in.end_, non_ascii);
  if (stop == in.end_ || *stop != '"') [[unlikely]]
    return unescape(in, start, stop, non_ascii);
  if (!valid_run(in, start, stop, non_ascii)) return false;
  in.src_ = stop + 1;
  return text(start, static_cast<size_t>(stop - start));
}

bool Player::valid_run(const Input& in, const char* run, const char* run_end, uint64_t non_ascii) {
  if (non_ascii == 0) return true;
  const auto size = static_cast<size_t>(run_end - run);
  const size_t valid = plugin::utf8_prefix(run, size);
  return valid == size || corrupt(in, run + valid, "not UTF-8");
}

bool Player::unescape(Input& in, const char* run, const char* run_end, uint64_t non_ascii) {
  unescaped_.clear();
  while (true) {
    if (!valid_run(in, run, run_end, non_ascii)) return false;
    if (run_end == in.end_) return corrupt(in, run_end, "");
    unescaped_.append(run, run_end);
    if (*run_end == '"') break;
    if (*run_end != '\\') return corrupt(in, run_end, "a control character that is not escaped");
    const char* problem = nullptr;
    run = read_escape(run_end, in.end_, unescaped_, problem);
    if (run == nullptr) return corrupt(in, run_end, problem);
    non_ascii = 0;
    run_end = skip_plain(run, in.end_, non_ascii);
  }
  in.src_ = run_end + 1;
  return text(unescaped_.data(), unescaped_.size());
}

}  // namespace
}  // namespace coffer::json

// The reader's own leaves, exchanged for ours: the library's way to fit it to a type of stream and
// handler. The reason of a failure is in the handler.
RAPIDJSON_NAMESPACE_BEGIN

template <>
template <>
inline void coffer::json::Reader::ParseNumber<coffer::json::kFlags>(coffer::json::Input& in,
                                                                    coffer::json::Player& player) {
  if (!player.number(in)) SetParseError(kParseErrorTermination, in.Tell());
}

template <>
template <>
inline void coffer::json::Reader::ParseString<coffer::json::kFlags>(coffer::json::Input& in,
                                                                    coffer::json::Player& player,
                                                                    bool) {
  if (!player.string(in)) SetParseError(kParseErrorTermination, in.Tell());
}

RAPIDJSON_NAMESPACE_END

namespace coffer::json {
namespace {

// Why the reader stopped by itself.
const char* grammar_problem(rapidjson::ParseErrorCode code) {
  switch (code) {
    case rapidjson::kParseErrorDocumentRootNotSingular: return "there is more after the value";
    case rapidjson::kParseErrorObjectMissName: return "expected a key in quotes";
    case rapidjson::kParseErrorObjectMissColon: return "expected ':' after a key";
    case rapidjson::kParseErrorObjectMissCommaOrCurlyBracket:
      return "expected ',' or '}' after a value";
    case rapidjson::kParseErrorArrayMissCommaOrSquareBracket:
      return "expected ',' or ']' after a value";
    default: return "expected a value";
  }
}

}  // namespace

namespace {

coffer_status play(const coffer_host* host, coffer_bytes bytes, const coffer_visitor& into,
                   const coffer_limits& limits, Options::Nan nan, const Untag* untag,
                   coffer_sink* sink) {
  Input in(static_cast<const char*>(bytes.data), bytes.size);
  Player player(into, limits, nan);
  StackMemory memory;
  Reader reader(&memory);
  const rapidjson::ParseResult result = reader.Parse<kFlags>(in, player);

  if (player.status() == COFFER_CORRUPT && !player.reason().empty()) {
    return serial::report_corrupt(host, kName, player.offset(), player.reason(), sink);
  }
  if (player.limit() != nullptr) {
    return serial::report_too_large(host, player.limit(), player.limit_value(), sink);
  }
  if (untag != nullptr && untag->problem() != nullptr) {
    return serial::report_corrupt(host, kName, in.Tell(), untag->problem(), sink);
  }
  if (untag != nullptr && untag->exceeded() != nullptr) {
    return untag->exceeded()->report(host, sink);
  }
  if (player.status() != COFFER_OK) return player.status();
  if (result.IsError()) {
    const char* problem = grammar_problem(result.Code());
    if (result.Offset() == bytes.size) {
      problem = result.Code() == rapidjson::kParseErrorDocumentEmpty
                    ? "there is no value"
                    : "the text ends in the middle of a value";
    }
    return serial::report_corrupt(host, kName, result.Offset(), problem, sink);
  }
  // The reader takes a byte 0 for the end.
  if (in.Tell() != bytes.size) {
    return serial::report_corrupt(host, kName, in.Tell(), "there is more after the value", sink);
  }
  return COFFER_OK;
}

// A tagged value is an object around it: more of all things than what it stands for.
coffer_limits wider(const coffer_limits& limits) {
  coffer_limits out = limits;
  out.max_depth = limits.max_depth > UINT32_MAX / 2 ? UINT32_MAX : limits.max_depth * 2 + 1;
  out.max_items = limits.max_items > UINT64_MAX / 4 ? UINT64_MAX : limits.max_items * 3 + 1;
  out.max_bytes = UINT64_MAX;
  return out;
}

}  // namespace

coffer_status decode(const coffer_host* host, const Options& options, coffer_bytes bytes,
                     const coffer_visitor& into, const coffer_limits& limits, coffer_sink* sink) {
  if (options.ext != Options::Ext::kTagged) {
    return play(host, bytes, into, limits, options.nan, nullptr, sink);
  }
  Untag untag(into, limits);
  const coffer_visitor visitor = untag.visitor();
  return play(host, bytes, visitor, wider(limits), options.nan, &untag, sink);
}

}  // namespace coffer::json
