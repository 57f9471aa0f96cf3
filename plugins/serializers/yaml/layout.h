// Where things stand on the page: indentation, dashes, keys and brackets around values that
// others write.
#ifndef COFFER_PLUGINS_SERIALIZERS_YAML_LAYOUT_H_
#define COFFER_PLUGINS_SERIALIZERS_YAML_LAYOUT_H_

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "plugins/serializers/common/output.h"
#include "plugins/serializers/yaml/loader.h"

namespace coffer::yaml {

class Layout {
 public:
  enum Kind : uint8_t { kList, kSet, kMap };

  // `indent` 0: all in flow style.
  Layout(serial::Output& out, unsigned indent) : out_(out), indent_(indent) {}

  // ---- What comes next

  // The value to come is a key, or a member of a set.
  bool key_next() const { return depth_ > 0 && top().key_next; }
  bool flow() const { return depth_ > 0 ? top().flow : indent_ == 0; }
  bool full() const { return depth_ == kMostDepth; }
  // Whether the events so far, with this one, can be one value.
  bool may_begin() const { return depth_ > 0 || !done_; }
  bool may_end(bool map) const {
    return depth_ > 0 && (top().kind == kMap) == map && (!map || top().key_next);
  }
  bool complete() const { return done_; }

  // ---- Values

  // Brings the line to where a scalar of about this size goes; after it has been written,
  // end_scalar().
  void begin_scalar(size_t size);
  void end_scalar() { passed(); }
  // A new line of a literal block, at its column.
  void literal_line();

  void begin(Kind kind);
  void end();

 private:
  struct Frame {
    Kind kind;
    bool flow;
    bool key_next;
    bool began;    // has been written, with its first item
    bool inline_;  // the next item goes on the present line
    bool simple;   // the key was one without '?'
    uint16_t column;
  };

  // Keys up to that many bytes, escaped or not, stay within the 1024 characters in which a colon
  // must follow.
  static constexpr size_t kMostSimpleKey = 128;
  // Deeper than this everything is in flow style: so indentation never outgrows what it indents.
  static constexpr size_t kMostBlocks = 32;

  Frame& top() { return frames_[depth_ - 1]; }
  const Frame& top() const { return frames_[depth_ - 1]; }
  unsigned child_column() const { return depth_ > 0 ? top().column + indent_ : 0; }

  void write(std::string_view text) { out_.write(text.data(), text.size()); }
  void new_line(unsigned column);
  // The space between what has been written and a value on the same line.
  void gap();
  // An indicator and spaces up to the column of what it leads.
  void indicator(char c);
  // The collection on top has an item: its bracket or its place is written.
  void open();
  // The beginning of an item of the collection on top.
  void item(bool simple);
  void flow_item(Frame& frame, bool simple);
  void block_item(Frame& frame, bool simple);
  // A value is complete.
  void passed();

  serial::Output& out_;
  const unsigned indent_;
  bool gap_ = false;
  bool done_ = false;
  size_t depth_ = 0;
  Frame frames_[kMostDepth];
};

}  // namespace coffer::yaml

#endif  // COFFER_PLUGINS_SERIALIZERS_YAML_LAYOUT_H_
