#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "gis/layer/row.hpp"
#include "gis/read/picture.hpp"

namespace jobs {

/// What a worker says through its pipe: frames of a type, a length and that many bytes. The server believes nothing of
/// it but its form.
enum class FrameType : char {
    Progress = 'P',    ///< JSON: done, total, unit
    Recognised = 'K',  ///< JSON: what the files hold, before they are read
    Rows = 'R',        ///< a batch, see encode_rows
    Picture = 'I',     ///< what is kept of a photo, see encode_picture
    Done = 'D',        ///< JSON: the report
    Refused = 'X'      ///< JSON: field, reason
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

std::string encode_picture(const gis::read::Picture& picture);
/// Throws gis::Unavailable for what encode_picture does not write, or what is no picture of its file: spans that
/// overlap or leave it, a thumbnail that is no JPEG.
gis::read::Picture decode_picture(std::string_view payload);

/// About how many bytes a row takes.
std::size_t size_of(const gis::Row& row);

}  // namespace jobs
