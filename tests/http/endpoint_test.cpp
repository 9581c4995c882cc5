#include "http/endpoint.hpp"

#include <doctest/doctest.h>

TEST_SUITE_BEGIN("http");

TEST_CASE("a proxy is of a kind that libcurl knows") {
  for (const char* url : {"http://p:3128", "https://p", "HTTP://p", "socks4://p", "socks4a://p:1",
                          "socks5://127.0.0.1", "socks5h://me:secret@p:1080", "p:3128", "[::1]:80"})
    CHECK_MESSAGE(http::is_proxy(url), url);
  for (const char* url : {"ftp://p", "socks://p", "htp://p", "http://", "http://p:port", "a b", ""})
    CHECK_MESSAGE(!http::is_proxy(url), url);
}

TEST_SUITE_END();
