#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "gis/layer/row.hpp"

namespace jobs {

/// What a worker says through its pipe: frames of a type, a length and that many bytes. The server believes nothing of
/// it but its form.
enum class FrameType : char {
    Progress = 'P',  ///< JSON: done, total, unit
    Rows = 'R',      ///< a batch, see encode_rows
    Done = 'D',      ///< JSON: the report
    Refused = 'X'    ///< JSON: field, reason
};

struct Frame {
    FrameType type = FrameType::Done;
    std::string payload;
};

/// A row of more bytes is refused: a polygon of a million positions takes 16 MB.
inline constexpr std::size_t largest_frame = 64U << 20U;

/// Throws gis::Unavailable when the other side is gone.
void write_frame(int descriptor, FrameType type, std::string_view payload);

enum class Got { Frame, Nothing, End };
/// Waits at most `timeout` for the beginning of a frame. Throws gis::Unavailable for what is no frame.
Got read_frame(int descriptor, std::chrono::milliseconds timeout, Frame& frame);

std::string encode_rows(const gis::RowBatch& batch, std::size_t first, std::size_t count);
/// Throws gis::Unavailable for what encode_rows does not write.
gis::RowBatch decode_rows(std::string_view payload);

/// About how many bytes a row takes.
std::size_t size_of(const gis::Row& row);

}  // namespace jobs
