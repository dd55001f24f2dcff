#include "http/connection.hpp"

#include "http/file_reader.hpp"
#include "http/offload.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace http {
namespace asio = boost::asio;

namespace {

/// A client that connected just before the server drains may have its request on the way.
constexpr std::chrono::milliseconds drain_patience{500};

std::string chunk_head(std::size_t size) {
    return fmt::format("{:x}\r\n", size);
}

std::string header_value(const Request& request, std::string_view name) {
    const std::string* value = request.header(name);
    return value == nullptr ? std::string() : *value;
}

/// The stand-in for a request that was refused before it became one.
RequestPtr unreadable_request(const std::string& peer) {
    auto request = std::make_shared<Request>();
    request->id = new_request_id();
    request->peer_address = peer;
    return request;
}

BodyEnd body_end(const Answer& answer, bool is_http_1_0) {
    if (!answer.stream) return BodyEnd::Length;
    return is_http_1_0 ? BodyEnd::Close : BodyEnd::Chunks;
}

}  // namespace

Connection::Connection(asio::ip::tcp::socket socket, std::string peer, ServerContext& context, Metrics& metrics,
                       const QuickLook& quick)
    : transport_(std::move(socket)),
      peer_(std::move(peer)),
      context_(context),
      metrics_(metrics),
      reader_(transport_, context.config.limits) {
    if (quick)
        look_ = [this, &quick, preparer = Preparer(context.cors),
                 trusted = context.trusted.contains(peer_)](QuickRequest request) {
            started_ = Transport::Clock::now();
            request.from_trusted_proxy = trusted;
            return quick(request, preparer);
        };
}

Awaitable<void> Connection::run() {
    Next next = Next::Request;
    while (next == Next::Request) next = co_await serve_one();
    current_ = nullptr;
    stage_ = Stage::Sending;
    if (next == Next::Linger) co_await transport_.linger();
    transport_.close();
}

Awaitable<Connection::Next> Connection::serve_one() {
    const Limits& limits = context_.config.limits;
    stage_ = Stage::Idle;
    current_ = nullptr;
    auto received = co_await reader_.read_head(is_first_ ? limits.header_time : limits.keep_alive_time, look_);
    is_first_ = false;
    stage_ = Stage::Receiving;
    if (!std::holds_alternative<PreparedPtr>(received)) started_ = Transport::Clock::now();
    sent_ = 0;
    if (std::holds_alternative<PeerGone>(received)) co_return Next::Close;
    if (auto* refusal = std::get_if<Refusal>(&received)) {
        const Next next = co_await refuse(std::move(*refusal));
        co_return next;
    }
    if (auto* prepared = std::get_if<PreparedPtr>(&received)) {
        const Next next = co_await send_prepared(std::move(*prepared));
        co_return next;
    }
    ReceivedHead head = std::move(std::get<ReceivedHead>(received));
    auto built = build_request(head, peer_, context_);
    if (auto* refusal = std::get_if<Refusal>(&built)) {
        const Next next = co_await refuse(std::move(*refusal));
        co_return next;
    }
    const Next next = co_await serve_routed(std::move(head), std::move(std::get<RoutedRequest>(built)));
    co_return next;
}

Awaitable<Connection::Next> Connection::send_prepared(PreparedPtr prepared) {
    stage_ = Stage::Sending;
    const AfterAnswer end = after(true);
    prepared_head_.clear();
    append_prepared(prepared_head_, prepared->status, prepared->lines, end, context_.config.server_name,
                    new_request_id());
    std::string_view body;  // decided before: g++ 12 evaluates both sides of a condition inside co_await
    if (prepared->body) body = *prepared->body;
    const bool whole = co_await write(prepared_head_, body);
    const std::chrono::duration<double> time = Transport::Clock::now() - started_;
    metrics_.count(prepared->route, "GET", prepared->status, time.count(), sent_);
    if (!whole) co_return Next::Close;
    co_return end == AfterAnswer::Close ? Next::Linger : Next::Request;
}

Awaitable<Connection::Next> Connection::refuse(Refusal refusal) {
    const RequestPtr request = unreadable_request(peer_);
    Response response = problem(refusal.status, "", refusal.detail, request.get());
    const Next next = co_await respond(request, std::move(response), AfterAnswer::Close, false);
    co_return next;
}

