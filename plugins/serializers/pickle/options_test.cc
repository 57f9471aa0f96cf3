// What Python does not have: refused with its path, or written as an option says.
#include <gtest/gtest.h>

#include "plugins/serializers/pickle/testing.h"
#include "plugins/serializers/testing/random_value.h"

namespace coffer::pickle {
namespace {

using namespace coffer::serializers;

constexpr int64_t kDay = 86'400;

// Refused, and says where and why.
void refused(const Value& value, std::string_view at, std::string_view message,
             const conformance::OptionValues& options = {}) {
  const Serializer pickle(kPickle, options);
  const Encoded encoded = pickle.encode(value);
  EXPECT_EQ(encoded.status, COFFER_UNSUPPORTED) << value;
  EXPECT_EQ(encoded.problem, "");
  EXPECT_EQ(encoded.detail("at"), at);
  EXPECT_NE(encoded.message.find(message), std::string::npos) << encoded.message;
}

// `value` comes back as `as`.
void written(const Value& value, const Value& as, const conformance::OptionValues& options = {}) {
  const Serializer pickle(kPickle, options);
  const Encoded encoded = pickle.encode(value);
  EXPECT_TRUE(encoded.ok()) << value << encoded;
  EXPECT_EQ(pickle.decode(encoded.bytes).value, as);
}

Value item(Value value) {
  return map({{text("items"), list({null(), map({{text("price"), std::move(value)}})})}});
}

TEST(Options, Protocol) {
  const struct {
    const char* protocol;
    std::string text, bytes, set;
  } cases[] = {
      {"2", raw("X\x01\0\0\0x"),
       raw("c_codecs\nencode\nq\0X\x03\0\0\0\xc3\xbf\nX\x06\0\0\0latin1q\x01\x86R"),
       raw("c__builtin__\nset\nq\0](K\x01"
           "e\x85R")},
      {"3", raw("X\x01\0\0\0x"), "C\x02\xff\n",
       raw("cbuiltins\nset\nq\0](K\x01"
           "e\x85R")},
      {"4", "\x8c\x01x", "C\x02\xff\n", "\x8f(K\x01\x90"},
      {"5", "\x8c\x01x", "C\x02\xff\n", "\x8f(K\x01\x90"},
  };
  for (const auto& c : cases) {
    const Serializer pickle(kPickle, {{"protocol", c.protocol}});
    const std::string head = {'\x80', static_cast<char>(c.protocol[0] - '0')};
    EXPECT_EQ(pickle.encode(text("x")).bytes, head + c.text + ".");
    std::string bytes = c.bytes;
    if (c.protocol[0] == '2') bytes.replace(bytes.find(raw("\x03\0\0\0")), 1, "\x03");
    EXPECT_EQ(pickle.encode(blob("\xff\n")).bytes, head + bytes + ".");
    EXPECT_EQ(pickle.encode(list({integer(1)}, COFFER_SET)).bytes, head + c.set + ".");
    EXPECT_EQ(pickle.encode(list({}, COFFER_TUPLE)).bytes, head + ").");
  }
}

TEST(Options, EveryProtocolHoldsTheSame) {
  RandomValues random(test_seed(), {.not_finite = true, .blobs = true});
  for (const char* protocol : {"2", "3", "4", "5"}) {
    for (int i = 0; i < 300; ++i) {
      const Value value = random.tree();
      written(value, value, {{"protocol", protocol}});
    }
  }
}

TEST(Options, Nanoseconds) {
  const auto time = [](int64_t ns) { return packed_ext(COFFER_EXT_TIME, ns); };
  refused(item(time(1)), "$.items[1].price",
          "$.items[1].price is a time, with parts of a microsecond, which Python has not; the "
          "option \"nanoseconds\"");
  refused(packed_ext(COFFER_EXT_TIME, int64_t{1'001}, int32_t{0}), "$", "nanoseconds");
  refused(packed_ext(COFFER_EXT_DATETIME, int64_t{0}, int32_t{999}), "$", "nanoseconds");
  refused(packed_ext(COFFER_EXT_DATETIME_TZ, int64_t{0}, int32_t{999'999'999}, int32_t{0}), "$",
          "nanoseconds");
  refused(packed_ext(COFFER_EXT_DURATION, int64_t{-1}, int32_t{1}), "$", "nanoseconds");
  const conformance::OptionValues truncate = {{"nanoseconds", "truncate"}};
  written(time(86'399'999'999'999), time(86'399'999'999'000), truncate);
  written(packed_ext(COFFER_EXT_DATETIME, int64_t{-1}, int32_t{1'999}),
          packed_ext(COFFER_EXT_DATETIME, int64_t{-1}, int32_t{1'000}), truncate);
  written(packed_ext(COFFER_EXT_DATETIME_TZ, int64_t{5}, int32_t{999}, int32_t{-7}),
          packed_ext(COFFER_EXT_DATETIME_TZ, int64_t{5}, int32_t{0}, int32_t{-7}), truncate);
  written(packed_ext(COFFER_EXT_DURATION, int64_t{-1}, int32_t{999}),
          packed_ext(COFFER_EXT_DURATION, int64_t{-1}, int32_t{0}), truncate);
}

TEST(Options, Surrogates) {
  const std::string bytes =
      raw("\x8c\x08"
          "a\xed\xa0\x80z\xed\xbf\xbf.");
  const Decoded refused = Serializer(kPickle).decode(bytes);
  EXPECT_EQ(refused.status, COFFER_UNSUPPORTED);
  EXPECT_EQ(refused.detail("offset"), "0");
  EXPECT_NE(refused.message.find("surrogate pair"), std::string::npos) << refused;
  EXPECT_NE(refused.message.find("the option \"surrogates\""), std::string::npos) << refused;
  const Serializer replace(kPickle, {{"surrogates", "replace"}});
  EXPECT_EQ(replace.decode(bytes).value, text("a\uFFFDz\uFFFD"));
  EXPECT_EQ(replace.decode("V\\ud83d\\ude00\n.").value,
            text("\uFFFD\uFFFD"));  // so does Python see it: two halves
  EXPECT_EQ(replace.decode(raw("\x8c\x04\xed\xa0\x80\xff.")).status, COFFER_CORRUPT);
}

TEST(Options, Strings) {
  const std::string bytes = "U\x02\xc3\xbf.";
  const Decoded refused = Serializer(kPickle).decode(bytes);
  EXPECT_EQ(refused.status, COFFER_UNSUPPORTED);
  EXPECT_EQ(refused.detail("offset"), "2");
  EXPECT_NE(refused.message.find("the option \"strings\""), std::string::npos) << refused;
  const Serializer utf8(kPickle, {{"strings", "utf8"}}), as_bytes(kPickle, {{"strings", "bytes"}});
  EXPECT_EQ(utf8.decode(bytes).value, text("ÿ"));
  EXPECT_EQ(utf8.decode("U\x01\xff.").status, COFFER_UNSUPPORTED);
  EXPECT_EQ(as_bytes.decode(bytes).value, blob("ÿ"));
  EXPECT_EQ(as_bytes.decode("S'\\xff'\n.").value, blob("\xff"));
  EXPECT_EQ(as_bytes.decode("\x8c\x02\xc3\xbf.").value, text("ÿ"));  // text stays text
}

TEST(Options, WrongOnesNameTheRightOnes) {
  const struct {
    const char *key, *value, *message;
  } cases[] = {
      {"protocol", "1", "the option \"protocol\" is 1; it can be 2 to 5"},
      {"protocol", "6", "the option \"protocol\" is 6; it can be 2 to 5"},
      {"nanoseconds", "round",
       "the option \"nanoseconds\" is \"round\"; it can be error or truncate"},
      {"surrogates", "pass", "the option \"surrogates\" is \"pass\"; it can be error or replace"},
      {"strings", "latin1", "the option \"strings\" is \"latin1\"; it can be ascii, utf8 or bytes"},
  };
  for (const auto& c : cases) {
    const Serializer pickle(kPickle, {{c.key, c.value}});
    EXPECT_EQ(pickle.created().status, COFFER_INVALID_ARGUMENT);
    EXPECT_EQ(pickle.created().message, c.message);
    EXPECT_EQ(pickle.created().detail("option"), c.key);
  }
}

TEST(Unsupported, YearsAndDays) {
  const auto date = [](int32_t day) { return packed_ext(COFFER_EXT_DATE, day); };
  written(date(-719'162), date(-719'162));
  written(date(2'932'896), date(2'932'896));
  refused(item(date(-719'163)), "$.items[1].price", "outside of the years 1 to 9999");
  refused(date(2'932'897), "$", "outside of the years 1 to 9999");
  refused(date(INT32_MIN), "$", "outside of the years 1 to 9999");
  const auto local = [](int64_t s) { return packed_ext(COFFER_EXT_DATETIME, s, int32_t{0}); };
  written(local(-719'162 * kDay), local(-719'162 * kDay));
  refused(local(-719'162 * kDay - 1), "$", "outside of the years");
  refused(local(INT64_MIN), "$", "outside of the years");
  // What counts is the local year.
  const auto zoned = [](int64_t s, int32_t offset) {
    return packed_ext(COFFER_EXT_DATETIME_TZ, s, int32_t{0}, offset);
  };
  written(zoned(-719'162 * kDay - 1, 1), zoned(-719'162 * kDay - 1, 1));
  refused(zoned(-719'162 * kDay, -1), "$", "outside of the years");
  refused(zoned(INT64_MAX, 86'399), "$", "outside of the years");
  const auto duration = [](int64_t s) { return packed_ext(COFFER_EXT_DURATION, s, int32_t{0}); };
  written(duration(-999'999'999 * kDay), duration(-999'999'999 * kDay));
  written(duration(1'000'000'000 * kDay - 1), duration(1'000'000'000 * kDay - 1));
  refused(duration(1'000'000'000 * kDay), "$", "more than 999999999 days");
  refused(duration(-999'999'999 * kDay - 1), "$", "more than 999999999 days");
  refused(duration(INT64_MIN), "$", "more than 999999999 days");
}

TEST(Unsupported, Decimals) {
  for (const char* digits :
       {"0", "-0.00", "1E+999999999999999999", "1E-1999999999999999997", "NaN", "-sNaN12", "inf",
        "Infinity", "+1", "1.", ".5", "0.0001E+1000000000000000000", "000E999999999999999999"}) {
    written(ext(COFFER_EXT_DECIMAL, digits), ext(COFFER_EXT_DECIMAL, digits));
  }
  for (const char* digits :
       {"1E+1000000000000000000", "1E-1999999999999999998", "0E+1000000000000000000",
        "12E999999999999999999", "1E99999999999999999999999", "", ".", "1_000", " 1", "1e", "1e+-1",
        "NaN-", "infin"}) {
    refused(ext(COFFER_EXT_DECIMAL, digits), "$", "that Python's Decimal cannot hold");
  }
}

TEST(Unsupported, Integers) {
  // 2^131071 has 39,457 digits and begins with 5; one bit less fits.
  const std::string fits(39'456, '9');
  written(integer(fits), integer(fits));
  written(integer("-" + fits), integer("-" + fits));
  refused(item(integer("9" + fits)), "$.items[1].price", "of more than 131,071 bits");
  refused(integer(std::string(100'000, '1')), "$", "of more than 131,071 bits");
}

TEST(Unsupported, Unhashable) {
  const Value key = list({integer(1)});
  refused(map({{text("m"), map({{key, null()}})}}), "$.m",
          "a key of $.m is a list, which Python has neither as a key nor in a set");
  refused(list({map({})}, COFFER_SET), "$[0]", "$[0] is a map, which Python has neither");
  refused(list({list({list({}, COFFER_SET)}, COFFER_TUPLE)}, COFFER_FROZENSET), "$[0][0]",
          "is a set");
  refused(map({{list({key}, COFFER_TUPLE), null()}}), "$[\"\"][0]", "is a list");
  const Value tuple = list({list({integer(1)}, COFFER_FROZENSET)}, COFFER_TUPLE);
  written(map({{tuple, key}}), map({{tuple, key}}));
  written(list({tuple}, COFFER_SET), list({tuple}, COFFER_SET));
  written(list({map({{text("a"), key}})}, COFFER_TUPLE),
          list({map({{text("a"), key}})}, COFFER_TUPLE));
}

TEST(Unsupported, OtherTypes) {
  refused(item(ext(COFFER_EXT_APPLICATION + 1, "x")), "$.items[1].price",
          "which Python does not have");
  refused(ext(99, "x"), "$", "which Python does not have");
  for (const uint32_t type : {COFFER_EXT_UUID, COFFER_EXT_DATE, COFFER_EXT_TIME,
                              COFFER_EXT_DATETIME, COFFER_EXT_DATETIME_TZ, COFFER_EXT_DURATION}) {
    refused(ext(type, "xyz"), "$", "in a form that the type has not");
  }
  refused(packed_ext(COFFER_EXT_TIME, int64_t{-1}), "$", "in a form");
  refused(packed_ext(COFFER_EXT_TIME, int64_t{0}, int32_t{86'400}), "$", "in a form");
  refused(packed_ext(COFFER_EXT_DATETIME, int64_t{0}, int32_t{-1}), "$", "in a form");
}

}  // namespace
}  // namespace coffer::pickle
