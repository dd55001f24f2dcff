#include "server_fixture.hpp"

namespace {

constexpr const char* health = "GET /health HTTP/1.1\r\nHost: a\r\n\r\n";

struct Refused {
    const char* why;
    std::string bytes;
    int status;
};

std::string with_header(const std::string& line) {
    return "GET /health HTTP/1.1\r\nHost: a\r\n" + line + "\r\n\r\n";
}
std::string with_target(const std::string& target) {
    return "GET " + target + " HTTP/1.1\r\nHost: a\r\n\r\n";
}
std::string post_with(const std::string& lines, const std::string& body) {
    return "POST /count HTTP/1.1\r\nHost: a\r\n" + lines + "\r\n\r\n" + body;
}

std::string many_fields(int count) {
    std::string lines;
    for (int i = 0; i < count; ++i) lines += "X-" + std::to_string(i) + ": 1\r\n";
    return "GET /health HTTP/1.1\r\nHost: a\r\n" + lines + "\r\n";
}

}  // namespace

using RefusalTest = ServerTest;

TEST_F(RefusalTest, MalformedRequestsGetTheirStatusAndTheConnectionCloses) {
    start();
    const std::string nul("GET /health HTTP/1.1\r\nHost: a\r\nX: a\0b\r\n\r\n", 41);
    const std::vector<Refused> table{
        {"unknown transfer coding", post_with("Transfer-Encoding: gzip", ""), 400},
        {"unknown transfer coding beside a length", post_with("Transfer-Encoding: foo\r\nContent-Length: 3", "abc"),
         400},
        {"chunked not last", post_with("Transfer-Encoding: chunked, identity", "0\r\n\r\n"), 400},
        {"list of codings", post_with("Transfer-Encoding: gzip, chunked", "0\r\n\r\n"), 400},
        {"two codings", post_with("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked", "0\r\n\r\n"), 400},
        {"chunked with a tail", post_with("Transfer-Encoding: chunked;q=1", "0\r\n\r\n"), 400},
        {"coding and length", post_with("Transfer-Encoding: chunked\r\nContent-Length: 5", "0\r\n\r\n"), 400},
        {"length and coding", post_with("Content-Length: 5\r\nTransfer-Encoding: chunked", "0\r\n\r\n"), 400},
        {"coding in HTTP/1.0", "POST /count HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400},
        {"two lengths", post_with("Content-Length: 3\r\nContent-Length: 4", "abcd"), 400},
        {"two equal lengths", post_with("Content-Length: 3\r\nContent-Length: 3", "abc"), 400},
        {"list of lengths", post_with("Content-Length: 3, 3", "abc"), 400},
        {"signed length", post_with("Content-Length: +3", "abc"), 400},
        {"negative length", post_with("Content-Length: -1", ""), 400},
        {"hexadecimal length", post_with("Content-Length: 0x3", "abc"), 400},
        {"empty length", post_with("Content-Length:", ""), 400},
        {"huge length", post_with("Content-Length: 99999999999999999999", ""), 400},
        {"no Host", "GET /health HTTP/1.1\r\n\r\n", 400},
        {"two Hosts", "GET /health HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400},
        {"empty Host", "GET /health HTTP/1.1\r\nHost:\r\n\r\n", 400},
        {"Host with a path", "GET /health HTTP/1.1\r\nHost: a/b\r\n\r\n", 400},
        {"Host with user", "GET /health HTTP/1.1\r\nHost: u@a\r\n\r\n", 400},
        {"Host with a bad port", "GET /health HTTP/1.1\r\nHost: a:70000\r\n\r\n", 400},
        {"Host with a space", "GET /health HTTP/1.1\r\nHost: a b\r\n\r\n", 400},
        {"folded line", with_header("X: a\r\n b"), 400},
        {"folded by tab", with_header("X: a\r\n\tb"), 400},
        {"fold as first line", "GET /health HTTP/1.1\r\n Host: a\r\n\r\n", 400},
        {"space before colon", with_header("X : a"), 400},
        {"no colon", with_header("garbage"), 400},
        {"empty name", with_header(": a"), 400},
        {"name with a bracket", with_header("X(y): a"), 400},
        {"NUL in a header", nul, 400},
        {"control in a header", with_header("X: a\x01z"), 400},
        {"bare LF", "GET /health HTTP/1.1\nHost: a\n\n", 400},
        {"bare CR", with_header("X: a\rb"), 400},
        {"high byte in target", with_target("/h\xC3\xA9"), 400},
        {"control in target", with_target("/h\x01"), 400},
        {"tab in target", with_target("/h\ti"), 400},
        {"delete in target", with_target("/h\x7F"), 400},
        {"space in target", with_target("/h i"), 400},
        {"absolute target", with_target("http://a/health"), 400},
        {"authority target", with_target("a:80"), 400},
        {"asterisk with GET", with_target("*"), 400},
        {"fragment", with_target("/health#a"), 400},
        {"relative target", with_target("health"), 400},
        {"broken escape", with_target("/%zz"), 400},
        {"cut escape", with_target("/%2"), 400},
        {"broken escape in the query", with_target("/health?a=%g1"), 400},
        {"decoded NUL", with_target("/a%00b"), 400},
        {"decoded NUL in the query", with_target("/health?a=%00"), 400},
        {"not UTF-8", with_target("/%C3%28"), 400},
        {"overlong UTF-8", with_target("/%C0%AF"), 400},
        {"surrogate", with_target("/%ED%A0%80"), 400},
        {"not UTF-8 in the query", with_target("/health?a=%FF"), 400},
        {"climbs out", with_target("/../etc/passwd"), 400},
        {"climbs out encoded", with_target("/%2e%2e/etc/passwd"), 400},
        {"climbs out deeper", with_target("/a/../../etc"), 400},
        {"dots behind an encoded slash", with_target("/items/..%2f..%2fetc"), 400},
        {"two spaces in the request line", "GET  /health HTTP/1.1\r\nHost: a\r\n\r\n", 400},
        {"no version", "GET /health\r\nHost: a\r\n\r\n", 400},
        {"strange version", "GET /health HTTX/1.1\r\nHost: a\r\n\r\n", 400},
        {"HTTP/2 preface", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505},
        {"version 1.2", "GET /health HTTP/1.2\r\nHost: a\r\n\r\n", 505},
        {"TLS hello", std::string("\x16\x03\x01\x02\x00\x01", 6), 400},
        {"unknown method", "BREW /health HTTP/1.1\r\nHost: a\r\n\r\n", 501},
        {"lower-case method", "get /health HTTP/1.1\r\nHost: a\r\n\r\n", 501},
        {"CONNECT", "CONNECT a:80 HTTP/1.1\r\nHost: a\r\n\r\n", 400},
        {"TRACE", "TRACE /health HTTP/1.1\r\nHost: a\r\n\r\n", 501},
        {"other expectation", post_with("Expect: 200-ok\r\nContent-Length: 3", "abc"), 417},
        {"101 fields", many_fields(101), 431},
        {"header too large", with_header("X: " + std::string(9000, 'a')), 431},
        {"endless header", "GET /health HTTP/1.1\r\nX: " + std::string(20'000, 'a'), 431},
        {"target too long", with_target("/" + std::string(8000, 'a')), 414},
        {"endless target", "GET /" + std::string(20'000, 'a'), 414},
        {"bad chunk size", post_with("Transfer-Encoding: chunked", "zz\r\nabc\r\n0\r\n\r\n"), 400},
        {"huge chunk size", post_with("Transfer-Encoding: chunked", "fffffffffffffffff\r\nabc\r\n0\r\n\r\n"), 400},
        {"chunk without its end", post_with("Transfer-Encoding: chunked", "3\r\nabcXX0\r\n\r\n"), 400},
        {"chunk with bare LF", post_with("Transfer-Encoding: chunked", "3\nabc\n0\n\n"), 400},
        {"endless chunk extension", post_with("Transfer-Encoding: chunked", "3;" + std::string(20'000, 'a')), 400},
    };
    for (const Refused& refused : table) {
        SCOPED_TRACE(refused.why);
        RawClient client(port());
        client.send(refused.bytes);
        const RawAnswer answer = client.read_answer();
        EXPECT_EQ(answer.status, refused.status);
        EXPECT_EQ(answer.header("Connection"), "close");
        EXPECT_EQ(answer.header("Content-Type"), "application/problem+json");
        EXPECT_EQ(answer.header("Access-Control-Allow-Origin"), "*");
        EXPECT_TRUE(answer.has("X-Request-Id"));
        EXPECT_TRUE(answer.whole);
        expect_alive();
    }
    EXPECT_EQ(counted, 0);
}

TEST_F(RefusalTest, WhatIsUnusualButRightIsServed) {
    start();
    const std::vector<std::string> table{
        "\r\nGET /health HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET /health HTTP/1.0\r\n\r\n",
        "GET /health HTTP/1.1\r\nhOsT:    a:8080   \r\n\r\n",
        "GET /health HTTP/1.1\r\nHost: [::1]:80\r\n\r\n",
        "GET /health HTTP/1.1\r\nHost: a\r\nX-Empty:\r\n\r\n",
        "GET /health HTTP/1.1\r\nHost: a\r\nUser-Agent: Andr\xE9\r\n\r\n",
        "GET /health/ HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET /a/../health HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET /./health HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET /%68ealth HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET /health?filter=a%3D1&&b HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET /health HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nhi",
        many_fields(99),
        with_target("/health?" + std::string(7990, 'a')),
        with_header("X: " + std::string(8100, 'a')),
    };
    for (const std::string& sent : table) {
        SCOPED_TRACE(sent.substr(0, 80));
        EXPECT_EQ(exchange(port(), sent).status, 200);
    }
}

TEST_F(RefusalTest, ASmuggledSecondRequestIsNeverExecuted) {
    start();
    const std::string hidden = "POST /count HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n";
    const std::string length = std::to_string(hidden.size() + 5);
    const std::vector<std::string> fronts{
        "POST /hello HTTP/1.1\r\nHost: a\r\nContent-Length: " + length +
            "\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip\r\n\r\n",
        "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked, identity\r\n\r\n",
        "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding:\vchunked\r\n\r\n",
        "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding : chunked\r\n\r\n0\r\n\r\n",
        "POST /echo HTTP/1.1\r\nHost: a\r\nX: y\r\n Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\nContent-Length: 50\r\n\r\n",
        "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 00x\r\n\r\n",
        "GET /hello HTTP/1.1\r\nX: y\r\n\r\n",
        "GET /hello HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
        "GET http://a/hello HTTP/1.1\r\nHost: b\r\n\r\n",
        "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1\nZ\n0\n\n",
        "POST /nowhere HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc",
        "GET /hello HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
        "GET /hello HTTP/1.0\r\nHost: a\r\n\r\n",
    };
    for (const std::string& front : fronts) {
        SCOPED_TRACE(front);
        RawClient client(port());
        client.send(front + hidden);
        EXPECT_GT(client.read_answer().status, 0);
        EXPECT_EQ(client.read_answer().status, 0) << "a second answer came";
    }
    // A body that looks like a request stays a body.
    RawClient client(port());
    client.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: " + std::to_string(hidden.size()) + "\r\n\r\n" +
                hidden + health);
    EXPECT_EQ(client.read_answer().body, hidden);
    EXPECT_EQ(client.read_answer().body, "ok");
    EXPECT_EQ(counted, 0);
}
