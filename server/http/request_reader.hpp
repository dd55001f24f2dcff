#pragma once

#include "http/awaitable.hpp"
#include "http/head_check.hpp"
#include "http/limits.hpp"
#include "http/quick.hpp"
#include "http/request.hpp"
#include "http/transport.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace http {

/// A request as far as its blank line.
struct ReceivedHead {
    std::string method;
    std::string target;
    std::vector<Header> headers;
    bool is_http_1_0 = false;
    bool keep_alive = true;
    bool has_body = false;
    bool expects_continue = false;
    std::optional<std::uint64_t> content_length;  ///< absent for a chunked body
};

/// The peer went away, or stayed silent between two requests: nobody to answer to.
struct PeerGone {};

/// Reads request after request from one connection; bytes that arrive early wait for the next one. Frames by two
/// parsers, ours for what must be refused and Beast's for everything else.
class RequestReader {
  public:
    RequestReader(Transport& transport, const Limits& limits);
    ~RequestReader();

    using Read = std::variant<ReceivedHead, Refusal, PeerGone, PreparedPtr>;
    /// Looks at a plain GET that is complete; null: at none.
    using Look = std::function<PreparedPtr(const QuickRequest&)>;

    /// `first_byte_time` bounds the silence before it, `Limits::header_time` the rest. A request that `look` has an
    /// answer for is over with it.
    Awaitable<Read> read_head(std::chrono::milliseconds first_byte_time, const Look& look);

    /// The body that belongs to the last head, at most `limit` bytes.
    Awaitable<std::variant<std::string, Refusal, PeerGone>> read_body(std::uint64_t limit);

    /// The next bytes of a body of known length, at most `most`; nothing when the peer left or is too slow. Instead of
    /// `read_body`.
    Awaitable<std::string> read_piece(std::uint64_t most);

    /// True when bytes of the next request, or of this one's body, are here already.
    bool has_more() const { return !received_.empty(); }

  private:
    struct Parser;

    Awaitable<bool> receive();
    PreparedPtr look_at(std::size_t length, const Look& look);
    std::variant<ReceivedHead, Refusal, PeerGone> parse_head(std::size_t length);

    Transport& transport_;
    const Limits& limits_;
    std::string received_;
    std::string arriving_;  // room for what a read brings
    std::unique_ptr<Parser> parser_;
    Transport::Clock::time_point pieces_started_;
    std::uint64_t pieces_total_ = 0;  ///< bytes read of this body
};

}  // namespace http
