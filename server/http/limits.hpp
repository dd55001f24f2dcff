#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace http {

/// Bounds of everything a client can make the server hold or wait for.
struct Limits {
    std::size_t header_bytes = 8192;           ///< all field lines together; beyond: 431
    std::size_t header_fields = 100;           ///< beyond: 431
    std::size_t target_bytes = 8000;           ///< beyond: 414; long enough for a filter in a GET of QGIS
    std::uint64_t body_bytes = 10'000'000;     ///< beyond: 413; a route may say otherwise
    std::size_t connections = 1000;            ///< beyond: 503
    std::size_t connections_per_address = 64;  ///< beyond: 503; a trusted proxy is not counted
    std::size_t bytes_per_second = 1024;       ///< slowest transfer that is not taken for an attack

    std::chrono::milliseconds header_time{10'000};       ///< first to last byte of a head; beyond: 408
    std::chrono::milliseconds body_idle_time{10'000};    ///< between two pieces of a body; beyond: 408
    std::chrono::milliseconds keep_alive_time{60'000};   ///< between two requests
    std::chrono::milliseconds write_stall_time{30'000};  ///< client takes no byte of the answer
    std::chrono::milliseconds handler_time{60'000};      ///< beyond: the request is cancelled and answered 503
};

}  // namespace http
