// Stacks of codecs made for the purpose: one that compresses, two that "encrypt", and can be told
// to misbehave.
#include "core/codec/stack.h"

#include <gtest/gtest.h>

#include <cstring>
#include <stdexcept>

#include "core/codec/context.h"
#include "core/loader/static_plugins.h"
#include "core/runtime/runtime.h"

namespace coffer::core {
namespace {

struct Toy {
  const coffer_host* host;
  std::string mode;
  std::string id;
};

std::string_view view(coffer_bytes bytes) {
  return {static_cast<const char*>(bytes.data), bytes.size};
}

coffer_status write(const coffer_writer* out, std::string_view bytes) {
  coffer_status status = COFFER_EXHAUSTED;
  void* room = out->reserve(out->self, bytes.size() + 1, &status);
  if (room == nullptr) return status;
  bytes.copy(static_cast<char*>(room), bytes.size());
  out->commit(out->self, bytes.size());
  return COFFER_OK;
}

void destroy(void* self) { delete static_cast<Toy*>(self); }

// Runs of one byte become that byte; the parameter is how long the run was.
coffer_status shrink(void* self, coffer_bytes bytes, coffer_bytes, uint64_t max_size,
                     const coffer_writer* out, coffer_codec_note* note, coffer_sink*) {
  const Toy& toy = *static_cast<Toy*>(self);
  if (toy.mode == "throw") throw std::runtime_error("ouch");
  if (toy.mode == "outcome") return COFFER_MISS;
  if (toy.mode == "long") note->parameters_size = COFFER_CODEC_MAX_PARAMETERS + 1;
  if (toy.mode == "more") return write(out, std::string(max_size + 1, 'x'));
  const std::string_view text = view(bytes);
  if (text.find_first_not_of(text[0]) != text.npos || max_size < 1) {
    if (toy.mode == "leaves") write(out, "half done");
    note->skipped = 1;
    return COFFER_OK;
  }
  const uint64_t size = text.size();
  note->parameters_size = sizeof size;
  std::memcpy(note->parameters, &size, sizeof size);
  return write(out, text.substr(0, 1));
}

coffer_status grow(void* self, coffer_bytes bytes, coffer_bytes, coffer_bytes parameters,
                   uint64_t max_size, const coffer_writer* out, coffer_sink* sink) {
  const Toy& toy = *static_cast<Toy*>(self);
  if (toy.mode == "bomb") return write(out, std::string(max_size + 1, 'x'));
  uint64_t size = 0;
  if (parameters.size == sizeof size) std::memcpy(&size, parameters.data, sizeof size);
  if (size > max_size)
    return coffer_plugin_fail(toy.host, sink, COFFER_TOO_LARGE, "it would be too large");
  return write(out, std::string(size, *static_cast<const char*>(bytes.data)));
}

// Puts the context and its id in front, and "hides" the rest.
coffer_status hide(void* self, coffer_bytes bytes, coffer_bytes context, uint64_t,
                   const coffer_writer* out, coffer_codec_note* note, coffer_sink*) {
  const Toy& toy = *static_cast<Toy*>(self);
  if (toy.mode == "skip") return note->skipped = 1, COFFER_OK;
  std::string hidden(view(bytes));
  for (char& c : hidden) c = static_cast<char>(c ^ 0x20);
  return write(out, toy.id + "(" + std::string(view(context)) + ")" + hidden);
}

coffer_status show(void* self, coffer_bytes bytes, coffer_bytes context, coffer_bytes, uint64_t,
                   const coffer_writer* out, coffer_sink* sink) {
  const Toy& toy = *static_cast<Toy*>(self);
  const std::string head = toy.id + "(" + std::string(view(context)) + ")";
  if (!view(bytes).starts_with(head))
    return coffer_plugin_fail(toy.host, sink, COFFER_CORRUPT, "not authentic");
  std::string shown(view(bytes).substr(head.size()));
  for (char& c : shown) c = static_cast<char>(c ^ 0x20);
  return write(out, shown);
}

constexpr coffer_codec kShrink = {
    sizeof(coffer_codec), 2000, COFFER_CODEC_COMPRESSES, destroy, shrink, grow};
constexpr coffer_codec kHide = {
    sizeof(coffer_codec), 2001, COFFER_CODEC_ENCRYPTS, destroy, hide, show};
constexpr coffer_codec kMask = {
    sizeof(coffer_codec), 2002, COFFER_CODEC_ENCRYPTS, destroy, hide, show};

constexpr coffer_option_spec kOptions[] = {
    {"mode", "", "how to misbehave", COFFER_TYPE_TEXT, 0},
    {"word", nullptr, "a secret", COFFER_TYPE_TEXT, COFFER_OPTION_SECRET},
};
constexpr coffer_option_spec kNeedsKey[] = {
    {"mode", "", "how to misbehave", COFFER_TYPE_TEXT, 0},
    {"key", nullptr, "needed", COFFER_TYPE_TEXT, COFFER_OPTION_REQUIRED},
};

constexpr coffer_plugin_info info_of(const char* id, const coffer_codec& table,
                                     const coffer_option_spec* options) {
  return {sizeof(coffer_plugin_info),
          COFFER_ABI_VERSION,
          COFFER_KIND_CODEC,
          0,
          id,
          "1",
          "a toy",
          "Apache-2.0",
          table.caps,
          options,
          2};
}
const coffer_plugin_info kInfos[] = {info_of("shrink", kShrink, kOptions),
                                     info_of("hide", kHide, kOptions),
                                     info_of("mask", kMask, kNeedsKey)};

const coffer_plugin_info* infos(size_t index) {
  return index < std::size(kInfos) ? &kInfos[index] : nullptr;
}

coffer_status create(const coffer_host* host, const char* id, const coffer_option* options, size_t,
                     coffer_instance* out, coffer_sink*) {
  const std::string name = id;
  *out = {new Toy{host, std::string(view(options[0].text)), name}, name == "shrink" ? &kShrink
                                                                   : name == "hide" ? &kHide
                                                                                    : &kMask};
  return COFFER_OK;
}

struct CodecStackTest : testing::Test {
  void SetUp() override {
    coffer_sink sink;
    static const coffer_status registered = register_static(infos, create, sink);
    ASSERT_EQ(registered, COFFER_OK);
    ASSERT_EQ(coffer_runtime::create(nullptr, 0, &runtime, sink), COFFER_OK);
  }
  void TearDown() override {
    stack = {};
    runtime->release();
  }

