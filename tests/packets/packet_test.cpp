#include "packets/packet.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

TEST_SUITE_BEGIN("packets");

using Kind = packets::Packet::Kind;

TEST_CASE("a line is an authorisation, a message or a farewell") {
  struct Row {
    std::string line;
    Kind kind;
    std::string id;
    std::string message;
  };
  for (const Row& row : std::vector<Row>{
           {"auth ann", Kind::auth, "ann", ""},
           {"disconnect ann", Kind::disconnect, "ann", ""},
           {"ann hello", Kind::message, "ann", "hello"},
           {"ann  two  blanks ", Kind::message, "ann", " two  blanks "},
           {"ann ", Kind::message, "ann", ""},
           {"ann", Kind::message, "ann", ""},
           {"ann\r", Kind::message, "ann", ""},
           {"ann hello\r", Kind::message, "ann", "hello"},
           {"ann hello\r\r", Kind::message, "ann", "hello\r"},
           {"ann auth bob", Kind::message, "ann", "auth bob"},
           {"auth", Kind::auth, "", ""},
           {"auth ", Kind::auth, "", ""},
           {"auth ann bob", Kind::auth, "ann bob", ""},
           {"disconnect", Kind::disconnect, "", ""},
           {"", Kind::message, "", ""},
           {" hello", Kind::message, "", "hello"},
           {"ann\thello", Kind::message, "ann\thello", ""},
       }) {
    CAPTURE(row.line);
    const packets::Packet packet = packets::parse_packet(row.line);
    CHECK(packet.kind == row.kind);
    CHECK(packet.id == row.id);
    CHECK(packet.message == row.message);
  }
}

TEST_CASE("an ID that could name anything but a plain file is none") {
  for (const std::string& id : std::vector<std::string>{
           "../x", "/etc/x", "a/b", "..", ".", ".hidden", "a.b", "\xC3\xA9", "a\x01", "~x", "",
           "a b", "auth", "disconnect", "a\r", std::string("a\0b", 3), std::string(65, 'x')}) {
    CAPTURE(id);
    CHECK_FALSE(packets::is_id(id));
  }
  for (const std::string& id :
       std::vector<std::string>{"a", "-rf", "_", "A-b_9", "CON", std::string(64, 'x')}) {
    CAPTURE(id);
    CHECK(packets::is_id(id));
  }
}

TEST_SUITE_END();
