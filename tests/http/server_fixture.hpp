#pragma once

#include "http/server.hpp"
#include "tests/support/raw_client.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <thread>

/// A server on a free port with a handful of routes:
///   GET /health, GET /hello, POST /echo (body limit 20,000), POST /small (body limit 10), GET /where (base_url and
///   peer), GET /items/{id}, GET /text (3,000 compressible bytes), GET /tile (given as gzip), GET /file, GET
///   /forbidden-file/{pieces}, GET /stream, GET /broken-stream, GET /fails, GET /slow (until `release` or cancelled),
///   POST /count (counts calls)
class ServerTest : public testing::Test {
  protected:
    ~ServerTest() override;

    /// Call once per test, with the settings it is about.
    void start(http::ServerConfig config = {});
    std::uint16_t port() const { return server_->port(); }
    http::Server& server() { return *server_; }
    void expect_alive();

    std::atomic<bool> release{false};
    std::atomic<int> counted{0};
    std::atomic<int> slow_started{0};
    std::atomic<int> slow_cancelled{0};
    std::string text;   ///< what /text answers
    std::string bytes;  ///< what /file answers, 600,000 bytes that do not compress
    http::LogSink log;

  private:
    http::Router routes();

    std::unique_ptr<http::Server> server_;
    std::string file_path_;
};

/// Polls until `condition` holds; false after ten seconds.
template <typename Condition>
bool eventually(Condition condition) {
    for (int i = 0; i < 1000; ++i) {
        if (condition()) return true;
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    return condition();
}
