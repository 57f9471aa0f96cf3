// Escapes of surrogate pairs, as JSON text has them, between double quotes and elsewhere.
#include <gtest/gtest.h>

#include "plugins/serializers/yaml/testing.h"

namespace coffer::yaml {
namespace {

using namespace coffer::serializers;

struct Surrogates : testing::Test {
  Serializer yaml{kYaml};

  void reads(std::string_view bytes, const Value& value) {
    const Decoded decoded = yaml.decode(bytes);
    EXPECT_TRUE(decoded.ok()) << bytes << ": " << decoded;
    EXPECT_EQ(decoded.value, value) << bytes;
  }
  void corrupt(std::string_view bytes, size_t offset, std::string_view problem) {
    const Decoded decoded = yaml.decode(bytes);
    EXPECT_EQ(decoded.status, COFFER_CORRUPT) << bytes;
    EXPECT_EQ(decoded.detail("offset"), std::to_string(offset)) << bytes << decoded;
    EXPECT_NE(decoded.message.find(problem), std::string::npos) << decoded;
  }
};

TEST_F(Surrogates, PairsAreOneCharacter) {
  reads(R"("\ud83d\ude00")", text("😀"));
  reads(R"("a\uD83D\uDE00\ud800\udc00b\udBFF\uDfff")", text("a😀\U00010000b\U0010ffff"));
  reads(R"({"\ud83d\ude00":["\ud83d\ude00ä","\\\ud83d\ude00"]})",
        map({{text("😀"), list({text("😀ä"), text("\\😀")})}}));
  reads("- &a \"\\ud83d\\ude00\"\n- *a\n- \"x\n  \\ud83d\\ude00\"\n",
        list({text("😀"), text("😀"), text("x 😀")}));
  reads(R"("\ue03d\ue600 \ud83d\ude00 \ud7ff")", text("\ue03d\ue600 😀 \ud7ff"));
}

TEST_F(Surrogates, HalvesOfPairsAreCorrupt) {
  for (const char* half :
       {R"("\ud83d")", R"("\ude00")", R"("\ude00\ud83d")", R"("\ud83d\ud83d")", R"("\ud83dx")",
        R"("\ud83d \ude00")", R"("\ud83d\n")", "\"\\ud83d\\\n\\ude00\"", R"("\ud83d\u0041")"}) {
    corrupt(half, 1, "half a surrogate pair");
  }
  corrupt(R"(["ä", "\ud83d\ude00", "\ud83d"])", 24, "half a surrogate pair");
  corrupt(R"("\U0000d83d")", 3, "invalid Unicode character escape code");
}

TEST_F(Surrogates, OtherTextStaysAsItIs) {
  const std::string pair = R"(\ud83d\ude00)";
  reads("'" + pair + "'", text(pair));
  reads(pair, text(pair));
  reads("|-\n  \"" + pair + "\"", text("\"" + pair + "\""));
  reads("'\"" + pair + "\"'", text("\"" + pair + "\""));
  reads("a: it\"s " + pair + "\" # \"" + pair, map({{text("a"), text("it\"s " + pair + "\"")}}));
  reads("# \"\\ud83d\n- \"\\\\ud83d\"", list({text("\\ud83d")}));
  reads("- '\\ud83d'\n- \"" + pair + "\"\n- \\ude00",
        list({text("\\ud83d"), text("😀"), text("\\ude00")}));
}

TEST_F(Surrogates, OffsetsAreThoseOfTheText) {
  corrupt(R"(["\ud83d\ude00", *x])", 17, "an alias");
  corrupt(R"(["\ud83d\ude00", "\ud83d\ude00", *x])", 33, "an alias");
  corrupt("[\"\\ud83d\\ude00\", \x01]", 17, "control characters");
  corrupt("[\"\\ud83d\\ude00\"", 15, "did not find expected ',' or ']'");
}

}  // namespace
}  // namespace coffer::yaml
