// The doors of coffer/serializer.h, with the json plugin behind them.
#include "coffer/serializer.h"

#include <gtest/gtest.h>

#include <limits>
#include <string>
#include <string_view>

#include "capi/testing/fixture.h"
#include "plugins/serializers/testing/random_value.h"

namespace coffer {
namespace {

using namespace coffer::serializers;
using testing::message_of;

struct DoorsTest : testing::RuntimeTest {
  void SetUp() override {
    RuntimeTest::SetUp();
    json = open_serializer({});
  }
  void TearDown() override {
    coffer_serializer_release(json);
    RuntimeTest::TearDown();
  }

  coffer_serializer_handle* open_serializer(const std::vector<coffer_option>& options) {
    coffer_serializer_handle* out = nullptr;
    coffer_error* error = nullptr;
    EXPECT_EQ(
        coffer_serializer_open(runtime_, "json", options.data(), options.size(), &out, &error),
        COFFER_OK);
    EXPECT_EQ(message_of(error), "");
    return out;
  }

  static std::string take(coffer_buffer& buffer) {
    std::string bytes(static_cast<const char*>(buffer.data), buffer.size);
    coffer_buffer_release(&buffer);
    return bytes;
  }

  std::string encode(coffer_serializer_handle* with, const coffer_value& value) {
    coffer_buffer buffer;
    coffer_error* error = nullptr;
    EXPECT_EQ(coffer_encode(with, &value, nullptr, &buffer, &error), COFFER_OK);
    EXPECT_EQ(message_of(error), "");
    return take(buffer);
  }

