// Settings as text: a URL with its options held against a schema, each text form alone, and options
// as a caller of the ABI hands them over. Each is refused with a reason or means the same when it
// is written and read again.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

#include "core/config/nearest.h"
#include "core/config/options.h"
#include "core/config/text.h"
#include "core/config/url.h"

namespace {

using namespace coffer::core;

void require(bool condition, const char* what) {
  if (condition) return;
  std::fprintf(stderr, "%s\n", what);
  std::abort();
}

constexpr coffer_option_spec kSchema[] = {
    {"capacity", "100k", "how many", COFFER_TYPE_INT, 0},
    {"bytes", nullptr, "how large", COFFER_TYPE_SIZE, 0},
    {"ttl", "forever", "how long", COFFER_TYPE_DURATION, 0},
    {"window", "0.01", "which part", COFFER_TYPE_FLOAT, 0},
    {"raw", "no", "whether", COFFER_TYPE_BOOL, 0},
    {"namespace", "", "under what", COFFER_TYPE_TEXT, 0},
    {"pin", nullptr, "a number nobody may see", COFFER_TYPE_INT, COFFER_OPTION_SECRET},
    {"maximum", nullptr, "as it was called", COFFER_TYPE_INT, COFFER_OPTION_DEPRECATED},
};

void require_reason(const coffer_sink& sink, coffer_status status) {
  require(status == COFFER_INVALID_ARGUMENT, "neither taken nor INVALID_ARGUMENT");
  require(sink.error != nullptr && sink.error->status == status && !sink.error->message.empty(),
          "a refusal without a reason");
}

// Holds options against the schema; what is taken is written as text and must be taken as the same.
void check(const Options& options) {
  Options checked;
  coffer_sink sink;
  const coffer_status status = check_options("store fuzz", kSchema, options, checked, sink);
  if (status != COFFER_OK) {
    require_reason(sink, status);
    const char* named = sink.error->detail("option");
    require(named != nullptr, "a refusal of no option");
    const Option* secret = options.find("pin");
    if (secret != nullptr && std::string_view(named) == "pin" && secret->text.size() >= 4) {
      require(sink.error->message.find("'" + secret->text + "'") == std::string::npos,
              "a secret is in a message");
    }
    return;
  }
  Options texts, again;
  for (const Option& option : checked) texts.set(text_option(option.key, to_text(option)));
  require(check_options("store fuzz", kSchema, texts, again, sink) == COFFER_OK,
          "a value's text is refused");
  require(checked == again, "a value's text means another value");
  require(checked.as_c().size() == checked.size(), "an option is lost on its way to a plugin");

  const Options given = checked.given("store.");
  Options all = given;
  require(all.take_prefixed("store.").size() == given.size() && all.empty(),
          "a prefix is not taken off");

  // The URL shows no secret, and opens the same but for it.
  Url url;
  require(parse_url(to_url("fuzz", "", checked), url, sink) == COFFER_OK,
          "the URL that is shown is refused");
  for (const Option& option : checked) {
    const Option* shown = url.options.find(option.key);
    require((shown == nullptr) == option.defaulted, "the URL shows another choice of options");
    if (shown != nullptr) require(shown->text == masked(option), "the URL shows another value");
    if (shown != nullptr && option.secret) require(shown->text == "***", "the URL shows a secret");
  }
}

void fuzz_url(std::string_view text) {
  Url url, again;
  coffer_sink sink;
  const coffer_status status = parse_url(text, url, sink);
  if (status != COFFER_OK) {
    require_reason(sink, status);
    const char* position = sink.error->detail("position");
    require(position != nullptr && std::strtoull(position, nullptr, 10) <= text.size() + 1,
            "the position is not in the URL");
    return;
  }
  require(parse_url(to_url(url.store, url.name, url.options), again, sink) == COFFER_OK,
          "the URL that was written is refused");
  require(again.store == url.store && again.name == url.name && again.options == url.options,
          "the URL that was written means another cache");
  check(url.options);
}

template <typename Value, typename Parse, typename Format>
void fuzz_form(std::string_view text, Parse parse, Format format) {
  Value value{}, again{};
  std::string why;
  if (!parse(text, value, why)) return require(!why.empty(), "a refusal without a reason");
  const std::string written = format(value);
  require(parse(written, again, why) && again == value, "a value's text means another value");
}

void fuzz_names(std::string_view text) {
  const size_t middle = text.size() / 2;
  const std::string_view a = text.substr(0, middle), b = text.substr(middle);
  const size_t distance = edit_distance(a, b);
  require(distance == edit_distance(b, a), "a distance has a direction");
  require(distance <= std::max(a.size(), b.size()), "a distance is longer than writing all anew");
  require(edit_distance(a, a) == 0, "a text is away from itself");
  const std::string_view names[] = {"capacity", b, "ttl"};
  const std::string_view near = nearest(a, names);
  require(near.empty() || near == names[0] || near == b || near == names[2],
          "the nearest is none of the names");
}

// An array as it comes through the ABI: a record is a key, a type, a number, and text behind it.
void fuzz_array(std::string_view bytes) {
  struct Record {
    uint8_t key, type, text_size, reserved;
    int64_t number;
  };
  std::vector<coffer_option> array;
  while (bytes.size() >= sizeof(Record)) {
    Record record;
    std::memcpy(&record, bytes.data(), sizeof(record));
    bytes.remove_prefix(sizeof(record));
    const std::string_view text = bytes.substr(0, record.text_size);
    bytes.remove_prefix(text.size());
    coffer_option option = {};
    option.key = record.key < std::size(kSchema) ? kSchema[record.key].key
                 : record.key == 255             ? nullptr
                                                 : "other";
    option.type = record.type;
    option.reserved = record.reserved >> 7;
    option.i64 = record.number;
    std::memcpy(&option.f64, &record.number, sizeof(option.f64));
    option.text = {text.data(), text.size()};
    array.push_back(option);
  }
  Options options;
  coffer_sink sink;
  const coffer_status status = options_from_c("cache", array.data(), array.size(), options, sink);
  if (status != COFFER_OK) return require_reason(sink, status);
  require(options.size() == array.size(), "an option is lost on its way in");
  check(options);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  fuzz_url(text);
  fuzz_form<int64_t>(text, parse_int, format_int);
  fuzz_form<int64_t>(text, parse_size, format_size);
  fuzz_form<int64_t>(text, parse_duration, format_duration);
  fuzz_form<int64_t>(text, parse_bool, format_bool);
  fuzz_form<double>(text, parse_float, format_float);
  fuzz_names(text.substr(0, 256));
  fuzz_array(text);
  return 0;
}
