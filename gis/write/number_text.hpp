#pragma once

#include <cstdint>
#include <string>

#include "gis/crs/crs.hpp"

namespace gis {

/// `value` with at most `decimals` (0 to 9) digits after the point, without trailing zeros. Finite values only.
void append_decimal(std::string& out, double value, int decimals);

inline constexpr std::size_t longest_decimal = 32;
/// The same at `at`, where `longest_decimal` bytes are free; gives where it ends.
char* put_decimal(char* at, double value, int decimals);

void append_integer(std::string& out, std::int64_t value);

/// The shortest text that reads back as the same double. Finite values only.
void append_double(std::string& out, double value);

/// Digits that lose nothing a cadastre holds: 1e-8 degree is a millimetre, and 1e-4 metre a tenth of one.
inline int coordinate_decimals(const Crs& crs) {
    return crs.geographic ? 8 : 4;
}

}  // namespace gis
