#pragma once

#include "http/response.hpp"

#include <cstdint>
#include <vector>

namespace http {

/// A response made fit for one request: encoded, conditional and range headers answered. At most one of `bytes`,
/// `file` and `stream` is set; `offset` and `length` say which part of the bytes or the file goes out.
struct Answer {
    int status = 200;
    std::vector<Header> headers;
    SharedBytes bytes;
    FileBody file;
    BodyStream stream;
    std::uint64_t offset = 0;
    std::uint64_t length = 0;
    bool has_length = true;  ///< a Content-Length is stated; false for streams, 204 and 304
    bool sends_body = true;  ///< false for HEAD, 204 and 304
};

/// Chooses identity or gzip, adds ETag and Vary, answers 304, 206 and 416. Pure; compresses and inflates where needed.
Answer make_answer(const Request& request, Response response);

/// True when make_answer would hash or compress so much that an I/O thread should not do it.
bool is_heavy(const Request& request, const Response& response);

}  // namespace http
