// The failure slot that a FakeHost writes.
#include "coffer/plugin/utf8.hpp"
#include "plugins/conformance/testing/fake_host.h"

namespace coffer::conformance {

bool is_utf8(std::string_view text) {
  return plugin::utf8_prefix(text.data(), text.size()) == text.size();
}

const std::string* Failure::detail(std::string_view name) const {
  for (const auto& [key, value] : details) {
    if (key == name) return &value;
  }
  return nullptr;
}

FakeSink* FakeSink::from(coffer_sink* sink) {
  auto* fake = reinterpret_cast<FakeSink*>(sink);
  return fake != nullptr && fake->magic_ == kMagic ? fake : nullptr;
}

void FakeSink::add(Failure failure) {
  std::lock_guard lock(mutex_);
  failures_.push_back(std::move(failure));
}

void FakeSink::add_detail(std::string name, std::string value) {
  std::lock_guard lock(mutex_);
  if (!failures_.empty()) failures_.back().details.emplace_back(std::move(name), std::move(value));
}

std::vector<Failure> FakeSink::failures() const {
  std::lock_guard lock(mutex_);
  return failures_;
}

void FakeSink::reset() {
  std::lock_guard lock(mutex_);
  failures_.clear();
}

std::string FakeSink::problem(coffer_status returned) const {
  std::lock_guard lock(mutex_);
  const std::string got = "returned status " + std::to_string(returned);
  if (returned < 16) {
    return failures_.empty() ? "" : got + " but called host->fail: " + failures_[0].message;
  }
  if (failures_.empty()) return got + " without calling host->fail";
  if (failures_.size() > 1) {
    return got + " and called host->fail " + std::to_string(failures_.size()) + " times";
  }
  const Failure& failure = failures_[0];
  if (failure.status != returned) {
    return got + " but reported " + std::to_string(failure.status) + ": " + failure.message;
  }
  if (failure.message.empty()) return got + " with an empty message";
  if (!is_utf8(failure.message)) return got + " with a message that is not UTF-8";
  for (const auto& [name, value] : failure.details) {
    if (name.empty() || !is_utf8(value)) return got + " with a detail that is not UTF-8";
  }
  return "";
}

}  // namespace coffer::conformance
