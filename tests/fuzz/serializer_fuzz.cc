#include "tests/fuzz/serializer_fuzz.h"

#include <cstdio>
#include <cstdlib>
#include <optional>
#include <string>
#include <vector>

#include "plugins/serializers/testing/value.h"

// The opaque sink of this host: what was reported.
struct coffer_sink {
  coffer_status status = COFFER_OK;
  int reports = 0;
  std::string message;
  std::string offset;
};

namespace coffer::fuzz {
namespace {

using serializers::Builder;
using serializers::Value;

// Few items: small inputs of some formats stand for many, and each of them becomes part of a tree
// here.
constexpr coffer_limits kLimits = {sizeof(coffer_limits), 200, 20'000, 1 << 20};

void fail(const coffer_host*, coffer_sink* sink, coffer_status status, uint32_t,
          const char* message, size_t size) {
  sink->status = status;
  sink->message.assign(message, size);
  ++sink->reports;
}

void fail_detail(const coffer_host*, coffer_sink* sink, const char* name, const char* value,
                 size_t size) {
  if (std::string_view(name) == "offset") sink->offset.assign(value, size);
}

void require(bool condition, const char* what, const coffer_sink& sink) {
  if (condition) return;
  std::fprintf(stderr, "%s (status %d: %s)\n", what, sink.status, sink.message.c_str());
  std::abort();
}

// One instance with the plugin's defaults, for the life of the fuzzer.
class Serializer {
 public:
  Serializer(coffer_plugin_info_fn info, coffer_plugin_create_fn create) {
    host_.struct_size = sizeof(host_);
    host_.abi_version = COFFER_ABI_VERSION;
    host_.fail = fail;
    host_.fail_detail = fail_detail;
    host_.alloc = [](const coffer_host*, size_t size, size_t align) {
      return std::aligned_alloc(align, (size + align - 1) / align * align);
    };
    host_.free = [](const coffer_host*, void* memory, size_t, size_t) { std::free(memory); };
    std::vector<coffer_option> options;
    for (size_t i = 0; i < info(0)->option_count; ++i) {
      const coffer_option_spec& spec = info(0)->options[i];
      if (spec.default_value == nullptr) continue;
      coffer_option option = {};
      option.key = spec.key;
      option.type = spec.type;
      option.i64 =
          std::string_view(spec.default_value) == "true" ? 1 : std::atoll(spec.default_value);
      if (std::string_view(spec.default_value).ends_with("MiB")) option.i64 <<= 20;
      option.f64 = std::atof(spec.default_value);
      option.text = {spec.default_value, std::string_view(spec.default_value).size()};
      options.push_back(option);
    }
    coffer_sink sink;
    require(
        create(&host_, info(0)->id, options.data(), options.size(), &instance_, &sink) == COFFER_OK,
        "create", sink);
  }

  coffer_status decode(std::string_view input, Builder& into, coffer_sink& sink) const {
    // A block of exactly this size, so that one byte read too many is seen.
    const std::vector<char> exact(input.begin(), input.end());
    return table().decode(instance_.self, {exact.data(), exact.size()}, into.visitor(), &kLimits,
                          &sink);
  }

  // No text if the value is refused, where it may be.
  std::optional<std::string> encode(const Value& value, Written written, coffer_sink& sink) const {
    struct Out {
      std::string bytes;
      std::vector<char> room;
    } out;
    const coffer_writer writer = {&out,
                                  [](void* self, size_t size, coffer_status*) -> void* {
                                    auto& room = static_cast<Out*>(self)->room;
                                    return room.assign(size + 1, 0), room.data();
                                  },
                                  [](void* self, size_t size) {
                                    auto* o = static_cast<Out*>(self);
                                    o->bytes.append(o->room.data(), size);
                                  }};
    const coffer_value source = as_c(value);
    const coffer_status status = table().encode(instance_.self, &source, &writer, &sink);
    if (status == COFFER_UNSUPPORTED && written == Written::kOrRefused) return std::nullopt;
    require(status == COFFER_OK, "a value read was not written", sink);
    return out.bytes;
  }

 private:
  const coffer_serializer& table() const {
    return *static_cast<const coffer_serializer*>(instance_.table);
  }

  coffer_host host_ = {};
  coffer_instance instance_ = {};
};

}  // namespace

void fuzz_decoder(coffer_plugin_info_fn info, coffer_plugin_create_fn create,
                  std::string_view input, Written written) {
  static const Serializer serializer(info, create);
  Builder first;
  coffer_sink sink;
  const coffer_status status = serializer.decode(input, first, sink);
  require(first.problem().empty(), first.problem().c_str(), sink);
  require(sink.reports == (status == COFFER_OK ? 0 : 1) && sink.status == status,
          "the report is not the status", sink);
  if (status == COFFER_TOO_LARGE) return;
  if (status != COFFER_OK) {
    // UNSUPPORTED is for what is well-formed and not known.
    require(status == COFFER_CORRUPT || status == COFFER_UNSUPPORTED, "neither a value nor CORRUPT",
            sink);
    require(!sink.offset.empty() && std::stoull(sink.offset) <= input.size(),
            "the offset is not in the input", sink);
    return;
  }
  require(first.value().has_value(), "OK without a value", sink);
  const auto bytes = serializer.encode(*first.value(), written, sink);
  if (!bytes) return;
  Builder second;
  require(serializer.decode(*bytes, second, sink) == COFFER_OK, "what was written cannot be read",
          sink);
  require(second.value() == first.value(), "another value after writing and reading", sink);
}

}  // namespace coffer::fuzz
