#include "server/import/copy_encoder.hpp"

#include <fmt/format.h>

#include <bit>
#include <cctype>
#include <charconv>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <limits>
#include <optional>
#include <utility>

#include "gis/error.hpp"

namespace importing {

namespace {

constexpr std::int32_t null_length = -1;
constexpr std::uint32_t ewkb_srid_flag = 0x20000000U;

template <typename T>
void append_big_endian(std::string& out, T value) {
    using Unsigned = std::make_unsigned_t<T>;
    const auto bits = static_cast<Unsigned>(value);
    for (std::size_t i = sizeof(T); i-- > 0;) out += static_cast<char>(bits >> (8 * i) & 0xffU);
}

template <typename T>
void append_sized(std::string& out, T value) {
    append_big_endian(out, static_cast<std::int32_t>(sizeof(T)));
    append_big_endian(out, value);
}

void append_text(std::string& out, std::string_view text) {
    append_big_endian(out, static_cast<std::int32_t>(text.size()));
    out += text;
}

[[noreturn]] void refuse(const CopyColumn& column, std::string_view value) {
    throw gis::InvalidRequest(column.name, fmt::format("'{}' is no {}", value.substr(0, 80), column.sql_type));
}

std::string text_of(const gis::Value& value) {
    if (const auto* text = std::get_if<std::string>(&value)) return *text;
    if (const auto* whole = std::get_if<std::int64_t>(&value)) return std::to_string(*whole);
    if (const auto* number = std::get_if<double>(&value)) return fmt::format("{}", *number);
    if (const auto* flag = std::get_if<bool>(&value)) return *flag ? "true" : "false";
    return "";
}

/// The text of a value, made in `made` when it is not text yet.
const std::string& as_text(const gis::Value& value, std::string& made) {
    if (const auto* text = std::get_if<std::string>(&value)) return *text;
    made = text_of(value);
    return made;
}

CopyForm form_of(const CopyColumn& column) {
    constexpr std::pair<std::string_view, CopyForm> forms[] = {
        {"text", CopyForm::Text},
        {"character varying", CopyForm::Text},
        {"character", CopyForm::Text},
        {"smallint", CopyForm::Int16},
        {"integer", CopyForm::Int32},
        {"bigint", CopyForm::Int64},
        {"double precision", CopyForm::Float64},
        {"boolean", CopyForm::Boolean},
        {"date", CopyForm::Date},
        {"timestamp with time zone", CopyForm::Timestamp},
        {"uuid", CopyForm::Uuid},
    };
    for (const auto& [type, form] : forms) {
        if (column.sql_type == type) return form;
    }
    return CopyForm::None;
}

double number_of(const CopyColumn& column, const gis::Value& value) {
    if (const auto* number = std::get_if<double>(&value)) return *number;
    if (const auto* whole = std::get_if<std::int64_t>(&value)) return static_cast<double>(*whole);
    const std::string text = text_of(value);
    double number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc{} || end != text.data() + text.size()) refuse(column, text);
    return number;
}

template <typename T>
T integer_of(const CopyColumn& column, const gis::Value& value) {
    std::int64_t whole = 0;
    if (const auto* exact = std::get_if<std::int64_t>(&value)) {
        whole = *exact;
    } else {
        const std::string text = text_of(value);
        const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), whole);
        if (error != std::errc{} || end != text.data() + text.size()) {
            const double number = number_of(column, value);  // "12.0"; nothing that a 64-bit number cannot hold
            if (!(std::abs(number) < 9.2e18) || number != std::trunc(number)) refuse(column, text);
            whole = static_cast<std::int64_t>(number);
        }
    }
    if (whole < std::numeric_limits<T>::min() || whole > std::numeric_limits<T>::max()) refuse(column, text_of(value));
    return static_cast<T>(whole);
}

bool boolean_of(const CopyColumn& column, const gis::Value& value) {
    if (const auto* flag = std::get_if<bool>(&value)) return *flag;
    const std::string text = text_of(value);
    for (const char* yes : {"true", "t", "1", "oui", "Oui", "O", "A"}) {
        if (text == yes) return true;
    }
    for (const char* no : {"false", "f", "0", "non", "Non", "N", ""}) {
        if (text == no) return false;
    }
    refuse(column, text);
}

/// The digits at `from`, at most `most`; moves `from` past them. Nothing when there is none.
std::optional<unsigned> read_digits(const std::string& text, std::size_t& from, std::size_t most) {
    const std::size_t begin = from;
    unsigned number = 0;
    while (from < text.size() && from - begin < most && text[from] >= '0' && text[from] <= '9')
        number = number * 10 + static_cast<unsigned>(text[from++] - '0');
    if (from == begin) return std::nullopt;
    return number;
}

/// Days from 2000-01-01, PostgreSQL's epoch, for "2026-01-31" or "2026/01/31" (what follows the day is not read).
std::int32_t days_of(const CopyColumn& column, const std::string& text) {
    std::size_t at = 0;
    const auto year = read_digits(text, at, 4);
    if (at != 4) refuse(column, text);  // "31/01/2026" must not become a day of the year 31
    const char separator = at < text.size() ? text[at++] : '\0';
    const auto month = read_digits(text, at, 2);
    const bool separated = (separator == '-' || separator == '/') && at < text.size() && text[at++] == separator;
    const auto day = read_digits(text, at, 2);
    if (!separated || !year || !month || !day) refuse(column, text);
    const std::chrono::year_month_day date{std::chrono::year(static_cast<int>(*year)), std::chrono::month(*month),
                                           std::chrono::day(*day)};
    if (!date.ok()) refuse(column, text);
    constexpr std::chrono::sys_days epoch{std::chrono::year(2000) / 1 / 1};
    return static_cast<std::int32_t>((std::chrono::sys_days(date) - epoch).count());
}

