// Which bytes stand for which value, in both directions: the table of the README. That Python
// agrees is for tests/pickle to say; here stand the bytes themselves.
#include <gtest/gtest.h>

#include <limits>

#include "plugins/serializers/pickle/testing.h"

namespace coffer::pickle {
namespace {

using namespace coffer::serializers;

struct Types : testing::Test {
  Serializer pickle{kPickle};

  // `value` is written as `bytes` between the protocol and the end mark, and those are read as
  // `value`.
  void same(const Value& value, const std::string& bytes) {
    const Encoded encoded = pickle.encode(value);
    EXPECT_TRUE(encoded.ok()) << encoded;
    EXPECT_EQ(encoded.bytes, "\x80\x04" + bytes + ".") << value;
    reads(encoded.bytes, value);
  }
  void reads(const std::string& bytes, const Value& value) {
    const Decoded decoded = pickle.decode(bytes);
    EXPECT_TRUE(decoded.ok()) << testing::PrintToString(bytes) << ": " << decoded;
    EXPECT_EQ(decoded.value, value) << testing::PrintToString(bytes);
  }
};

TEST_F(Types, Names) {
  EXPECT_EQ(pickle.table().format, 19u);
  EXPECT_STREQ(pickle.table().media_type, "application/x-python-pickle");
  EXPECT_EQ(pickle.table().caps, kPickle.info(0)->caps);
  EXPECT_EQ(kPickle.info(1), nullptr);
}

TEST_F(Types, OtherPluginsAreNotHere) {
  coffer_instance out = {};
  conformance::FakeSink sink;
  EXPECT_EQ(kPickle.create(pickle.host().get(), "json", nullptr, 0, &out, sink.get()),
            COFFER_NOT_FOUND);
  EXPECT_EQ(sink.problem(COFFER_NOT_FOUND), "");
}

TEST_F(Types, Constants) {
  same(null(), "N");
  same(boolean(true), "\x88");
  same(boolean(false), "\x89");
  reads("I00\n.", boolean(false));
  reads("I01\n.", boolean(true));
}

TEST_F(Types, Integers) {
  same(integer(0), raw("K\0"));
  same(integer(255), "K\xff");
  same(integer(256), raw("M\0\x01"));
  same(integer(65535), "M\xff\xff");
  same(integer(65536), raw("J\0\0\x01\0"));
  same(integer(-1), "J\xff\xff\xff\xff");
  same(integer(INT32_MIN), raw("J\0\0\0\x80"));
  same(integer(int64_t{INT32_MAX} + 1), raw("\x8a\x05\0\0\0\x80\0"));
  same(integer(int64_t{INT32_MIN} - 1), raw("\x8a\x05\xff\xff\xff\x7f\xff"));
  same(integer(INT64_MAX), "\x8a\x08\xff\xff\xff\xff\xff\xff\xff\x7f");
  same(integer(INT64_MIN), raw("\x8a\x08\0\0\0\0\0\0\0\x80"));
  same(integer("9223372036854775808"), raw("\x8a\x09\0\0\0\0\0\0\0\x80\0"));
  same(integer("18446744073709551615"), raw("\x8a\x09\xff\xff\xff\xff\xff\xff\xff\xff\0"));
  same(integer("18446744073709551616"), raw("\x8a\x09\0\0\0\0\0\0\0\0\x01"));
  same(integer("-9223372036854775809"), raw("\x8a\x09\xff\xff\xff\xff\xff\xff\xff\x7f\xff"));
  same(integer("-18446744073709551616"), raw("\x8a\x09\0\0\0\0\0\0\0\0\xff"));
  reads(raw("\x8a\0."), integer(0));
  reads(raw("\x8a\x03\x05\0\0."), integer(5));  // longer than it need be
  reads(raw("\x8b\x01\0\0\0\xfe."), integer(-2));
  reads("I-12\n.", integer(-12));
  reads("I18446744073709551615\n.", integer("18446744073709551615"));
  reads("L340282366920938463463374607431768211456L\n.",
        integer("340282366920938463463374607431768211456"));
  reads("L7\n.", integer(7));
}

// Powers of two of all sizes and their neighbours, where signs and bytes are one too many or too
// few.
TEST_F(Types, IntegersOfAllSizes) {
  for (int bits = 60; bits < 2'200; bits += 1 + bits / 200) {
    // 2^bits in decimal digits.
    std::string digits = "1";
    for (int i = 0; i < bits; ++i) {
      int carry = 0;
      for (size_t k = digits.size(); k > 0; --k) {
        const int doubled = (digits[k - 1] - '0') * 2 + carry;
        digits[k - 1] = static_cast<char>('0' + doubled % 10);
        carry = doubled / 10;
      }
      if (carry != 0) digits.insert(0, "1");
    }
    std::string less = digits;  // no power of two ends in 0
    --less.back();
    for (const std::string& sign : {std::string(), std::string("-")}) {
      for (const std::string& magnitude : {digits, less}) {
        const Encoded encoded = pickle.encode(integer(sign + magnitude));
        ASSERT_TRUE(encoded.ok()) << bits << encoded;
        // 2^n - 1 has n bits and a sign, 2^n one more; but -2^n has n as well.
        const int needed = bits + (magnitude == digits && sign.empty() ? 2 : 1);
        const size_t head = 2 + (needed > 255 * 8 ? 5 : 2);
        ASSERT_EQ(encoded.bytes.size(), head + static_cast<size_t>(needed + 7) / 8 + 1)
            << bits << sign;
        reads(encoded.bytes, integer(sign + magnitude));
      }
    }
  }
}

TEST_F(Types, Floats) {
  same(real(1.0), raw("G\x3f\xf0\0\0\0\0\0\0"));
  same(real(-0.0), raw("G\x80\0\0\0\0\0\0\0"));
  same(real(std::numeric_limits<double>::infinity()), raw("G\x7f\xf0\0\0\0\0\0\0"));
  same(real(std::numeric_limits<double>::quiet_NaN()), raw("G\x7f\xf8\0\0\0\0\0\0"));
  reads("F1.5\n.", real(1.5));
  reads("F-1e-07\n.", real(-1e-07));
  reads("F-inf\n.", real(-std::numeric_limits<double>::infinity()));
  reads("Fnan\n.", real(std::numeric_limits<double>::quiet_NaN()));
  reads("F+5e-324\n.", real(5e-324));
}

TEST_F(Types, Text) {
  same(text(""), raw("\x8c\0"));
  same(text("Grüße"), "\x8c\x07Grüße");
  same(text(std::string(256, 'x')), raw("X\0\x01\0\0") + std::string(256, 'x'));
  same(text(std::string_view("a\0b", 3)), raw("\x8c\x03"
                                              "a\0b"));
  reads(raw("\x8d\x02\0\0\0\0\0\0\0hi."), text("hi"));
  reads("Vplain\n.", text("plain"));
  reads("V\xe9\\u20ac\\U0001f600\\n\\\\u0041\\\n.", text("é€😀\\n\\\\u0041\\"));
}

TEST_F(Types, StringsOfPython2) {
  reads("S'it\\'s \\x41\\101\\t\\q'\n.", text("it's AA\t\\q"));
  reads("S\"\"\n.", text(""));
  reads("U\x02hi.", text("hi"));
  reads(raw("T\x02\0\0\0hi."), text("hi"));
}

TEST_F(Types, Blobs) {
  same(blob(""), raw("C\0"));
  same(blob("\xff\n"), "C\x02\xff\n");
  same(blob(std::string(300, 'x')), raw("B\x2c\x01\0\0") + std::string(300, 'x'));
  reads(raw("\x8e\x02\0\0\0\0\0\0\0\xff\xfe."), blob("\xff\xfe"));
  reads(raw("\x96\x02\0\0\0\0\0\0\0\xff\xfe."), blob("\xff\xfe"));
  reads(raw("c_codecs\nencode\nX\x03\0\0\0a\xc3\xbfX\x06\0\0\0latin1\x86R."), blob("a\xff"));
  reads(raw("c__builtin__\nbytearray\nc_codecs\nencode\nX\x01\0\0\0aX\x06\0\0\0latin1\x86R\x85R."),
        blob("a"));
  reads(raw("c__builtin__\nbytearray\nX\x01\0\0\0aX\x07\0\0\0latin-1\x86R."), blob("a"));
  reads("c__builtin__\nbytes\n)R.", blob(""));
  reads("cbuiltins\nbytearray\n)R.", blob(""));
}

TEST_F(Types, Containers) {
  same(list({}), "]");
  same(list({integer(1), list({null()})}), "](K\x01](Nee");
  same(list({}, COFFER_TUPLE), ")");
  same(list({integer(1)}, COFFER_TUPLE), "(K\x01t");
  same(list({}, COFFER_SET), "\x8f");
  same(list({integer(1)}, COFFER_SET), "\x8f(K\x01\x90");
  same(list({}, COFFER_FROZENSET), "(\x91");
  same(list({integer(1)}, COFFER_FROZENSET), "(K\x01\x91");
  same(map({}), "}");
  same(map({{integer(1), null()}}), "}(K\x01Nu");
  reads("(K\x01K\x02l.", list({integer(1), integer(2)}));
  reads(
      "(K\x01K\x02"
      "d.",
      map({{integer(1), integer(2)}}));
  reads(
      "]K\x01"
      "aK\x02"
      "a.",
      list({integer(1), integer(2)}));
  reads("}K\x01K\x02sK\x03K\x04s.", map({{integer(1), integer(2)}, {integer(3), integer(4)}}));
  reads("K\x01K\x02K\x03\x87.", list({integer(1), integer(2), integer(3)}, COFFER_TUPLE));
  reads("ccollections\nOrderedDict\n)R(K\x01Nu.", map({{integer(1), null()}}));
  // As Python 2.7 wrote it.
  reads(
      "ccollections\nOrderedDict\n((l(lK\x01"
      "aNaatR.",
      map({{integer(1), null()}}));
  reads("c__builtin__\nset\n(K\x01l\x85R.", list({integer(1)}, COFFER_SET));
  reads("c__builtin__\nfrozenset\n(K\x01l\x85R.", list({integer(1)}, COFFER_FROZENSET));
}

// A list of more than a thousand items goes into its list in several turns.
TEST_F(Types, ManyItems) {
  for (const uint32_t kind : {COFFER_LIST, COFFER_TUPLE, COFFER_SET, COFFER_FROZENSET}) {
    for (const int protocol : {2, 4}) {
      const Serializer other(kPickle, {{"protocol", std::to_string(protocol)}});
      for (const int size : {999, 1'000, 1'001, 2'000, 2'500}) {
        Value value = list({}, kind);
        for (int i = 0; i < size; ++i) value.items.push_back(integer(i));
        reads(other.encode(value).bytes, value);
      }
    }
  }
  Value value = map({});
  for (int i = 0; i < 5'002; ++i) value.items.push_back(integer(i));
  reads(pickle.encode(value).bytes, value);
}

// Whether a list says how long it is or not, it is the same list.
TEST_F(Types, CountsChangeNothing) {
  const Value value =
      map({{text("a"), list({integer(1), list({}, COFFER_TUPLE)})}, {text("b"), map({})}});
  const coffer_value uncounted = {const_cast<Value*>(&value),
                                  [](void* self, const coffer_visitor* into, coffer_sink*) {
                                    return play(*static_cast<const Value*>(self), *into, false);
                                  }};
  StringWriter out;
  EXPECT_TRUE(pickle.encode(uncounted, out.writer()).ok());
  EXPECT_EQ(out.bytes(), pickle.encode(value).bytes);
}

TEST_F(Types, KeysAreWrittenOnce) {
  const Value record = map({{text("name"), text("name")}, {integer(7), null()}});
  same(list({record, record}),
       "](}(\x8c\x04name\x94\x8c\x04nameK\x07Nu}(h" + raw("\0") + "\x8c\x04nameK\x07Nue");
  // More different keys than the memo takes, and longer ones.
  Value many = list({});
  for (int round = 0; round < 2; ++round) {
    for (int i = 0; i < 1'000; ++i) {
      many.items.push_back(map({{text(std::to_string(i) + std::string(i % 50, 'k')), integer(i)}}));
    }
  }
  for (const char* protocol : {"2", "3", "4", "5"}) {
    reads(Serializer(kPickle, {{"protocol", protocol}}).encode(many).bytes, many);
  }
}

TEST_F(Types, Extensions) {
  same(ext(COFFER_EXT_DECIMAL, "-12.50"), "cdecimal\nDecimal\n\x94\x8c\x06-12.50\x85R");
  same(ext(COFFER_EXT_UUID, std::string(15, '\0') + "\x05"),
       raw("cuuid\nUUID\n\x94)\x81}\x8c\x03int\x94\x8a\x01\x05sb"));
  same(packed_ext(COFFER_EXT_DATE, int32_t{0}),
       "cdatetime\ndate\n\x94"
       "C\x04\x07\xb2\x01\x01\x85R");
  same(packed_ext(COFFER_EXT_TIME, int64_t{3'661'000'001'000}),
       raw("cdatetime\ntime\n\x94"
           "C\x06\x01\x01\x01\0\0\x01\x85R"));
  same(packed_ext(COFFER_EXT_DATETIME, int64_t{0}, int32_t{0}),
       raw("cdatetime\ndatetime\n\x94"
           "C\x0a\x07\xb2\x01\x01\0\0\0\0\0\0\x85R"));
  same(packed_ext(COFFER_EXT_DATETIME_TZ, int64_t{0}, int32_t{0}, int32_t{-60}),
       raw("cdatetime\ndatetime\n\x94"
           "C\x0a\x07\xb2\x01\x01\0\0\0\0\0\0")
               .replace(22, 10, raw("\x07\xb1\x0c\x1f\x17\x3b\0\0\0\0")) +
           raw("cdatetime\ntimezone\n\x94"
               "cdatetime\ntimedelta\n\x94J\xff\xff\xff\xffJ\x44\x51\x01\0K\0\x87R\x85R\x94\x86R"));
  same(packed_ext(COFFER_EXT_DURATION, int64_t{-1}, int32_t{5'000}),
       raw("cdatetime\ntimedelta\n\x94J\xff\xff\xff\xffJ\x7f\x51\x01\0K\x05\x87R"));
}

TEST_F(Types, ZonesAreWrittenOnce) {
  const Value noon = packed_ext(COFFER_EXT_DATETIME_TZ, int64_t{43'200}, int32_t{0}, int32_t{0});
  const Value other = packed_ext(COFFER_EXT_TIME, int64_t{0}, int32_t{3'600});
  const Value value = list({noon, other, noon, other});
  const Encoded encoded = pickle.encode(value);
  reads(encoded.bytes, value);
  EXPECT_EQ(encoded.bytes.find("timezone"), encoded.bytes.rfind("timezone"));
}

TEST_F(Types, WhatTheNeutralValueHasNotIsLeftOut) {
  // fold, the name of a zone, is_safe.
  reads(raw("cdatetime\ntime\nC\x06\x81\0\0\0\0\0\x85R."),
        packed_ext(COFFER_EXT_TIME, int64_t{3'600'000'000'000}));
  reads(raw("cdatetime\ndatetime\nC\x0a\x07\xb2\x81\x01\0\0\0\0\0\0\x85R."),
        packed_ext(COFFER_EXT_DATETIME, int64_t{0}, int32_t{0}));
  reads(raw("cdatetime\ntime\nC\x06\0\0\0\0\0\0cdatetime\ntimezone\ncdatetime\ntimedelta\nK\0K\x3cK"
            "\0\x87R\x8c\x01X\x86"
            "R\x86R."),
        packed_ext(COFFER_EXT_TIME, int64_t{0}, int32_t{60}));
  reads(raw("cuuid\nUUID\n)\x81}(\x8c\x07is_safeK\0\x8c\x03intK\x05ub."),
        ext(COFFER_EXT_UUID, std::string(15, '\0') + "\x05"));
}

TEST_F(Types, OtherWaysToWriteExtensions) {
  const Value five = ext(COFFER_EXT_UUID, std::string(15, '\0') + "\x05");
  reads("ccopy_reg\n_reconstructor\n(cuuid\nUUID\nc__builtin__\nobject\nNtR(dVint\nI5\nsb.", five);
  reads("cdecimal\nDecimal\n(S'1.5'\ntR.", ext(COFFER_EXT_DECIMAL, "1.5"));
  // Dates of Python 2: their bytes are a str.
  reads("cdatetime\ndate\n(S'\\x07\\xb2\\x01\\x01'\ntR.", packed_ext(COFFER_EXT_DATE, int32_t{0}));
  reads("cdatetime\ndate\nU\x04\x07\xb2\x01\x01\x85R.", packed_ext(COFFER_EXT_DATE, int32_t{0}));
  reads(raw("cdatetime\ntime\nC\x06\0\0\0\0\0\0cdatetime\ntimezone.utc\n\x86R."),
        packed_ext(COFFER_EXT_TIME, int64_t{0}, int32_t{0}));
}

TEST_F(Types, SharedValuesArePlayedAgain) {
  const Value inner = list({integer(1)});
  reads(raw("](]q\0K\x01"
            "ah\0h\0e."),
        list({inner, inner, inner}));
  // Filled after it was shared.
  reads(raw("](]q\0h\0eh\0K\x01"
            "a0."),
        list({inner, inner}));
  reads(raw("](]p0\ng0\neg0\nK\x01"
            "a0."),
        list({inner, inner}));
  reads(raw("](]r\0\0\0\0j\0\0\0\0ej\0\0\0\0K\x01"
            "a0."),
        list({inner, inner}));
  reads(raw("\x8c\x01x\x94h\0\x86."), list({text("x"), text("x")}, COFFER_TUPLE));
  reads(
      "K\x01"
      "2\x86.",
      list({integer(1), integer(1)}, COFFER_TUPLE));
  // A set made of a list does not grow with it.
  reads(raw("]q\0K\x01"
            "ac__builtin__\nset\nh\0\x85R\x86h\0K\x02"
            "a0."),
        list({list({integer(1), integer(2)}), list({integer(1)}, COFFER_SET)}, COFFER_TUPLE));
}

TEST_F(Types, TheStack) {
  reads(
      "NK\x01"
      "0.",
      null());
  reads(
      "N(K\x01K\x02"
      "1.",
      null());
  reads("N(0.", null());  // a mark is taken off like a value
  reads(raw("\x95\x01\0\0\0\0\0\0\0N."), null());
}

}  // namespace
}  // namespace coffer::pickle
