#include "server_fixture.hpp"

#include <sys/resource.h>

#include <functional>
#include <future>
#include <mutex>
#include <stdexcept>
#include <system_error>

using namespace std::chrono_literals;

namespace {

constexpr const char* health_request = "GET /health HTTP/1.1\r\nHost: a\r\n\r\n";

std::string post(const std::string& path, const std::string& lines, const std::string& body) {
    return "POST " + path + " HTTP/1.1\r\nHost: a\r\n" + lines + "\r\n\r\n" + body;
}

}  // namespace

TEST_F(ServerTest, KeepsTheConnectionUntilAskedToClose) {
    start();
    RawClient client(port());
    for (int i = 0; i < 3; ++i) {
        client.send(health_request);
        EXPECT_EQ(client.read_answer().body, "ok");
    }
    client.send("GET /hello HTTP/1.1\r\nHost: a\r\nConnection: foo, Close\r\n\r\n");
    const RawAnswer last = client.read_answer();
    EXPECT_EQ(last.header("Connection"), "close");
    EXPECT_TRUE(client.is_closed_by_server());
}

TEST_F(ServerTest, Http10ClosesAfterOneAnswer) {
    start();
    RawClient client(port());
    client.send("GET /hello HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
    EXPECT_EQ(client.read_answer().body, "hello");
    EXPECT_TRUE(client.is_closed_by_server());
}

TEST_F(ServerTest, PipelinedRequestsAreAnsweredInOrder) {
    start();
    RawClient client(port());
    std::string bytes_sent;
    for (int i = 0; i < 50; ++i) {
        bytes_sent += "GET /items/" + std::to_string(i) + " HTTP/1.1\r\nHost: a\r\n\r\n";
        bytes_sent += post("/echo", "Content-Length: 3", "abc");
        bytes_sent += post("/echo", "Transfer-Encoding: chunked", "2\r\nde\r\n1;x=y\r\nf\r\n0\r\nHost: evil\r\n\r\n");
    }
    client.send(bytes_sent);
    for (int i = 0; i < 50; ++i) {
        EXPECT_EQ(client.read_answer().body, std::to_string(i));
        EXPECT_EQ(client.read_answer().body, "abc");
        EXPECT_EQ(client.read_answer().body, "def");
    }
}

TEST_F(ServerTest, RequestsMayArriveByteByByte) {
    start();
    RawClient client(port());
    for (const char c : post("/echo", "Transfer-Encoding: chunked", "3\r\nabc\r\n0\r\n\r\n") + health_request) {
        client.send(std::string(1, c));
    }
    EXPECT_EQ(client.read_answer().body, "abc");
    EXPECT_EQ(client.read_answer().body, "ok");
}

TEST_F(ServerTest, ABodyTooLargeIsRefusedBeforeItIsSent) {
    start();
    RawClient client(port());
    client.send("POST /small HTTP/1.1\r\nHost: a\r\nContent-Length: 11\r\n\r\n");
    EXPECT_EQ(client.read_answer().status, 413);
    EXPECT_EQ(exchange(port(), post("/small", "Content-Length: 10", "0123456789")).status, 200);
    EXPECT_EQ(exchange(port(), post("/small", "Transfer-Encoding: chunked", "b\r\n0123456789a\r\n0\r\n\r\n")).status,
              413);
    EXPECT_EQ(exchange(port(), post("/count", "Content-Length: 10000001", "")).status, 413);
    EXPECT_EQ(exchange(port(), post("/echo", "Content-Length: 20000", std::string(20'000, 'a'))).body.size(), 20'000U);
}

TEST_F(ServerTest, TheRefusalReachesAClientThatIsStillSending) {
    start();
    RawClient client(port());
    std::string request = "POST /count HTTP/1.1\r\nHost: a\r\nContent-Length: 12000000\r\n\r\n";
    client.send(request.append(12'000'000, 'x'));
    EXPECT_EQ(client.read_answer().status, 413);
    EXPECT_EQ(counted, 0);
}

TEST_F(ServerTest, ExpectContinueIsAnsweredBeforeTheBody) {
    start();
    RawClient client(port());
    client.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\n");
    EXPECT_EQ(client.read_answer().status, 100);
    client.send("abc");
    EXPECT_EQ(client.read_answer().body, "abc");
    client.send("POST /small HTTP/1.1\r\nHost: a\r\nContent-Length: 30\r\nExpect: 100-continue\r\n\r\n");
    EXPECT_EQ(client.read_answer().status, 413);
}

TEST_F(ServerTest, SlowClientsAreClosed) {
    http::ServerConfig config;
    config.limits.header_time = 200ms;
    config.limits.body_idle_time = 200ms;
    config.limits.keep_alive_time = 200ms;
    start(config);
    RawClient silent(port());
    RawClient slow_header(port());
    RawClient slow_body(port());
    RawClient idle(port());
    slow_header.send("GET /health HTTP/1.1\r\nHost:");
    slow_body.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nabc");
    idle.send(health_request);
    EXPECT_EQ(slow_header.read_answer().status, 408);
    EXPECT_EQ(slow_body.read_answer().status, 408);
    EXPECT_EQ(idle.read_answer().status, 200);
    for (RawClient* client : {&silent, &slow_header, &slow_body, &idle}) EXPECT_TRUE(client->is_closed_by_server());
    expect_alive();
}

TEST_F(ServerTest, AfterAStandstillWhoSentInTimeIsAnswered) {
    http::ServerConfig config;
    config.io_threads = 1;
    config.limits.header_time = 200ms;
    // Shared: the last request may be logged when the test is over.
    const auto stands = std::make_shared<std::atomic<bool>>(false);
    const auto goes_on = std::make_shared<std::atomic<bool>>(false);
    log = [stands, goes_on](const auto&) {
        *stands = true;
        while (!*goes_on) std::this_thread::sleep_for(1ms);
    };
    start(config);
    RawClient waiting(port());
    EXPECT_TRUE(eventually([&] { return server().metrics().open_connections == 1; }));
    RawClient stopping(port());
    stopping.send(health_request);
    EXPECT_TRUE(eventually([&] { return stands->load(); }));
    waiting.send(health_request);
    std::this_thread::sleep_for(500ms);
    *goes_on = true;
    EXPECT_EQ(waiting.read_answer().status, 200);
}

TEST_F(ServerTest, WhereTheShortWayFailsTheCommonWayAnswers) {
    http::ServerConfig config;
    const auto looks = std::make_shared<std::atomic<int>>(0);
    config.quick = [looks] {
        return [looks](const http::QuickRequest&, const http::Preparer&) -> http::PreparedPtr {
            ++*looks;
            throw std::runtime_error("no memory left");
        };
    };
    start(config);
    RawClient client(port());
    for (int asked = 1; asked < 4; ++asked) {
        client.send(health_request);
        EXPECT_EQ(client.read_answer().status, 200);
        EXPECT_EQ(*looks, asked);
    }
}

TEST_F(ServerTest, AClientThatDoesNotReadIsClosed) {
    text.assign(40'000'000, 'z');
    http::ServerConfig config;
    config.limits.write_stall_time = 300ms;
    start(config);
    RawClient client(port());
    client.send("GET /text HTTP/1.1\r\nHost: a\r\n\r\n");
    EXPECT_TRUE(eventually([&] { return server().metrics().requests.size() == 1; }));
    EXPECT_TRUE(eventually([&] { return server().metrics().open_connections == 0; }));
    expect_alive();
}

TEST_F(ServerTest, ALateHandlerIsCancelledAndAnswered503) {
    http::ServerConfig config;
    config.limits.handler_time = 200ms;
    start(config);
    const RawAnswer late = get(port(), "/slow");
    EXPECT_EQ(late.status, 503);
    EXPECT_TRUE(late.has("Retry-After"));
    EXPECT_EQ(late.header("Access-Control-Allow-Origin"), "*");
    EXPECT_TRUE(late.whole);
    EXPECT_TRUE(eventually([&] { return slow_cancelled == 1; }));
    expect_alive();
}

TEST_F(ServerTest, AClientThatLeavesCancelsItsRequest) {
    start();
    {
        RawClient polite(port());
        polite.send("GET /slow HTTP/1.1\r\nHost: a\r\n\r\n");
        RawClient rude(port());
        rude.send(std::string("GET /slow HTTP/1.1\r\nHost: a\r\n\r\n") + health_request);  // with a request in the pipe
        EXPECT_TRUE(eventually([&] { return slow_started == 2; }));
        EXPECT_EQ(slow_cancelled, 0);
        rude.reset();
    }
    EXPECT_TRUE(eventually([&] { return slow_cancelled == 2; }));
    EXPECT_TRUE(eventually([&] { return server().metrics().open_connections == 0; }));
}

TEST_F(ServerTest, AnsweredRequestsAreNeverCancelled) {
    start();
    release = true;
    EXPECT_EQ(get(port(), "/slow").body, "late");
    EXPECT_TRUE(eventually([&] { return server().metrics().open_connections == 0; }));
    EXPECT_EQ(slow_cancelled, 0);
}

TEST_F(ServerTest, TooManyConnectionsAreToldSo) {
    http::ServerConfig config;
    config.limits.connections = 3;
    start(config);
    std::vector<RawClient> clients;
    for (int i = 0; i < 3; ++i) {
        clients.emplace_back(port());
        clients.back().send(health_request);
        EXPECT_EQ(clients.back().read_answer().status, 200);
    }
    const RawAnswer refused = get(port(), "/health");
    EXPECT_EQ(refused.status, 503);
    EXPECT_TRUE(refused.has("Retry-After"));
    EXPECT_EQ(server().metrics().connections_refused, 1U);
    clients.clear();
    EXPECT_TRUE(eventually([&] { return server().metrics().open_connections == 0; }));
    expect_alive();
}

TEST_F(ServerTest, OneAddressCannotTakeAllConnections) {
    http::ServerConfig config;
    config.limits.connections_per_address = 2;
    config.trusted_proxies = {};
    start(config);
    RawClient first(port());
    RawClient second(port());
    EXPECT_TRUE(eventually([&] { return server().metrics().open_connections == 2; }));
    EXPECT_EQ(get(port(), "/health").status, 503);
}

TEST_F(ServerTest, TwoHundredConnectionsAreServedAtOnce) {
    start();
    std::vector<RawClient> clients;
    for (int i = 0; i < 200; ++i) clients.emplace_back(port());
    for (int round = 0; round < 5; ++round) {
        for (std::size_t i = 0; i < clients.size(); ++i) {
            EXPECT_TRUE(clients[i].send("GET /items/" + std::to_string(i) + " HTTP/1.1\r\nHost: a\r\n\r\n"));
        }
        for (std::size_t i = 0; i < clients.size(); ++i) EXPECT_EQ(clients[i].read_answer().body, std::to_string(i));
    }
    EXPECT_EQ(server().metrics().open_connections, 200U);
}

TEST_F(ServerTest, SurvivesRunningOutOfFileDescriptors) {
    start();
    rlimit old{};
    ::getrlimit(RLIMIT_NOFILE, &old);
    std::vector<RawClient> clients;
    clients.emplace_back(port());
    const rlimit tight{static_cast<rlim_t>(clients.back().descriptor()) + 20, old.rlim_max};
    ::setrlimit(RLIMIT_NOFILE, &tight);
    for (int i = 0; i < 30; ++i) clients.emplace_back(port());
    std::this_thread::sleep_for(300ms);
    clients.clear();
    ::setrlimit(RLIMIT_NOFILE, &old);
    EXPECT_TRUE(eventually([&] { return get(port(), "/health").status == 200; }));
}

TEST_F(ServerTest, StopLetsARequestInProgressEnd) {
    start();
    RawClient busy(port());
    RawClient idle(port());
    idle.send(health_request);
    EXPECT_EQ(idle.read_answer().status, 200);
    busy.send(std::string("GET /slow HTTP/1.1\r\nHost: a\r\n\r\n"));
    EXPECT_TRUE(eventually([&] { return slow_started == 1; }));
    auto stopped = std::async(std::launch::async, [&] { server().stop(10s); });
    EXPECT_TRUE(idle.is_closed_by_server());
    EXPECT_EQ(stopped.wait_for(0s), std::future_status::timeout);
    release = true;
    const RawAnswer answer = busy.read_answer();
    EXPECT_EQ(answer.body, "late");
    EXPECT_EQ(answer.header("Connection"), "close");
    stopped.get();
    EXPECT_EQ(slow_cancelled, 0);
    EXPECT_EQ(get(port(), "/health").status, 0);
}

TEST_F(ServerTest, StopCancelsWhatOutlastsTheGrace) {
    start();
    RawClient busy(port());
    busy.send("GET /slow HTTP/1.1\r\nHost: a\r\n\r\n");
    EXPECT_TRUE(eventually([&] { return slow_started == 1; }));
    server().stop(100ms);
    EXPECT_EQ(slow_cancelled, 1);
    EXPECT_TRUE(busy.is_closed_by_server());
    server().stop();
}

TEST_F(ServerTest, ATakenPortIsAnError) {
    start();
    http::ServerConfig config;
    config.port = port();
    http::Server second(config, http::Router());
    EXPECT_THROW(second.start(), std::system_error);
    expect_alive();
}

TEST_F(ServerTest, LinksFollowTheProxyAndTheBasePath) {
    http::ServerConfig config;
    config.base_path = "/carreau/";
    start(config);
    EXPECT_EQ(get(port(), "/carreau/where").body, "http://test.example/carreau 127.0.0.1 /where");
    EXPECT_EQ(get(port(), "/where", "X-Forwarded-Proto: https\r\nX-Forwarded-For: 203.0.113.9\r\n").body,
              "https://test.example/carreau 203.0.113.9 /where");
}

TEST_F(ServerTest, EveryAnswerIsCountedAndLogged) {
    std::mutex mutex;
    std::vector<http::RequestLog> lines;
    log = [&](const http::RequestLog& line) {
        const std::lock_guard lock(mutex);
        lines.push_back(line);
    };
    http::ServerConfig config;
    config.io_threads = 1;  // so that the lines come in order
    start(config);
    get(port(), "/items/7?secret=1", "User-Agent: qgis\r\nX-Request-Id: r7\r\n");
    get(port(), "/nowhere");
    exchange(port(), "rubbish\r\n\r\n");
    EXPECT_TRUE(eventually([&] {
        const std::lock_guard lock(mutex);
        return lines.size() == 3;
    }));
    server().stop();
    EXPECT_EQ(lines[0].id, "r7");
    EXPECT_EQ(lines[0].method, "GET");
    EXPECT_EQ(lines[0].route, "/items/{id}");
    EXPECT_EQ(lines[0].path, "/items/7");
    EXPECT_EQ(lines[0].status, 200);
    EXPECT_EQ(lines[0].user_agent, "qgis");
    EXPECT_FALSE(lines[0].cancelled);
    EXPECT_EQ(lines[1].status, 404);
    EXPECT_EQ(lines[2].status, 400);
    const std::string metrics = http::prometheus_text(server().metrics());
    EXPECT_NE(metrics.find("carreau_http_requests_total{route=\"/items/{id}\",method=\"GET\",status=\"2xx\"} 1\n"),
              std::string::npos);
    EXPECT_NE(metrics.find("carreau_http_request_seconds_count{route=\"/items/{id}\"} 1\n"), std::string::npos);
    EXPECT_NE(metrics.find("carreau_http_open_connections 0\n"), std::string::npos);
}

TEST(ServerConfig, MalformedSettingsAreRefused) {
    const auto refused = [](const std::function<void(http::ServerConfig&)>& change) {
        http::ServerConfig config;
        change(config);
        EXPECT_THROW(http::Server(config, http::Router()), std::invalid_argument);
    };
    refused([](auto& config) { config.host = "example.fr"; });
    refused([](auto& config) { config.public_url = "geo.example.fr"; });
    refused([](auto& config) { config.base_path = "carreau"; });
    refused([](auto& config) { config.trusted_proxies = {"nginx"}; });
}