Awaitable<Connection::Next> Connection::serve_routed(ReceivedHead head, RoutedRequest routed) {
    const bool is_http_1_0 = head.is_http_1_0;
    const bool keep_alive = head.keep_alive;
    const bool has_body = head.has_body;
    const std::shared_ptr<Request> request = routed.request;
    // A browser asks in nobody's name whether its page may ask at all: no handler decides that.
    const bool is_preflight =
        request->method == Method::Options && request->header("Access-Control-Request-Method") != nullptr;
    const Route* route = is_preflight ? nullptr : routed.match.route;
    Response response;
    if (route == nullptr) {
        // The body, if any, is not worth reading: the connection closes instead.
        response = unrouted(*request, routed.match);
        const Next next = co_await respond(request, std::move(response), after(keep_alive && !has_body), is_http_1_0);
        co_return next;
    }
    if (route->options.streams_body) {
        if (has_body && !head.content_length) {
            response = problem(411, "", "a body of announced length is expected", request.get());
            const Next next = co_await respond(request, std::move(response), AfterAnswer::Close, is_http_1_0);
            co_return next;
        }
        offer_body(head, *request);
    } else if (has_body) {
        const auto refusal = co_await receive_body(std::move(head), routed);
        if (refusal) {
            if (refusal->status == 0) co_return Next::Close;
            response = problem(refusal->status, "", refusal->detail, request.get());
            const Next next = co_await respond(request, std::move(response), AfterAnswer::Close, is_http_1_0);
            co_return next;
        }
    }
    response = co_await handle(route->handler, request);
    if (answered_late_) co_return Next::Linger;
    // What the handler did not take would be read as the next request.
    const bool is_read = !request->body_source || request->body_source->whole();
    const Next next = co_await respond(request, std::move(response), after(keep_alive && is_read), is_http_1_0);
    co_return next;
}

void Connection::offer_body(const ReceivedHead& head, Request& request) {
    owes_continue_ = head.expects_continue && !reader_.has_more();
    request.body_source = std::make_shared<BodySource>(head.content_length.value_or(0),
                                                       [this](std::uint64_t most) { return receive_piece(most); });
}

Awaitable<std::string> Connection::receive_piece(std::uint64_t most) {
    if (std::exchange(owes_continue_, false)) {
        const bool sent = co_await write("HTTP/1.1 100 Continue\r\n\r\n", "");
        if (!sent) co_return std::string();
        sent_ = 0;
    }
    stage_ = Stage::Receiving;
    std::string piece = co_await reader_.read_piece(most);
    start_handling();
    co_return piece;
}

/// Status 0 stands for a peer that went away.
Awaitable<std::optional<Refusal>> Connection::receive_body(ReceivedHead head, RoutedRequest routed) {
    const std::uint64_t limit = routed.match.route->options.body_limit.value_or(context_.config.limits.body_bytes);
    if (head.content_length.value_or(0) > limit) {
        co_return Refusal{413, fmt::format("the body is larger than {} bytes", limit)};
    }
    if (head.expects_continue && !reader_.has_more()) {
        const bool sent = co_await write("HTTP/1.1 100 Continue\r\n\r\n", "");
        if (!sent) co_return Refusal{0, ""};
    }
    auto body = co_await reader_.read_body(limit);
    if (std::holds_alternative<PeerGone>(body)) co_return Refusal{0, ""};
    if (auto* refusal = std::get_if<Refusal>(&body)) co_return std::move(*refusal);
    routed.request->body = std::move(std::get<std::string>(body));
    co_return std::nullopt;
}

Awaitable<Response> Connection::handle(Handler handler, RequestPtr request) {
    current_ = request;
    start_handling();
    Response response;
    std::exception_ptr error;
    try {
        response = co_await handler(request);
    } catch (...) {
        error = std::current_exception();
    }
    stage_ = Stage::Sending;
    if (error) response = mapped_error(*request, error);
    co_return response;
}

Awaitable<Connection::Next> Connection::respond(RequestPtr request, Response response, AfterAnswer after,
                                                bool is_http_1_0) {
    stage_ = Stage::Sending;
    current_ = request;
    response = decorated(*request, std::move(response));
    Answer answer;
    std::exception_ptr error;
    try {
        if (is_heavy(*request, response)) {
            transport_.never_expire();
            auto shared = std::make_shared<Response>(std::move(response));
            std::function<Answer()> work = [request, shared] { return make_answer(*request, std::move(*shared)); };
            answer = co_await offload<Answer>(context_.workers, std::move(work));
        } else {
            answer = make_answer(*request, std::move(response));
        }
    } catch (...) {
        error = std::current_exception();
    }
    if (error) answer = make_answer(*request, decorated(*request, mapped_error(*request, error)));
    if (answer.stream && is_http_1_0) after = AfterAnswer::Close;
    const bool whole = co_await send(request, std::move(answer), after, is_http_1_0);
    if (!whole) request->cancel->fire();
    record(*request, whole);
    request->cancel->retire();
    if (!whole) co_return Next::Close;
    co_return after == AfterAnswer::Close ? Next::Linger : Next::Request;
}

Awaitable<bool> Connection::send(RequestPtr request, Answer answer, AfterAnswer after, bool is_http_1_0) {
    BodyStream pieces = answer.stream;
    if (!answer.file.path.empty()) pieces = read_file(context_.workers, answer.file, answer.offset, answer.length);
    std::string first;
    std::exception_ptr error;
    if (pieces && answer.sends_body) {
        // Before the status line: what fails at once can still be answered properly.
        start_handling();
        try {
            first = co_await pieces();
        } catch (...) {
            error = std::current_exception();
        }
        stage_ = Stage::Sending;
        if (answered_late_) co_return false;
    }
    if (error) {
        answer = make_answer(*request, decorated(*request, mapped_error(*request, error)));
        pieces = nullptr;
    }
    status_ = answer.status;
    const BodyEnd end = body_end(answer, is_http_1_0);
    std::string head = format_head(answer, end, after, context_.config.server_name, request->id);
    if (pieces && answer.sends_body) {
        const bool whole =
            co_await send_pieces(std::move(pieces), std::move(head), std::move(first), end, answer.length);
        co_return whole;
    }
    std::string_view body;
    if (answer.bytes && answer.sends_body) body = std::string_view(*answer.bytes).substr(answer.offset, answer.length);
    const bool whole = co_await write(head, body);
    co_return whole;
}

