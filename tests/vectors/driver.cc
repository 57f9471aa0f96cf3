// Answers one line for each line of standard input, fields separated by tabs; what fails is
// "!STATUS":
//
//   encode SERIALIZER OPTIONS VALUE      -> bytes      OPTIONS: key=value, separated by commas
//   decode SERIALIZER OPTIONS BYTES      -> value      values as in
//   plugins/serializers/testing/value.h key NAMESPACE... KEY                 -> the bytes under
//   which a store keeps the key tag SCOPE TAG, space SCOPE SPACE     -> the dependency's id, its
//   low and its high half: LOW:HIGH rows SCOPE SPACE [COLUMN TYPE VALUE]...  -> the same of a
//   conjunction; TYPE: COFFER_COLUMN_*, 1 if it is not declared envelope NAME=NUMBER... -> bytes
//   also stamp=LOW:HIGH:VALUE, codec=ID:PARAMETERS, payload=BYTES, key=BYTES
//   context NAME=NUMBER...              -> what the last of the codecs is given as context
//   entry BYTES KEY                     -> fields; checksum=1; without fields that are 0
//
// Bytes, scopes, tags, spaces and columns are hexadecimal. Everything but ids and the envelope,
// which programs have no door to, goes through the public header.
#include <cinttypes>
#include <cstdio>
#include <iostream>
#include <map>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

#include "coffer/coffer.h"
#include "core/codec/context.h"
#include "core/meta/envelope.h"
#include "plugins/serializers/testing/value.h"
#include "tests/vectors/dependency_id.h"

namespace {

using coffer::core::Envelope;
using coffer::core::EnvelopeCodec;
using coffer::core::EnvelopeReader;
using coffer::core::EnvelopeStamp;
namespace serializers = coffer::serializers;

using Fields = std::vector<std::string>;

struct Refusal : std::runtime_error {
  using runtime_error::runtime_error;
};

[[noreturn]] void refuse(coffer_status status, const std::string& why) {
  std::cerr << "driver: " << why << "\n";
  switch (status) {
    case COFFER_CORRUPT: throw Refusal("CORRUPT");
    case COFFER_UNSUPPORTED: throw Refusal("UNSUPPORTED");
    case COFFER_INVALID_ARGUMENT: throw Refusal("INVALID_ARGUMENT");
    case COFFER_TOO_LARGE: throw Refusal("TOO_LARGE");
    default: throw Refusal(std::to_string(status));
  }
}

// By reference: the call that writes the error is an argument, too.
void check(coffer_status status, coffer_error*& error) {
  if (status == COFFER_OK) return;
  const std::string why = error != nullptr ? coffer_error_message(error) : "";
  coffer_error_release(error);
  refuse(status, why);
}

std::string hex(std::string_view bytes) {
  std::string out;
  for (const unsigned char c : bytes) {
    char digits[3];
    std::snprintf(digits, sizeof digits, "%02x", c);
    out += digits;
  }
  return out;
}

std::string unhex(const std::string& text) {
  std::string out;
  for (size_t i = 0; i + 1 < text.size(); i += 2) {
    out += static_cast<char>(std::stoi(text.substr(i, 2), nullptr, 16));
  }
  return out;
}

Fields split(const std::string& text, char at) {
  Fields out;
  std::istringstream in(text);
  for (std::string field; std::getline(in, field, at);) out.push_back(field);
  if (text.ends_with(at)) out.emplace_back();  // which getline does not tell
  return out;
}

class Driver {
 public:
  Driver() {
    coffer_error* error = nullptr;
    check(coffer_runtime_create(nullptr, 0, &runtime_, &error), error);
  }
  ~Driver() {
    for (auto& [name, serializer] : serializers_) coffer_serializer_release(serializer);
    coffer_runtime_release(runtime_);
  }

  std::string answer(const Fields& fields) {
    const std::string& command = fields.at(0);
    if (command == "encode") return encode(fields);
    if (command == "decode") return decode(fields);
    if (command == "key") return key(fields);
    if (command == "tag") return id(coffer::core::tag_id(unhex(fields.at(1)), unhex(fields.at(2))));
    if (command == "space")
      return id(coffer::core::space_id(unhex(fields.at(1)), unhex(fields.at(2))));
    if (command == "rows") return rows(fields);
    if (command == "envelope" || command == "context") return envelope(fields);
    if (command == "entry") return entry(fields);
    throw std::runtime_error("unknown command " + command);
  }

