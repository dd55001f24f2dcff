#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace http {

/// A strong entity tag made from the bytes: equal bytes, equal tag, on every machine.
std::string etag_of(std::string_view bytes);

/// Puts quotes around a bare tag; leaves "..." and W/"..." as they are.
std::string quoted_etag(std::string_view tag);

/// The weak form W/"..." of a tag, for a body whose bytes may differ (another compression) while it means the same.
std::string weak_etag(std::string_view tag);

/// If-None-Match with weak comparison (RFC 9110, 13.1.2): true when the client has this version.
bool none_match_hits(std::string_view if_none_match, std::string_view etag);

/// One byte range of a body, first and last byte included.
struct ByteRange {
    std::uint64_t first = 0;
    std::uint64_t last = 0;

    std::uint64_t length() const { return last - first + 1; }
    friend bool operator==(ByteRange, ByteRange) = default;
};

enum class RangeKind { Whole, Part, Unsatisfiable };

/// What a Range header asks of a body of `size` bytes. Other units, several ranges and malformed ones count as absent,
/// as RFC 9110, 14.2 allows.
struct RangeRequest {
    RangeKind kind = RangeKind::Whole;
    ByteRange range;
};
RangeRequest parse_range(std::string_view range, std::uint64_t size);

/// If-Range with strong comparison: true when the range may be served.
bool if_range_holds(std::string_view if_range, std::string_view etag);

}  // namespace http
