#include "core/serializer/serializer.h"

#include <gtest/gtest.h>

#include <charconv>
#include <cstring>
#include <stdexcept>
#include <string>

#include "core/loader/static_plugins.h"
#include "core/runtime/runtime.h"
#include "core/value/tape.h"

namespace coffer::core {
namespace {

// ---- A serializer that knows one integer, and can be told to misbehave --------------------------

struct Odd {
  const coffer_host* host;
  std::string mode;
};

bool is(void* self, const char* mode) { return static_cast<Odd*>(self)->mode == mode; }

void odd_destroy(void* self) { delete static_cast<Odd*>(self); }

coffer_status odd_encode(void* self, const coffer_value* value, const coffer_writer* out,
                         coffer_sink* sink) {
  if (is(self, "throw")) throw std::runtime_error("ouch");
  if (is(self, "deaf")) return COFFER_OK;
  Tape ignored;
  coffer_visitor visitor = *ignored.recorder();
  int64_t number = 0;
  visitor.self = &number;
  visitor.i64 = [](void* self, int64_t value) -> coffer_status {
    return *static_cast<int64_t*>(self) = value, COFFER_OK;
  };
  visitor.list_begin = [](void*, uint64_t, uint32_t) -> coffer_status { return COFFER_OK; };
  visitor.boolean = [](void*, uint8_t) -> coffer_status { return COFFER_OK; };
  if (is(self, "throwing visitor")) visitor.i64 = [](void*, int64_t) -> coffer_status { throw 1; };
  if (is(self, "half a visitor")) visitor.ext = nullptr;
  const coffer_status played =
      value->play(value->self, &visitor, is(self, "no sink") ? nullptr : sink);
  if (is(self, "swallow")) return COFFER_OK;
  if (played != COFFER_OK) return played;
  if (is(self, "refuse")) {
    const Odd& odd = *static_cast<Odd*>(self);
    odd.host->fail(odd.host, sink, COFFER_UNSUPPORTED, 0, "$ is odd", 8);
    odd.host->fail_detail(odd.host, sink, "at", "$", 1);
    return COFFER_UNSUPPORTED;
  }
  char text[24];
  const auto size =
      static_cast<size_t>(std::to_chars(text, text + sizeof(text), number).ptr - text);
  coffer_status status = COFFER_OK;
  void* room = out->reserve(out->self, size, &status);
  if (room == nullptr) return status;
  std::memcpy(room, text, size);
  out->commit(out->self, is(self, "greedy") ? 1'000'000 : size);
  return is(self, "miss") ? COFFER_MISS : COFFER_OK;
}

coffer_status odd_decode(void* self, coffer_bytes bytes, const coffer_visitor* into,
                         const coffer_limits* limits, coffer_sink*) {
  if (is(self, "throw")) throw std::runtime_error("ouch");
  if (is(self, "deaf")) return COFFER_OK;
  if (is(self, "deep")) {
    for (uint32_t i = 0; i <= limits->max_depth; ++i) into->list_begin(into->self, 1, COFFER_LIST);
    return COFFER_OK;
  }
  int64_t number = 0;
  const char* text = static_cast<const char*>(bytes.data);
  std::from_chars(text, text + bytes.size, number);
  coffer_status status = into->i64(into->self, number);
  if (is(self, "twice")) status = into->i64(into->self, number);
  return is(self, "miss") ? COFFER_MISS : status;
}

constexpr coffer_serializer kOddTable = {
    sizeof(coffer_serializer), 4711, 0, "text/odd", odd_destroy, odd_encode, odd_decode};
constexpr coffer_option_spec kOddOptions[] = {
    {"mode", "", "how to misbehave", COFFER_TYPE_TEXT, 0}};
const coffer_plugin_info kOddInfo = {sizeof(coffer_plugin_info),
                                     COFFER_ABI_VERSION,
                                     COFFER_KIND_SERIALIZER,
                                     0,
                                     "odd",
                                     "1",
                                     "one integer",
                                     "Apache-2.0",
                                     0,
                                     kOddOptions,
                                     1};

const coffer_plugin_info* odd_info(size_t index) { return index == 0 ? &kOddInfo : nullptr; }

coffer_status odd_create(const coffer_host* host, const char*, const coffer_option* options, size_t,
                         coffer_instance* out, coffer_sink*) {
  const coffer_bytes mode = options[0].text;
  *out = {new Odd{host, std::string(static_cast<const char*>(mode.data), mode.size)}, &kOddTable};
  return COFFER_OK;
}

// ---- Tests --------------------------------------------------------------------------------------

struct SerializerTest : testing::Test {
  void SetUp() override {
    coffer_sink sink;
    static const coffer_status registered = register_static(odd_info, odd_create, sink);
    ASSERT_EQ(registered, COFFER_OK);
    ASSERT_EQ(coffer_runtime::create(nullptr, 0, &runtime, sink), COFFER_OK);
  }
  void TearDown() override { runtime->release(); }

