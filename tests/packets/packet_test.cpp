#include "packets/packet.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

TEST_SUITE_BEGIN("packets");

using Kind = packets::Packet::Kind;

TEST_CASE("a line is an authorisation, a message, a farewell, or none of these") {
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
           {"ann\thello", Kind::bad_id, "", ""},
           {"auth", Kind::bad_id, "", ""},
           {"auth ", Kind::bad_id, "", ""},
           {"auth auth", Kind::bad_id, "", ""},
           {"auth disconnect", Kind::bad_id, "", ""},
           {"disconnect", Kind::bad_id, "", ""},
           {"auth ann bob", Kind::bad_id, "", ""},
           {"", Kind::bad_id, "", ""},
           {" hello", Kind::bad_id, "", ""},
       }) {
    CAPTURE(row.line);
    const packets::Packet packet = packets::parse_packet(row.line);
    CHECK(packet.kind == row.kind);
    if (row.kind == Kind::bad_id) continue;
    CHECK(packet.id == row.id);
    CHECK(packet.message == row.message);
  }
}

TEST_CASE("an ID that could name anything but a plain file is none") {
  for (const std::string& id :
       std::vector<std::string>{"../x", "/etc/x", "a/b", "..", ".", ".hidden", "a.b", "\xC3\xA9",
                                "a\x01", "~x", std::string("a\0b", 3), std::string(65, 'x')}) {
    CAPTURE(id);
    const std::string line = "auth " + id;
    CHECK(packets::parse_packet(line).kind == Kind::bad_id);
  }
  for (const std::string& id :
       std::vector<std::string>{"a", "-rf", "_", "A-b_9", "CON", std::string(64, 'x')}) {
    CAPTURE(id);
    const std::string line = "auth " + id;
    CHECK(packets::parse_packet(line).kind == Kind::auth);
  }
}

TEST_SUITE_END();
