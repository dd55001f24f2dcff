#include "http/request_reader.hpp"

#include "http/header_text.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>

#include <algorithm>
#include <exception>
#include <limits>

namespace http {
namespace asio = boost::asio;
namespace beast_http = boost::beast::http;

struct RequestReader::Parser {
    beast_http::request_parser<beast_http::string_body> beast;
};

namespace {

/// The head of a request mostly; what is longer comes in pieces of the other size.
constexpr std::size_t first_read_size = 2UL * 1024;
constexpr std::size_t read_size = 16UL * 1024;
/// What one socket read of a large body takes: as much as the kernel keeps for it.
constexpr std::size_t largest_piece = 256UL * 1024;

bool lists(const std::vector<Header>& headers, std::string_view name, std::string_view element) {
    for (const Header& header : headers) {
        if (!same_name(header.name, name)) continue;
        for (const std::string_view listed : list_elements(header.value)) {
            if (same_name(listed, element)) return true;
        }
    }
    return false;
}

/// Beast would wait for a CRLF that never comes.
bool has_bare_lf(std::string_view text) {
    for (std::size_t i = text.find('\n'); i != std::string_view::npos; i = text.find('\n', i + 1)) {
        if (i == 0 || text[i - 1] != '\r') return true;
    }
    return false;
}

/// Beast's string view is its own type, a different one in each release.
template <typename BeastText>
std::string text_of(const BeastText& text) {
    return std::string(text.data(), text.size());
}

template <typename BeastParser>
ReceivedHead head_of(const BeastParser& parser) {
    const auto& message = parser.get();
    ReceivedHead head;
    head.method = text_of(message.method_string());
    head.target = text_of(message.target());
    for (const auto& field : message) {
        head.headers.push_back({text_of(field.name_string()), text_of(field.value())});
    }
    head.is_http_1_0 = message.version() < 11;
    head.keep_alive = !head.is_http_1_0 && !lists(head.headers, "Connection", "close");
    if (parser.content_length()) head.content_length = *parser.content_length();
    head.has_body = parser.chunked() || head.content_length.value_or(0) > 0;
    head.expects_continue = !head.is_http_1_0 && lists(head.headers, "Expect", "100-continue");
    return head;
}

RequestReader::Read as_read(std::variant<ReceivedHead, Refusal, PeerGone> parsed) {
    return std::visit([](auto& what) { return RequestReader::Read(std::move(what)); }, parsed);
}

}  // namespace

RequestReader::RequestReader(Transport& transport, const Limits& limits) : transport_(transport), limits_(limits) {}
RequestReader::~RequestReader() = default;

Awaitable<bool> RequestReader::receive() {
    arriving_.resize(received_.empty() && !parser_ ? first_read_size : read_size);
    const std::size_t count = co_await transport_.read_some(asio::buffer(arriving_));
    received_.append(arriving_, 0, count);
    co_return count > 0;
}

Awaitable<RequestReader::Read> RequestReader::read_head(std::chrono::milliseconds first_byte_time, const Look& look) {
    parser_.reset();
    pieces_total_ = 0;
    transport_.expire_after(received_.empty() ? first_byte_time : limits_.header_time);
    while (true) {
        // One blank line in front is what old clients send after a body (RFC 9112, 2.2).
        if (received_.starts_with("\r\n")) received_.erase(0, 2);
        if (!received_.empty() && received_ != "\r") {
            HeadScan scan = scan_head(received_, limits_);
            if (scan.refusal) co_return std::move(*scan.refusal);
            if (scan.length > 0) {
                if (PreparedPtr ready = look_at(scan.length, look)) co_return ready;
                co_return as_read(parse_head(scan.length));
            }
        }
        const bool was_silent = received_.empty();
        const bool arrived = co_await receive();
        if (!arrived) break;
        if (was_silent) transport_.expire_after(limits_.header_time);
    }
    if (transport_.timed_out() && !received_.empty()) co_return Refusal{408, "the header did not arrive in time"};
    co_return PeerGone{};
}

PreparedPtr RequestReader::look_at(std::size_t length, const Look& look) {
    if (!look) return nullptr;
    const auto request = read_quick(std::string_view(received_).substr(0, length));
    PreparedPtr ready;
    try {
        if (request) ready = look(*request);
    } catch (const std::exception&) {
        return nullptr;  // the common way says what is wrong
    }
    if (ready) received_.erase(0, length);
    return ready;
}

std::variant<ReceivedHead, Refusal, PeerGone> RequestReader::parse_head(std::size_t length) {
    if (auto refusal = check_head(std::string_view(received_).substr(0, length), limits_)) return std::move(*refusal);
    parser_ = std::make_unique<Parser>();
    auto& beast = parser_->beast;
    beast.header_limit(static_cast<std::uint32_t>(length));
    beast.body_limit(std::numeric_limits<std::uint64_t>::max());  // the route says which, before a byte of it is read
    boost::system::error_code error;
    const std::size_t parsed = beast.put(asio::const_buffer(received_.data(), length), error);
    if (error == beast_http::error::need_more) error = {};
    if (error || !beast.is_header_done() || parsed != length) return Refusal{400, "malformed request"};
    received_.erase(0, length);
    return head_of(beast);
}

Awaitable<std::variant<std::string, Refusal, PeerGone>> RequestReader::read_body(std::uint64_t limit) {
    auto& beast = parser_->beast;
    beast.body_limit(limit);
    beast.eager(true);
    const Transport::Clock::time_point start = Transport::Clock::now();
    std::uint64_t total = 0;
    while (!beast.is_done()) {
        if (!received_.empty()) {
            boost::system::error_code error;
            const std::size_t used = beast.put(asio::const_buffer(received_.data(), received_.size()), error);
            received_.erase(0, used);
            total += used;
            if (error == beast_http::error::body_limit) co_return Refusal{413, "the body is too large"};
            if (error && error != beast_http::error::need_more) co_return Refusal{400, "malformed body"};
            if (beast.is_done()) break;
            if (!error && used > 0) continue;
            // What stays is an unfinished chunk header or trailer: it has no business being long.
            if (received_.size() > limits_.header_bytes || has_bare_lf(received_)) {
                co_return Refusal{400, "malformed chunk"};
            }
        }
        const auto allowed =
            std::chrono::milliseconds(total * 1000 / std::max<std::size_t>(limits_.bytes_per_second, 1));
        transport_.expire_at(
            std::min(Transport::Clock::now() + limits_.body_idle_time, start + limits_.body_idle_time + allowed));
        const bool arrived = co_await receive();
        if (arrived) continue;
        if (transport_.timed_out()) co_return Refusal{408, "the body did not arrive in time"};
        co_return PeerGone{};
    }
    co_return std::move(beast.get().body());
}

Awaitable<std::string> RequestReader::read_piece(std::uint64_t most) {
    const auto now = Transport::Clock::now();
    if (pieces_total_ == 0) pieces_started_ = now;
    const auto size = static_cast<std::size_t>(std::min<std::uint64_t>(most, largest_piece));
    std::string piece;
    if (!received_.empty()) {
        piece = received_.substr(0, size);
        received_.erase(0, piece.size());
    } else {
        const auto allowed =
            std::chrono::milliseconds(pieces_total_ * 1000 / std::max<std::size_t>(limits_.bytes_per_second, 1));
        transport_.expire_at(
            std::min(now + limits_.body_idle_time, pieces_started_ + limits_.body_idle_time + allowed));
        piece.resize(size);
        const std::size_t count = co_await transport_.read_some(asio::buffer(piece));
        piece.resize(count);
    }
    pieces_total_ += piece.size();
    co_return piece;
}

}  // namespace http
