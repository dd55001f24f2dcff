#pragma once

#include "http/request_builder.hpp"
#include "http/request_reader.hpp"
#include "http/response_head.hpp"
#include "http/server_context.hpp"
#include "http/transport.hpp"

#include <chrono>
#include <cstdint>
#include <exception>
#include <memory>
#include <optional>
#include <string>

namespace http {

/// One client's connection, from accept to close; lives on one I/O thread, which calls `look` regularly.
class Connection {
  public:
    /// `metrics` and `quick` are those of the thread.
    Connection(boost::asio::ip::tcp::socket socket, std::string peer, ServerContext& context, Metrics& metrics,
               const QuickLook& quick);

    /// Serves request after request until either side has enough.
    Awaitable<void> run();

    /// Gives up what takes too long, and notices that the peer left while a handler works for it.
    void look(Transport::Clock::time_point now);
    /// The server drains: closes the connection if no request is under way.
    void drain();
    /// Cancels and closes, whatever is under way.
    void abort();

  private:
    enum class Stage { Idle, Receiving, Handling, Sending };
    enum class Next { Request, Linger, Close };

    Awaitable<Next> serve_one();
    Awaitable<Next> send_prepared(PreparedPtr prepared);
    Awaitable<Next> refuse(Refusal refusal);
    Awaitable<Next> serve_routed(ReceivedHead head, RoutedRequest routed);
    Awaitable<std::optional<Refusal>> receive_body(ReceivedHead head, RoutedRequest routed);
    void offer_body(const ReceivedHead& head, Request& request);
    Awaitable<std::string> receive_piece(std::uint64_t most);
    Awaitable<Response> handle(Handler handler, RequestPtr request);
    Awaitable<Next> respond(RequestPtr request, Response response, AfterAnswer after, bool is_http_1_0);
    Awaitable<bool> send(RequestPtr request, Answer answer, AfterAnswer after, bool is_http_1_0);
    Awaitable<bool> send_pieces(BodyStream pieces, std::string head, std::string first, BodyEnd end,
                                std::uint64_t left);
    Awaitable<bool> write(std::string_view first, std::string_view second);

    Response mapped_error(const Request& request, const std::exception_ptr& error) const;
    Response unrouted(const Request& request, const RouteMatch& match) const;
    Response decorated(const Request& request, Response response) const;
    AfterAnswer after(bool keep_alive) const;
    void start_handling();
    void answer_late_handler();
    void record(const Request& request, bool whole);

    Transport transport_;
    std::string peer_;
    ServerContext& context_;
    Metrics& metrics_;
    RequestReader reader_;
    RequestReader::Look look_;
    Stage stage_ = Stage::Idle;
    std::shared_ptr<const Request> current_;
    Transport::Clock::time_point started_;
    std::uint64_t sent_ = 0;
    std::string prepared_head_;
    int status_ = 0;
    bool answered_late_ = false;
    bool owes_continue_ = false;
    bool is_first_ = true;
};

}  // namespace http
