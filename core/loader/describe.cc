#include "core/loader/describe.h"

#include <string>
#include <utility>

#include "core/config/text.h"

namespace coffer::core {
namespace {

struct Bit {
  uint64_t mask;
  std::string_view name;
};

constexpr Bit kStoreCaps[] = {
    {COFFER_STORE_COPY, "copy"},       {COFFER_STORE_SCAN, "scan"},
    {COFFER_STORE_OBJECTS, "objects"}, {COFFER_STORE_BOUNDED, "bounded"},
    {COFFER_STORE_SHARED, "shared"},   {COFFER_STORE_PERSISTENT, "persistent"},
    {COFFER_STORE_ASYNC, "async"}};
constexpr Bit kSerializerCaps[] = {{COFFER_SERIALIZER_DETERMINISTIC, "deterministic"},
                                   {COFFER_SERIALIZER_TEXT, "text"}};
constexpr Bit kCodecCaps[] = {{COFFER_CODEC_COMPRESSES, "compresses"},
                              {COFFER_CODEC_ENCRYPTS, "encrypts"}};
constexpr Bit kOptionFlags[] = {{COFFER_OPTION_REQUIRED, "required"},
                                {COFFER_OPTION_SECRET, "secret"},
                                {COFFER_OPTION_DEPRECATED, "deprecated"}};

void play_bits(Player& player, uint64_t value, std::span<const Bit> bits) {
  player.list_begin();
  for (const Bit& bit : bits) {
    if ((value & bit.mask) != 0) player.text(bit.name);
  }
  player.list_end();
}

void play_capabilities(Player& player, const coffer_plugin_info& info) {
  std::span<const Bit> bits;
  if (info.kind == COFFER_KIND_STORE) bits = kStoreCaps;
  if (info.kind == COFFER_KIND_SERIALIZER) bits = kSerializerCaps;
  if (info.kind == COFFER_KIND_CODEC) bits = kCodecCaps;
  play_bits(player, info.caps, bits);
}

void play_option(Player& player, const coffer_option_spec& spec) {
  player.map_begin();
  player.field("key", spec.key);
  player.field("type", type_name(spec.type));
  player.key("default");
  if (spec.default_value == nullptr) {
    player.null();
  } else {
    // A default is no secret of anybody's, but showing one would teach to expect secrets here.
    player.text((spec.flags & COFFER_OPTION_SECRET) != 0 ? "***" : spec.default_value);
  }
  player.field("help", spec.help);
  player.key("flags");
  play_bits(player, spec.flags, kOptionFlags);
  player.map_end();
}

}  // namespace

void play_plugin_fields(Player& player, const Plugin& plugin) {
  const coffer_plugin_info& info = plugin.info;
  player.field("id", info.id);
  player.field("kind", kind_name(info.kind));
  player.field("version", info.version);
  player.field("summary", info.summary);
  player.field("license", info.license);
  player.field("path", plugin.path);
  player.field("abi", std::to_string(info.abi_version >> 16) + "." +
                          std::to_string(info.abi_version & 0xFFFF));
  player.key("capabilities");
  play_capabilities(player, info);
  player.key("options");
  player.list_begin(info.option_count);
  for (const coffer_option_spec& spec : plugin.schema()) play_option(player, spec);
  player.list_end();
}

void play_plugin(Player& player, const Plugin& plugin) {
  player.map_begin();
  play_plugin_fields(player, plugin);
  player.map_end();
}

}  // namespace coffer::core
