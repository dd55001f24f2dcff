#pragma once

#include <string>

namespace api {

/// Now as RFC 3339 in UTC: "2026-01-31T12:00:00Z".
std::string time_stamp();

}  // namespace api
