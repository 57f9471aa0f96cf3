// The visitor that turns events back into a tree.
#include "plugins/conformance/testing/fake_host.h"
#include "plugins/conformance/value_model.h"

namespace coffer::conformance {
namespace {

bool is_integer(const std::string& text) {
  const size_t start = text.starts_with("-") ? 1 : 0;
  return text.size() > start && text.find_first_not_of("0123456789", start) == std::string::npos;
}

std::string copy(const void* data, size_t n) {
  return n == 0 ? std::string() : std::string(static_cast<const char*>(data), n);
}

}  // namespace

void Collector::wrong(const std::string& text) {
  if (problem_.empty()) problem_ = text;
}

// Counts an event and answers it.
coffer_status Collector::event() {
  ++events_;
  if (failed_) wrong("events go on after one was refused");
  if (events_ != fail_at_) return COFFER_OK;
  failed_ = true;
  return status_;
}

coffer_status Collector::add(Value value) {
  if (open_.empty()) {
    if (done_) wrong("more than one value is played");
    done_ = true;
    root_ = std::move(value);
  } else {
    open_.back().items.push_back(std::move(value));
  }
  return COFFER_OK;
}

coffer_status Collector::open(Value value, uint64_t count) {
  if (open_.empty() && done_) wrong("more than one value is played");
  if (open_.empty()) done_ = true;
  open_.push_back(std::move(value));
  counts_.push_back(count);
  return COFFER_OK;
}

coffer_status Collector::close(Kind kind) {
  if (open_.empty() || open_.back().kind != kind) {
    wrong("an end without its begin");
    return COFFER_OK;
  }
  Value value = std::move(open_.back());
  open_.pop_back();
  const uint64_t stated = counts_.back();
  counts_.pop_back();
  if (stated != COFFER_COUNT_UNKNOWN && stated != value.items.size()) {
    wrong("a list or map holds another number of items than stated");
  }
  if (kind == Kind::kMap && value.items.size() % 2 != 0) wrong("a map ends after a key");
  if (open_.empty()) done_ = false;
  return add(std::move(value));
}

// The functions of the visitor. Each answers by event() first, so that counting allocates nothing.
struct CollectorVisitor {
  template <typename Make>
  static coffer_status take(void* self, Make&& make) {
    auto& collector = *static_cast<Collector*>(self);
    const coffer_status status = collector.event();
    if (status != COFFER_OK || collector.counting_) return status;
    return make(collector);
  }

  static coffer_status null(void* self) {
    return take(self, [](Collector& c) { return c.add(Value::null()); });
  }
  static coffer_status boolean(void* self, uint8_t value) {
    return take(self, [=](Collector& c) {
      if (value > 1) c.wrong("a boolean is neither 0 nor 1");
      return c.add(Value::boolean(value != 0));
    });
  }
  static coffer_status i64(void* self, int64_t value) {
    return take(self, [=](Collector& c) { return c.add(Value::integer(value)); });
  }
  static coffer_status u64(void* self, uint64_t value) {
    return take(self, [=](Collector& c) {
      if (value <= INT64_MAX) c.wrong("u64 is played for a value that fits i64");
      return c.add(Value::large(value));
    });
  }
  static coffer_status f64(void* self, double value) {
    return take(self, [=](Collector& c) { return c.add(Value::real(value)); });
  }
  static coffer_status bigint(void* self, const char* digits, size_t n) {
    return take(self, [=](Collector& c) {
      const std::string text = copy(digits, n);
      if (!is_integer(text)) c.wrong("a bigint is not of the form -?[0-9]+");
      return c.add(Value::bigint(text));
    });
  }
  static coffer_status text(void* self, const char* utf8, size_t n) {
    return take(self, [=](Collector& c) {
      const std::string bytes = copy(utf8, n);
      if (!is_utf8(bytes)) c.wrong("a text is not UTF-8");
      return c.add(Value::text(bytes));
    });
  }
  static coffer_status blob(void* self, const void* data, size_t n) {
    return take(self, [=](Collector& c) { return c.add(Value::blob(copy(data, n))); });
  }
  static coffer_status ext(void* self, uint32_t type, const void* data, size_t n) {
    return take(self, [=](Collector& c) { return c.add(Value::ext(type, copy(data, n))); });
  }
  static coffer_status list_begin(void* self, uint64_t count, uint32_t kind) {
    return take(self, [=](Collector& c) {
      if (kind > COFFER_FROZENSET) c.wrong("a list of unknown kind");
      return c.open(Value::list({}, kind), count);
    });
  }
  static coffer_status list_end(void* self) {
    return take(self, [](Collector& c) { return c.close(Kind::kList); });
  }
  static coffer_status map_begin(void* self, uint64_t count) {
    return take(self, [=](Collector& c) {
      return c.open(Value::map({}), count > UINT64_MAX / 2 ? COFFER_COUNT_UNKNOWN : 2 * count);
    });
  }
  static coffer_status map_end(void* self) {
    return take(self, [](Collector& c) { return c.close(Kind::kMap); });
  }
};

Collector::Collector() {
  visitor_.struct_size = sizeof(visitor_);
  visitor_.self = this;
  visitor_.null = CollectorVisitor::null;
  visitor_.boolean = CollectorVisitor::boolean;
  visitor_.i64 = CollectorVisitor::i64;
  visitor_.u64 = CollectorVisitor::u64;
  visitor_.bigint = CollectorVisitor::bigint;
  visitor_.f64 = CollectorVisitor::f64;
  visitor_.text = CollectorVisitor::text;
  visitor_.blob = CollectorVisitor::blob;
  visitor_.list_begin = CollectorVisitor::list_begin;
  visitor_.list_end = CollectorVisitor::list_end;
  visitor_.map_begin = CollectorVisitor::map_begin;
  visitor_.map_end = CollectorVisitor::map_end;
  visitor_.ext = CollectorVisitor::ext;
}

}  // namespace coffer::conformance
