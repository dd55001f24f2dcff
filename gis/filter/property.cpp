#include "gis/filter/property.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <vector>

#include "gis/error.hpp"
#include "gis/text/ascii.hpp"

namespace gis {

namespace {

constexpr std::size_t longest_name = 63;  // of a PostgreSQL column

/// Insertions, deletions and replacements between two names.
std::size_t edits_between(std::string_view a, std::string_view b) {
    std::vector<std::size_t> row(b.size() + 1);
    for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
    for (std::size_t i = 1; i <= a.size(); ++i) {
        std::size_t diagonal = row[0];
        row[0] = i;
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const std::size_t replaced = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
            diagonal = row[j];
            row[j] = std::min({row[j] + 1, row[j - 1] + 1, replaced});
        }
    }
    return row[b.size()];
}

bool is_near(const std::string& wanted, const std::string& name) {
    if (wanted.size() > longest_name) return false;
    return name.find(wanted) != std::string::npos || wanted.find(name) != std::string::npos ||
           edits_between(wanted, name) <= 1 + wanted.size() / 4;
}

[[noreturn]] void refuse(const Layer& layer, std::string_view name, const std::string& parameter, bool with_geometry) {
    std::vector<std::string> all;
    for (const Field& field : layer.fields) all.push_back(field.name);
    if (with_geometry && layer.has_geometry()) all.push_back(geometry_property(layer));
    std::vector<std::string> near;
    const std::string wanted = lower(name);
    if (!wanted.empty())
        std::copy_if(all.begin(), all.end(), std::back_inserter(near),
                     [&](const std::string& known) { return is_near(wanted, lower(known)); });
    throw InvalidRequest(
        parameter,
        fmt::format("'{}' has no property '{}'{}; it has {}", layer.name, name.substr(0, 100),
                    near.empty() ? "" : fmt::format(" (near: {})", fmt::join(near, ", ")), fmt::join(all, ", ")));
}

}  // namespace

std::string geometry_property(const Layer& layer) {
    if (!layer.has_geometry()) return "";
    return layer.find_field("geometry") == nullptr ? "geometry" : layer.geometry_column;
}

Expression property_of(const Layer& layer, std::string_view name, const std::string& parameter) {
    if (const Field* field = layer.find_field(name)) return {PropertyRef{field}};
    if (layer.has_geometry() && (name == geometry_property(layer) || name == layer.geometry_column))
        return {GeometryRef{}};
    refuse(layer, name, parameter, true);
}

const Field& field_of(const Layer& layer, std::string_view name, const std::string& parameter) {
    if (const Field* field = layer.find_field(name)) return *field;
    refuse(layer, name, parameter, false);
}

std::string like_pattern(std::string_view pattern, std::string_view any, std::string_view one, std::string_view escape,
                         const std::string& parameter) {
    const auto character_length = [](std::string_view text) {
        std::size_t length = 1;
        while (length < text.size() && (static_cast<unsigned char>(text[length]) & 0xc0) == 0x80) ++length;
        return length;
    };
    const auto append_plain = [](std::string& out, std::string_view character) {
        if (character == "%" || character == "_" || character == "\\") out += '\\';
        out += character;
    };
    std::string result;
    while (!pattern.empty()) {
        std::string_view character = pattern.substr(0, character_length(pattern));
        pattern.remove_prefix(character.size());
        if (character == escape) {
            if (pattern.empty()) throw InvalidRequest(parameter, "the pattern ends with its escape character");
            character = pattern.substr(0, character_length(pattern));
            pattern.remove_prefix(character.size());
            append_plain(result, character);
        } else if (character == any) {
            result += '%';
        } else if (character == one) {
            result += '_';
        } else {
            append_plain(result, character);
        }
    }
    return result;
}

}  // namespace gis
