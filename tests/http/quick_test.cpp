#include "http/quick.hpp"

#include <gtest/gtest.h>

namespace {

std::optional<http::QuickRequest> read(const std::string& lines) {
    return http::read_quick("GET /tiles/a/1/2/3.mvt HTTP/1.1\r\nHost: sig.example.fr\r\n" + lines + "\r\n");
}

TEST(Quick, APlainGetIsRead) {
    const std::string head =
        "GET /tiles/a/1/2/3.mvt HTTP/1.1\r\nHost: h:8080\r\nUser-Agent: x\r\naccept-encoding: gzip, br \r\n"
        "If-None-Match: W/\"a\"\r\nConnection: keep-alive\r\nSec-Fetch-Mode: cors\r\n\r\n";
    const auto request = http::read_quick(head);
    ASSERT_TRUE(request);
    EXPECT_EQ(request->target, "/tiles/a/1/2/3.mvt");
    EXPECT_EQ(request->accept_encoding, "gzip, br");
    EXPECT_EQ(request->if_none_match, "W/\"a\"");
    EXPECT_TRUE(read(""));
    EXPECT_FALSE(read("")->accept_encoding);
    EXPECT_FALSE(read("")->authorization);
    const std::string shown =
        "GET / HTTP/1.1\r\nHost: a\r\nAuthorization: Basic YTpi\r\ncookie: carreau_session=x\r\nX-API-Key: k\r\n"
        "X-Forwarded-For: 1.2.3.4\r\nX-Forwarded-Proto: https\r\nX-Forwarded-Prefix: /sig\r\n\r\n";
    const auto known = http::read_quick(shown);
    ASSERT_TRUE(known);
    EXPECT_EQ(known->authorization, "Basic YTpi");
    EXPECT_EQ(known->cookie, "carreau_session=x");
    EXPECT_EQ(known->api_key, "k");
    EXPECT_EQ(known->forwarded_proto, "https");
    EXPECT_EQ(known->forwarded_prefix, "/sig");
    EXPECT_FALSE(known->from_trusted_proxy) << "the connection says it";
}

TEST(Quick, WhateverMayChangeTheAnswerGoesTheCommonWay) {
    for (const char* line : {"Origin: https://a.fr",
                             "Range: bytes=0-1",
                             "X-Request-Id: a",
                             "X-Remote-User: anne",
                             "Content-Length: 0",
                             "Transfer-Encoding: chunked",
                             "Expect: 100-continue",
                             "Connection: close",
                             "Upgrade: websocket",
                             "If-Match: \"a\"",
                             "If-Modified-Since: x",
                             "Host: second.fr",
                             "Accept-Encoding : gzip",
                             " folded: x",
                             "no colon",
                             "Accept-Encoding: gzip\r\nAccept-Encoding: br",
                             "Authorization: Bearer a\r\nAuthorization: Bearer b",
                             "X-API-Key: a\r\nx-api-key: b",
                             "Cookie: a=1\r\nCookie: b=2",
                             "X-Forwarded-Proto: https\r\nX-Forwarded-Proto: http",
                             "User-Agent: a\x01z"})
        EXPECT_FALSE(read(std::string(line) + "\r\n")) << line;
    for (const char* head :
         {"HEAD / HTTP/1.1\r\nHost: a\r\n\r\n", "GET / HTTP/1.0\r\nHost: a\r\n\r\n", "GET / HTTP/1.1\r\n\r\n",
          "GET http://a/ HTTP/1.1\r\nHost: a\r\n\r\n", "GET /a b HTTP/1.1\r\nHost: a\r\n\r\n",
          "GET / HTTP/1.1\r\nHost: a/b\r\n\r\n", "GET / HTTP/1.1\r\nHost: a\r\n", "get / HTTP/1.1\r\nHost: a\r\n\r\n",
          "GET / HTTP/1.1\nHost: a\n\n", ""})
        EXPECT_FALSE(http::read_quick(head)) << head;
}

}  // namespace
