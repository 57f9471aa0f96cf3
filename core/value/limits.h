// Stands between whoever plays a value and whoever receives it, and answers for both: to the
// receiver for the order of events and the form of what they carry, to the caller for the limits.
#ifndef COFFER_CORE_VALUE_LIMITS_H_
#define COFFER_CORE_VALUE_LIMITS_H_

#include <cstdint>
#include <memory>
#include <string_view>

#include "coffer/value.h"
#include "core/error/error.h"

namespace coffer::core {

inline constexpr uint32_t kDefaultMaxDepth = 128;
inline constexpr uint64_t kDefaultMaxItems = 10'000'000;
inline constexpr uint64_t kDefaultMaxBytes = uint64_t{1} << 30;

// A copy of full size in which no field is 0. INVALID_ARGUMENT for a struct_size that cannot be.
// `limits` may be NULL.
coffer_status complete_limits(const coffer_limits* limits, coffer_limits& out, coffer_sink& sink);

// A visitor around a visitor. Nothing that breaks the rules of coffer/value.h reaches the inner
// one, and nothing past a limit; after a failure every further event gets the same answer.
class LimitVisitor {
 public:
  // Whose fault it is if the events make no sense.
  enum class Player { kProgram, kPlugin };

  // `into`, `limits` (complete) and `who` ("serializer json") must outlive this object.
  LimitVisitor(const coffer_visitor& into, const coffer_limits& limits, Player player,
               std::string_view who);
  LimitVisitor(const LimitVisitor&) = delete;
  LimitVisitor& operator=(const LimitVisitor&) = delete;

  const coffer_visitor* get() const { return &visitor_; }

  // The verdict, once the player has returned `status`: what it must be called by its caller, with
  // the reason in the sink. What player or receiver said there stays.
  coffer_status finish(coffer_status status, coffer_sink& sink) noexcept;

 private:
  friend struct LimitEvents;

  struct Frame {
    uint64_t seen;  // values begun in it: items, or keys and values
    uint64_t most;  // how many there may be; UINT64_MAX if nobody said
    bool map;
  };
  static constexpr uint32_t kInlineFrames = 24;

  coffer_status enter() {
    if (++items_ > limits_.max_items || ++top_->seen > top_->most) [[unlikely]]
      return refuse_item();
    return COFFER_OK;
  }
  coffer_status enter(const void* data, size_t size) {
    if (size > limits_.max_bytes - bytes_ || (data == nullptr && size != 0)) [[unlikely]] {
      return refuse_bytes(data, size);
    }
    bytes_ += size;
    return enter();
  }
  coffer_status push(uint64_t most, bool map);
  coffer_status pop(bool map);
  // Hands one event on. No exception of the receiver's goes through the frames of the player.
  template <typename... Parameters, typename... Arguments>
  coffer_status pass(coffer_status (*event)(void*, Parameters...), Arguments... arguments) {
    coffer_status answer;
    try {
      answer = event(into_.self, arguments...);
    } catch (...) {
      return receiver_fault("let an exception escape");
    }
    if (answer != COFFER_OK) [[unlikely]]
      return stop(answer);
    return COFFER_OK;
  }

  [[gnu::cold]] coffer_status refuse_item();
  [[gnu::cold]] coffer_status refuse_bytes(const void* data, size_t size);
  [[gnu::cold]] coffer_status stop(coffer_status answer);
  [[gnu::cold]] coffer_status receiver_fault(const char* did);
  [[gnu::cold, gnu::format(printf, 2, 3)]] coffer_status misplayed(const char* format, ...);
  [[gnu::cold]] coffer_status too_large(const char* limit, uint64_t value, const char* unit);
  bool grow();

  coffer_visitor visitor_;
  const coffer_visitor& into_;
  const coffer_limits& limits_;
  const std::string_view who_;
  const Player player_;

  coffer_status failure_ = COFFER_OK;  // the answer to every event from now on
  bool own_ = false;                   // this object's failure; its reason is `reason_`
  const char* limit_ = nullptr;        // the limit that was passed, if it was that
  uint64_t items_ = 0;
  uint64_t bytes_ = 0;
  uint32_t depth_ = 0;
  uint32_t capacity_ = kInlineFrames;
  Frame* top_ = inline_frames_;
  Frame* frames_ = inline_frames_;
  std::unique_ptr<Frame[]> more_frames_;
  Frame inline_frames_[kInlineFrames];
  char reason_[160];
};

}  // namespace coffer::core

#endif  // COFFER_CORE_VALUE_LIMITS_H_
