#pragma once

#include "http/awaitable.hpp"
#include "http/response.hpp"

#include <boost/asio/thread_pool.hpp>

#include <cstdint>

namespace http {

/// The bytes `offset` to `offset + length` of a file as a stream; opening and reading happen on `workers`. The stream
/// throws std::system_error when the file cannot be opened or has become shorter.
BodyStream read_file(boost::asio::thread_pool& workers, FileBody file, std::uint64_t offset, std::uint64_t length);

}  // namespace http
