// Nothing but values: every global off the list, every call that no pickler writes, and what is not
// in the bytes at all is refused by name, and nothing is run.
#include <gtest/gtest.h>

#include "plugins/serializers/pickle/testing.h"

namespace coffer::pickle {
namespace {

using namespace coffer::serializers;

void unsupported(const std::string& bytes, size_t offset, std::string_view message) {
  const Decoded decoded = Serializer(kPickle).decode(bytes);
  EXPECT_EQ(decoded.status, COFFER_UNSUPPORTED) << testing::PrintToString(bytes) << decoded;
  EXPECT_EQ(decoded.problem, "");
  EXPECT_EQ(decoded.detail("offset"), std::to_string(offset)) << decoded;
  EXPECT_NE(decoded.message.find(message), std::string::npos) << decoded;
}

void corrupt(const std::string& bytes, size_t offset, std::string_view message) {
  const Decoded decoded = Serializer(kPickle).decode(bytes);
  EXPECT_EQ(decoded.status, COFFER_CORRUPT) << testing::PrintToString(bytes) << decoded;
  EXPECT_EQ(decoded.problem, "");
  EXPECT_EQ(decoded.detail("offset"), std::to_string(offset)) << decoded;
  EXPECT_NE(decoded.message.find(message), std::string::npos) << decoded;
}

TEST(Globals, OsSystem) {
  const Serializer pickle(kPickle);
  const Decoded decoded =
      pickle.decode(raw("\x80\x02](K\x01K\x02K\x03"
                        "cos\nsystem\n\x8c\x04true\x85Re."));
  EXPECT_EQ(decoded.status, COFFER_UNSUPPORTED);
  EXPECT_EQ(decoded.message,
            "global 'os.system' at offset 10 is not a value type; only plain data is read, so "
            "store numbers, text, lists, "
            "dicts, dates and the like instead of objects");
  EXPECT_EQ(decoded.detail("global"), "os.system");
  EXPECT_EQ(decoded.detail("offset"), "10");
}

TEST(Globals, AreRefusedHoweverTheyAreNamed) {
  unsupported("cposix\nsystem\n.", 0, "'posix.system'");
  unsupported("(S'id'\nios\nsystem\n.", 7, "'os.system'");
  unsupported("(cos\nsystem\nS'id'\no.", 1, "'os.system'");
  unsupported("\x8c\x02os\x8c\x06system\x93)R.", 12, "'os.system'");
  // Out of the memo.
  unsupported("\x8c\x02os\x94\x8c\x06system\x94" + raw("h\0h\x01\x93)R."), 18, "'os.system'");
  // Near misses of names on the list, and ways through them.
  unsupported("cbuiltins\neval\n.", 0, "'builtins.eval'");
  unsupported("cbuiltins\ngetattr\n.", 0, "'builtins.getattr'");
  unsupported("c__builtin__\nset.__class__\n.", 0, "'__builtin__.set.__class__'");
  unsupported("cdatetime\ndatetime.strptime\n.", 0, "'datetime.datetime.strptime'");
  unsupported("cdatetime\ndatetime.__subclasses__\n.", 0, "'datetime.datetime.__subclasses__'");
  unsupported("cuuid\nos.system\n.", 0, "'uuid.os.system'");
  unsupported("cdatetime\nDate\n.", 0, "'datetime.Date'");
  unsupported("cdatetime \ndate\n.", 0, "'datetime .date'");
  unsupported(raw("cdatetime\0x\ndate\n."), 0, "'datetime?x.date'");
  unsupported("c\n\n.", 0, "'.'");
  unsupported("cbuiltins\ncomplex\n.", 0, "'builtins.complex'");
  unsupported("ccopyreg\n__newobj__\n.", 0, "'copyreg.__newobj__'");
  unsupported("ccopy_reg\nadd_extension\n.", 0, "'copy_reg.add_extension'");
  unsupported("ccollections\ndefaultdict\n.", 0, "'collections.defaultdict'");
  unsupported("c" + std::string(1'000, 'm') + "\n\x1b[31mname\n.", 0, "mmm....?[31mname'");
  unsupported("cm\n\xff\n.", 0, "'m....'");
}

TEST(Globals, AreNoValues) {
  unsupported("](cdatetime\ndate\ne.", 2, "the type datetime.date at offset 2 is not a value");
  unsupported("cdatetime\ntimezone.utc\n.", 0, "a time zone by itself");
  unsupported(raw("cdatetime\ntimezone\ncdatetime\ntimedelta\nK\0K\x3cK\0\x87R\x85R."), 48,
              "a time zone by itself");
}

TEST(Globals, CannotBeCalledFreely) {
  corrupt("c_codecs\nencode\n\x8c\x02id\x8c\x05utf-8\x86R.", 28,
          "_codecs.encode is called with arguments");
  corrupt("c_codecs\nencode\n\x8c\x02id\x8c\x03rot\x86R.", 26, "_codecs.encode");
  corrupt("c_codecs\nencode\nC\x02idX\x06" + raw("\0\0\0latin1\x86R."), 32, "_codecs.encode");
  corrupt("ccopy_reg\n_reconstructor\n(cdatetime\ndate\nc__builtin__\nobject\nNtR.", 63,
          "copyreg._reconstructor");
  corrupt("ccopy_reg\n_reconstructor\n(ccopy_reg\n_reconstructor\nc__builtin__\nobject\nNtR.", 73,
          "copyreg._reconstructor");
  corrupt("cdatetime\ndate\n)\x81.", 16, "datetime.date is called");
  corrupt("cuuid\nUUID\n)R.", 12, "uuid.UUID is called");
  corrupt("cuuid\nUUID\n(S'00'\nt\x81.", 19, "uuid.UUID is called");
  corrupt(
      "cdecimal\nDecimal\n\x8c\x03"
      "1_0\x85R.",
      23, "decimal.Decimal is called");
  corrupt("cdecimal\nDecimal\nK\x01\x85R.", 20, "decimal.Decimal is called");
  corrupt("cbuiltins\nset\nK\x01\x85R.", 17, "builtins.set is called");
  corrupt("cbuiltins\nset\n\x8c\x01x\x85R.", 18, "builtins.set is called");
  corrupt("cbuiltins\nbytearray\nK\x01\x85R.", 23,
          "builtins.bytearray is called");  // a length lie of its own
  corrupt("cbuiltins\nbytes\nK\x01\x85R.", 19, "builtins.bytes is called");
  corrupt("cbuiltins\nobject\n)R.", 18, "builtins.object is called");
  corrupt("cdatetime\ntimezone.utc\n)R.", 24, "a call of what cannot be called");
  corrupt("\x8c\x02id)R.", 5, "a call of what cannot be called");
  corrupt("cdatetime\ndate\n]R.", 16, "arguments that are not a tuple");
  corrupt("cdatetime\ndate\nNb.", 16, "a state for what has none");
  corrupt("]}b.", 2, "a state for what has none");
}

TEST(Globals, ValuesThatAreNone) {
  const auto date = [](std::string_view bytes) {
    return "cdatetime\ndate\nC\x04" + std::string(bytes) + "\x85R.";
  };
  for (const std::string& bytes :
       {raw("\0\0\x01\x01"), raw("\x27\x10\x01\x01"), raw("\x07\xe8\0\x01"),
        raw("\x07\xe8\x0d\x01"), raw("\x07\xe8\x01\0"), raw("\x07\xe8\x01\x20"),
        raw("\x07\xe7\x02\x1d"), raw("\x07\xe8\x04\x1f")}) {
    corrupt(date(bytes), 22, "datetime.date is called");
  }
  EXPECT_TRUE(Serializer(kPickle).decode(date("\x07\xe8\x02\x1d")).ok());
  for (const std::string& bytes : {raw("\x18\0\0\0\0\0"), raw("\0\x3c\0\0\0\0"),
                                   raw("\0\0\x3c\0\0\0"), raw("\0\0\0\x0f\x42\x40")}) {
    corrupt("cdatetime\ntime\nC\x06" + bytes + "\x85R.", 24, "datetime.time is called");
  }
  corrupt(raw("cdatetime\ntimedelta\nK\0J\x80\x51\x01\0K\0\x87R."), 30,
          "datetime.timedelta is called");
  corrupt(raw("cdatetime\ntimedelta\nJ\0\xca\x9a\x3bK\0K\0\x87R."), 30,
          "datetime.timedelta is called");
  corrupt(raw("cdatetime\ntimezone\ncdatetime\ntimedelta\nK\x01K\0K\0\x87R\x85R."), 48,
          "datetime.timezone is called");
  unsupported(raw("cdatetime\ntimezone\ncdatetime\ntimedelta\nK\0K\0K\x01\x87R\x85R."), 48,
              "parts of a second");
  corrupt("cuuid\nUUID\n)\x81.", 12, "never given its number");
  corrupt("cuuid\nUUID\n)\x81}\x8c\x03intJ\xff\xff\xff\xffsb.", 25, "128 bits");
  corrupt("cuuid\nUUID\n)\x81}\x8c\x03int\x8a\x11" + std::string(16, '\0') + "\x01sb.", 39,
          "128 bits");
  corrupt("cuuid\nUUID\n)\x81}b.", 14, "128 bits");
}

TEST(Outside, WhatIsNotInTheBytes) {
  unsupported("Pid\n.", 0, "a persistent id");
  unsupported("NQ.", 1, "a persistent id");
  unsupported(raw("\x82\x01."), 0, "an extension code");
  unsupported(raw("\x83\x01\0."), 0, "an extension code");
  unsupported(raw("\x84\x01\0\0\0."), 0, "an extension code");
  unsupported("\x97.", 0, "an out-of-band buffer");
  unsupported("\x97\x98.", 0, "an out-of-band buffer");
  unsupported("cuuid\nUUID\n)}\x92.", 13, "keyword arguments");
  unsupported("\x80\x06N.", 0, "protocol 6 at offset 0 is not known");
}

TEST(Recursive, ValuesThatContainThemselves) {
  unsupported(raw("]q\0h\0a."), 0, "a list at offset 0 contains itself");
  unsupported(raw("}q\0K\x01h\0s."), 0, "a dict at offset 0 contains itself");
  unsupported(raw("](]q\0h\0ae."), 2, "a list at offset 2 contains itself");
  unsupported(raw("](]q\0]h\0aah\0e."), 2, "a list at offset 2 contains itself");
  // By way of a tuple, as Python writes it: t = ([t],).
  unsupported(raw("]q\0(h\0tq\x01"
                  "ah\x01"
                  "0."),
              0, "contains itself");
  unsupported(raw("ccollections\nOrderedDict\n)Rq\0K\x01h\0s."), 26,
              "a dict at offset 26 contains itself");
  // Shared, but not in itself.
  EXPECT_TRUE(Serializer(kPickle).decode(raw("](]q\0h\0h\0\x85h\0e.")).ok());
}

TEST(Unhashable, WherePythonHashes) {
  corrupt("}]Ns.", 1, "a list as a key or in a set");
  corrupt("}(]tNs.", 2, "a list as a key or in a set");
  corrupt("\x8f(}\x90.", 2, "a dict as a key or in a set");
  corrupt("(\x8f\x91.", 1, "a set as a key or in a set");
  corrupt("cbuiltins\nset\n](]e\x85R.", 16, "a list as a key or in a set");
  EXPECT_TRUE(Serializer(kPickle).decode("}((\x91t]s.").ok());
}

}  // namespace
}  // namespace coffer::pickle
