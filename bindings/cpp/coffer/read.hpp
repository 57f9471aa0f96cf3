// coffer/read.hpp: neutral values as C++ values, without a tree between.
//
// The types are those of coffer/write.hpp. What does not fit is a failure, never a silent change:
// numbers are checked for range, only a std::optional, a Value or a std::nullptr_t takes a null.
// Text and blobs are both accepted as std::string or bytes, any kind of list for any list type, and
// integers that a double holds exactly for a double.
#ifndef COFFER_READ_HPP_
#define COFFER_READ_HPP_

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "coffer/detail/build.hpp"
#include "coffer/value.hpp"

namespace coffer {
namespace detail {

// A tree. The open containers are a stack of pointers: each is the last item of the one before, so
// nothing that is pointed at moves.
template <>
class Builder<Value> {
 public:
  Step feed(const Event& event, Why& why) {
    if (event.kind == Event::kListEnd || event.kind == Event::kMapEnd) return close(event, why);
    Value& place = next_place();
    place = content(event);
    if (event.kind == Event::kListBegin || event.kind == Event::kMapBegin) {
      open_.push_back({&place, true});
    }
    return open_.empty() ? Step::kDone : Step::kMore;
  }
  Value take() { return std::exchange(root_, Value()); }

 private:
  struct Container {
    Value* value;
    bool key_next;  // of a map
  };

  Value& next_place() {
    if (open_.empty()) return root_;
    Container& top = open_.back();
    if (List* list = top.value->get<List>()) return list->items.emplace_back();
    std::vector<Member>& members = top.value->get<Map>()->members;
    const bool is_key = std::exchange(top.key_next, !top.key_next);
    return is_key ? members.emplace_back().key : members.back().value;
  }

  Step close(const Event& event, Why& why) {
    const bool is_list = event.kind == Event::kListEnd;
    if (open_.empty() || (open_.back().value->get<List>() != nullptr) != is_list ||
        (!is_list && !open_.back().key_next)) {
      return refuse(why, "begin and end of lists and maps do not match");
    }
    open_.pop_back();
    return open_.empty() ? Step::kDone : Step::kMore;
  }

  static Value content(const Event& event) {
    switch (event.kind) {
      case Event::kBoolean: return event.i64 != 0;
      case Event::kInteger: return event.i64;
      case Event::kUnsigned: return event.u64;
      case Event::kBigInteger: return BigInteger{event.text()};
      case Event::kNumber: return event.f64;
      case Event::kText: return event.text();
      case Event::kBlob: return Blob{event.bytes()};
      case Event::kExtension: return Extension{event.type, event.bytes()};
      case Event::kListBegin: return List{event.type, {}};
      case Event::kMapBegin: return Map{};
      default: return Value();
    }
  }

  Value root_;
  std::vector<Container> open_;
};

// A type with a Codec of its own: its tree first, then Codec<T>::read.
template <typename T>
requires requires(const Value& in, T& out) {
  { Codec<T>::read(in, out) } -> std::same_as<bool>;
}
class Builder<T> : public ScalarBuilder<T> {
 public:
  Step feed(const Event& event, Why& why) {
    const Step step = tree_.feed(event, why);
    if (step != Step::kDone || Codec<T>::read(tree_.take(), this->value_)) return step;
    return refuse(why, "the value does not have the form its Codec reads");
  }

 private:
  Builder<Value> tree_;
};

// A visitor that builds one T.
template <Buildable T>
class Reader {
 public:
  Reader() noexcept {
    visitor_.struct_size = sizeof(visitor_);
    visitor_.self = this;
    visitor_.null = [](void* self) { return on(self, Event(Event::kNull)); };
    visitor_.boolean = [](void* self, std::uint8_t v) {
      return on(self, Event(Event::kBoolean, std::int64_t{v}));
    };
    visitor_.i64 = [](void* self, std::int64_t v) { return on(self, Event(Event::kInteger, v)); };
    visitor_.u64 = [](void* self, std::uint64_t v) { return on(self, Event(Event::kUnsigned, v)); };
    visitor_.f64 = [](void* self, double v) { return on(self, Event(Event::kNumber, v)); };
    visitor_.bigint = [](void* self, const char* p, std::size_t n) {
      return on(self, Event(Event::kBigInteger, p, n));
    };
    visitor_.text = [](void* self, const char* p, std::size_t n) {
      return on(self, Event(Event::kText, p, n));
    };
    visitor_.blob = [](void* self, const void* p, std::size_t n) {
      return on(self, Event(Event::kBlob, p, n));
    };
    visitor_.ext = [](void* self, std::uint32_t type, const void* p, std::size_t n) {
      return on(self, Event(Event::kExtension, p, n, type));
    };
    visitor_.list_begin = [](void* self, std::uint64_t, std::uint32_t kind) {
      return on(self, Event(Event::kListBegin, nullptr, 0, kind));
    };
    visitor_.list_end = [](void* self) { return on(self, Event(Event::kListEnd)); };
    visitor_.map_begin = [](void* self, std::uint64_t) {
      return on(self, Event(Event::kMapBegin));
    };
    visitor_.map_end = [](void* self) { return on(self, Event(Event::kMapEnd)); };
  }
  Reader(const Reader&) = delete;
  Reader& operator=(const Reader&) = delete;

  const coffer_visitor* visitor() const noexcept { return &visitor_; }

  // What came of a call that played into visitor(): its outcome, or the value.
  Result<T> finish(Outcome&& played) {
    if (why_ != nullptr) return Outcome::failure(Status::kUnsupported, why_);
    if (!played.ok()) return std::move(played);
    if (!done_) return Outcome::failure(Status::kPluginFault, "the value was played incompletely");
    return builder_.take();
  }

 private:
  static coffer_status on(void* self, const Event& event) noexcept {
    auto* reader = static_cast<Reader*>(self);
    return guarded(nullptr, [&]() -> coffer_status {
      if (reader->done_) reader->why_ = "more than one value was played";
      if (reader->why_ != nullptr) return COFFER_UNSUPPORTED;
      const Step step = reader->builder_.feed(event, reader->why_);
      reader->done_ = step == Step::kDone;
      return step == Step::kFailed ? COFFER_UNSUPPORTED : COFFER_OK;
    });
  }

  coffer_visitor visitor_{};
  Builder<T> builder_;
  Why why_ = nullptr;
  bool done_ = false;
};

}  // namespace detail

// A T that can be read from the cache.
template <typename T>
concept Readable = detail::Buildable<T>;

template <typename T>
bool Value::to(T& out) const {
  detail::Reader<T> reader;
  coffer_value value = detail::playable(*this);
  Result<T> result =
      reader.finish(Outcome(value.play(value.self, reader.visitor(), nullptr), nullptr));
  if (result.ok()) out = std::move(*result);
  return result.ok();
}

}  // namespace coffer

#endif  // COFFER_READ_HPP_
