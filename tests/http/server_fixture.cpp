#include "server_fixture.hpp"

#include "http/compression.hpp"

#include <unistd.h>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <filesystem>
#include <fstream>
#include <stdexcept>

namespace asio = boost::asio;
using http::Awaitable;
using http::Method;
using http::RequestPtr;
using http::Response;

namespace {

Awaitable<Response> say(std::string text) {
    co_return Response::text(std::move(text));
}

Awaitable<Response> echo(RequestPtr request) {
    co_return Response::bytes("application/octet-stream", request->body);
}

Awaitable<Response> where(RequestPtr request) {
    co_return Response::text(request->base_url + " " + request->peer_address + " " + request->path);
}

Awaitable<Response> item(RequestPtr request) {
    std::string text = request->param("id");
    for (const auto& [name, value] : request->query) text += "|" + name + "=" + value;
    co_return Response::text(text);
}

Awaitable<Response> fail() {
    throw std::runtime_error("secret detail");
    co_return Response{};
}

Awaitable<Response> give(Response response) {
    co_return response;
}

Awaitable<std::string> next_piece(std::shared_ptr<int> count, int last, bool breaks) {
    if (*count == last && breaks) throw std::runtime_error("the source broke");
    if ((*count)++ >= last) co_return std::string();
    co_return std::string(50'000, 'x');
}

Awaitable<Response> stream(int pieces, bool breaks) {
    auto count = std::make_shared<int>(0);
    co_return Response::stream("text/csv", [=] { return next_piece(count, pieces, breaks); });
}

Awaitable<void> count_down(std::shared_ptr<int> left) {
    if ((*left)-- == 0) throw std::runtime_error("the rest is not for the reader");
    co_return;
}

/// Looks every few milliseconds whether it may end, as a handler that waits for a database would be woken.
Awaitable<Response> wait_for(RequestPtr request, std::atomic<bool>& release, std::atomic<int>& started,
                             std::atomic<int>& cancelled) {
    request->cancel->on_cancel([&cancelled] { ++cancelled; });
    ++started;
    asio::steady_timer timer(co_await asio::this_coro::executor);
    while (!release && !request->cancel->cancelled()) {
        timer.expires_after(std::chrono::milliseconds(5));
        co_await timer.async_wait(asio::use_awaitable);
    }
    co_return Response::text("late");
}

}  // namespace

ServerTest::~ServerTest() {
    server_.reset();
    if (!file_path_.empty()) std::filesystem::remove(file_path_);
}

void ServerTest::start(http::ServerConfig config) {
    for (int i = 0; text.size() < 3000; ++i) text += "line " + std::to_string(i) + "\n";
    unsigned state = 1;
    while (bytes.size() < 600'000) bytes.push_back(static_cast<char>((state = state * 1664525U + 1013904223U) >> 24U));
    file_path_ = (std::filesystem::temp_directory_path() / ("http_test_" + std::to_string(::getpid()))).string();
    std::ofstream(file_path_, std::ios::binary) << bytes;
    server_ = std::make_unique<http::Server>(std::move(config), routes(), nullptr, log);
    server_->start();
}

void ServerTest::expect_alive() {
    EXPECT_EQ(get(port(), "/health").status, 200);
}

http::Router ServerTest::routes() {
    http::Router router;
    router.add(Method::Get, "/health", [](RequestPtr) { return say("ok"); });
    router.add(Method::Get, "/hello", [](RequestPtr) { return say("hello"); });
    router.add(Method::Post, "/echo", echo, {20'000});
    router.add(Method::Post, "/small", echo, {10});
    router.add(Method::Get, "/where", where);
    router.add(Method::Get, "/items/{id}", item);
    router.add(Method::Get, "/text", [this](RequestPtr) { return say(text); });
    const auto tile = std::make_shared<const std::string>(http::gzip(text, 6));
    router.add(Method::Get, "/tile",
               [tile](RequestPtr) { return give(Response::gzipped("application/vnd.mapbox-vector-tile", tile)); });
    router.add(Method::Get, "/file", [this](RequestPtr) {
        Response response = Response::file("application/octet-stream", file_path_, bytes.size());
        response.etag = "file-1";
        return give(response);
    });
    router.add(Method::Get, "/forbidden-file/{after}", [this](RequestPtr request) {
        Response response = Response::file("application/octet-stream", file_path_, bytes.size());
        const auto left = std::make_shared<int>(std::stoi(request->param("after")));
        std::get<http::FileBody>(response.body).before_piece = [left] { return count_down(left); };
        return give(response);
    });
    router.add(Method::Get, "/gone-file",
               [](RequestPtr) { return give(Response::file("application/zip", "/nowhere/at/all", 10)); });
    router.add(Method::Get, "/stream", [](RequestPtr) { return stream(5, false); });
    router.add(Method::Get, "/broken-stream", [](RequestPtr) { return stream(3, true); });
    router.add(Method::Get, "/stillborn-stream", [](RequestPtr) { return stream(0, true); });
    router.add(Method::Get, "/fails", [](RequestPtr) { return fail(); });
    router.add(Method::Get, "/slow",
               [this](RequestPtr request) { return wait_for(request, release, slow_started, slow_cancelled); });
    router.add(Method::Post, "/count", [this](RequestPtr) {
        ++counted;
        return say("counted");
    });
    return router;
}