 private:
  coffer_serializer_handle* serializer(const std::string& name, const std::string& options) {
    coffer_serializer_handle*& opened = serializers_[name + " " + options];
    if (opened != nullptr) return opened;
    const Fields settings = split(options, ',');
    std::vector<std::string> keys;
    for (const std::string& setting : settings)
      keys.push_back(setting.substr(0, setting.find('=')));
    std::vector<coffer_option> given(settings.size());
    for (size_t i = 0; i < settings.size(); ++i) {
      given[i].key = keys[i].c_str();
      given[i].type = COFFER_TYPE_TEXT;
      given[i].text = {settings[i].data() + keys[i].size() + 1,
                       settings[i].size() - keys[i].size() - 1};
    }
    coffer_error* error = nullptr;
    check(
        coffer_serializer_open(runtime_, name.c_str(), given.data(), given.size(), &opened, &error),
        error);
    return opened;
  }

  std::string encode(const Fields& fields) {
    const auto tree = serializers::parse(fields.at(3));
    if (!tree) throw std::runtime_error("no value: " + fields[3]);
    const coffer_value value = serializers::as_c(*tree);
    coffer_buffer out = {};
    coffer_error* error = nullptr;
    check(coffer_encode(serializer(fields[1], fields[2]), &value, nullptr, &out, &error), error);
    const std::string bytes = hex({static_cast<const char*>(out.data), out.size});
    coffer_buffer_release(&out);
    return bytes;
  }

  std::string decode(const Fields& fields) {
    const std::string bytes = fields.size() > 3 ? unhex(fields[3]) : "";
    serializers::Builder builder;
    coffer_error* error = nullptr;
    check(coffer_decode(serializer(fields.at(1), fields.at(2)), bytes.data(), bytes.size(),
                        builder.visitor(), nullptr, &error),
          error);
    return serializers::print(builder.value().value());
  }

  // Puts the key through caches nested in each other, and asks a cache without a namespace what
  // there is.
  std::string key(const Fields& fields) {
    coffer_error* error = nullptr;
    coffer_cache *plain = nullptr, *cache = nullptr;
    check(coffer_cache_open(runtime_, "memory://", nullptr, 0, &plain, &error), error);
    cache = plain;
    std::vector<coffer_cache*> opened = {plain};
    for (size_t i = 1; i + 1 < fields.size(); ++i) {
      const std::string space = unhex(fields[i]);
      coffer_option option = {};
      option.key = "namespace";
      option.type = COFFER_TYPE_TEXT;
      option.text = {space.data(), space.size()};
      check(coffer_cache_derive(cache, &option, 1, &cache, &error), error);
      opened.push_back(cache);
    }
    const std::string name = unhex(fields.back());
    check(coffer_put(cache, name.data(), name.size(), "v", 1, nullptr, nullptr, &error), error);
    coffer_scan* scan = nullptr;
    check(coffer_scan_open(plain, COFFER_SCAN_PREFIX, "", 0, &scan, &error), error);
    coffer_bytes found[2];
    size_t count = 0;
    while (count == 0) check(coffer_scan_next(scan, found, 2, &count, &error), error);
    const std::string stored = hex({static_cast<const char*>(found[0].data), found[0].size});
    coffer_scan_release(scan);
    for (coffer_cache* each : opened) coffer_cache_release(each);
    return stored;
  }

  static std::string id(const coffer::core::DependencyId& id) {
    return std::to_string(id.low) + ":" + std::to_string(id.high);
  }

  static std::string rows(const Fields& fields) {
    std::vector<coffer::vectors::Cell> cells;
    for (size_t i = 3; i + 2 < fields.size(); i += 3) {
      const auto value = serializers::parse(fields[i + 2]);
      if (!value) throw std::runtime_error("no value: " + fields[i + 2]);
      cells.push_back({unhex(fields[i]), std::stoi(fields[i + 1]), *value});
    }
    coffer::core::DependencyId found;
    coffer_sink sink;
    const coffer_status status =
        coffer::vectors::rows_id(unhex(fields.at(1)), unhex(fields.at(2)), cells, found, sink);
    if (status != COFFER_OK) refuse(status, sink.error->message);
    return id(found);
  }

