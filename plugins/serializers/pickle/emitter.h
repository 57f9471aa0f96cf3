// Writes single values as instructions of the pickle machine, in the protocol asked for.
#ifndef COFFER_PLUGINS_SERIALIZERS_PICKLE_EMITTER_H_
#define COFFER_PLUGINS_SERIALIZERS_PICKLE_EMITTER_H_

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

#include "coffer/plugin/serializer.h"
#include "plugins/serializers/common/output.h"
#include "plugins/serializers/pickle/memo.h"
#include "plugins/serializers/pickle/opcodes.h"
#include "plugins/serializers/pickle/options.h"

namespace coffer::pickle {

// Functions that return text return why the value cannot be written, nullptr if it was.
class Emitter {
 public:
  Emitter(const Options& options, const coffer_writer& out)
      : options_(options), protocol_(options.protocol), out_(out) {
    instruction(op::kProto);
    out_.Put(static_cast<char>(protocol_));
  }

  void instruction(op::Op instruction) { out_.Put(static_cast<char>(instruction)); }
  void integer(int64_t value);
  void unsigned_integer(uint64_t value);
  [[nodiscard]] const char* big_integer(std::string_view digits);
  void real(double value);
  void text(std::string_view utf8);
  void key(std::string_view utf8);
  [[nodiscard]] const char* blob(std::string_view bytes);
  void global(Global global);
  [[nodiscard]] const char* extension(uint32_t type, const void* data, size_t size);

  // Sets are an instruction since protocol 4, a call before.
  bool has_sets() const { return protocol_ >= 4; }

  coffer_status status() const { return out_.status(); }
  coffer_status finish() {
    instruction(op::kStop);
    return out_.finish();
  }

 private:
  // An instruction followed by a number, least byte first.
  template <typename T>
  void with_number(op::Op instruction, T number) {
    char* const to = out_.room(1 + sizeof(number));
    *to = static_cast<char>(instruction);
    std::memcpy(to + 1, &number, sizeof(number));
    out_.keep(to + 1 + sizeof(number));
  }

  void put(int place);
  void get(int place) { with_number(op::kBinGet, static_cast<uint8_t>(place)); }
  void long1(const void* bytes, uint8_t size);
  void short_bytes(const unsigned char* bytes, size_t size);
  void latin1(std::string_view bytes);
  void zone(int32_t offset);
  const char* microseconds(int32_t nanoseconds, int64_t& out) const;

  const char* decimal(const void* data, size_t size);
  const char* uuid(const void* data, size_t size);
  const char* date(const void* data, size_t size);
  const char* time(const void* data, size_t size);
  const char* datetime(const void* data, size_t size, bool zoned);
  const char* duration(const void* data, size_t size);

  const Options& options_;
  const int protocol_;
  serial::Output out_;
  Memo memo_;
};

}  // namespace coffer::pickle

#endif  // COFFER_PLUGINS_SERIALIZERS_PICKLE_EMITTER_H_
