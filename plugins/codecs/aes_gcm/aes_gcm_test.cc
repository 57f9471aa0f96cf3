#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>

#include "plugins/codecs/testing/harness.h"

COFFER_STATIC_CODEC(aes_gcm)

namespace coffer::codecs {
namespace {

const std::string kHex = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";
const std::string kBase64 = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
const std::string kOther = "ff0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";
constexpr size_t kOverhead = 28;

// A file in the test's folder.
std::string file_with(const std::string& content) {
  static int number = 0;
  const char* folder = std::getenv("TEST_TMPDIR");
  const std::string path = std::string(folder != nullptr ? folder : "/tmp") + "/key" +
                           std::to_string(getpid()) + "." + std::to_string(number++);
  std::ofstream(path, std::ios::binary) << content;
  return path;
}

std::string raw_key() {
  std::string key;
  for (int i = 0; i < 32; ++i) key += static_cast<char>(i);
  return key;
}

TEST(AesGcm, DoesNotStartWithoutAKey) {
  const Codec codec(kPlugin);
  EXPECT_EQ(codec.created().status, COFFER_INVALID_ARGUMENT);
  EXPECT_EQ(codec.created().message,
            "the option \"key\" is missing: nothing is encrypted without a key. Make one with "
            "`openssl rand -hex 32` "
            "[option=key]");
}

TEST(AesGcm, TakesAKeyInAnyForm) {
  const Codec writer(kPlugin, {{"key", kHex}});
  const Result encoded = writer.encode("value", "k");
  ASSERT_EQ(encoded.status, COFFER_OK) << encoded;
  EXPECT_EQ(encoded.bytes.size(), 5 + kOverhead);
  EXPECT_EQ(encoded.parameters.size(), 16u);  // derived
  for (const std::string& key : {kHex, kBase64, kBase64.substr(0, 43), "@" + file_with(kHex + "\n"),
                                 "@" + file_with(kBase64 + "\r\n"), "@" + file_with(raw_key())}) {
    const Codec reader(kPlugin, {{"key", key}});
    ASSERT_EQ(reader.created().status, COFFER_OK) << reader.created();
    EXPECT_EQ(reader.decode(encoded, "k").bytes, "value");
  }
}

TEST(AesGcm, RefusesWhatIsNoKeyAndDoesNotShowIt) {
  for (const std::string& wrong :
       {std::string("hunter2"), kHex + "00", kHex.substr(1), "g" + kHex.substr(1),
        kBase64.substr(0, 42) + "!=", kBase64.substr(0, 42) + "9=",
        std::string("@/no/such/secret-file"), "@" + file_with("hunter2"), "@" + file_with("")}) {
    for (const char* option : {"key", "old_keys"}) {
      conformance::OptionValues options{{"key", kHex}};
      options[option] = wrong;
      const Codec codec(kPlugin, options);
      EXPECT_EQ(codec.created().status, COFFER_INVALID_ARGUMENT);
      EXPECT_NE(codec.created().message.find(option), std::string::npos);
      EXPECT_EQ(codec.created().message.find(wrong), std::string::npos) << codec.created();
      EXPECT_EQ(codec.created().message.find("hunter2"), std::string::npos) << codec.created();
      EXPECT_TRUE(Codec(kPlugin, options).host().take_logs().empty());
    }
  }
}

TEST(AesGcm, KeysRotate) {
  const Codec before(kPlugin, {{"key", kHex}, {"key_id", "2025"}});
  const Result old = before.encode("value");
  EXPECT_EQ(old.parameters, "2025");

  const Codec after(kPlugin, {{"key", kOther}, {"key_id", "2026"}, {"old_keys", "2025:" + kHex}});
  EXPECT_EQ(after.decode(old).bytes, "value");
  const Result fresh = after.encode("value");
  EXPECT_EQ(fresh.parameters, "2026");

  const Result unknown = before.decode(fresh);
  EXPECT_EQ(unknown.status, COFFER_DENIED);
  EXPECT_EQ(unknown.message,
            "the entry is encrypted with the key 2026, which is not here; give it in old_keys "
            "[key_id=2026]");
}

TEST(AesGcm, KeysWithoutNamesAreTold) {
  const Result old = Codec(kPlugin, {{"key", kHex}}).encode("value");
  const Codec after(kPlugin, {{"key", kOther}, {"old_keys", "x:" + kOther + "," + kBase64}});
  ASSERT_EQ(after.created().status, COFFER_OK) << after.created();
  EXPECT_EQ(after.decode(old).bytes, "value");
}

TEST(AesGcm, NamesOfKeysAreChecked) {
  EXPECT_NE(Codec(kPlugin, {{"key", kHex}, {"key_id", "a b"}}).created().message.find("key_id"),
            std::string::npos);
  EXPECT_EQ(
      Codec(kPlugin, {{"key", kHex}, {"key_id", "a"}, {"old_keys", "a:" + kOther}})
          .created()
          .message,
      "the option \"old_keys\" has two keys of the id a; give each its own [option=old_keys]");
}

TEST(AesGcm, WhatIsNotAuthenticIsCorrupt) {
  const Codec codec(kPlugin, {{"key", kHex}, {"key_id", "a"}, {"old_keys", "b:" + kHex}});
  const Result encoded = codec.encode("value", "user:7");
  EXPECT_EQ(codec.decode(encoded, "user:7").bytes, "value");
  EXPECT_EQ(codec.decode(encoded, "user:8").status, COFFER_CORRUPT);
  Result other = encoded;
  other.parameters = "b";  // the same key: its name is authenticated too
  EXPECT_EQ(codec.decode(other, "user:7").status, COFFER_CORRUPT);
  const Codec impostor(kPlugin, {{"key", kOther}, {"key_id", "a"}});
  const Result decoded = impostor.decode(encoded, "user:7");
  EXPECT_EQ(decoded.status, COFFER_CORRUPT);
  EXPECT_EQ(decoded.bytes, "");
  EXPECT_NE(decoded.message.find("not authentic"), std::string::npos);
  for (const char* wrong : {"", "a b", "\xff", "123456789012345678901234567890123"}) {
    other.parameters = wrong;
    EXPECT_EQ(codec.decode(other, "user:7").message,
              "the parameters of the entry are no id of a key");
  }
}

// By the published description alone.
TEST(AesGcm, OthersCanReadIt) {
  const Result encoded =
      Codec(kPlugin, {{"key", kHex}, {"key_id", "k1"}}).encode("value", "user:7");
  const auto* bytes = reinterpret_cast<const unsigned char*>(encoded.bytes.data());
  const std::string authenticated = std::string("\x01\x02") + "k1" + "user:7", key = raw_key();
  EVP_CIPHER_CTX* context = EVP_CIPHER_CTX_new();
  unsigned char plain[5];
  int size = 0;
  EXPECT_EQ(EVP_DecryptInit_ex(context, EVP_aes_256_gcm(), nullptr,
                               reinterpret_cast<const unsigned char*>(key.data()), bytes),
            1);
  EXPECT_EQ(EVP_DecryptUpdate(context, nullptr, &size,
                              reinterpret_cast<const unsigned char*>(authenticated.data()),
                              static_cast<int>(authenticated.size())),
            1);
  EXPECT_EQ(EVP_DecryptUpdate(context, plain, &size, bytes + 12, 5), 1);
  EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_GCM_SET_TAG, 16, const_cast<unsigned char*>(bytes + 17));
  EXPECT_EQ(EVP_DecryptFinal_ex(context, plain, &size), 1);
  EVP_CIPHER_CTX_free(context);
  EXPECT_EQ(std::string(reinterpret_cast<char*>(plain), 5), "value");
}

TEST(AesGcm, ForkedProcessesDoNotShareNonces) {
  const Codec codec(kPlugin, {{"key", kHex}});
  codec.encode("warm");
  int pipes[2];
  ASSERT_EQ(pipe(pipes), 0);
  const pid_t child = fork();
  if (child == 0) {
    const std::string bytes = codec.encode("value").bytes;
    _exit(write(pipes[1], bytes.data(), 12) == 12 ? 0 : 1);
  }
  char nonce[12];
  ASSERT_EQ(read(pipes[0], nonce, 12), 12);
  EXPECT_NE(codec.encode("value").bytes.substr(0, 12), std::string(nonce, 12));
}

}  // namespace
}  // namespace coffer::codecs
