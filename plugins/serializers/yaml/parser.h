// libyaml's parser and its events.
#ifndef COFFER_PLUGINS_SERIALIZERS_YAML_PARSER_H_
#define COFFER_PLUGINS_SERIALIZERS_YAML_PARSER_H_

#include <yaml.h>

#include <new>
#include <string>
#include <utility>

#include "plugins/serializers/yaml/failure.h"

namespace coffer::yaml {

class Event {
 public:
  Event() = default;
  Event(const Event&) = delete;
  Event& operator=(const Event&) = delete;
  ~Event() { yaml_event_delete(&event_); }

  yaml_event_t* operator->() { return &event_; }
  yaml_event_t* get() { return &event_; }

 private:
  yaml_event_t event_ = {};
};

class Parser {
 public:
  explicit Parser(coffer_bytes bytes) {
    if (yaml_parser_initialize(&parser_) == 0) throw std::bad_alloc();
    yaml_parser_set_encoding(&parser_, YAML_UTF8_ENCODING);
    // No bytes may come as NULL, which libyaml ends the process for.
    const void* const data = bytes.data != nullptr ? bytes.data : "";
    yaml_parser_set_input_string(&parser_, static_cast<const unsigned char*>(data), bytes.size);
  }
  Parser(const Parser&) = delete;
  Parser& operator=(const Parser&) = delete;
  ~Parser() { yaml_parser_delete(&parser_); }

  // The next event. False and why if there is none.
  bool next(Event& event, Failure& failure) {
    if (yaml_parser_parse(&parser_, event.get()) != 0) return true;
    if (parser_.error == YAML_MEMORY_ERROR) throw std::bad_alloc();
    std::string problem = parser_.problem != nullptr ? parser_.problem : "malformed";
    if (parser_.context != nullptr) problem.append(" ").append(parser_.context);
    const bool in_bytes = parser_.error == YAML_READER_ERROR;
    failure.in_characters = !in_bytes;
    return corrupt(failure, in_bytes ? parser_.problem_offset : parser_.problem_mark.index,
                   std::move(problem));
  }

 private:
  yaml_parser_t parser_;
};

}  // namespace coffer::yaml

#endif  // COFFER_PLUGINS_SERIALIZERS_YAML_PARSER_H_