  std::string open(std::string_view names,
                   std::vector<std::pair<std::string, std::string>> options = {}) {
    Options given;
    for (auto& [key, value] : options) given.set(text_option(key, value));
    coffer_sink sink;
    stack = {};
    const coffer_status status = CodecStack::open(runtime, names, given, stack, sink);
    return failed(status) ? sink.error->message : "";
  }

  // "" or the failure. What came out is in `buffer` and `record`.
  std::string encode(const std::string& bytes) {
    coffer_sink sink;
    last = stack->encode(entry(bytes, {}), buffer, record, sink);
    return failed(last) ? sink.error->message : "";
  }
  // As an envelope that was written with these codecs, and read as the entry of `key`.
  std::string decode(const std::string& bytes, std::span<const EnvelopeCodec> steps,
                     std::string* out, std::string_view key = "key") {
    const Envelope envelope = entry(bytes, steps);
    std::string stored(envelope_size(envelope), '\0');
    write_envelope(envelope, stored.data());
    return decode_stored(stored, out, key);
  }
  std::string decode_stored(const std::string& stored, std::string* out,
                            std::string_view key = "key") {
    coffer_sink sink;
    EnvelopeReader reader;
    last = reader.read({stored.data(), stored.size()}, {key.data(), key.size()}, sink);
    if (!failed(last)) last = stack->decode(reader.get(), buffer, sink);
    if (!failed(last)) *out = view(buffer.bytes());
    return failed(last) ? sink.error->message : "";
  }

  static Envelope entry(const std::string& payload, std::span<const EnvelopeCodec> codecs) {
    Envelope out;
    out.key = {"key", 3};
    out.format = 'f';
    out.codecs = codecs;
    out.payload = {payload.data(), payload.size()};
    return out;
  }

  std::string ids() {
    std::string out;
    for (const EnvelopeCodec& step : record.view()) out += std::to_string(step.codec) + " ";
    return out;
  }

