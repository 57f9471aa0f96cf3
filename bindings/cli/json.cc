#include "bindings/cli/json.h"

#include <charconv>
#include <cmath>

#include "bindings/cli/ext.h"
#include "bindings/cli/format.h"

namespace coffer::cli {
namespace {

using Kind = Tree::Kind;

std::string quote(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    switch (c) {
      case '"':
      case '\\': out += {'\\', c}; break;
      case '\n': out += "\\n"; break;
      case '\r': out += "\\r"; break;
      case '\t': out += "\\t"; break;
      default:
        if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) {
          out += format("\\u%04x", static_cast<unsigned>(c));
        } else {
          out += c;
        }
    }
  }
  return out + '"';
}

std::string base64(std::string_view bytes) {
  static constexpr char kDigits[] =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  for (size_t i = 0; i < bytes.size(); i += 3) {
    const size_t n = std::min<size_t>(3, bytes.size() - i);
    uint32_t group = 0;
    for (size_t j = 0; j < 3; ++j) {
      group = group << 8 | (j < n ? static_cast<unsigned char>(bytes[i + j]) : 0u);
    }
    for (size_t j = 0; j < 4; ++j) out += j <= n ? kDigits[group >> (18 - 6 * j) & 63] : '=';
  }
  return out;
}

// The shortest digits that read back as the same number, with a mark that it is no integer.
std::string real_text(double value) {
  if (std::isnan(value)) return "NaN";
  if (std::isinf(value)) return value > 0 ? "Infinity" : "-Infinity";
  char digits[32];
  const auto end = std::to_chars(digits, digits + sizeof(digits), value).ptr;
  std::string out(digits, end);
  if (out.find_first_of(".e") == std::string::npos) out += ".0";
  return out;
}

class Writer {
 public:
  explicit Writer(bool pretty) : pretty_(pretty) {}

  void write(const Tree& tree) {
    switch (tree.kind) {
      case Kind::kText: out += quote(tree.bytes); break;
      case Kind::kBlob: out += "{\"base64\": \"" + base64(tree.bytes) + "\"}"; break;
      case Kind::kExt: write_ext(tree); break;
      case Kind::kFloat:
        out += std::isfinite(tree.floating) ? real_text(tree.floating)
                                            : quote(real_text(tree.floating));
        break;
      case Kind::kList: write_items(tree, '[', ']'); break;
      case Kind::kMap: write_items(tree, '{', '}'); break;
      default: out += plain_text(tree);
    }
  }

  std::string out;

 private:
  void write_ext(const Tree& tree) {
    const auto type = static_cast<uint32_t>(tree.number);
    if (const auto text = ext_text(type, tree.bytes)) {
      out += quote(*text);
    } else {
      out += format("{\"ext\": %u, \"base64\": \"", type) + base64(tree.bytes) + "\"}";
    }
  }

  void write_key(const Tree& key) {
    if (key.kind == Kind::kText) {
      out += quote(key.bytes);
    } else {
      const std::string json = to_json(key);
      out += json.front() == '"' ? json : quote(json);
    }
    out += ": ";
  }

  void write_items(const Tree& tree, char begin, char end) {
    const bool map = tree.kind == Kind::kMap;
    out += begin;
    ++depth_;
    for (size_t i = 0; i < tree.items.size(); ++i) {
      if (i > 0) out += pretty_ ? "," : ", ";
      new_line();
      if (map) write_key(tree.items[i++]);
      write(tree.items[i]);
    }
    --depth_;
    if (!tree.items.empty()) new_line();
    out += end;
  }

  void new_line() {
    if (pretty_) out += '\n' + std::string(2 * depth_, ' ');
  }

  const bool pretty_;
  size_t depth_ = 0;
};

}  // namespace

std::string plain_text(const Tree& tree) {
  switch (tree.kind) {
    case Kind::kNull: return "null";
    case Kind::kBool: return tree.number != 0 ? "true" : "false";
    case Kind::kInt: return std::to_string(tree.number);
    case Kind::kUnsigned: return std::to_string(static_cast<uint64_t>(tree.number));
    case Kind::kFloat: return real_text(tree.floating);
    case Kind::kBigInt: return tree.bytes;
    case Kind::kText:
    case Kind::kBlob: return printable(tree.bytes);
    case Kind::kList: {
      std::string out;
      for (const Tree& item : tree.items) out += (out.empty() ? "" : " ") + plain_text(item);
      return out;
    }
    default: return to_json(tree);
  }
}

std::string to_json(const Tree& tree) {
  Writer writer(false);
  writer.write(tree);
  return std::move(writer.out);
}

std::string to_pretty_json(const Tree& tree) {
  Writer writer(true);
  writer.write(tree);
  return std::move(writer.out) + '\n';
}

}  // namespace coffer::cli
