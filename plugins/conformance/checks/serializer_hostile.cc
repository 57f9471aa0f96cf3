// What a serializer does with bytes that somebody has spoilt.
#include <algorithm>

#include "plugins/conformance/checks.h"
#include "plugins/conformance/malloc_watch.h"
#include "plugins/conformance/serializer_driver.h"

namespace coffer::conformance::checks {
namespace {

constexpr size_t kMemory = 8 << 20;

struct Bench {
  explicit Bench(Case& of) : c(of), setup(of, host), serializer(of, host), memory(kMemory) {
    palette = serializer.palette();
  }

  // Encodings of values that it holds, none of them large.
  std::vector<std::string> samples(size_t n) {
    std::vector<std::string> all;
    while (all.size() < n) {
      std::string bytes = serializer.encode(random_tree(c.random(), palette, 3)).bytes;
      if (bytes.size() < 600) all.push_back(std::move(bytes));
    }
    return all;
  }

  // Spoilt input gives a valid value, or is refused in a proper way.
  coffer_status bear(const std::string& bytes) {
    Collector back;
    const Decoded decoded = serializer.decode(bytes, back, memory);
    if (!back.problem().empty()) c.fail(quoted(bytes) + " is decoded so that " + back.problem());
    switch (decoded.status) {
      case COFFER_OK:
        if (!back.complete()) c.fail(quoted(bytes) + " is decoded to no whole value");
        break;
      case COFFER_CORRUPT: check_offset(bytes, decoded.failure); break;
      case COFFER_UNSUPPORTED:
      case COFFER_TOO_LARGE: break;
      default: c.fail("decode of " + quoted(bytes) + " says " + status_text(decoded.status));
    }
    return decoded.status;
  }

  void check_offset(const std::string& bytes, const Failure& failure) {
    const std::string* offset = failure.detail("offset");
    if (offset == nullptr) c.fail("CORRUPT without detail \"offset\": " + failure.message);
    const bool digits =
        !offset->empty() && offset->find_first_not_of("0123456789") == std::string::npos;
    if (!digits || offset->size() > 19 || std::stoull(*offset) > bytes.size()) {
      c.fail("detail \"offset\" is " + quoted(*offset) + " in " + str(bytes.size()) + " bytes");
    }
  }

  Case& c;
  FakeHost host;
  struct Setup {
    Setup(const Case& c, FakeHost& host) { prepare(c, &host); }
  } setup;
  Serializer serializer;
  GuardedMemory memory;
  Palette palette;
};

// Begins `depth` lists and ends them.
struct DeepValue {
  uint64_t depth;

