// JSON text writes a character beyond U+FFFF as two escapes, the halves of a surrogate pair
// ("\ud83d\ude00"), which libyaml refuses one by one. In YAML the same character is one escape
// ("\U0001f600"); here the first becomes the second.
#ifndef COFFER_PLUGINS_SERIALIZERS_YAML_SURROGATES_H_
#define COFFER_PLUGINS_SERIALIZERS_YAML_SURROGATES_H_

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "plugins/serializers/yaml/failure.h"

namespace coffer::yaml {

class Surrogates {
 public:
  // `text` is UTF-8 and outlives this. False and why if there is half a pair between double quotes.
  bool join(std::string_view text, Failure& failure);

  // The text with its pairs joined: `text` itself if it has none.
  std::string_view text() const { return text_; }
  // Where a byte of text() is in the text that was given.
  size_t original_offset(size_t offset) const;

 private:
  struct Range {
    size_t begin, end;
  };

  // What stands between double quotes, which libyaml alone can tell.
  static std::vector<Range> double_quoted(std::string_view text);
  bool join_within(std::string_view text, Range range, Failure& failure);

  std::string_view text_;
  std::string joined_;
  size_t copied_ = 0;           // bytes of the text that are in joined_
  std::vector<size_t> joints_;  // ends of the pairs in joined_
};

}  // namespace coffer::yaml

#endif  // COFFER_PLUGINS_SERIALIZERS_YAML_SURROGATES_H_