  Ref<Serializer> open(const std::string& mode) {
    Options options;
    options.set(text_option("mode", mode));
    coffer_sink sink;
    Ref<Serializer> out;
    EXPECT_EQ(Serializer::open(runtime, "odd", options, out, sink), COFFER_OK);
    return out;
  }

  struct Outcome {
    coffer_status status;
    std::string message;
    std::string plugin;
  };
  static Outcome outcome(coffer_status status, const coffer_sink& sink) {
    Outcome out{status, "", ""};
    if (sink.error == nullptr) return out;
    EXPECT_EQ(sink.error->status, status);
    out.message = sink.error->message;
    for (const auto& [name, value] : sink.error->details) {
      if (name == "plugin") out.plugin = value;
    }
    return out;
  }

  using Play = coffer_status (*)(void*, const coffer_visitor*, coffer_sink*);
  static coffer_status five(void*, const coffer_visitor* v, coffer_sink*) {
    return v->i64(v->self, 5);
  }

  static Outcome encode(Serializer& serializer, Play play = five, std::string* bytes = nullptr) {
    coffer_sink sink;
    BufferWriter out;
    const coffer_status status = serializer.encode({nullptr, play}, nullptr, out, sink);
    if (bytes != nullptr) bytes->assign(static_cast<const char*>(out.data()), out.size());
    return outcome(status, sink);
  }
  static Outcome decode(Serializer& serializer, const coffer_visitor* into = nullptr) {
    coffer_sink sink;
    Tape tape;
    return outcome(
        serializer.decode({"5", 1}, into != nullptr ? into : tape.recorder(), nullptr, sink), sink);
  }

