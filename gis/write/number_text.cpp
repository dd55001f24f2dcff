#include "gis/write/number_text.hpp"

#include <array>
#include <charconv>
#include <cmath>
#include <cstring>

namespace gis {

namespace {

constexpr std::array<double, 10> powers_of_ten{1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9};

/// "00", "01" ... "99".
constexpr auto make_pairs() {
    std::array<char, 200> pairs{};
    for (std::size_t i = 0; i < 100; ++i) {
        pairs[2 * i] = static_cast<char>('0' + i / 10);
        pairs[2 * i + 1] = static_cast<char>('0' + i % 10);
    }
    return pairs;
}
constexpr std::array<char, 200> pairs = make_pairs();

char* put_whole(char* end, std::uint64_t value) {
    while (value >= 100) {
        end -= 2;
        std::memcpy(end, &pairs[2 * (value % 100)], 2);
        value /= 100;
    }
    if (value >= 10) {
        end -= 2;
        std::memcpy(end, &pairs[2 * value], 2);
    } else {
        *--end = static_cast<char>('0' + value);
    }
    return end;
}

/// `value` from `at` on, leading digit first.
char* put_forward(char* at, std::uint64_t value) {
    if (value < 10) {
        *at = static_cast<char>('0' + value);
        return at + 1;
    }
    if (value < 100) {
        std::memcpy(at, &pairs[2 * value], 2);
        return at + 2;
    }
    std::array<char, 24> digits;
    char* const end = digits.data() + digits.size();
    const char* const begin = put_whole(end, value);
    const auto size = static_cast<std::size_t>(end - begin);
    std::memcpy(at, begin, size);
    return at + size;
}

/// `Decimals` known while compiling: the divisions become multiplications.
template <int Decimals, std::uint64_t Scale>
char* put_scaled(char* at, std::uint64_t scaled, bool negative) {
    if (negative && scaled != 0) *at++ = '-';
    at = put_forward(at, scaled / Scale);
    std::uint64_t fraction = scaled % Scale;
    if (fraction == 0) return at;
    *at++ = '.';
    char* end = at + Decimals;
    int width = Decimals;
    for (char* place = end; width >= 2; width -= 2) {
        place -= 2;
        std::memcpy(place, &pairs[2 * (fraction % 100)], 2);
        fraction /= 100;
    }
    if (width == 1) *at = static_cast<char>('0' + fraction);
    while (end[-1] == '0') --end;
    return end;
}

}  // namespace

char* put_decimal(char* at, double value, int decimals) {
    const double wanted = value * powers_of_ten[static_cast<std::size_t>(decimals)];
    const double size = std::abs(wanted);
    if (!(size < 9e17)) return std::to_chars(at, at + longest_decimal, value).ptr;  // beyond 64-bit integers
    const double raised = size + 0.5;
    const auto scaled = static_cast<std::uint64_t>(raised);
    const bool negative = wanted < 0;
    switch (decimals) {
        case 8:
            return put_scaled<8, 100'000'000>(at, scaled, negative);
        case 4:
            return put_scaled<4, 10'000>(at, scaled, negative);
        case 3:
            return put_scaled<3, 1'000>(at, scaled, negative);
        default: {
            char* end = std::to_chars(at, at + longest_decimal, value, std::chars_format::fixed, decimals).ptr;
            while (decimals > 0 && end[-1] == '0') --end;
            if (end[-1] == '.') --end;
            if (end - at == 2 && at[0] == '-' && at[1] == '0') *at = '0', end = at + 1;
            return end;
        }
    }
}

void append_decimal(std::string& out, double value, int decimals) {
    std::array<char, longest_decimal> text;
    out.append(text.data(), put_decimal(text.data(), value, decimals));
}

void append_integer(std::string& out, std::int64_t value) {
    std::array<char, 24> digits;
    char* end = digits.data() + digits.size();
    const auto size = value < 0 ? 0 - static_cast<std::uint64_t>(value) : static_cast<std::uint64_t>(value);
    char* begin = put_whole(end, size);
    if (value < 0) *--begin = '-';
    out.append(begin, end);
}

void append_double(std::string& out, double value) {
    std::array<char, 32> text;
    const auto [end, error] = std::to_chars(text.data(), text.data() + text.size(), value);
    out.append(text.data(), end);
}

}  // namespace gis
