#pragma once

#include "http/representation.hpp"

#include <string>
#include <string_view>

namespace http {

enum class AfterAnswer { KeepAlive, Close };

/// How the end of the body is told: its length, chunks (HTTP/1.1), or the end of the connection (HTTP/1.0).
enum class BodyEnd { Length, Chunks, Close };

/// Status line and header lines, blank line included. Control characters in header values become spaces, so no value
/// can add a line. Adds Date, Server, nosniff and Referrer-Policy unless they are there.
std::string format_head(const Answer& answer, BodyEnd end, AfterAnswer after, std::string_view server_name,
                        std::string_view request_id);

/// The header lines of an answer whose length is known, without those of the moment: Date, Server, X-Request-Id,
/// Connection.
std::string format_lines(const Answer& answer);

/// Appends a whole head around such lines.
void append_prepared(std::string& head, int status, std::string_view lines, AfterAnswer after,
                     std::string_view server_name, std::string_view request_id);

}  // namespace http