  coffer_runtime* runtime = nullptr;
};

TEST_F(SerializerTest, EncodesAndDecodes) {
  const auto serializer = open("");
  EXPECT_EQ(serializer->format(), 4711u);
  EXPECT_STREQ(serializer->media_type(), "text/odd");
  std::string bytes;
  EXPECT_EQ(encode(*serializer, five, &bytes).status, COFFER_OK);
  EXPECT_EQ(bytes, "5");
  Tape expected, heard;
  five(nullptr, expected.recorder(), nullptr);
  EXPECT_EQ(decode(*serializer, heard.recorder()).status, COFFER_OK);
  EXPECT_EQ(heard, expected);
}

TEST_F(SerializerTest, FailuresHaveTheSerializersName) {
  const Outcome refused = encode(*open("refuse"));
  EXPECT_EQ(refused.status, COFFER_UNSUPPORTED);
  EXPECT_EQ(refused.message, "serializer odd: $ is odd");
  EXPECT_EQ(refused.plugin, "odd");
}

// What a plugin does against its contract is its fault, and no harm is done.
TEST_F(SerializerTest, AMisbehavingPluginIsAFault) {
  const struct {
    const char* mode;
    const char* encoding;
    const char* decoding;
  } cases[] = {
      {"throw", "serializer odd let an exception escape: ouch",
       "serializer odd let an exception escape: ouch"},
      {"deaf", "serializer odd returned OK without playing the value",
       "serializer odd played no value"},
      {"miss", "serializer odd returned MISS from encode",
       "serializer odd played and returned MISS, which is no failure"},
      {"greedy", "serializer odd kept more bytes than it had reserved room for", nullptr},
      {"throwing visitor", "serializer odd: the receiver of the value let an exception escape",
       nullptr},
      {"half a visitor", "serializer odd: its visitor is not complete", nullptr},
      {"twice", nullptr, "serializer odd played a second value after the first"},
  };
  for (const auto& c : cases) {
    if (c.encoding != nullptr) {
      const Outcome encoded = encode(*open(c.mode));
      EXPECT_EQ(encoded.status, COFFER_PLUGIN_FAULT) << c.mode;
      EXPECT_EQ(encoded.message, c.encoding);
      EXPECT_EQ(encoded.plugin, "odd");
    }
    if (c.decoding != nullptr) {
      const Outcome decoded = decode(*open(c.mode));
      EXPECT_EQ(decoded.status, COFFER_PLUGIN_FAULT) << c.mode;
      EXPECT_EQ(decoded.message, c.decoding);
      EXPECT_EQ(decoded.plugin, "odd");
    }
  }
}

TEST_F(SerializerTest, OneThatThrewIsNotCalledAgain) {
  const auto serializer = open("throw");
  EXPECT_EQ(encode(*serializer).status, COFFER_PLUGIN_FAULT);
  const Outcome again = decode(*serializer);
  EXPECT_EQ(again.status, COFFER_INVALID_STATE);
  EXPECT_NE(again.message.find("open it again"), std::string::npos) << again.message;
}

TEST_F(SerializerTest, LimitsHoldWhateverThePluginDoes) {
  const Outcome decoded = decode(*open("deep"));
  EXPECT_EQ(decoded.status, COFFER_TOO_LARGE);
  EXPECT_EQ(
      decoded.message,
      "serializer odd: the value has more than 128 levels of lists and maps (limit max_depth)");
  // A value that contains itself ends there too.
  const Play endless = [](void*, const coffer_visitor* v, coffer_sink*) {
    while (true) {
      const coffer_status status = v->list_begin(v->self, 1, COFFER_LIST);
      if (status != COFFER_OK) return status;
    }
  };
  EXPECT_EQ(encode(*open(""), endless).status, COFFER_TOO_LARGE);
}

// What the program does wrong is not the plugin's fault.
TEST_F(SerializerTest, TheProgramsMistakesAreItsOwn) {
  const auto serializer = open("");
  const struct {
    const char* message;
    Play play;
  } cases[] = {
      {"serializer odd: the program played no value",
       [](void*, const coffer_visitor*, coffer_sink*) { return coffer_status{COFFER_OK}; }},
      {"serializer odd: the program played a boolean of 9",
       [](void*, const coffer_visitor* v, coffer_sink*) { return v->boolean(v->self, 9); }},
      {"serializer odd: the program's value let an exception escape while it played",
       [](void*, const coffer_visitor*, coffer_sink*) -> coffer_status {
         throw std::runtime_error("mine");
       }},
  };
  for (const auto& c : cases) {
    const Outcome encoded = encode(*serializer, c.play);
    EXPECT_EQ(encoded.status, COFFER_INVALID_ARGUMENT);
    EXPECT_EQ(encoded.message, c.message);
  }
  const Play fails = [](void*, const coffer_visitor*, coffer_sink*) {
    return coffer_status{COFFER_CANCELLED};
  };
  EXPECT_EQ(encode(*serializer, fails).status, COFFER_CANCELLED);
  // A plugin without an ear for failures, or for the sink, changes nothing.
  EXPECT_EQ(encode(*open("swallow"), fails).status, COFFER_CANCELLED);
  EXPECT_EQ(encode(*open("no sink"), fails).status, COFFER_CANCELLED);
  EXPECT_EQ(encode(*open("no sink"), fails).message,
            "serializer odd: the program stopped with CANCELLED");

  Tape tape;
  coffer_visitor throws = *tape.recorder();
  throws.i64 = [](void*, int64_t) -> coffer_status { throw 1; };
  EXPECT_EQ(decode(*serializer, &throws).status, COFFER_INVALID_ARGUMENT);
  throws.i64 = nullptr;
  EXPECT_EQ(decode(*serializer, &throws).status, COFFER_INVALID_ARGUMENT);
  EXPECT_EQ(decode(*serializer).status, COFFER_OK);  // and it still works
}

}  // namespace
}  // namespace coffer::core