/// Microseconds from 2000-01-01 UTC for "2026-01-31T12:00:00Z", "2026-01-31 12:00:00", or a date alone.
std::int64_t microseconds_of(const CopyColumn& column, const std::string& text) {
    constexpr std::int64_t second = 1'000'000;
    std::int64_t time = static_cast<std::int64_t>(days_of(column, text)) * 86'400 * second;
    if (text.size() <= 10) return time;
    int hour = 0;
    int minute = 0;
    double seconds = 0;
    if (std::sscanf(text.c_str() + 11, "%2d:%2d:%lf", &hour, &minute, &seconds) < 2) refuse(column, text);
    const auto is_clock = [](int h, int m) { return h >= 0 && h < 24 && m >= 0 && m < 60; };
    if (!is_clock(hour, minute) || !(seconds >= 0 && seconds < 61)) refuse(column, text);
    time += (hour * 3600L + minute * 60L) * second + std::llround(seconds * 1e6);
    const auto zone = text.find_first_of("+-", 16);  // after "2026-01-31T12:00"
    int zone_hour = 0;
    int zone_minute = 0;
    if (zone != std::string::npos && std::sscanf(text.c_str() + zone + 1, "%2d:%2d", &zone_hour, &zone_minute) >= 1) {
        if (!is_clock(zone_hour, zone_minute)) refuse(column, text);
        const std::int64_t offset = (zone_hour * 3600L + zone_minute * 60L) * second;
        time += text[zone] == '+' ? -offset : offset;
    }
    return time;
}

/// The sixteen bytes of "6f9619ff-8b86-d011-b42d-00c04fc964ff".
std::string uuid_bytes(const CopyColumn& column, const std::string& text) {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string bytes;
    int half = -1;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
        if (dash != (text[i] == '-')) refuse(column, text);
        if (dash) continue;
        const auto digit = digits.find(static_cast<char>(std::tolower(static_cast<unsigned char>(text[i]))));
        if (digit == std::string_view::npos) refuse(column, text);
        if (half >= 0) bytes += static_cast<char>(half * 16 + static_cast<int>(digit));
        half = half >= 0 ? -1 : static_cast<int>(digit);
    }
    if (bytes.size() != 16 || text.size() != 36) refuse(column, text);
    return bytes;
}

}  // namespace

CopyEncoder::CopyEncoder(std::vector<CopyColumn> columns, int srid) : columns_(std::move(columns)), srid_(srid) {
    for (const CopyColumn& column : columns_) forms_.push_back(form_of(column));
}

std::string CopyEncoder::header() {
    return std::string("PGCOPY\n\377\r\n\0", 11) + std::string(8, '\0');
}

std::string CopyEncoder::trailer() {
    return "\xff\xff";
}

void CopyEncoder::append(std::string& out, const gis::Row& row) const {
    append_big_endian(out, static_cast<std::int16_t>(columns_.size() + (srid_ == 0 ? 0 : 1)));
    for (std::size_t i = 0; i < columns_.size(); ++i) append_value(out, i, row.values[i]);
    if (srid_ != 0) append_geometry(out, row.wkb);
}

void CopyEncoder::append_value(std::string& out, std::size_t place, const gis::Value& value) const {
    if (std::holds_alternative<std::monostate>(value)) {
        append_big_endian(out, null_length);
        return;
    }
    std::string made;
    const CopyColumn& column = columns_[place];
    switch (forms_[place]) {
        case CopyForm::Text:
            return append_text(out, as_text(value, made));
        case CopyForm::Int16:
            return append_sized(out, integer_of<std::int16_t>(column, value));
        case CopyForm::Int32:
            return append_sized(out, integer_of<std::int32_t>(column, value));
        case CopyForm::Int64:
            return append_sized(out, integer_of<std::int64_t>(column, value));
        case CopyForm::Float64:
            return append_sized(out, std::bit_cast<std::int64_t>(number_of(column, value)));
        case CopyForm::Boolean:
            append_big_endian(out, std::int32_t{1});
            out += boolean_of(column, value) ? '\1' : '\0';
            return;
        case CopyForm::Date:
            return append_sized(out, days_of(column, as_text(value, made)));
        case CopyForm::Timestamp:
            return append_sized(out, microseconds_of(column, as_text(value, made)));
        case CopyForm::Uuid:
            return append_text(out, uuid_bytes(column, as_text(value, made)));
        case CopyForm::None:
            throw gis::InvalidRequest(column.name, fmt::format("columns of type {} cannot be loaded", column.sql_type));
    }
}

void CopyEncoder::append_geometry(std::string& out, std::string_view wkb) const {
    if (wkb.empty()) {
        append_big_endian(out, null_length);
        return;
    }
    // Little-endian WKB with the SRID put in: PostGIS takes extended WKB.
    if (wkb.size() < 9 || wkb.front() != 1) throw gis::InvalidRequest("geometry", "little-endian WKB expected");
    std::uint32_t type = 0;
    std::memcpy(&type, wkb.data() + 1, sizeof type);
    const bool has_srid = (type & ewkb_srid_flag) != 0;
    type |= ewkb_srid_flag;
    const std::string_view rest = wkb.substr(has_srid ? 9 : 5);
    append_big_endian(out, static_cast<std::int32_t>(9 + rest.size()));
    out += '\1';
    out.append(reinterpret_cast<const char*>(&type), sizeof type);
    out.append(reinterpret_cast<const char*>(&srid_), sizeof srid_);
    out += rest;
}

}  // namespace importing
