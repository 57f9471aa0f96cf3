#include "core/codec/stack.h"

#include <algorithm>

#include "core/codec/context.h"
#include "core/config/nearest.h"
#include "core/loader/catalogue.h"
#include "core/runtime/runtime.h"

namespace coffer::core {
namespace {

// A codec that compresses must save so much, or it is left out: its line in the record has a price
// too.
constexpr size_t kLeastGain = 16;

coffer_status refuse(std::string message, coffer_sink& sink) {
  sink.fail(COFFER_INVALID_ARGUMENT, std::move(message));
  sink.detail("option", "codec");
  return COFFER_INVALID_ARGUMENT;
}

std::string_view trimmed(std::string_view text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  while (text.ends_with(' ')) text.remove_suffix(1);
  return text;
}

// An option "zsdt.level" of no codec in the stack.
coffer_status refuse_option(const Options& left, std::span<const Ref<Codec>> codecs,
                            coffer_sink& sink) {
  const std::string& key = left.begin()->key;
  const std::string_view meant = std::string_view(key).substr(0, key.find('.'));
  std::vector<std::string_view> names;
  for (const Ref<Codec>& codec : codecs) names.push_back(codec->plugin_id());
  std::string message = "cache: option 'codec." + key + "' has no effect: ";
  if (names.empty()) {
    message += "no codec is in use; name one in the option 'codec'";
  } else {
    message += "no codec '" + std::string(meant) + "' is in use" + did_you_mean(meant, names);
  }
  sink.fail(COFFER_INVALID_ARGUMENT, std::move(message));
  sink.detail("option", "codec." + key);
  return COFFER_INVALID_ARGUMENT;
}

}  // namespace

coffer_status CodecStack::open(coffer_runtime* runtime, std::string_view names, Options options,
                               Ref<CodecStack>& out, coffer_sink& sink) {
  auto stack = Ref<CodecStack>::adopt(new CodecStack(runtime));
  for (std::string_view left = trimmed(names); !left.empty();) {
    const size_t comma = left.find(',');
    const std::string_view name = trimmed(left.substr(0, comma));
    if (name.empty())
      return refuse(
          "cache: option 'codec' is '" + std::string(names) + "'; a name is missing in it", sink);
    const coffer_status status =
        stack->add(name, options.take_prefixed(std::string(name) + "."), sink);
    if (failed(status)) return status;
    if (comma == left.npos) break;
    left.remove_prefix(comma + 1);
    if (left.empty()) return refuse("cache: option 'codec' ends with a comma", sink);
  }
  if (!options.empty()) return refuse_option(options, stack->codecs_, sink);
  out = std::move(stack);
  return COFFER_OK;
}

coffer_status CodecStack::add(std::string_view name, const Options& options, coffer_sink& sink) {
  if (codecs_.size() == kMostEnvelopeCodecs) {
    return refuse(
        "cache: option 'codec' names more than " + std::to_string(kMostEnvelopeCodecs) + " codecs",
        sink);
  }
  Ref<Codec> codec;
  const coffer_status status = Codec::open(runtime_, std::string(name), options, codec, sink);
  if (failed(status)) return status;
  for (const Ref<Codec>& earlier : codecs_) {
    if (earlier->id() == codec->id())
      return refuse("cache: option 'codec' names " + codec->name() + " twice", sink);
    if (earlier->encrypts() && codec->compresses()) {
      return refuse("cache: option 'codec' puts " + codec->name() + " behind " + earlier->name() +
                        ", but encrypted bytes cannot be compressed; put it before",
                    sink);
    }
  }
  codecs_.push_back(std::move(codec));
  return COFFER_OK;
}

Options CodecStack::given_options() const {
  Options all;
  for (const Ref<Codec>& codec : codecs_) {
    all.merge(codec->options().given("codec." + std::string(codec->plugin_id()) + "."));
  }
  return all;
}

coffer_status CodecStack::encode(const Envelope& envelope, CodecBuffer& out, CodecRecord& record,
                                 coffer_sink& sink) const {
  Envelope noted = envelope;
  out.start(envelope.payload);
  record.clear();
  for (const Ref<Codec>& codec : codecs_) {
    const size_t size = out.bytes().size;
    if (codec->compresses() && size <= kLeastGain) continue;
    const uint64_t max_size = codec->compresses() ? size - kLeastGain : UINT64_MAX;
    coffer_codec_note note;
    noted.codecs = record.view();
    const std::string context =
        codec->encrypts() ? codec_context(noted, noted.codecs.size()) : std::string();
    const coffer_status status = codec->encode(out.bytes(), {context.data(), context.size()},
                                               max_size, out.next(), note, sink);
    if (failed(status)) return status;
    if (note.skipped != 0) continue;
    out.take_next();
    record.add(codec->id(), note);
  }
  return COFFER_OK;
}

coffer_status CodecStack::decode(const Envelope& read, CodecBuffer& out, coffer_sink& sink) const {
  coffer_status status = check_encrypted(read.codecs, sink);
  out.start(read.payload);
  for (size_t i = read.codecs.size(); i-- > 0 && !failed(status);) {
    status = undo(read, i, out, sink);
  }
  return status;
}

coffer_status CodecStack::undo(const Envelope& read, size_t index, CodecBuffer& out,
                               coffer_sink& sink) const {
  const EnvelopeCodec& step = read.codecs[index];
  Ref<Codec> codec;
  coffer_status status = codec_of(step.codec, codec, sink);
  if (failed(status)) return status;
  std::string context;
  if (codec->encrypts()) {
    if (!is_canonical(read)) {
      return sink.fail(COFFER_CORRUPT, "the entry is encrypted by " + codec->name() +
                                           " and its fields are not in the form in which they "
                                           "were written; it was changed since");
    }
    context = codec_context(read, index);
  }
  status = codec->decode(out.bytes(), {context.data(), context.size()}, step.parameters,
                         out.max_size(), out.next(), sink);
  if (!failed(status)) out.take_next();
  return status;
}

coffer_status CodecStack::check_encrypted(std::span<const EnvelopeCodec> record,
                                          coffer_sink& sink) const {
  for (const Ref<Codec>& codec : codecs_) {
    if (!codec->encrypts()) continue;
    const bool done = std::any_of(record.begin(), record.end(), [&](const EnvelopeCodec& step) {
      return step.codec == codec->id();
    });
    if (done) continue;
    sink.fail(COFFER_DENIED,
              "the entry is not encrypted by " + codec->name() +
                  ", as all of this cache must be; it was written without that codec, or forged");
    sink.detail("plugin", codec->plugin_id());
    return COFFER_DENIED;
  }
  return COFFER_OK;
}

coffer_status CodecStack::codec_of(uint32_t id, Ref<Codec>& out, coffer_sink& sink) const {
  for (const Ref<Codec>& codec : codecs_) {
    if (codec->id() == id) return out = codec, COFFER_OK;
  }
  const std::lock_guard lock(others_mutex_);
  for (const Ref<Codec>& codec : others_) {
    if (codec->id() == id) return out = codec, COFFER_OK;
  }
  for (const Plugin* plugin : plugins_of_kind(runtime_->plugins(), COFFER_KIND_CODEC)) {
    coffer_sink ignored;  // one that needs options cannot be opened here; the next may do
    Ref<Codec> other;
    const bool opened =
        !failed(Codec::open(runtime_, std::string(plugin->id()), {}, other, ignored));
    if (!opened || other->id() != id) continue;
    others_.push_back(other);
    return out = std::move(other), COFFER_OK;
  }
  return sink.fail(COFFER_UNSUPPORTED, "the entry was encoded by codec number " +
                                           std::to_string(id) +
                                           ", and no codec plugin here can undo that without "
                                           "options; name it in the option 'codec'");
}

}  // namespace coffer::core
