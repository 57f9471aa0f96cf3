#include "core/dependency/dnf.h"

#include <algorithm>

#include "core/dependency/encode.h"

namespace coffer::core {

Terms::Place Terms::place(uint32_t source, std::string_view column) {
  const std::pair wanted(source, column);
  const auto found = std::find(places_.begin(), places_.end(), wanted);
  const auto index = static_cast<Place>(found - places_.begin());
  if (found == places_.end()) places_.push_back(wanted);
  return index;
}

coffer_status Terms::value(const coffer_datum& datum, Value& out, coffer_sink& sink) {
  std::string form;
  const coffer_status status = encode_datum(datum, COFFER_COLUMN_ANY, form, sink);
  if (failed(status)) return status;
  // Of another type it is another value: there are columns that tell them apart.
  const auto found = std::find_if(values_.begin(), values_.end(), [&](const auto& value) {
    return value.first->type == datum.type && value.second == form;
  });
  out = static_cast<Value>(found - values_.begin());
  if (found == values_.end()) values_.emplace_back(&datum, std::move(form));
  return status;
}

bool Terms::may_be_equal(Value a, Value b) const {
  if (values_[a].second == values_[b].second) return true;
  for (int32_t type = COFFER_COLUMN_BOOL; type <= COFFER_COLUMN_UUID; ++type) {
    coffer_sink ignored;
    std::string one, other;
    if (!failed(encode_datum(datum_of(a), type, one, ignored)) &&
        !failed(encode_datum(datum_of(b), type, other, ignored)) && one == other) {
      return true;
    }
  }
  return false;
}

std::optional<Equalities> join(const Terms& terms, const Equalities& a, const Equalities& b) {
  Equalities out;
  out.reserve(a.size() + b.size());
  auto i = a.begin();
  auto j = b.begin();
  while (i != a.end() && j != b.end()) {
    if (i->first != j->first) {
      out.push_back(i->first < j->first ? *i++ : *j++);
      continue;
    }
    if (i->second != j->second && !terms.may_be_equal(i->second, j->second)) return std::nullopt;
    // Perhaps they are one value in that column, perhaps not: the weaker statement is the first
    // alone.
    out.push_back(*i++);
    ++j;
  }
  out.insert(out.end(), i, a.end());
  out.insert(out.end(), j, b.end());
  return out;
}

void Dnf::add(Equalities disjunct) {
  if (is_always()) return;
  if (disjunct.empty()) {
    any_ = {Equalities()};
  } else if (std::find(any_.begin(), any_.end(), disjunct) == any_.end()) {
    any_.push_back(std::move(disjunct));
  }
}

Dnf either(Dnf a, const Dnf& b, size_t most) {
  for (const Equalities& disjunct : b.any()) {
    a.add(disjunct);
    if (a.any().size() > most) return Dnf::always();
  }
  return a;
}

Dnf both(const Terms& terms, const Dnf& a, const Dnf& b, size_t most) {
  Dnf out;
  for (const Equalities& x : a.any()) {
    for (const Equalities& y : b.any()) {
      if (auto product = join(terms, x, y)) out.add(std::move(*product));
      // Each factor alone is implied by the product.
      if (out.any().size() > most) return a.any().size() <= b.any().size() ? a : b;
    }
  }
  return out;
}

}  // namespace coffer::core
