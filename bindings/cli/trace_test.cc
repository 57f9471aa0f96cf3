#include "bindings/cli/trace.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <zlib.h>

#include <fstream>

#include "bindings/cli/failure.h"

namespace coffer::cli {
namespace {

using testing::HasSubstr;

std::string file_with(const std::string& name, const std::string& bytes) {
  const std::string path = testing::TempDir() + "/" + name;
  std::ofstream(path, std::ios::binary) << bytes;
  return path;
}

std::string gzip_with(const std::string& name, const std::string& bytes) {
  const std::string path = testing::TempDir() + "/" + name;
  gzFile file = gzopen(path.c_str(), "wb");
  EXPECT_EQ(gzwrite(file, bytes.data(), static_cast<unsigned>(bytes.size())),
            static_cast<int>(bytes.size()));
  gzclose(file);
  return path;
}

std::string failure_of(const std::string& path) {
  try {
    read_trace(path, 0);
  } catch (const Failure& failure) {
    EXPECT_EQ(failure.exit_code, kFailed);
    return failure.what();
  }
  return "no failure";
}

void expect_sample(const Trace& trace) {
  ASSERT_EQ(trace.size(), 4u);
  EXPECT_EQ(trace.key(0), "7");
  EXPECT_EQ(trace.key(1), "18446744073709551615");
  EXPECT_EQ(trace.key(2), "7");
  EXPECT_EQ(trace.key(3), "12");
  EXPECT_EQ(trace.count_distinct(), 3u);
}

// The last line has no end, one has that of other systems, and one number has zeros before it.
constexpr char kSample[] = "7\n18446744073709551615\r\n007\n12";

TEST(Trace, Plain) { expect_sample(read_trace(file_with("plain.txt", kSample), 0)); }

TEST(Trace, Gzip) { expect_sample(read_trace(gzip_with("packed.gz", kSample), 0)); }

TEST(Trace, LimitReadsNoFurther) {
  const std::string path = file_with("limited.txt", "1\n2\nnot a key\n");
  EXPECT_EQ(read_trace(path, 2).size(), 2u);
}

TEST(Trace, LongerThanAnyBuffer) {
  std::string text;
  for (int i = 0; i < 300'000; ++i) text += std::to_string(i) + '\n';
  const Trace trace = read_trace(gzip_with("long.gz", text), 0);
  ASSERT_EQ(trace.size(), 300'000u);
  EXPECT_EQ(trace.key(299'999), "299999");
}

TEST(Trace, BadLinesAreNamed) {
  const auto bad = [](const std::string& line) {
    return failure_of(file_with("bad.txt", "1\n2\n" + line + "\n4\n"));
  };
  EXPECT_THAT(bad("12a"), HasSubstr("bad.txt:3: \"12a\" is not a key"));
  EXPECT_THAT(bad(""), HasSubstr("bad.txt:3: \"\" is not a key"));
  EXPECT_THAT(bad("-1"), HasSubstr("bad.txt:3:"));
  EXPECT_THAT(bad("18446744073709551616"), HasSubstr("bad.txt:3:"));
  EXPECT_THAT(bad(std::string("12\0", 3)), HasSubstr("\"12\\x00\""));
  EXPECT_THAT(bad(std::string(5000, '1')), HasSubstr("bad.txt:3:"));
}

TEST(Trace, FilesThatCannotBeRead) {
  EXPECT_THAT(failure_of("/nonexistent/trace"), HasSubstr("No such file or directory"));
  EXPECT_THAT(failure_of(testing::TempDir()), HasSubstr("cannot read the trace"));
  EXPECT_THAT(failure_of(file_with("empty.txt", "")), HasSubstr("has no requests"));
}

TEST(Trace, ATruncatedGzipIsNotAShortTrace) {
  const std::string whole_path = gzip_with("whole.gz", kSample);
  std::ifstream in(whole_path, std::ios::binary);
  const std::string whole{std::istreambuf_iterator<char>(in), {}};
  const std::string cut = file_with("cut.gz", whole.substr(0, whole.size() - 9));
  EXPECT_THAT(failure_of(cut), HasSubstr("the compressed file ends too early"));
}

}  // namespace
}  // namespace coffer::cli
