#pragma once

#include <cstdint>
#include <string>

namespace api {

/// Now as RFC 3339 in UTC: "2026-01-31T12:00:00Z".
std::string time_stamp();

/// Seconds since 1970 as HTTP says them: "Sat, 31 Jan 2026 12:00:00 GMT".
std::string http_time(std::int64_t seconds);

}  // namespace api
