#include "plugins/serializers/yaml/layout.h"

#include <algorithm>

namespace coffer::yaml {

void Layout::new_line(unsigned column) {
  constexpr std::string_view kSpaces = "                                ";
  out_.Put('\n');
  while (column > 0) {
    const size_t n = std::min<size_t>(column, kSpaces.size());
    write(kSpaces.substr(0, n));
    column -= static_cast<unsigned>(n);
  }
  gap_ = false;
}

void Layout::gap() {
  if (gap_) out_.Put(' ');
  gap_ = false;
}

void Layout::indicator(char c) {
  out_.Put(c);
  for (unsigned i = 1; i < indent_; ++i) out_.Put(' ');
  gap_ = false;
}

void Layout::open() {
  Frame& frame = top();
  frame.began = true;
  if (frame.flow) {
    gap();
    write(frame.kind == kSet ? "!!set {" : frame.kind == kMap ? "{" : "[");
    return;
  }
  // After a dash the first item follows at once; after a key or a tag it goes to the next line.
  frame.inline_ = !gap_;
  if (frame.kind != kSet) return;
  gap();
  write("!!set");
  frame.inline_ = false;
}

void Layout::flow_item(Frame& frame, bool simple) {
  if (frame.kind == kMap && !frame.key_next) return write(frame.simple ? ": " : " : ");
  if (!frame.inline_) write(", ");  // inline_: nothing was written yet
  frame.inline_ = false;
  frame.simple = simple;
  if (frame.kind != kList && !simple) write("? ");
}

void Layout::block_item(Frame& frame, bool simple) {
  if (frame.kind == kMap && !frame.key_next) {
    if (frame.simple) {
      out_.Put(':');
      gap_ = true;
    } else {
      new_line(frame.column);
      indicator(':');
    }
    return;
  }
  if (!frame.inline_) new_line(frame.column);
  frame.inline_ = false;
  gap_ = false;
  frame.simple = simple;
  if (frame.kind == kList) return indicator('-');
  if (frame.kind == kSet || !simple) indicator('?');
}

void Layout::item(bool simple) {
  if (depth_ == 0) return;
  Frame& frame = top();
  if (!frame.began) {
    open();
    if (frame.flow) frame.inline_ = true;
  }
  frame.flow ? flow_item(frame, simple) : block_item(frame, simple);
}

void Layout::begin_scalar(size_t size) {
  item(size <= kMostSimpleKey);
  gap();
}

void Layout::literal_line() { new_line(depth_ > 0 ? child_column() : indent_); }

void Layout::begin(Kind kind) {
  item(false);
  const bool in_flow = flow() || depth_ >= kMostBlocks;
  const auto column = static_cast<uint16_t>(in_flow ? 0 : child_column());
  frames_[depth_++] = {kind, in_flow, kind != kList, false, false, false, column};
}

void Layout::end() {
  const Frame& frame = top();
  if (!frame.began) {
    gap();
    write(frame.kind == kSet ? "!!set {}" : frame.kind == kMap ? "{}" : "[]");
  } else if (frame.flow) {
    out_.Put(frame.kind == kList ? ']' : '}');
  }
  --depth_;
  passed();
}

void Layout::passed() {
  if (depth_ == 0) {
    done_ = true;
  } else if (top().kind == kMap) {
    top().key_next = !top().key_next;
  }
}

}  // namespace coffer::yaml
