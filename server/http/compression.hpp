#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace http {

/// Smaller bodies gain less than a packet by compression.
inline constexpr std::size_t smallest_compressed = 1024;

/// What one answer is compressed with while the client waits: the last level before time doubles again on JSON.
inline constexpr int answer_level = 4;
/// What is done once and sent many times.
inline constexpr int stored_level = 9;

/// Whether Accept-Encoding allows gzip: named or by "*", and not with q=0. False for an absent header.
bool accepts_gzip(const std::string* accept_encoding);
bool accepts_gzip(std::string_view accept_encoding);

/// Text, JSON, XML, SVG, vector tiles, fonts that are not compressed yet. Images, zip and the like are not.
bool is_compressible(std::string_view content_type);

/// `level` 1 to 12. Always succeeds; the result of incompressible bytes is a little longer than they are.
std::string gzip(std::string_view bytes, int level);
/// For tiles that are made while their reader waits: of a tile 3 % more bytes than `gzip` of level 1, in less than half
/// of its time.
std::string quick_gzip(std::string_view bytes);

/// Nothing when `bytes` is not one gzip member or inflates beyond `limit` bytes.
std::optional<std::string> gunzip(std::string_view bytes, std::size_t limit);

}  // namespace http
