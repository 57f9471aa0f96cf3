#include "tests/vectors/dependency_id.h"

#include <bit>
#include <charconv>
#include <cstring>
#include <stdexcept>

namespace coffer::vectors {
namespace {

using serializers::Value;

template <typename T>
T read(const std::string& bytes, size_t at) {
  T out;
  if (at + sizeof out > bytes.size()) throw std::runtime_error("an extension is too short");
  std::memcpy(&out, bytes.data() + at, sizeof out);
  return out;
}

coffer_datum with_bytes(int32_t type, const std::string& bytes) {
  coffer_datum out{};
  out.type = type;
  out.bytes = {bytes.data(), bytes.size()};
  return out;
}

coffer_datum with_number(int32_t type, int64_t number, uint32_t nanos = 0) {
  coffer_datum out{};
  out.type = type;
  out.i64 = number;
  out.nanos = nanos;
  return out;
}

coffer_datum integer(const std::string& digits) {
  const char* const end = digits.data() + digits.size();
  int64_t small = 0;
  if (std::from_chars(digits.data(), end, small).ec == std::errc())
    return with_number(COFFER_DATUM_I64, small);
  uint64_t large = 0;
  if (std::from_chars(digits.data(), end, large).ec == std::errc()) {
    return with_number(COFFER_DATUM_U64, static_cast<int64_t>(large));
  }
  return with_bytes(COFFER_DATUM_DECIMAL, digits);
}

coffer_datum extension(const Value& value) {
  const std::string& bytes = value.bytes;
  switch (value.type) {
    case COFFER_EXT_DECIMAL: return with_bytes(COFFER_DATUM_DECIMAL, bytes);
    case COFFER_EXT_UUID: return with_bytes(COFFER_DATUM_UUID, bytes);
    case COFFER_EXT_DATE: return with_number(COFFER_DATUM_DATE, read<int32_t>(bytes, 0));
    case COFFER_EXT_TIME: return with_number(COFFER_DATUM_TIME, read<int64_t>(bytes, 0));
    case COFFER_EXT_DATETIME:
      return with_number(COFFER_DATUM_DATETIME, read<int64_t>(bytes, 0), read<uint32_t>(bytes, 8));
    case COFFER_EXT_DATETIME_TZ:
      return with_number(COFFER_DATUM_INSTANT, read<int64_t>(bytes, 0), read<uint32_t>(bytes, 8));
    default: throw std::runtime_error("no value of a column");
  }
}

// Borrows the value.
coffer_datum datum_of(const Value& value) {
  switch (value.kind) {
    case Value::Kind::kNull: return with_number(COFFER_DATUM_NULL, 0);
    case Value::Kind::kBoolean:
      return with_number(COFFER_DATUM_BOOL, static_cast<int64_t>(value.bits));
    case Value::Kind::kInteger: return integer(value.bytes);
    case Value::Kind::kFloat: {
      coffer_datum out = with_number(COFFER_DATUM_F64, 0);
      out.f64 = std::bit_cast<double>(value.bits);
      return out;
    }
    case Value::Kind::kText: return with_bytes(COFFER_DATUM_TEXT, value.bytes);
    case Value::Kind::kBlob: return with_bytes(COFFER_DATUM_BYTES, value.bytes);
    case Value::Kind::kExt: return extension(value);
    default: throw std::runtime_error("no value of a column");
  }
}

coffer_bytes view(const std::string& text) { return {text.data(), text.size()}; }

}  // namespace

coffer_status rows_id(const std::string& scope, const std::string& space,
                      const std::vector<Cell>& cells, core::DependencyId& out, coffer_sink& sink) {
  core::Spaces spaces;
  std::vector<coffer_cell> terms;
  for (const Cell& cell : cells) {
    const coffer_column column{view(cell.column), cell.type, 0};
    const coffer_status declared = spaces.declare(scope, space, &column, 1, sink);
    if (declared != COFFER_OK) return declared;
    terms.push_back({view(cell.column), datum_of(cell.value)});
  }
  const coffer_cells conjunction{terms.data(), terms.size()};
  const coffer_rows rows{view(space), &conjunction, 1};
  const coffer_dependencies given{sizeof given, 0, nullptr, 0, &rows, 1};
  std::vector<core::Dependency> found;
  const coffer_status status = core::resolve_dependencies(spaces, scope, &given, found, sink);
  if (status == COFFER_OK) out = found.back().id;
  return status;
}

}  // namespace coffer::vectors
