#include "plugins/codecs/testing/harness.h"

#include <gtest/gtest.h>

#include <memory>
#include <vector>

namespace coffer::codecs {
namespace {

using conformance::FakeSink;

// Rooms of just the size asked for, so that a sanitizer sees a byte too many.
struct Writer {
  std::string bytes;
  std::unique_ptr<char[]> room;

  coffer_writer table() { return {this, reserve, commit}; }

  static void* reserve(void* self, size_t size, coffer_status*) {
    auto& writer = *static_cast<Writer*>(self);
    writer.room.reset(new char[size]);
    return writer.room.get();
  }
  static void commit(void* self, size_t size) {
    auto& writer = *static_cast<Writer*>(self);
    writer.bytes.append(writer.room.get(), size);
    writer.room.reset();
  }
};

Result judged(const FakeSink& sink, coffer_status status) {
  Result result;
  result.status = status;
  EXPECT_EQ(sink.problem(status), "");
  for (const auto& failure : sink.failures()) {
    result.message = failure.message;
    for (const auto& [name, value] : failure.details)
      result.message += " [" + name + "=" + value + "]";
  }
  return result;
}

// A block of exactly this size.
class Exact {
 public:
  explicit Exact(std::string_view bytes) : room_(new char[bytes.size()]), size_(bytes.size()) {
    bytes.copy(room_.get(), bytes.size());
  }
  coffer_bytes view() const { return {room_.get(), size_}; }

 private:
  const std::unique_ptr<char[]> room_;
  const size_t size_;
};

}  // namespace

std::ostream& operator<<(std::ostream& out, const Result& result) {
  return out << "status " << result.status << ", " << result.bytes.size() << " bytes, "
             << result.message;
}

Codec::Codec(const Plugin& plugin, const conformance::OptionValues& options) {
  const coffer_plugin_info& info = *plugin.info(0);
  const conformance::OptionList list(info, options);
  EXPECT_EQ(list.error(), "");
  FakeSink sink;
  const coffer_status status =
      plugin.create(host_.get(), info.id, list.data(), list.size(), &instance_, sink.get());
  created_ = judged(sink, status);
  if (created_.status == COFFER_OK) table_ = static_cast<const coffer_codec*>(instance_.table);
}

Codec::~Codec() {
  if (table_ != nullptr) table_->destroy(instance_.self);
  EXPECT_EQ(host_.problems(), "");
}

Result Codec::encode(std::string_view bytes, std::string_view context) const {
  const Exact in(bytes), belongs(context);
  Writer writer;
  const coffer_writer out = writer.table();
  coffer_codec_note note = {};
  FakeSink sink;
  const bool compresses = (table_->caps & COFFER_CODEC_COMPRESSES) != 0;
  const uint64_t max_size = !compresses ? UINT64_MAX : bytes.empty() ? 0 : bytes.size() - 1;
  const coffer_status status =
      table_->encode(instance_.self, in.view(), belongs.view(), max_size, &out, &note, sink.get());
  Result result = judged(sink, status);
  result.skipped = note.skipped != 0;
  result.parameters.assign(reinterpret_cast<const char*>(note.parameters), note.parameters_size);
  result.bytes = result.skipped ? std::string(bytes) : writer.bytes;
  return result;
}

Result Codec::decode(const Result& encoded, std::string_view context, uint64_t max_size) const {
  const Exact in(encoded.bytes), belongs(context), parameters(encoded.parameters);
  Writer writer;
  const coffer_writer out = writer.table();
  FakeSink sink;
  const coffer_status status = table_->decode(instance_.self, in.view(), belongs.view(),
                                              parameters.view(), max_size, &out, sink.get());
  Result result = judged(sink, status);
  result.bytes = writer.bytes;
  return result;
}

}  // namespace coffer::codecs
