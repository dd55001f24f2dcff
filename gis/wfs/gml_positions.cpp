#include "gis/wfs/gml_positions.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <optional>
#include <utility>

#include "gis/wfs/gml_geometry.hpp"
#include "gis/wfs/service_error.hpp"
#include "gis/wfs/xml_document.hpp"

namespace gis::wfs {

namespace {

bool is_space(char c) {
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

class PositionReader {
  public:
    PositionReader(bool northing_first, std::size_t most, const std::string& locator)
        : northing_first_(northing_first), most_(most), locator_(locator) {}

    void read(const pugi::xml_node& parent) {
        for (const pugi::xml_node& child : child_elements(parent)) {
            const std::string_view name = local_name(child);
            if (name == "posList" || name == "pos" || name == "lowerCorner" || name == "upperCorner") {
                read_numbers(child, dimension_of(child), name != "posList");
            } else if (name == "coordinates") {
                read_coordinates(child);
            } else if (name == "coord") {
                read_coord(child);
            } else if (name == "pointProperty" || name == "pointMember" || name == "pointRep") {
                const pugi::xml_node point = child_called(child, "Point");
                if (!point) refuse(fmt::format("a Point is expected in '{}'", name));
                read(point);
            }
        }
    }

    Positions take() { return {std::move(list_), has_z_}; }

  private:
    [[noreturn]] void refuse(const std::string& reason) const {
        throw ServiceError("InvalidParameterValue", locator_, reason);
    }

    double number(std::string_view text) const {
        if (text.starts_with('+')) text.remove_prefix(1);
        double value = 0;
        const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
        if (error != std::errc{} || end != text.data() + text.size() || !std::isfinite(value))
            refuse(fmt::format("'{}' is no finite number", text.substr(0, 50)));
        return value;
    }

    void add(double first, double second, std::optional<double> z) {
        if (list_.size() >= most_) refuse(fmt::format("more than {} positions", max_gml_positions));
        if (!list_.empty() && z.has_value() != has_z_) refuse("positions with and without height in one geometry");
        has_z_ = z.has_value();
        list_.push_back(northing_first_ ? Position{second, first, z.value_or(0)}
                                        : Position{first, second, z.value_or(0)});
    }

    /// srsDimension (GML 3) or dimension (drafts) of the element or what holds it; 0 when none says.
    static int dimension_of(const pugi::xml_node& element) {
        for (pugi::xml_node scope = element; scope.type() == pugi::node_element; scope = scope.parent()) {
            const std::string_view text = has_attribute(scope, "srsDimension") ? attribute_of(scope, "srsDimension")
                                                                               : attribute_of(scope, "dimension");
            if (!text.empty()) return text == "2" ? 2 : text == "3" ? 3 : -1;
        }
        return 0;
    }

    void read_numbers(const pugi::xml_node& element, int dimension, bool single) {
        std::vector<double> numbers;
        const std::string text = text_of(element);
        for (std::size_t at = 0; at < text.size();) {
            if (is_space(text[at])) {
                ++at;
                continue;
            }
            auto end = at;
            while (end < text.size() && !is_space(text[end])) ++end;
            numbers.push_back(number(std::string_view(text).substr(at, end - at)));
            if (numbers.size() > 3 * (most_ + 1)) refuse(fmt::format("more than {} positions", max_gml_positions));
            at = end;
        }
        if (dimension < 0) refuse("srsDimension: 2 or 3 expected");
        if (dimension == 0) dimension = single && numbers.size() == 3 ? 3 : 2;
        const auto step = static_cast<std::size_t>(dimension);
        if (single ? numbers.size() != step : numbers.empty() || numbers.size() % step != 0)
            refuse(fmt::format("{} numbers where {} a position are expected", numbers.size(), dimension));
        for (std::size_t i = 0; i < numbers.size(); i += step)
            add(numbers[i], numbers[i + 1], step == 3 ? std::optional(numbers[i + 2]) : std::nullopt);
    }

    char separator(const pugi::xml_node& element, std::string_view name, char otherwise) const {
        if (!has_attribute(element, name)) return otherwise;
        const std::string_view text = attribute_of(element, name);
        if (text.size() != 1) refuse(fmt::format("{}: one character expected", name));
        return text.front();
    }

    /// GML 2: tuples parted by `ts`, their numbers by `cs`.
    void read_coordinates(const pugi::xml_node& element) {
        const char cs = separator(element, "cs", ',');
        const char ts = separator(element, "ts", ' ');
        const char decimal = separator(element, "decimal", '.');
        if (cs == ts || cs == decimal || ts == decimal) refuse("cs, ts and decimal must differ");
        std::string text = text_of(element);
        if (text.empty()) refuse("no coordinates");
        if (ts == ' ' || cs == ' ') std::replace_if(text.begin(), text.end(), is_space, ' ');
        std::vector<double> tuple;
        std::string part;
        const auto end_number = [&] {
            if (decimal != '.') std::replace(part.begin(), part.end(), decimal, '.');
            tuple.push_back(number(part));
            part.clear();
        };
        const auto end_tuple = [&] {
            if (part.empty() && tuple.empty()) return;
            end_number();
            if (tuple.size() != 2 && tuple.size() != 3) refuse(fmt::format("a tuple of {} numbers", tuple.size()));
            add(tuple[0], tuple[1], tuple.size() == 3 ? std::optional(tuple[2]) : std::nullopt);
            tuple.clear();
        };
        for (const char c : text) {
            if (c == ts) {
                end_tuple();
            } else if (c == cs) {
                end_number();
            } else if (!is_space(c)) {
                part += c;
            }
        }
        end_tuple();
    }

    void read_coord(const pugi::xml_node& element) {
        const pugi::xml_node x = child_called(element, "X");
        const pugi::xml_node y = child_called(element, "Y");
        const pugi::xml_node z = child_called(element, "Z");
        if (!x || !y) refuse("coord: X and Y expected");
        add(number(text_of(x)), number(text_of(y)), z ? std::optional(number(text_of(z))) : std::nullopt);
    }

    bool northing_first_;
    std::size_t most_;
    const std::string& locator_;
    std::vector<Position> list_;
    bool has_z_ = false;
};

}  // namespace

Positions read_positions(const pugi::xml_node& element, bool northing_first, std::size_t most,
                         const std::string& locator) {
    PositionReader reader(northing_first, most, locator);
    reader.read(element);
    return reader.take();
}

}  // namespace gis::wfs