  static std::string envelope(const Fields& fields) {
    Envelope e;
    std::vector<EnvelopeStamp> stamps;
    std::vector<std::pair<uint32_t, std::string>> codecs;
    std::string payload, key;
    for (size_t i = 1; i < fields.size(); ++i) {
      const size_t equals = fields[i].find('=');
      const std::string name = fields[i].substr(0, equals), text = fields[i].substr(equals + 1);
      const Fields parts = split(text, ':');
      if (name == "stamp") {
        stamps.push_back(
            {std::stoull(parts.at(0)), std::stoull(parts.at(1)), std::stoull(parts.at(2))});
      } else if (name == "codec") {
        codecs.push_back({static_cast<uint32_t>(std::stoul(parts.at(0))),
                          parts.size() > 1 ? unhex(parts[1]) : ""});
      } else if (name == "payload") {
        payload = unhex(text);
      } else if (name == "key") {
        key = unhex(text);
      } else {
        set(e, name, text);
      }
    }
    std::vector<EnvelopeCodec> views;
    for (const auto& [id, parameters] : codecs) {
      views.push_back({id, {parameters.data(), parameters.size()}, {nullptr, 0}});
    }
    e.stamps = stamps;
    e.codecs = views;
    e.payload = {payload.data(), payload.size()};
    e.key = {key.data(), key.size()};
    if (fields[0] == "context") return hex(coffer::core::codec_context(e, codecs.size() - 1));
    std::string bytes(envelope_size(e), '\0');
    write_envelope(e, bytes.data());
    return hex(bytes);
  }

  static void set(Envelope& e, const std::string& name, const std::string& text) {
    const uint64_t number =
        text.starts_with('-') ? static_cast<uint64_t>(std::stoll(text)) : std::stoull(text);
    const std::map<std::string, uint32_t*> small = {{"revision", &e.revision},
                                                    {"required_revision", &e.required_revision},
                                                    {"format", &e.format},
                                                    {"format_version", &e.format_version},
                                                    {"flags", &e.flags}};
    const std::map<std::string, uint64_t*> large = {{"version", &e.version},
                                                    {"load_cost", &e.load_cost},
                                                    {"sliding", &e.sliding},
                                                    {"root", &e.root}};
    const std::map<std::string, int64_t*> instants = {{"created", &e.created},
                                                      {"fresh_until", &e.fresh_until},
                                                      {"stale_until", &e.stale_until},
                                                      {"sliding_until", &e.sliding_until}};
    if (const auto field = small.find(name); field != small.end()) {
      *field->second = static_cast<uint32_t>(number);
    } else if (const auto wide = large.find(name); wide != large.end()) {
      *wide->second = number;
    } else if (const auto instant = instants.find(name); instant != instants.end()) {
      *instant->second = static_cast<int64_t>(number);
    } else if (name == "checksum") {
      e.checksum = number != 0;
    } else {
      throw std::runtime_error("unknown field " + name);
    }
  }

  static std::string entry(const Fields& fields) {
    const std::string bytes = fields.size() > 1 ? unhex(fields[1]) : "";
    EnvelopeReader e;
    coffer_sink sink;
    const std::string key = fields.size() > 2 ? unhex(fields[2]) : "";
    const coffer_status status =
        e.read({bytes.data(), bytes.size()}, {key.data(), key.size()}, sink);
    if (status != COFFER_OK) refuse(status, sink.error->message);
    std::string out;
    const auto add = [&](const char* name, auto number) {
      if (number != 0) out += std::string(name) + "=" + std::to_string(number) + "\t";
    };
    add("revision", e->revision);
    add("required_revision", e->required_revision);
    add("format", e->format);
    add("format_version", e->format_version);
    add("flags", e->flags);
    add("version", e->version);
    add("created", e->created);
    add("fresh_until", e->fresh_until);
    add("stale_until", e->stale_until);
    add("load_cost", e->load_cost);
    add("sliding", e->sliding);
    add("sliding_until", e->sliding_until);
    add("root", e->root);
    for (const EnvelopeStamp& stamp : e->stamps) {
      out += "stamp=" + std::to_string(stamp.low) + ":" + std::to_string(stamp.high) + ":" +
             std::to_string(stamp.value) + "\t";
    }
    for (const EnvelopeCodec& codec : e->codecs) {
      out += "codec=" + std::to_string(codec.codec) + ":" +
             hex({static_cast<const char*>(codec.parameters.data), codec.parameters.size}) + "\t";
    }
    add("checksum", static_cast<int>(e->checksum));
    if (e->payload.size != 0) {
      out += "payload=" + hex({static_cast<const char*>(e->payload.data), e->payload.size}) + "\t";
    }
    return out;
  }

  coffer_runtime* runtime_ = nullptr;
  std::map<std::string, coffer_serializer_handle*> serializers_;
};

}  // namespace

int main() {
  Driver driver;
  for (std::string line; std::getline(std::cin, line);) {
    try {
      std::cout << driver.answer(split(line, '\t')) << std::endl;
    } catch (const Refusal& refusal) {
      std::cout << "!" << refusal.what() << std::endl;
    }
  }
}
