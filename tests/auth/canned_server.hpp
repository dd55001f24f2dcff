#pragma once

#include <atomic>
#include <functional>
#include <string>
#include <thread>

namespace test {

/// Answers each connection on a free loopback port with what a function says, byte for byte, then closes it.
class CannedServer {
  public:
    /// Gets the whole request (head and body); gives the whole answer. Called on the server's thread.
    using Answer = std::function<std::string(const std::string& request)>;

    explicit CannedServer(Answer answer);
    ~CannedServer();
    CannedServer(const CannedServer&) = delete;
    CannedServer& operator=(const CannedServer&) = delete;

    /// "http://127.0.0.1:12345"
    std::string address() const;
    int requests() const { return requests_; }

  private:
    void serve();

    Answer answer_;
    int listener_ = -1;
    int port_ = 0;
    std::atomic<int> requests_ = 0;
    std::thread thread_;
};

/// An answer with its length.
std::string http_answer(int status, const std::string& body, const std::string& more_headers = "");

/// "/path?query" of a request.
std::string target_of(const std::string& request);

}  // namespace test
