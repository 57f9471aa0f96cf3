#include "core/loader/table.h"

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstring>

#include "core/config/text.h"
#include "core/error/error.h"
#include "core/value/utf8.h"

namespace coffer::core {
namespace {

// Sizes of the tables in the first release. Frozen: a plugin of that release must still load when
// sizeof has grown, and never may a table be shorter than what every release has.
constexpr uint32_t kMinStoreSize = 120;
constexpr uint32_t kMinStrategySize = 104;
constexpr uint32_t kMinSerializerSize = 48;
constexpr uint32_t kMinCodecSize = 40;
constexpr uint32_t kMaxTableSize = 4096;
static_assert(offsetof(coffer_store, extension) + sizeof(void*) == kMinStoreSize);
static_assert(offsetof(coffer_strategy, bytes) + sizeof(void*) == kMinStrategySize);
static_assert(offsetof(coffer_serializer, decode) + sizeof(void*) == kMinSerializerSize);
static_assert(offsetof(coffer_codec, decode) + sizeof(void*) == kMinCodecSize);

// Copies what both sides know; the rest of `out` is zero.
template <typename Table>
std::string copy_known(const Table* table, uint32_t min_size, Table& out) {
  if (table == nullptr) return "its table is NULL";
  const uint32_t size = table->struct_size;
  if (size < min_size || size > kMaxTableSize) {
    return "struct_size of its table is " + std::to_string(size) + ", at least " +
           std::to_string(min_size) + " and at most " + std::to_string(kMaxTableSize) +
           " is possible";
  }
  out = {};
  std::memcpy(&out, table, std::min<size_t>(size, sizeof(out)));
  out.struct_size = sizeof(out);
  return "";
}

std::string is_null(std::string_view function) {
  return "required function '" + std::string(function) + "' is NULL";
}

#define COFFER_REQUIRE(function) \
  if (out.function == nullptr) return is_null(#function)

std::string check_caps(uint64_t caps, uint64_t of_info) {
  if ((caps & ~of_info) == 0) return "";
  return "its table claims capabilities that its info does not";
}

// A capability and its functions: all or nothing.
std::string check_capability(bool claimed, std::string_view name, std::string_view function,
                             bool present) {
  if (claimed == present) return "";
  const std::string what = "function '" + std::string(function) + "' is ";
  return claimed ? "it claims COFFER_STORE_" + std::string(name) + ", but " + what + "NULL"
                 : what + "set, but it does not claim COFFER_STORE_" + std::string(name);
}

coffer_status no_read(void*, const coffer_key*, coffer_store_read*, coffer_sink*) {
  return COFFER_UNSUPPORTED;
}

coffer_status no_scan_open(void*, coffer_bytes, void**, coffer_sink* sink) {
  return sink->fail(COFFER_UNSUPPORTED, "this store cannot list its keys");
}

coffer_status no_scan_next(void*, void*, coffer_time, coffer_bytes*, size_t, size_t* n,
                           coffer_sink*) {
  *n = 0;
  return COFFER_END;
}

void no_scan_close(void*, void*) {}
void no_maintain(void*, coffer_time) {}
const void* no_extension(void*, const char*) { return nullptr; }
void no_hits(void*, void* const*, size_t) {}

std::string check_store_caps(const coffer_store& table) {
  const bool copy = (table.caps & COFFER_STORE_COPY) != 0;
  const bool scan = (table.caps & COFFER_STORE_SCAN) != 0;
  for (std::string why :
       {check_capability(copy, "COPY", "read", table.read != nullptr),
        check_capability(scan, "SCAN", "scan_open", table.scan_open != nullptr),
        check_capability(scan, "SCAN", "scan_next", table.scan_next != nullptr),
        check_capability(scan, "SCAN", "scan_close", table.scan_close != nullptr)}) {
    if (!why.empty()) return why;
  }
  if ((table.caps & COFFER_STORE_ASYNC) != 0 && table.extension == nullptr) {
    return "it claims COFFER_STORE_ASYNC, but function 'extension' is NULL";
  }
  return "";
}

void fill_gaps(coffer_store& table) {
  if (table.read == nullptr) table.read = no_read;
  if (table.scan_open == nullptr) {
    table.scan_open = no_scan_open;
    table.scan_next = no_scan_next;
    table.scan_close = no_scan_close;
  }
  if (table.maintain == nullptr) table.maintain = no_maintain;
  if (table.extension == nullptr) table.extension = no_extension;
}

std::string check_strategy_numbers(const coffer_strategy& table) {
  if (table.hit_mode < COFFER_HITS_NONE || table.hit_mode > COFFER_HITS_RECENT) {
    return "its hit_mode is none of COFFER_HITS_*";
  }
  if (table.node_size > COFFER_MAX_NODE_SIZE) {
    return "its node_size is " + std::to_string(table.node_size) + ", at most " +
           std::to_string(COFFER_MAX_NODE_SIZE) + " is possible";
  }
  if (!std::has_single_bit(table.node_align) || table.node_align > 16) {
    return "its node_align is " + std::to_string(table.node_align) + ", not 1, 2, 4, 8 or 16";
  }
  const bool byte = table.hit_mode == COFFER_HITS_BYTE;
  if (byte && table.node_size == 0) return "COFFER_HITS_BYTE needs a node_size of at least 1";
  if (byte ? table.hit_limit < 1 || table.hit_limit > 255 : table.hit_limit != 0) {
    return "its hit_limit is " + std::to_string(table.hit_limit) +
           ", not 1 to 255 with COFFER_HITS_BYTE and 0 otherwise";
  }
  if (table.reserved != 0) return "its table's reserved word is not zero";
  return "";
}

}  // namespace

std::string copy_table(const coffer_store* table, uint64_t caps, coffer_store& out) {
  if (std::string why = copy_known(table, kMinStoreSize, out); !why.empty()) return why;
  if (out.reserved != 0) return "its table's reserved word is not zero";
  COFFER_REQUIRE(destroy);
  COFFER_REQUIRE(get);
  COFFER_REQUIRE(put);
  COFFER_REQUIRE(del);
  COFFER_REQUIRE(touch);
  COFFER_REQUIRE(clear);
  COFFER_REQUIRE(stats);
  if (std::string why = check_caps(out.caps, caps); !why.empty()) return why;
  if (std::string why = check_store_caps(out); !why.empty()) return why;
  fill_gaps(out);
  return "";
}

std::string copy_table(const coffer_strategy* table, uint64_t, coffer_strategy& out) {
  if (std::string why = copy_known(table, kMinStrategySize, out); !why.empty()) return why;
  COFFER_REQUIRE(destroy);
  COFFER_REQUIRE(shard_create);
  COFFER_REQUIRE(shard_destroy);
  COFFER_REQUIRE(insert);
  COFFER_REQUIRE(replace);
  COFFER_REQUIRE(remove);
  COFFER_REQUIRE(victims);
  COFFER_REQUIRE(resize);
  COFFER_REQUIRE(bytes);
  if (std::string why = check_strategy_numbers(out); !why.empty()) return why;
  if (out.hit_mode == COFFER_HITS_BATCH || out.hit_mode == COFFER_HITS_RECENT) COFFER_REQUIRE(hits);
  if (out.hits == nullptr) out.hits = no_hits;
  return "";
}

std::string copy_table(const coffer_serializer* table, uint64_t caps, coffer_serializer& out) {
  if (std::string why = copy_known(table, kMinSerializerSize, out); !why.empty()) return why;
  COFFER_REQUIRE(destroy);
  COFFER_REQUIRE(encode);
  COFFER_REQUIRE(decode);
  if (std::string why = check_caps(out.caps, caps); !why.empty()) return why;
  if (out.format < 16) {
    return "its format is " + std::to_string(out.format) + "; those below 16 belong to the core";
  }
  if (out.media_type == nullptr || !is_utf8(out.media_type) || *out.media_type == '\0') {
    return "its media_type is not text";
  }
  return "";
}

std::string copy_table(const coffer_codec* table, uint64_t caps, coffer_codec& out) {
  if (std::string why = copy_known(table, kMinCodecSize, out); !why.empty()) return why;
  COFFER_REQUIRE(destroy);
  COFFER_REQUIRE(encode);
  COFFER_REQUIRE(decode);
  if (out.codec < 16) {
    return "its codec is " + std::to_string(out.codec) + "; those below 16 belong to the core";
  }
  // No less either: a codec that encrypts does so always.
  if (out.caps != caps) return "its table claims other capabilities than its info";
  return "";
}

#undef COFFER_REQUIRE

}  // namespace coffer::core