Awaitable<bool> Connection::send_pieces(BodyStream pieces, std::string head, std::string first, BodyEnd end,
                                        std::uint64_t left) {
    std::string prefix = std::move(head);
    std::string piece = std::move(first);
    while (true) {
        const bool is_last = piece.empty();
        if (end == BodyEnd::Length) left -= std::min<std::uint64_t>(left, piece.size());
        if (end == BodyEnd::Chunks) {
            prefix += chunk_head(piece.size());
            piece += "\r\n";
        }
        const bool sent = co_await write(prefix, piece);
        if (!sent) co_return false;
        if (is_last || (end == BodyEnd::Length && left == 0)) break;
        prefix.clear();
        start_handling();
        bool broken = false;
        try {
            piece = co_await pieces();
        } catch (...) {
            broken = true;
        }
        stage_ = Stage::Sending;
        if (broken || answered_late_) co_return false;
    }
    co_return left == 0 || end != BodyEnd::Length;
}

Awaitable<bool> Connection::write(std::string_view first, std::string_view second) {
    const Limits& limits = context_.config.limits;
    const bool sent = co_await transport_.write(first, second, limits.write_stall_time, limits.bytes_per_second);
    if (sent) sent_ += first.size() + second.size();
    co_return sent;
}

Response Connection::mapped_error(const Request& request, const std::exception_ptr& error) const {
    try {
        if (context_.map_error) return context_.map_error(request, error);
    } catch (...) {
        // The mapper failed as well: nothing is known about the error that may be told.
    }
    return problem(500, "", "the server failed on this request", &request);
}

Response Connection::unrouted(const Request& request, const RouteMatch& match) const {
    if (match.allowed.empty()) return problem(404, "", "nothing is found at " + request.path, &request);
    const std::string allowed = method_list(match.allowed);
    if (request.method == Method::Options) return context_.cors.answer_options(request, allowed);
    const std::string detail = fmt::format("{} is not possible here, but {}", method_name(request.method), allowed);
    return problem(405, "", detail, &request).set_header("Allow", allowed);
}

Response Connection::decorated(const Request& request, Response response) const {
    context_.cors.decorate(response, request.header("Origin"));
    return response;
}

AfterAnswer Connection::after(bool keep_alive) const {
    return keep_alive && !context_.draining.load() ? AfterAnswer::KeepAlive : AfterAnswer::Close;
}

void Connection::start_handling() {
    stage_ = Stage::Handling;
    transport_.expire_after(context_.config.limits.handler_time);
}

void Connection::look(Transport::Clock::time_point now) {
    const bool due = now >= transport_.deadline();
    if (stage_ != Stage::Handling) {
        const bool stopped =
            stage_ == Stage::Receiving && current_ && current_->body_source && current_->body_source->stopped();
        if (due || stopped) transport_.give_up();
        return;
    }
    if (due) {
        answer_late_handler();
    } else if (!current_->cancel->cancelled() && transport_.peer_left()) {
        current_->cancel->fire();
    }
}

/// The handler is told to stop but may never do so: the client gets its answer without it.
void Connection::answer_late_handler() {
    transport_.never_expire();
    answered_late_ = true;
    current_->cancel->fire();
    if (sent_ == 0) {
        Response response = problem(503, "", "the answer took too long", current_.get());
        response.set_header("Retry-After", "10");
        const Answer answer = make_answer(*current_, decorated(*current_, std::move(response)));
        const std::string head =
            format_head(answer, BodyEnd::Length, AfterAnswer::Close, context_.config.server_name, current_->id);
        transport_.write_now(head + (answer.sends_body ? *answer.bytes : std::string()));
        status_ = answer.status;
    }
    transport_.shut_down_sending();
    record(*current_, false);
}

void Connection::drain() {
    if (stage_ != Stage::Idle || reader_.has_more()) return;
    const auto now = Transport::Clock::now();
    transport_.expire_at(is_first_ ? std::min(transport_.deadline(), now + drain_patience) : now);
}

void Connection::abort() {
    if (current_) current_->cancel->fire();
    transport_.close();
}

void Connection::record(const Request& request, bool whole) {
    const std::chrono::duration<double> time = Transport::Clock::now() - started_;
    const bool was_read = !request.path.empty();
    const std::string method = was_read ? std::string(method_name(request.method)) : std::string();
    metrics_.count(request.route, method, status_, time.count(), sent_);
    if (!context_.log) return;
    context_.log({request.id, method, request.route, request.path, status_, sent_, time.count() * 1000,
                  request.peer_address, header_value(request, "User-Agent"), !whole || request.cancel->cancelled()});
}

}  // namespace http
