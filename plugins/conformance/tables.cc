#include "plugins/conformance/tables.h"

#include "plugins/conformance/testing/reference_strategy.h"

namespace coffer::conformance {
namespace {

struct Member {
  const char* name;
  bool set;
};

template <size_t N>
std::string missing(const Member (&members)[N]) {
  for (const Member& member : members) {
    if (!member.set) return std::string(member.name) + " is NULL";
  }
  return "";
}

std::string size_problem(uint32_t stated, uint32_t first, size_t now) {
  if (stated >= first && stated <= kLargestSize) return "";
  return "struct_size is " + std::to_string(stated) +
         ", not sizeof the table = " + std::to_string(now);
}

std::string store_problem(const coffer_store* table) {
  std::string problem = size_problem(table->struct_size, kFirstStoreSize, sizeof(*table));
  if (!problem.empty()) return problem;
  if (table->reserved != 0) return "reserved is not zero (P10)";
  const Member members[] = {
      {"destroy", table->destroy != nullptr}, {"get", table->get != nullptr},
      {"put", table->put != nullptr},         {"del", table->del != nullptr},
      {"touch", table->touch != nullptr},     {"clear", table->clear != nullptr},
      {"stats", table->stats != nullptr},
  };
  return missing(members);
}

std::string strategy_problem(const coffer_strategy* table) {
  std::string problem = size_problem(table->struct_size, kFirstStrategySize, sizeof(*table));
  if (!problem.empty()) return problem;
  if (table->reserved != 0) return "reserved is not zero (P10)";
  if (table->hit_mode < COFFER_HITS_NONE || table->hit_mode > COFFER_HITS_RECENT) {
    return "hit_mode is " + std::to_string(table->hit_mode);
  }
  const bool counts = table->hit_mode == COFFER_HITS_BYTE;
  if (counts != (table->hit_limit > 0) || table->hit_limit > 255) {
    return "hit_limit is " + std::to_string(table->hit_limit);
  }
  if (table->node_size > COFFER_MAX_NODE_SIZE || (counts && table->node_size == 0)) {
    return "node_size is " + std::to_string(table->node_size);
  }
  const uint32_t align = table->node_align;
  if (align == 0 || (align & (align - 1)) != 0 || align > 16) {
    return "node_align is " + std::to_string(align);
  }
  const Member members[] = {
      {"destroy", table->destroy != nullptr},
      {"shard_create", table->shard_create != nullptr},
      {"shard_destroy", table->shard_destroy != nullptr},
      {"insert", table->insert != nullptr},
      {"replace", table->replace != nullptr},
      {"hits", table->hits != nullptr || !hears_of_hits(table->hit_mode)},
      {"remove", table->remove != nullptr},
      {"victims", table->victims != nullptr},
      {"resize", table->resize != nullptr},
      {"bytes", table->bytes != nullptr},
  };
  return missing(members);
}

std::string serializer_problem(const coffer_serializer* table) {
  std::string problem = size_problem(table->struct_size, kFirstSerializerSize, sizeof(*table));
  if (!problem.empty()) return problem;
  const Member members[] = {
      {"media_type", table->media_type != nullptr},
      {"destroy", table->destroy != nullptr},
      {"encode", table->encode != nullptr},
      {"decode", table->decode != nullptr},
  };
  return missing(members);
}

std::string codec_problem(const coffer_codec* table) {
  std::string problem = size_problem(table->struct_size, kFirstCodecSize, sizeof(*table));
  if (!problem.empty()) return problem;
  const Member members[] = {
      {"destroy", table->destroy != nullptr},
      {"encode", table->encode != nullptr},
      {"decode", table->decode != nullptr},
  };
  return missing(members);
}

}  // namespace

std::string table_problem(int32_t kind, const void* table) {
  switch (kind) {
    case COFFER_KIND_STORE: return store_problem(static_cast<const coffer_store*>(table));
    case COFFER_KIND_STRATEGY: return strategy_problem(static_cast<const coffer_strategy*>(table));
    case COFFER_KIND_SERIALIZER:
      return serializer_problem(static_cast<const coffer_serializer*>(table));
    case COFFER_KIND_CODEC: return codec_problem(static_cast<const coffer_codec*>(table));
    default: return "the kind is unknown";
  }
}

uint64_t table_caps(int32_t kind, const void* table) {
  if (kind == COFFER_KIND_STORE) return static_cast<const coffer_store*>(table)->caps;
  if (kind == COFFER_KIND_SERIALIZER) return static_cast<const coffer_serializer*>(table)->caps;
  if (kind == COFFER_KIND_CODEC) return static_cast<const coffer_codec*>(table)->caps;
  return 0;
}

}  // namespace coffer::conformance
