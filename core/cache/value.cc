// Neutral values and live objects: encoded where bytes are kept, kept as they are where objects can
// be.
#include "core/cache/cache.h"
#include "core/cache/view.h"
#include "core/loader/catalogue.h"
#include "core/object/objects.h"
#include "core/value/buffer.h"

using coffer::core::BufferWriter;
using coffer::core::failed;
using coffer::core::ObjectView;
using coffer::core::Ref;
using coffer::core::Serializer;

coffer_status coffer_cache::serializer(Ref<Serializer>& out, coffer_sink& sink) {
  const std::lock_guard lock(serializer_mutex_);
  if (!serializer_) {
    const std::string& name = config_.options.find("serializer")->text;
    const coffer_status status =
        Serializer::open(runtime(), name, config_.serializer_options, serializer_, sink);
    if (failed(status)) return status;
  }
  out = serializer_;
  return COFFER_OK;
}

coffer_status coffer_cache::put_value(std::string_view key, const coffer_value* value,
                                      coffer_put_options options, uint64_t* version,
                                      coffer_sink& sink) {
  if (!store_->bare() && coffer::core::plays_null(*value)) {
    Put put;
    put.options = options;
    put.options.flags |= COFFER_ENTRY_NULL;
    return this->put(key, put, version, sink);
  }
  return put_encoded(key, value, options, version, sink);
}

coffer_status coffer_cache::encode(std::string_view key, const coffer_value& value,
                                   BufferWriter& buffer, uint32_t* format, coffer_sink& sink) {
  Ref<Serializer> serializer;
  coffer_status status = this->serializer(serializer, sink);
  if (failed(status)) return status;
  status = serializer->encode(value, nullptr, buffer, sink);
  if (failed(status))
    sink.prefix("encoding the value of key '" + std::string(key.substr(0, 64)) + "'");
  *format = serializer->format();
  return status;
}

coffer_status coffer_cache::put_encoded(std::string_view key, const coffer_value* value,
                                        coffer_put_options options, uint64_t* version,
                                        coffer_sink& sink) {
  BufferWriter buffer(config_.max_value, "max_value");
  const coffer_status status = encode(key, *value, buffer, &options.format, sink);
  if (failed(status)) return status;
  Put put;
  put.options = options;
  put.value = buffer.bytes();
  return this->put(key, put, version, sink);
}

// A bare value says itself that it is a null.
coffer_status coffer_cache::put_bare_null(std::string_view key, coffer_put_options options,
                                          uint64_t* version, coffer_sink& sink) {
  const coffer_value null = coffer::core::null_value();
  options.flags &= ~uint32_t{COFFER_ENTRY_NULL};
  return put_encoded(key, &null, options, version, sink);
}

coffer_status coffer_cache::put_object(std::string_view key, void* object,
                                       const coffer_object_type* type,
                                       const coffer_put_options& options, uint64_t* version,
                                       coffer_sink& sink) {
  const coffer_status status = coffer::core::check_object_type(type, sink);
  if (failed(status)) return status;
  if (store_->has(COFFER_STORE_OBJECTS)) {
    Put put;
    put.object = object;
    put.object_type = type;
    put.options = options;
    return this->put(key, put, version, sink);
  }
  ObjectView view{object, type};
  const coffer_status viewable = view.check(label(), sink);
  if (failed(viewable)) return viewable;
  const coffer_value value = view.value();
  return put_value(key, &value, options, version, sink);
}

coffer_status coffer_cache::play(const coffer_entry* entry, const coffer_visitor* into,
                                 const coffer_limits* limits, coffer_sink& sink) {
  const coffer_status status = coffer::core::check_visitor(into, sink);
  if (failed(status)) return status;
  if ((entry->flags & COFFER_ENTRY_NULL) != 0) return into->null(into->self);
  if ((entry->flags & COFFER_ENTRY_OBJECT) != 0) {
    if (entry->object_type->view == nullptr) {
      return sink.fail(
          COFFER_UNSUPPORTED,
          std::string("objects of type ") + entry->object_type->name + " have no view as a value");
    }
    return entry->object_type->view(entry->object_type, entry->object, into, &sink);
  }
  if (entry->format == COFFER_FORMAT_INTEGER) {
    int64_t integer = 0;
    if (coffer::core::read_integer({entry->data, entry->size}, integer) == COFFER_OK)
      return into->i64(into->self, integer);
    return sink.fail(COFFER_CORRUPT, "the entry says that it is an integer and is not");
  }
  // Nothing says what bare values are, so they are what this cache writes.
  const bool own = entry->format == COFFER_FORMAT_RAW && store_->bare();
  if (entry->format == COFFER_FORMAT_RAW && !own)
    return into->blob(into->self, entry->data, entry->size);
  Ref<Serializer> serializer;
  const coffer_status found =
      own ? this->serializer(serializer, sink) : serializer_of(entry->format, serializer, sink);
  if (failed(found)) return found;
  return serializer->decode({entry->data, entry->size}, into, limits, sink);
}

// This cache's own serializer if the format is its, else whichever serializer in the search list
// has that format: an entry may have been written by another handle or program.
coffer_status coffer_cache::serializer_of(uint32_t format, Ref<Serializer>& out,
                                          coffer_sink& sink) {
  const coffer_status status = serializer(out, sink);
  if (!failed(status) && out->format() == format) return COFFER_OK;
  const std::lock_guard lock(serializer_mutex_);
  for (const Ref<Serializer>& other : other_serializers_) {
    if (other->format() != format) continue;
    out = other;
    return COFFER_OK;
  }
  for (const coffer::core::Plugin* plugin :
       coffer::core::plugins_of_kind(runtime()->plugins(), COFFER_KIND_SERIALIZER)) {
    coffer_sink ignored;  // a serializer that needs options cannot be opened here; the next may do
    Ref<Serializer> other;
    if (failed(Serializer::open(runtime(), std::string(plugin->id()), {}, other, ignored)) ||
        other->format() != format)
      continue;
    other_serializers_.push_back(other);
    out = std::move(other);
    return COFFER_OK;
  }
  return sink.fail(
      COFFER_UNSUPPORTED,
      "the entry has format " + std::to_string(format) +
          ", which no serializer plugin found here reads; `coffer plugins` lists them");
}
