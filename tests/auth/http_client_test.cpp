#include "auth/http_client.hpp"

#include "auth/errors.hpp"
#include "tests/auth/canned_server.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <functional>
#include <thread>

namespace {

using auth::HttpClient;
using test::CannedServer;
using test::http_answer;

/// Why the answer was not taken; empty when it was.
std::string problem_of(const HttpClient& client, const std::string& url) {
    try {
        client.get(url);
        return {};
    } catch (const auth::ProviderAway& error) {
        return error.what();
    }
}

TEST(HttpClient, Gets) {
    std::string seen;
    CannedServer server([&](const std::string& request) {
        seen = request;
        return http_answer(200, "hello");
    });
    const auto answer = HttpClient().get(server.address() + "/a?b=c");
    EXPECT_EQ(answer.status, 200);
    EXPECT_EQ(answer.body, "hello");
    EXPECT_TRUE(seen.starts_with("GET /a?b=c HTTP/1.1\r\n")) << seen;
}

TEST(HttpClient, PostsAForm) {
    std::string seen;
    CannedServer server([&](const std::string& request) {
        seen = request;
        return http_answer(400, "{}");
    });
    const auto answer = HttpClient().post_form(server.address() + "/token", {{"a", "b c"}, {"d", "&"}}, "Basic eDp5");
    EXPECT_EQ(answer.status, 400);
    EXPECT_TRUE(seen.starts_with("POST /token HTTP/1.1\r\n")) << seen;
    EXPECT_NE(seen.find("Authorization: Basic eDp5\r\n"), std::string::npos);
    EXPECT_NE(seen.find("Content-Type: application/x-www-form-urlencoded\r\n"), std::string::npos);
    EXPECT_TRUE(seen.ends_with("\r\n\r\na=b%20c&d=%26")) << seen;
}

TEST(HttpClient, FollowsNoRedirection) {
    CannedServer elsewhere([](const std::string&) { return http_answer(200, "secret"); });
    CannedServer server(
        [&](const std::string&) { return http_answer(302, "", "Location: " + elsewhere.address() + "/\r\n"); });
    EXPECT_EQ(HttpClient().get(server.address()).status, 302);
    EXPECT_EQ(elsewhere.requests(), 0);
}

TEST(HttpClient, LongAnswersAreCutOff) {
    const HttpClient client({.body_bytes = 1000});
    const auto chunked = [](std::size_t size) {
        return "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3E8\r\n" + std::string(1000, 'a') + "\r\n" +
               (size > 1000 ? "1\r\na\r\n" : "") + "0\r\n\r\n";
    };
    CannedServer server([&](const std::string& request) {
        const auto target = test::target_of(request);
        if (target == "/fits") return http_answer(200, std::string(1000, 'a'));
        if (target == "/chunks-fit") return chunked(1000);
        if (target == "/chunks") return chunked(1001);
        if (target == "/endless") return "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n" + std::string(5'000'000, 'a');
        return http_answer(200, std::string(1001, 'a'));
    });
    EXPECT_EQ(problem_of(client, server.address() + "/fits"), "");
    EXPECT_EQ(problem_of(client, server.address() + "/chunks-fit"), "");
    for (const char* target : {"/long", "/chunks", "/endless"}) {
        const auto url = server.address() + target;
        EXPECT_EQ(problem_of(client, url), url + ": answer longer than 1000 bytes");
    }
}

TEST(HttpClient, WaitsNoLongerThanTheLimit) {
    CannedServer server([](const std::string&) {
        std::this_thread::sleep_for(std::chrono::seconds(1));
        return http_answer(200, "late");
    });
    const HttpClient client({.total = std::chrono::milliseconds(200)});
    const auto start = std::chrono::steady_clock::now();
    EXPECT_NE(problem_of(client, server.address()), "");
    EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::milliseconds(900));
}

TEST(HttpClient, BrokenAnswers) {
    const std::vector<std::string> broken{"", "hello", "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nshort",
                                          "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhel"};
    CannedServer server(
        [&](const std::string& request) { return broken.at(std::stoul(test::target_of(request).substr(1))); });
    for (std::size_t i = 0; i < broken.size(); ++i) {
        EXPECT_NE(problem_of(HttpClient(), server.address() + "/" + std::to_string(i)), "") << broken[i];
    }
}

TEST(HttpClient, NobodyListens) {
    std::string address;
    {
        const CannedServer server([](const std::string&) { return std::string(); });
        address = server.address();
    }
    EXPECT_NE(problem_of(HttpClient(), address), "");
}

TEST(ProviderUrl, HttpsOrThisMachine) {
    for (const char* good : {"https://id.test", "https://id.test:8443/realms/a?x=y", "http://127.0.0.1:8080/",
                             "http://localhost/", "http://[::1]:80/x", "HTTPS://id.test/"}) {
        EXPECT_FALSE(auth::provider_url_problem(good)) << good;
    }
    for (const char* bad :
         {"", "id.test", "//id.test", "http://id.test/", "http://127.0.0.1.id.test/", "http://localhost.id.test/",
          "http://127.0.0.2/", "http://[::2]/", "http://0.0.0.0/", "http://127.0.0.1@id.test/",
          "https://ada:x@id.test/", "ftp://id.test/", "file:///etc/passwd", "gopher://127.0.0.1/",
          "https://id.test/#part", "https://", "https://id.test/\r\nX: y", "javascript:alert(1)", "https://id test/"}) {
        EXPECT_TRUE(auth::provider_url_problem(bad)) << bad;
        EXPECT_NE(problem_of(HttpClient(), bad), "") << bad;
    }
}

}  // namespace
