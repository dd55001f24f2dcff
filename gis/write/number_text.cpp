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

/// Writes `value` in exactly `width` digits before `end`.
char* put_fraction(char* end, std::uint64_t value, int width) {
    for (; width >= 2; width -= 2) {
        end -= 2;
        std::memcpy(end, &pairs[2 * (value % 100)], 2);
        value /= 100;
    }
    if (width == 1) *--end = static_cast<char>('0' + value % 10);
    return end;
}

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

/// `Decimals` known while compiling: the divisions become multiplications.
template <int Decimals, std::uint64_t Scale>
void append_scaled(std::string& out, std::uint64_t scaled, bool negative) {
    std::array<char, 32> digits;
    char* end = digits.data() + digits.size();
    char* begin = end;
    std::uint64_t fraction = scaled % Scale;
    if (fraction != 0) {
        int width = Decimals;
        while (fraction % 10 == 0) {
            fraction /= 10;
            --width;
        }
        begin = put_fraction(begin, fraction, width);
        *--begin = '.';
    }
    begin = put_whole(begin, scaled / Scale);
    if (negative && scaled != 0) *--begin = '-';
    out.append(begin, end);
}

}  // namespace

void append_decimal(std::string& out, double value, int decimals) {
    const double wanted = value * powers_of_ten[static_cast<std::size_t>(decimals)];
    const double size = std::abs(wanted);
    if (!(size < 9e17)) return append_double(out, value);  // beyond 64-bit integers
    const auto scaled = static_cast<std::uint64_t>(size + 0.5);
    const bool negative = wanted < 0;
    switch (decimals) {
        case 8:
            return append_scaled<8, 100'000'000>(out, scaled, negative);
        case 4:
            return append_scaled<4, 10'000>(out, scaled, negative);
        case 3:
            return append_scaled<3, 1'000>(out, scaled, negative);
        default: {
            // Whole and fraction as nine decimals would be: any other precision is rare.
            std::array<char, 64> text;
            const auto [end, error] =
                std::to_chars(text.data(), text.data() + text.size(), value, std::chars_format::fixed, decimals);
            std::string_view digits(text.data(), static_cast<std::size_t>(end - text.data()));
            if (decimals > 0) digits = digits.substr(0, digits.find_last_not_of('0') + 1);
            if (digits.ends_with('.')) digits.remove_suffix(1);
            out += digits == "-0" ? "0" : digits;
        }
    }
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
