#include "http/address_guard.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

TEST_SUITE_BEGIN("http");

TEST_CASE("an address of this machine or a private network is not public") {
  for (const std::string& address : std::vector<std::string>{"0.0.0.0",
                                                             "0.1.2.3",
                                                             "10.0.0.1",
                                                             "10.255.255.255",
                                                             "100.64.0.1",
                                                             "100.127.255.255",
                                                             "127.0.0.1",
                                                             "127.9.9.9",
                                                             "169.254.169.254",
                                                             "172.16.0.1",
                                                             "172.31.255.255",
                                                             "192.168.1.1",
                                                             "192.0.0.8",
                                                             "192.0.2.1",
                                                             "198.18.0.1",
                                                             "198.19.255.255",
                                                             "198.51.100.7",
                                                             "203.0.113.7",
                                                             "224.0.0.1",
                                                             "239.255.255.255",
                                                             "240.0.0.1",
                                                             "255.255.255.255",
                                                             "::",
                                                             "::1",
                                                             "fc00::1",
                                                             "fdff::1",
                                                             "fe80::1",
                                                             "fec0::1",
                                                             "ff02::1",
                                                             "2001:db8::1",
                                                             "2001::1",
                                                             "::ffff:127.0.0.1",
                                                             "::ffff:10.1.2.3",
                                                             "::ffff:192.168.0.1",
                                                             "64:ff9b::7f00:1",
                                                             "64:ff9b::10.0.0.1",
                                                             "2002:7f00:1::",
                                                             "2002:a00:1::1",
                                                             "100::1",
                                                             "::127.0.0.1",
                                                             "localhost",
                                                             "",
                                                             "1.2.3",
                                                             "1.2.3.4.5"}) {
    CAPTURE(address);
    CHECK_FALSE(http::is_public(address));
  }
}

TEST_CASE("an address of the internet is public") {
  for (const std::string& address : std::vector<std::string>{"1.1.1.1",
                                                             "9.255.255.255",
                                                             "11.0.0.0",
                                                             "100.63.255.255",
                                                             "100.128.0.0",
                                                             "126.0.0.1",
                                                             "128.0.0.1",
                                                             "169.253.0.1",
                                                             "172.15.255.255",
                                                             "172.32.0.0",
                                                             "192.167.0.1",
                                                             "192.0.1.1",
                                                             "198.17.255.255",
                                                             "198.20.0.0",
                                                             "223.255.255.255",
                                                             "2606:4700::1111",
                                                             "2a00:1450::8a",
                                                             "3fff:ffff::1",
                                                             "2001:4860:4860::8888",
                                                             "::ffff:1.1.1.1",
                                                             "64:ff9b::808:808",
                                                             "2002:101:101::1"}) {
    CAPTURE(address);
    CHECK(http::is_public(address));
  }
}

TEST_SUITE_END();