  coffer_serializer_handle* json = nullptr;
};

TEST_F(DoorsTest, RoundTripsOfRandomValues) {
  EXPECT_EQ(coffer_serializer_format(json), 16u);
  EXPECT_STREQ(coffer_serializer_media_type(json), "application/json");
  RandomValues random(test_seed());
  for (int i = 0; i < 500; ++i) {
    const Value value = random.tree();
    const std::string bytes = encode(json, as_c(value));
    Builder builder;
    ASSERT_EQ(coffer_decode(json, bytes.data(), bytes.size(), builder.visitor(), nullptr, nullptr),
              COFFER_OK);
    ASSERT_EQ(builder.value(), value);
  }
}

TEST_F(DoorsTest, Transcoding) {
  coffer_serializer_handle* pretty = open_serializer({testing::int_option("indent", 1)});
  const std::string bytes = "{\"a\":[1,2.50,\"\\u00e4\"]}";
  coffer_decoding decoding = {json, {bytes.data(), bytes.size()}, nullptr};
  coffer_value value;
  coffer_decoding_value(&decoding, &value);
  EXPECT_EQ(encode(pretty, value), "{\n \"a\": [\n  1,\n  2.5,\n  \"ä\"\n ]\n}");
  EXPECT_EQ(encode(json, value), "{\"a\":[1,2.5,\"ä\"]}");  // and once more

  // What is wrong with the source is told as such.
  decoding.bytes.size = 5;
  coffer_buffer buffer;
  coffer_error* error = nullptr;
  EXPECT_EQ(coffer_encode(pretty, &value, nullptr, &buffer, &error), COFFER_CORRUPT);
  EXPECT_STREQ(coffer_error_detail(error, "offset"), "5");
  EXPECT_EQ(message_of(error),
            "serializer json: not JSON at byte 5: the text ends in the middle of a value");
  EXPECT_EQ(buffer.data, nullptr);
  coffer_serializer_release(pretty);

  // By the serializer whose failure it is, and no other.
  coffer_serializer_handle* yaml = nullptr;
  ASSERT_EQ(coffer_serializer_open(runtime_, "yaml", nullptr, 0, &yaml, nullptr), COFFER_OK);
  EXPECT_EQ(coffer_encode(yaml, &value, nullptr, &buffer, &error), COFFER_CORRUPT);
  EXPECT_STREQ(coffer_error_detail(error, "plugin"), "json");
  EXPECT_EQ(message_of(error),
            "serializer json: not JSON at byte 5: the text ends in the middle of a value");
  coffer_serializer_release(yaml);
}

TEST_F(DoorsTest, FailuresSayWhereAndWhatToDo) {
  const Value value =
      map({{text("items"), list({real(std::numeric_limits<double>::quiet_NaN())})}});
  const coffer_value source = as_c(value);
  coffer_buffer buffer;
  coffer_error* error = nullptr;
  EXPECT_EQ(coffer_encode(json, &source, nullptr, &buffer, &error), COFFER_UNSUPPORTED);
  EXPECT_STREQ(coffer_error_detail(error, "at"), "$.items[0]");
  EXPECT_STREQ(coffer_error_detail(error, "plugin"), "json");
  EXPECT_EQ(message_of(error),
            "serializer json: $.items[0] is NaN, which JSON does not have; the option \"nan\" can "
            "make it null, text or a bare name");

  Builder builder;
  EXPECT_EQ(coffer_decode(json, "[1,]", 4, builder.visitor(), nullptr, &error), COFFER_CORRUPT);
  EXPECT_STREQ(coffer_error_detail(error, "offset"), "3");
  EXPECT_EQ(message_of(error), "serializer json: not JSON at byte 3: expected a value");
  // The handle is none the worse for it.
  EXPECT_EQ(coffer_decode(json, "[]", 2, Builder().visitor(), nullptr, nullptr), COFFER_OK);
}

TEST_F(DoorsTest, LimitsOfBothDirections) {
  const std::string deep = std::string(129, '[') + std::string(129, ']');
  coffer_error* error = nullptr;
  EXPECT_EQ(coffer_decode(json, deep.data(), deep.size(), Builder().visitor(), nullptr, &error),
            COFFER_TOO_LARGE);
  EXPECT_STREQ(coffer_error_detail(error, "limit"), "max_depth");
  message_of(error);
  const coffer_limits wide = {sizeof(wide), 129, 0, 0};
  Builder builder;
  ASSERT_EQ(coffer_decode(json, deep.data(), deep.size(), builder.visitor(), &wide, nullptr),
            COFFER_OK);

  const Value nested = *builder.value();
  const coffer_value value = as_c(nested);
  coffer_buffer buffer;
  EXPECT_EQ(coffer_encode(json, &value, nullptr, &buffer, nullptr), COFFER_TOO_LARGE);
  ASSERT_EQ(coffer_encode(json, &value, &wide, &buffer, nullptr), COFFER_OK);
  EXPECT_EQ(take(buffer), deep);
}

TEST_F(DoorsTest, MistakesAreErrors) {
  coffer_serializer_handle* out = json;
  coffer_error* error = nullptr;
  EXPECT_EQ(coffer_serializer_open(runtime_, "jsno", nullptr, 0, &out, &error), COFFER_NOT_FOUND);
  EXPECT_EQ(out, nullptr);
  EXPECT_NE(message_of(error).find("json"), std::string::npos);

  const coffer_option unknown = testing::int_option("indnt", 2);
  EXPECT_EQ(coffer_serializer_open(runtime_, "json", &unknown, 1, &out, &error),
            COFFER_INVALID_ARGUMENT);
  EXPECT_NE(message_of(error).find("indent"), std::string::npos);

  const coffer_option wrong = testing::text_option("nan", "zero");
  EXPECT_EQ(coffer_serializer_open(runtime_, "json", &wrong, 1, &out, &error),
            COFFER_INVALID_ARGUMENT);
  EXPECT_STREQ(coffer_error_detail(error, "option"), "nan");
  EXPECT_NE(message_of(error).find("it can be error, null, text or number"), std::string::npos);

  const coffer_value nothing = {nullptr, nullptr};
  coffer_buffer buffer;
  EXPECT_EQ(coffer_encode(json, &nothing, nullptr, &buffer, &error), COFFER_INVALID_ARGUMENT);
  EXPECT_EQ(message_of(error), "coffer_encode: value->play is NULL");
  EXPECT_EQ(coffer_decode(json, nullptr, 3, Builder().visitor(), nullptr, &error),
            COFFER_INVALID_ARGUMENT);
  EXPECT_EQ(message_of(error), "coffer_decode: data is NULL");
  EXPECT_EQ(coffer_decode(json, "1", 1, nullptr, nullptr, nullptr), COFFER_INVALID_ARGUMENT);
  coffer_serializer_release(nullptr);
  coffer_buffer_release(nullptr);
}

// A handle keeps its runtime, and outlives the program's own handle on it.
TEST_F(DoorsTest, ReleasesComeInAnyOrder) {
  coffer_runtime* other = nullptr;
  ASSERT_EQ(coffer_runtime_create(nullptr, 0, &other, nullptr), COFFER_OK);
  coffer_serializer_handle* handle = nullptr;
  ASSERT_EQ(coffer_serializer_open(other, "json", nullptr, 0, &handle, nullptr), COFFER_OK);
  coffer_runtime_release(other);
  const Value greeting = text("still here");
  EXPECT_EQ(encode(handle, as_c(greeting)), "\"still here\"");
  coffer_serializer_release(handle);
}

}  // namespace
}  // namespace coffer
