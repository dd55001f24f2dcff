#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// An answer as it came over the wire; the body is de-chunked but not inflated.
struct RawAnswer {
    int status = 0;
    std::vector<std::pair<std::string, std::string>> headers;
    std::string body;
    bool whole = false;  ///< the body ended as announced

    /// First header of that name (any case), "" when absent.
    std::string header(std::string_view name) const;
    bool has(std::string_view name) const;
};

/// A plain socket to a port of this machine: sends any bytes, reads answers. Every wait ends after ten seconds.
class RawClient {
  public:
    explicit RawClient(std::uint16_t port);
    RawClient(RawClient&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}
    RawClient(const RawClient&) = delete;
    RawClient& operator=(const RawClient&) = delete;
    ~RawClient() { close(); }

    bool send(std::string_view bytes);
    /// The next answer; `for_head` when it answers HEAD and so has no body. Status 0 when the connection ended first.
    RawAnswer read_answer(bool for_head = false);
    /// True when the server closes within ten seconds, whatever it sends before.
    bool is_closed_by_server();
    /// Ends the connection; `abruptly` with a reset.
    void close();
    void reset();
    int descriptor() const { return descriptor_; }

  private:
    bool receive();
    std::optional<std::string> take_line();
    bool take(std::size_t count, std::string& into);

    int descriptor_ = -1;
    std::string received_;
};

/// One request on its own connection. `headers` are complete lines, each with its CRLF; Host and Connection are added.
RawAnswer request(std::uint16_t port, std::string_view method, std::string_view target, std::string_view headers = "",
                  std::string_view body = "");
RawAnswer get(std::uint16_t port, std::string_view target, std::string_view headers = "");

/// Bytes as they are on a connection of their own; the first answer.
RawAnswer exchange(std::uint16_t port, std::string_view bytes);