  coffer_runtime* runtime = nullptr;
  Ref<CodecStack> stack;
  CodecBuffer buffer{1000};
  CodecRecord record;
  coffer_status last = COFFER_OK;
};

TEST_F(CodecStackTest, AppliesInOrderAndUndoesInReverse) {
  ASSERT_EQ(open("shrink, hide,mask", {{"mask.key", "k"}}), "");
  const std::string value(100, 'A');
  ASSERT_EQ(encode(value), "");
  const std::string stored(view(buffer.bytes()));
  EXPECT_EQ(ids(), "2000 2001 2002 ");
  // Each has the key, the fields, and the codecs before it as its context.
  const Envelope whole = entry("", record.view());
  std::string hidden = "hide(" + codec_context(whole, 1) + ")";
  for (char& c : hidden) c = static_cast<char>(c ^ 0x20);
  EXPECT_EQ(stored, "mask(" + codec_context(whole, 2) + ")" + hidden + "A");
  std::string back;
  EXPECT_EQ(decode(stored, record.view(), &back), "");
  EXPECT_EQ(back, value);
}

TEST_F(CodecStackTest, LeavesOutWhatDoesNotHelp) {
  ASSERT_EQ(open("shrink,hide", {{"shrink.mode", "leaves"}}), "");
  const std::string value = "no run of one byte at all";
  ASSERT_EQ(encode(value), "");
  EXPECT_EQ(ids(), "2001 ");
  std::string back;
  EXPECT_EQ(decode(std::string(view(buffer.bytes())), record.view(), &back), "");
  EXPECT_EQ(back, value);

  ASSERT_EQ(open("shrink"), "");
  EXPECT_EQ(encode(std::string(16, 'A')), "");
  EXPECT_EQ(ids(), "") << "too little to gain";
}

TEST_F(CodecStackTest, WithoutCodecsBytesAreNotCopied) {
  ASSERT_EQ(open(""), "");
  EXPECT_TRUE(stack->empty());
  const std::string value = "value";
  ASSERT_EQ(encode(value), "");
  EXPECT_EQ(buffer.bytes().data, value.data());
  EXPECT_EQ(ids(), "");
}

TEST_F(CodecStackTest, ReadsWhatOtherCachesWrote) {
  ASSERT_EQ(open("shrink"), "");
  ASSERT_EQ(encode(std::string(100, 'A')), "");
  const std::string stored(view(buffer.bytes()));
  ASSERT_EQ(open(""), "");
  std::string back;
  EXPECT_EQ(decode(stored, record.view(), &back), "");
  EXPECT_EQ(back, std::string(100, 'A'));

  ASSERT_EQ(open("mask", {{"mask.key", "k"}}), "");
  ASSERT_EQ(encode("value"), "");
  ASSERT_EQ(open(""), "");
  EXPECT_EQ(decode("x", record.view(), &back),
            "the entry was encoded by codec number 2002, and no codec plugin here can undo that "
            "without options; name it "
            "in the option 'codec'");
  EXPECT_EQ(last, COFFER_UNSUPPORTED);
}

// Whoever can write into the store must not get plain bytes past a cache that encrypts.
TEST_F(CodecStackTest, RefusesWhatIsNotEncrypted) {
  ASSERT_EQ(open("shrink,hide"), "");
  std::string back;
  EXPECT_EQ(decode("forged", {}, &back),
            "the entry is not encrypted by codec hide, as all of this cache must be; it was "
            "written without that codec, "
            "or forged");
  EXPECT_EQ(last, COFFER_DENIED);
  ASSERT_EQ(encode("value"), "");
  const std::string stored(view(buffer.bytes()));
  EXPECT_EQ(decode(stored, record.view(), &back, "other"), "codec hide: not authentic");
  EXPECT_EQ(last, COFFER_CORRUPT);
}

// Bytes beside the encrypted ones that mean the same would be a change that nobody notices.
TEST_F(CodecStackTest, RefusesFormsThatNobodyWrites) {
  ASSERT_EQ(open("hide"), "");
  ASSERT_EQ(encode("value"), "");
  const std::string hidden(view(buffer.bytes()));
  const Envelope envelope = entry(hidden, record.view());
  std::string stored(envelope_size(envelope), '\0');
  write_envelope(envelope, stored.data());
  std::string back;
  ASSERT_EQ(decode_stored(stored, &back), "");
  ASSERT_EQ(stored.substr(5, 4),
            "\x10\x01\x20"
            "f");
  const std::pair<const char*, std::string> forms[] = {
      {"a field twice", stored.substr(0, 5) + "\x10\x01" + stored.substr(5)},
      {"another order",
       stored.substr(0, 5) + stored.substr(7, 2) + stored.substr(5, 2) + stored.substr(9)},
      {"a longer number", stored.substr(0, 6) + std::string("\x81\0", 2) + stored.substr(7)},
      {"a field behind the payload", stored + std::string("\x88\x01\0", 3)},
      {"a field in its codec", stored.substr(0, 9) + "\x82\x01\x05" + stored.substr(12, 3) +
                                   "\x18\x01" + stored.substr(15)},
  };
  for (const auto& [what, bytes] : forms) {
    EXPECT_NE(decode_stored(bytes, &back).find("codec hide"), std::string::npos) << what;
    EXPECT_EQ(last, COFFER_CORRUPT) << what;
  }
}

TEST_F(CodecStackTest, NamesAndOptionsAreChecked) {
  EXPECT_EQ(open("hide,shrink"),
            "cache: option 'codec' puts codec shrink behind codec hide, but encrypted bytes cannot "
            "be compressed; put it "
            "before");
  EXPECT_EQ(open("hide,hide"), "cache: option 'codec' names codec hide twice");
  EXPECT_EQ(open("hide,"), "cache: option 'codec' ends with a comma");
  EXPECT_EQ(open(",hide"), "cache: option 'codec' is ',hide'; a name is missing in it");
  EXPECT_EQ(open("shrink", {{"shrnik.mode", ""}}),
            "cache: option 'codec.shrnik.mode' has no effect: no codec 'shrnik' is in use; did you "
            "mean 'shrink'?");
  EXPECT_EQ(open("", {{"hide.mode", ""}}),
            "cache: option 'codec.hide.mode' has no effect: no codec is in use; name one in the "
            "option 'codec'");
  EXPECT_NE(open("shrink", {{"shrink.mod", ""}})
                .find("codec shrink: unknown option 'mod'; did you mean 'mode'?"),
            std::string::npos);
  EXPECT_NE(open("mask").find("option 'key' is required"), std::string::npos);
  EXPECT_NE(open("no_such_codec").find("no_such_codec"), std::string::npos);
}

TEST_F(CodecStackTest, TellsItsOptionsAndHidesSecrets) {
  ASSERT_EQ(open("shrink,hide", {{"hide.word", "hush"}, {"shrink.mode", "leaves"}}), "");
  const Options options = stack->given_options();
  ASSERT_EQ(options.size(), 2u);
  EXPECT_EQ(masked(*options.find("codec.shrink.mode")), "leaves");
  EXPECT_EQ(masked(*options.find("codec.hide.word")), "***");
}

TEST_F(CodecStackTest, AMisbehavingCodecIsAFault) {
  const std::pair<const char*, const char*> cases[] = {
      {"throw", "codec shrink let an exception escape: ouch"},
      {"outcome", "codec shrink returned MISS from encode"},
      {"long", "codec shrink has more parameters than there is room for"},
      {"more", "codec shrink wrote more bytes than it was asked for"},
  };
  for (const auto& [mode, message] : cases) {
    ASSERT_EQ(open("shrink", {{"shrink.mode", mode}}), "");
    const std::string value =
        mode == std::string("long") ? "not a run of bytes at all" : std::string(100, 'A');
    EXPECT_EQ(encode(value), message);
    EXPECT_EQ(last, COFFER_PLUGIN_FAULT);
  }
  ASSERT_EQ(open("hide", {{"hide.mode", "skip"}}), "");
  EXPECT_EQ(encode("value"),
            "codec hide left bytes alone, which only a codec that compresses may do");

  ASSERT_EQ(open("shrink", {{"shrink.mode", "throw"}}), "");
  encode(std::string(100, 'A'));
  EXPECT_NE(encode(std::string(100, 'A')).find("is not called any more"), std::string::npos);
}

TEST_F(CodecStackTest, ResultsHaveALimit) {
  ASSERT_EQ(open("shrink"), "");
  ASSERT_EQ(encode(std::string(1001, 'A')), "");
  const std::string stored(view(buffer.bytes()));
  std::string back;
  EXPECT_EQ(decode(stored, record.view(), &back), "codec shrink: it would be too large");
  EXPECT_EQ(last, COFFER_TOO_LARGE);
  ASSERT_EQ(open("shrink", {{"shrink.mode", "bomb"}}), "");
  EXPECT_NE(decode(stored, record.view(), &back).find("larger than 1000 bytes (limit max_value)"),
            std::string::npos);
  EXPECT_EQ(last, COFFER_TOO_LARGE);
}

}  // namespace
}  // namespace coffer::core