  static coffer_status play(void* self, const coffer_visitor* into, coffer_sink*) {
    const uint64_t depth = static_cast<DeepValue*>(self)->depth;
    coffer_status status = COFFER_OK;
    for (uint64_t i = 0; status == COFFER_OK && i < depth; ++i) {
      status = into->list_begin(into->self, 1, COFFER_LIST);
    }
    if (status == COFFER_OK) status = into->null(into->self);
    for (uint64_t i = 0; status == COFFER_OK && i < depth; ++i) {
      status = into->list_end(into->self);
    }
    return status;
  }
};

}  // namespace

void serializer_truncation(Case& c) {
  Bench b(c);
  b.bear("");
  for (const std::string& bytes : b.samples(40)) {
    for (size_t cut = 0; cut < bytes.size(); ++cut) b.bear(bytes.substr(0, cut));
  }
  c.check(b.host);
}

void serializer_bit_flips(Case& c) {
  Bench b(c);
  for (const std::string& bytes : b.samples(20)) {
    for (size_t i = 0; i < std::min<size_t>(bytes.size(), 200); ++i) {
      std::string spoilt = bytes;
      for (int bit = 0; bit < 8; ++bit) {
        spoilt[i] = static_cast<char>(bytes[i] ^ (1 << bit));
        b.bear(spoilt);
      }
    }
  }
  for (std::string bytes : b.samples(1000)) {
    for (uint64_t n = c.random().below(6); n > 0 && !bytes.empty(); --n) {
      bytes[c.random().below(bytes.size())] = static_cast<char>(c.random().next());
    }
    b.bear(bytes);
  }
  c.check(b.host);
}

void serializer_garbage(Case& c) {
  Bench b(c);
  for (int i = 0; i < 20000; ++i) b.bear(c.random().bytes(c.random().below(40)));
  for (int byte = 0; byte < 256; ++byte) {
    for (size_t n : {1, 2, 9, 1000, 100000}) b.bear(std::string(n, static_cast<char>(byte)));
  }
  // Pieces of valid input in a wrong order.
  const std::vector<std::string> pieces = b.samples(50);
  for (int i = 0; i < 2000; ++i) {
    std::string mixed;
    for (int k = 0; k < 3; ++k) {
      const std::string& piece = pieces[c.random().below(pieces.size())];
      mixed += piece.substr(c.random().below(piece.size() + 1), c.random().below(20));
    }
    b.bear(mixed);
  }
  c.check(b.host);
}

void serializer_trailing(Case& c) {
  Bench b(c);
  std::vector<std::string> valid = {b.serializer.encode(Value::null()).bytes,
                                    b.serializer.encode(Value::text("text")).bytes};
  const std::string list = b.serializer.encode(Value::list({Value::text("a")})).bytes;
  if (!list.empty()) valid.push_back(list);
  for (const std::string& bytes : valid) {
    for (const std::string& tail : {std::string(1, '\0'), std::string("\xff"), std::string("\"")}) {
      const coffer_status status = b.bear(bytes + tail);
      if (status != COFFER_CORRUPT) {
        c.fail(quoted(tail) + " after " + quoted(bytes) + " is taken as " + status_text(status));
      }
    }
  }
  if (!list.empty() && b.bear(list + list) != COFFER_CORRUPT) c.fail("a second value is accepted");
  c.check(b.host);
}

void serializer_limits(Case& c) {
  Bench b(c);
  if (b.palette.lists.empty()) return c.note("it holds no lists");
  const auto expect = [&](const std::string& what, const Value& value, const coffer_limits& limits,
                          bool fits) {
    const std::string bytes = b.serializer.encode(value).bytes;
    Collector back;
    const coffer_status status = b.serializer.decode(bytes, back, b.memory, limits).status;
    if (fits ? status != COFFER_OK : status != COFFER_TOO_LARGE) {
      c.fail(what + (fits ? " at" : " over") + " the limit: decode says " + status_text(status));
    }
  };
  for (uint32_t depth = 1; depth < 20; ++depth) {
    Value deep = Value::list({});
    for (uint32_t i = 1; i < depth; ++i) deep = Value::list({std::move(deep)});
    coffer_limits limits = default_limits();
    limits.max_depth = depth;
    expect("depth", deep, limits, true);
    limits.max_depth = depth - 1;
    if (depth > 1) expect("depth", deep, limits, false);
  }
  for (uint64_t n : {1, 9, 1000}) {
    coffer_limits limits = default_limits();
    limits.max_items = n + 1;  // and the list
    expect("items", Value::list(std::vector<Value>(n)), limits, true);
    limits.max_items = n;
    expect("items", Value::list(std::vector<Value>(n)), limits, false);
    const Value texts = Value::list({Value::text(std::string(n, 'x')), Value::text("1234567")});
    limits = default_limits();
    limits.max_bytes = n + 7;
    expect("bytes", texts, limits, true);
    limits.max_bytes = n + 6;
    expect("bytes", texts, limits, false);
  }
  DeepValue abyss = {200000};
  const Encoded encoded = b.serializer.encode({&abyss, DeepValue::play});
  if (encoded.status == COFFER_OK && b.bear(encoded.bytes) == COFFER_OK) {
    c.fail("200000 lists in each other are decoded with a depth limit of 128");
  }
  c.check(b.host);
}

void serializer_visitor(Case& c) {
  Bench b(c);
  for (int i = 0; i < 30; ++i) {
    const Value tree = random_tree(c.random(), b.palette, 3);
    const std::string bytes = b.serializer.encode(tree).bytes;
    Collector whole;
    b.serializer.decode(bytes, whole, b.memory);
    for (uint64_t k = 1; k <= whole.events(); ++k) {
      for (coffer_status status : {COFFER_CANCELLED, COFFER_UNSUPPORTED}) {
        Collector partly;
        partly.fail_at(k, status);
        b.serializer.decode(bytes, partly, b.memory);  // judges the answer
        if (!partly.problem().empty()) c.fail(partly.problem());
        if (partly.events() != k) c.fail("events go on after one was refused");
      }
    }
  }
  c.check(b.host);
}

void serializer_memory(Case& c) {
  Bench b(c);
  const auto measure = [&](const std::string& bytes) {
    Collector none;
    none.count_only();
    const uint64_t blocks = b.host.live_bytes();
    const MallocWatch watch;
    b.serializer.decode(bytes, none, b.memory);
    const uint64_t room = (1 << 20) + 64 * bytes.size();
    if (watch.bytes() > room) {
      c.fail("decode of " + quoted(bytes) + " allocates " + str(watch.bytes()) + " bytes");
    }
    if (b.host.live_bytes() > blocks) c.fail("decode keeps memory of host->alloc");
  };
  for (const std::string& bytes : b.samples(50)) {
    measure(bytes);
    for (size_t i = 0; i < std::min<size_t>(bytes.size(), 60); ++i) {
      for (unsigned char byte : {0xff, 0x7f, 0xdd, 0xdf, 0xc6, 0xdb}) {
        std::string spoilt = bytes;
        spoilt[i] = static_cast<char>(byte);
        measure(spoilt);
        measure(spoilt.substr(0, i + 1) + std::string(8, '\x7f'));
      }
    }
  }
  measure(std::string(1 << 20, '['));
  c.check(b.host);
}

}  // namespace coffer::conformance::checks
