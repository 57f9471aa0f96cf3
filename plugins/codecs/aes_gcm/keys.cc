#include "plugins/codecs/aes_gcm/keys.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <memory>

namespace coffer::aes_gcm {
namespace {

using namespace codecs;

constexpr size_t kMostKeyText = 4096;  // of a file
constexpr size_t kDerivedId = 8;       // bytes of a hash

// Text of a key, wiped when it ends.
struct Secret {
  std::string text;
  Secret() = default;
  Secret(const Secret&) = delete;
  Secret& operator=(const Secret&) = delete;
  ~Secret() { OPENSSL_cleanse(text.data(), text.size()); }
};

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

bool read_hex(std::string_view text, unsigned char* out) {
  if (text.size() != 2 * kKeySize) return false;
  for (size_t i = 0; i < kKeySize; ++i) {
    const int high = hex_digit(text[2 * i]), low = hex_digit(text[2 * i + 1]);
    if (high < 0 || low < 0) return false;
    out[i] = static_cast<unsigned char>(high << 4 | low);
  }
  return true;
}

int base64_digit(char c) {
  if (c >= 'A' && c <= 'Z') return c - 'A';
  if (c >= 'a' && c <= 'z') return c - 'a' + 26;
  if (c >= '0' && c <= '9') return c - '0' + 52;
  if (c == '+' || c == '-') return 62;
  if (c == '/' || c == '_') return 63;
  return -1;
}

// Base 64 of both alphabets (RFC 4648), with padding or without.
bool read_base64(std::string_view text, unsigned char* out) {
  constexpr size_t kDigits = (kKeySize * 8 + 5) / 6;
  if (text.size() == kDigits + 1 && text.back() == '=') text.remove_suffix(1);
  if (text.size() != kDigits) return false;
  uint32_t bits = 0;
  int count = 0;
  for (const char c : text) {
    const int digit = base64_digit(c);
    if (digit < 0) return false;
    bits = bits << 6 | static_cast<uint32_t>(digit);
    count += 6;
    if (count < 8) continue;
    count -= 8;
    *out++ = static_cast<unsigned char>(bits >> count);
  }
  return (bits & ((1u << count) - 1)) == 0;
}

// "" or what is wrong. A file may hold the bytes themselves.
std::string read_file(std::string_view path, Secret& out) {
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(
      std::fopen(std::string(path).c_str(), "rb"), std::fclose);
  if (file == nullptr)
    return std::string("names a file that cannot be opened: ") + std::strerror(errno);
  std::setbuf(file.get(), nullptr);  // no copy that would not be wiped
  out.text.resize(kMostKeyText);
  const size_t size = std::fread(out.text.data(), 1, out.text.size(), file.get());
  if (std::ferror(file.get()) != 0) return "names a file that cannot be read";
  OPENSSL_cleanse(out.text.data() + size, out.text.size() - size);
  out.text.resize(size);
  return "";
}

// "" or what is wrong.
std::string read_key(std::string_view text, unsigned char* out) {
  Secret file;
  const bool from_file = text.starts_with('@');
  if (from_file) {
    if (std::string why = read_file(text.substr(1), file); !why.empty()) return why;
    if (file.text.size() == kKeySize) {
      std::memcpy(out, file.text.data(), kKeySize);
      return "";
    }
    text = file.text;
    while (text.ends_with('\n') || text.ends_with('\r')) text.remove_suffix(1);
  }
  if (read_hex(text, out) || read_base64(text, out)) return "";
  return from_file ? "names a file that holds no key: 32 bytes, 64 hexadecimal digits, or the same "
                     "in base64"
                   : "is no key: 64 hexadecimal digits, 32 bytes in base64, or @ and the path of a "
                     "file with a key";
}

// A name for a key that was given none: part of a hash, which tells keys apart and does not tell
// the key.
std::string derived_id(const unsigned char* key) {
  static constexpr char kDomain[] = "coffer.aes_gcm.key_id/1";
  unsigned char input[sizeof kDomain + kKeySize], digest[EVP_MAX_MD_SIZE];
  std::memcpy(input, kDomain, sizeof kDomain);
  std::memcpy(input + sizeof kDomain, key, kKeySize);
  EVP_Digest(input, sizeof input, digest, nullptr, EVP_sha256(), nullptr);
  OPENSSL_cleanse(input, sizeof input);
  std::string id;
  for (size_t i = 0; i < kDerivedId; ++i) {
    char digits[3];
    std::snprintf(digits, sizeof digits, "%02x", digest[i]);
    id += digits;
  }
  return id;
}

// "ID:KEY" or "KEY". "" or what is wrong.
std::string read_named_key(std::string_view text, Key& out) {
  const size_t colon = text.starts_with('@') ? text.npos : text.find(':');
  if (colon != text.npos) {
    out.id = text.substr(0, colon);
    if (!is_key_id(out.id)) return "has an id that is not 1 to 32 of A-Z a-z 0-9 . _ -";
    text.remove_prefix(colon + 1);
  }
  if (std::string why = read_key(text, out.bytes); !why.empty()) return why;
  if (out.id.empty()) out.id = derived_id(out.bytes);
  return "";
}

}  // namespace

bool is_key_id(std::string_view text) {
  return !text.empty() && text.size() <= kMostKeyId &&
         std::all_of(text.begin(), text.end(), [](char c) {
           return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
                  c == '.' || c == '_' || c == '-';
         });
}

Keys::~Keys() {
  for (Key& key : keys_) OPENSSL_cleanse(key.bytes, sizeof key.bytes);
}

coffer_status Keys::read(const coffer_host* host, const Options& options, coffer_sink* sink) {
  const std::string_view key = options.text("key"), id = options.text("key_id");
  if (key.empty()) {
    return wrong_option(
        host, sink, "key",
        "is missing: nothing is encrypted without a key. Make one with `openssl rand -hex 32`");
  }
  std::string_view old = options.text("old_keys");
  // Nothing moves later: what a vector leaves behind is not wiped.
  keys_.reserve(2 + static_cast<size_t>(std::count(old.begin(), old.end(), ',')));
  Key& writing = keys_.emplace_back();
  if (!id.empty() && !is_key_id(id)) {
    return wrong_option(host, sink, "key_id", "is not 1 to 32 of A-Z a-z 0-9 . _ -");
  }
  if (std::string why = read_key(key, writing.bytes); !why.empty())
    return wrong_option(host, sink, "key", why);
  writing.id = id.empty() ? derived_id(writing.bytes) : std::string(id);
  for (size_t number = 1; !old.empty(); ++number) {
    const size_t comma = std::min(old.find(','), old.size());
    Key& next = keys_.emplace_back();
    const std::string why = read_named_key(old.substr(0, comma), next);
    if (!why.empty())
      return wrong_option(host, sink, "old_keys", "at key " + std::to_string(number) + " " + why);
    if (find(next.id) != &next) {
      return wrong_option(host, sink, "old_keys",
                          "has two keys of the id " + next.id + "; give each its own");
    }
    old.remove_prefix(std::min(comma + 1, old.size()));
  }
  return COFFER_OK;
}

const Key* Keys::find(std::string_view id) const {
  const auto found =
      std::find_if(keys_.begin(), keys_.end(), [&](const Key& key) { return key.id == id; });
  return found == keys_.end() ? nullptr : &*found;
}

}  // namespace coffer::aes_gcm
