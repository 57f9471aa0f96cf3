// Integers without bounds, as far as changing their base to ten takes.
#ifndef COFFER_PLUGINS_SERIALIZERS_YAML_BIG_DECIMAL_H_
#define COFFER_PLUGINS_SERIALIZERS_YAML_BIG_DECIMAL_H_

#include <cstdint>
#include <string>
#include <vector>

namespace coffer::yaml {

class BigDecimal {
 public:
  // Each call takes time by the size of the number.
  void multiply_add(uint64_t factor, uint64_t addend) {
    unsigned __int128 carry = addend;
    for (uint64_t& limb : limbs_) {
      carry += static_cast<unsigned __int128>(limb) * factor;
      limb = static_cast<uint64_t>(carry % kBase);
      carry /= kBase;
    }
    if (carry != 0) limbs_.push_back(static_cast<uint64_t>(carry));
  }

  // Its digits; "0" for 0.
  std::string text() const {
    if (limbs_.empty()) return "0";
    std::string out = std::to_string(limbs_.back());
    for (size_t i = limbs_.size() - 1; i-- > 0;) {
      const std::string digits = std::to_string(limbs_[i]);
      out.append(kBaseDigits - digits.size(), '0').append(digits);
    }
    return out;
  }

 private:
  static constexpr uint64_t kBase = 1'000'000'000'000'000'000;
  static constexpr size_t kBaseDigits = 18;

  std::vector<uint64_t> limbs_;  // the least first; none of them is zero at the end
};

}  // namespace coffer::yaml

#endif  // COFFER_PLUGINS_SERIALIZERS_YAML_BIG_DECIMAL_H_
