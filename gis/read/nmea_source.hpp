#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gis/read/input.hpp"

namespace gis::read {

/// The fields of an NMEA 0183 sentence, its name without the talker first ("GGA"), and whether its checksum holds.
struct Sentence {
    std::vector<std::string> fields;
    enum class Sum { Right, Wrong, Absent } sum = Sum::Absent;
};
/// `text` from '$' to before the line's end; nothing when it is no sentence.
std::optional<Sentence> parse_sentence(std::string_view text);

/// True when the first bytes of a file hold sentences with positions or satellites.
bool looks_like_nmea(std::string_view head);

/// A log of a receiver: one point for each moment (GGA; RMC where there is none), with what GST, GSA and RMC say of the
/// same moment. Other bytes between sentences are passed over; wrong checksums are counted and left out.
std::unique_ptr<Source> open_nmea_source(const Input& input);

}  // namespace gis::read
