#include "plugins/serializers/testing/harness.h"

#include <cstdlib>

namespace coffer::serializers {

std::string Result::detail(std::string_view name) const {
  for (const auto& [key, value] : details) {
    if (key == name) return value;
  }
  return "";
}

std::ostream& operator<<(std::ostream& out, const Result& result) {
  return out << "status " << result.status << ": " << result.message << " " << result.problem;
}

Serializer::Serializer(const Plugin& plugin, const conformance::OptionValues& values) {
  const coffer_plugin_info& info = *plugin.info(0);
  const conformance::OptionList options(info, values);
  if (!options.error().empty()) {
    created_.status = COFFER_INVALID_ARGUMENT;
    created_.problem = options.error();
    return;
  }
  conformance::FakeSink sink;
  const coffer_status status =
      plugin.create(host_.get(), info.id, options.data(), options.size(), &instance_, sink.get());
  judge(sink, status, created_);
  if (status == COFFER_OK) table_ = static_cast<const coffer_serializer*>(instance_.table);
}

Serializer::~Serializer() {
  if (table_ != nullptr) table_->destroy(instance_.self);
}

void Serializer::judge(conformance::FakeSink& sink, coffer_status status, Result& out) {
  out.status = status;
  out.problem = sink.problem(status);
  const auto failures = sink.failures();
  if (failures.empty()) return;
  out.message = failures.back().message;
  out.details = failures.back().details;
}

Encoded Serializer::encode(const coffer_value& value, const coffer_writer& out) const {
  Encoded result;
  conformance::FakeSink sink;
  judge(sink, table_->encode(instance_.self, &value, &out, sink.get()), result);
  return result;
}

Encoded Serializer::encode(const Value& value) const {
  StringWriter out;
  Encoded result = encode(as_c(value), out.writer());
  result.bytes = out.bytes();
  return result;
}

Result Serializer::decode(std::string_view bytes, const coffer_visitor& into,
                          const coffer_limits& limits) const {
  // A copy of exactly that size, so that a sanitizer sees a byte read too many.
  const std::vector<char> exact(bytes.begin(), bytes.end());
  Result result;
  conformance::FakeSink sink;
  judge(sink,
        table_->decode(instance_.self, {exact.data(), exact.size()}, &into, &limits, sink.get()),
        result);
  return result;
}

Decoded Serializer::decode(std::string_view bytes, const coffer_limits& limits) const {
  Builder builder;
  Decoded result;
  static_cast<Result&>(result) = decode(bytes, *builder.visitor(), limits);
  if (!builder.problem().empty()) result.problem = builder.problem();
  if (result.status == COFFER_OK) {
    result.value = builder.value();
    if (!result.value && result.problem.empty()) result.problem = "OK, but no value was played";
  }
  return result;
}

void* StringWriter::reserve(void* self, size_t size, coffer_status* status) {
  auto& w = *static_cast<StringWriter*>(self);
  if (size > w.left_) {
    *status = COFFER_TOO_LARGE;
    return nullptr;
  }
  w.room_.assign(size, '?');
  w.room_.shrink_to_fit();
  return w.room_.data();
}

void StringWriter::commit(void* self, size_t size) {
  auto& w = *static_cast<StringWriter*>(self);
  if (size > w.room_.size()) std::abort();  // the harness is for serializers that keep this rule
  w.bytes_.append(w.room_.data(), size);
  w.left_ -= size;
  w.room_.clear();
}

}  // namespace coffer::serializers
