#include "gis/read/csv_source.hpp"

#include <fmt/format.h>
#include <ogr_geometry.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <set>

#include "gis/error.hpp"
#include "gis/read/ogr_shape.hpp"
#include "gis/read/sitadel_source.hpp"
#include "gis/read/text_file.hpp"

namespace gis::read {

namespace {

constexpr std::size_t lines_looked_at = 200;  // lines
constexpr std::size_t most_columns = 500;
constexpr std::array separators{';', '\t', ',', '|', ' '};

using Names = std::initializer_list<std::string_view>;
const Names x_names{"x",    "e",        "est", "easting", "x_l93", "x_cc50",    "x_cc49",  "coord_x", "x_lambert93",
                    "xl93", "abscisse", "lon", "lng",     "long",  "longitude", "x_wgs84", "x_m",     "e_m"};
const Names y_names{"y",           "n",    "nord",     "northing", "y_l93",    "y_cc50",  "y_cc49", "coord_y",
                    "y_lambert93", "yl93", "ordonnee", "lat",      "latitude", "y_wgs84", "y_m",    "n_m"};
const Names wkt_names{"wkt", "geom", "geometry", "geometrie", "the_geom", "wkt_geom"};
const Names degree_names{"lon", "lng", "long", "longitude", "x_wgs84"};

int find_column(const std::vector<std::string>& columns, Names names) {
    for (const std::string_view name : names) {
        for (std::size_t i = 0; i < columns.size(); ++i) {
            if (clean_name(columns[i]) == name) return static_cast<int>(i);
        }
    }
    return -1;
}

/// How many fields each separator gives, and whether the same on (nearly) every line.
int score(const std::vector<std::string>& lines, char separator) {
    std::map<std::size_t, int> counts;
    for (const std::string& line : lines) ++counts[split_line(line, separator).size()];
    const auto most = std::max_element(counts.begin(), counts.end(),
                                       [](const auto& a, const auto& b) { return a.second < b.second; });
    if (most == counts.end() || most->first < 2) return 0;
    return most->second * 100 / static_cast<int>(lines.size()) * 10 +
           static_cast<int>(std::min<std::size_t>(most->first, 9));
}

bool looks_numeric(const std::string& text) {
    return parse_number(text, false).has_value() || parse_number(text, true).has_value();
}

/// Lists of the national bases say each column in words before they name it: "Année de dépôt" above "AN_DEPOT".
bool explains(const std::vector<std::string>& words, const std::vector<std::string>& names) {
    const auto is_name = [](const std::string& text) {
        return !text.empty() && text.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_") == std::string::npos &&
               !looks_numeric(text);
    };
    constexpr std::size_t fewest = 5;  // columns; less could be a row of short codes
    return names.size() == words.size() && names.size() >= fewest && std::ranges::all_of(names, is_name) &&
           !std::ranges::all_of(words, is_name) &&
           std::set<std::string>(names.begin(), names.end()).size() == names.size();
}

/// Without names: the first two neighbours that look like a position on every line.
void guess_places(TextTable& table, const std::vector<std::vector<std::string>>& rows) {
    for (std::size_t column = 0; column + 1 < table.columns.size(); ++column) {
        std::size_t good = 0;
        for (const auto& row : rows) {
            if (row.size() < column + 2) continue;
            const auto x = parse_number(row[column], table.decimal_comma);
            const auto y = parse_number(row[column + 1], table.decimal_comma);
            if (!x || !y) continue;
            const bool metres = std::abs(*x) > 10'000 && std::abs(*y) > 10'000;
            const bool degrees =
                std::abs(*x) <= 180 && std::abs(*y) <= 180 && *x != std::floor(*x) && *y != std::floor(*y);
            if (metres || degrees) ++good;
        }
        if (rows.empty() || good * 10 < rows.size() * 9) continue;
        table.x = static_cast<int>(column);
        table.y = static_cast<int>(column) + 1;
        return;
    }
}

/// A total station's list has no header: number, x, y, height, code (NEZ and XYZ alike; the axes are told apart later).
void name_columns(TextTable& table, const std::vector<std::vector<std::string>>& rows) {
    if (table.x < 0) return;
    const auto x = static_cast<std::size_t>(table.x);
    table.columns[x] = "x";
    table.columns[x + 1] = "y";
    if (x > 0) table.columns[x - 1] = "numero";
    const auto is_height = [&](const auto& row) {
        const auto number = row.size() > x + 2 ? parse_number(row[x + 2], table.decimal_comma) : std::nullopt;
        return number && std::abs(*number) < 9000;
    };
    const auto heights = std::count_if(rows.begin(), rows.end(), is_height);
    const bool has_height = heights * 10 >= static_cast<std::ptrdiff_t>(rows.size()) * 9;
    if (has_height) table.columns[x + 2] = "altitude";
    const std::size_t code = x + (has_height ? 3 : 2);
    if (code < table.columns.size()) table.columns[code] = "code";
}

class CsvSource final : public Source {
  public:
    CsvSource(Input input, const Options& options) : input_(std::move(input)), encoding_(options.encoding) {
        TextFile file(input_.path, input_.shown_name, encoding_);
        std::vector<std::string> lines;
        for (std::string line; lines.size() < lines_looked_at && file.next(line);) {
            if (!trimmed(line).empty()) lines.push_back(line);
        }
        table_ = look_at_table(lines, options.text_form);
        if (table_.columns.empty())
            throw InvalidRequest(input_.shown_name,
                                 "ce texte n'est pas une table : une ligne par objet, des colonnes séparées");
        SourceLayer layer;
        layer.name = input_.path.stem().string();
        layer.encoding = file.encoding_shown();
        layer.text_form = {table_.separator, table_.decimal_comma};
        std::set<std::string> taken;
        for (const std::string& column : table_.columns) {
            std::string name = column;
            for (int n = 2; !taken.insert(lower(name)).second; ++n) name = fmt::format("{}_{}", column, n);
            layer.fields.push_back({name, FieldType::Text});
        }
        if (options.position) {
            table_.x = place_of(layer, "x", options.position->x);
            table_.y = place_of(layer, "y", options.position->y);
        }
        if (table_.wkt >= 0) layer.geometry = GeometryType::Any;
        if (table_.x >= 0) layer.geometry = GeometryType::Point;
        if (table_.x >= 0 && find_column({table_.columns[static_cast<std::size_t>(table_.x)]}, degree_names) >= 0)
            layer.crs = "EPSG:4326";
        for (const int place : {table_.x, table_.y, table_.wkt}) {
            if (place >= 0) layer.position_fields.push_back(layer.fields[static_cast<std::size_t>(place)].name);
        }
        layers_.push_back(std::move(layer));
    }

    const std::vector<SourceLayer>& layers() const override { return layers_; }
    std::int64_t bytes_done() const override { return bytes_done_; }

    void read(std::size_t, const std::vector<std::string>& wanted,
              const std::function<void(SourceFeature&)>& take) override {
        std::vector<int> places;
        for (const std::string& name : wanted) {
            int place = -1;
            for (std::size_t i = 0; i < layers_[0].fields.size(); ++i) {
                if (same_name(layers_[0].fields[i].name, name)) place = static_cast<int>(i);
            }
            places.push_back(place);
        }
        TextFile file(input_.path, input_.shown_name, encoding_);
        SourceFeature feature;
        feature.values.resize(wanted.size());
        std::size_t header = table_.header_lines;
        for (std::string line; file.next(line);) {
            bytes_done_ = file.bytes_done();
            if (trimmed(line).empty()) continue;
            if (header > 0) {
                --header;
                continue;
            }
            ++feature.number;
            fill(feature, split_line(line, table_.separator), places);
            take(feature);
        }
    }

  private:
    int place_of(const SourceLayer& layer, const std::string& axis, const std::string& name) const {
        const auto field = std::ranges::find(layer.fields, name, &SourceField::name);
        if (field != layer.fields.end()) return static_cast<int>(field - layer.fields.begin());
        throw InvalidRequest(input_.shown_name,
                             fmt::format("columns.{} : le fichier n'a pas de champ « {} »", axis, name));
    }

    void fill(SourceFeature& feature, const std::vector<std::string>& fields, const std::vector<int>& places) {
        feature.defect.clear();
        feature.defect_field.clear();
        feature.shape.clear();
        for (std::size_t i = 0; i < places.size(); ++i) {
            feature.values[i] = std::monostate{};
            if (places[i] < 0 || static_cast<std::size_t>(places[i]) >= fields.size()) continue;
            const std::string& text = fields[static_cast<std::size_t>(places[i])];
            if (trimmed(text).empty()) continue;
            feature.values[i] = std::string(trimmed(text));
            if (!table_.decimal_comma || text.find(',') == std::string::npos) continue;
            if (const auto number = parse_number(text, true)) feature.values[i] = *number;
        }
        if (table_.x >= 0) set_point(feature, fields);
        if (table_.x < 0 && table_.wkt >= 0) set_geometry(feature, fields);
    }

    std::optional<double> coordinate(SourceFeature& feature, const std::vector<std::string>& fields, int place) const {
        const auto index = static_cast<std::size_t>(place);
        const std::string text = index < fields.size() ? fields[index] : "";
        const auto number = parse_number(text, table_.decimal_comma);
        if (!number) {
            feature.defect_field = table_.columns[index];
            feature.defect = fmt::format("« {} » n'est pas une coordonnée", text.substr(0, 40));
        }
        return number;
    }

    void set_point(SourceFeature& feature, const std::vector<std::string>& fields) const {
        const auto x = coordinate(feature, fields, table_.x);
        const auto y = x ? coordinate(feature, fields, table_.y) : std::nullopt;
        if (!y) return;
        feature.shape.kind = Shape::Kind::Point;
        feature.shape.xy = {*x, *y};
    }

    void set_geometry(SourceFeature& feature, const std::vector<std::string>& fields) const {
        const auto index = static_cast<std::size_t>(table_.wkt);
        if (index >= fields.size() || trimmed(fields[index]).empty()) return;
        OGRGeometry* made = nullptr;
        const OGRErr error = OGRGeometryFactory::createFromWkt(fields[index].c_str(), nullptr, &made);
        const std::unique_ptr<OGRGeometry> geometry(made);
        if (error != OGRERR_NONE || !geometry) {
            feature.defect_field = table_.columns[index];
            feature.defect = fmt::format("« {} » n'est pas une géométrie WKT", fields[index].substr(0, 40));
            return;
        }
        feature.defect = fill_shape(geometry.get(), feature.shape);
    }

    Input input_;
    std::optional<std::string> encoding_;
    TextTable table_;
    std::vector<SourceLayer> layers_;
    std::int64_t bytes_done_ = 0;
};

}  // namespace

TextForm parse_text_form(const std::string& separator, const std::string& decimal) {
    TextForm form;
    if (!separator.empty()) {
        for (const char known : separators) {
            if (separator_name(known) == separator) form.separator = known;
        }
        if (!form.separator) throw InvalidRequest("separator", "« ; », « , », « | », « tab » ou « space » est attendu");
    }
    if (!decimal.empty()) {
        if (decimal != "comma" && decimal != "point")
            throw InvalidRequest("decimal", "« comma » ou « point » est attendu");
        form.decimal_comma = decimal == "comma";
    }
    return form;
}

std::string separator_name(char separator) {
    if (separator == '\t') return "tab";
    return separator == ' ' ? "space" : std::string(1, separator);
}

std::optional<double> parse_number(std::string_view text, bool decimal_comma) {
    std::string plain;
    for (const char c : trimmed(text)) {
        if (c == ' ') continue;
        plain += decimal_comma && c == ',' ? '.' : c;
    }
    // The narrow space between thousands that spreadsheets write.
    for (std::size_t at; (at = plain.find("\xC2\xA0")) != std::string::npos;) plain.erase(at, 2);
    for (std::size_t at; (at = plain.find("\xE2\x80\xAF")) != std::string::npos;) plain.erase(at, 3);
    const std::string_view digits = std::string_view(plain).substr(plain.starts_with('+') ? 1 : 0);
    double number = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
    if (digits.empty() || error != std::errc() || end != digits.data() + digits.size() || !std::isfinite(number))
        return std::nullopt;
    return number;
}

std::vector<std::string> split_line(std::string_view line, char separator) {
    std::vector<std::string> fields;
    std::string field;
    bool quoted = false;
    for (std::size_t i = 0; i < line.size() && fields.size() < most_columns; ++i) {
        const char c = line[i];
        if (quoted) {
            if (c != '"') {
                field += c;
            } else if (i + 1 < line.size() && line[i + 1] == '"') {
                field += line[++i];
            } else {
                quoted = false;
            }
        } else if (c == '"' && trimmed(field).empty()) {
            quoted = true;
            field.clear();
        } else if (separator == ' ' && (c == ' ' || c == '\t')) {
            if (!field.empty()) fields.push_back(std::exchange(field, {}));
        } else if (c == separator) {
            fields.push_back(std::exchange(field, {}));
        } else {
            field += c;
        }
    }
    if (separator != ' ' || !field.empty()) fields.push_back(std::move(field));
    return fields;
}

TextTable look_at_table(const std::vector<std::string>& lines, const TextForm& said) {
    TextTable table;
    if (lines.empty()) return table;
    int best = 0;
    for (const char separator : separators) {
        if (said.separator.value_or(separator) != separator) continue;
        const int reached = score(lines, separator);
        if (reached > best) {
            best = reached;
            table.separator = separator;
        }
    }
    // Half of the lines must agree on how many columns there are.
    if (best < 500) return table;
    std::vector<std::vector<std::string>> rows;
    for (const std::string& line : lines) rows.push_back(split_line(line, table.separator));
    std::vector<std::string> first = rows.front();
    table.header_lines = std::none_of(first.begin(), first.end(), looks_numeric) ? 1 : 0;
    if (table.header_lines == 1 && rows.size() > 1 && explains(first, rows[1])) table.header_lines = 2;
    const bool has_header = table.header_lines > 0;
    if (has_header) first = rows[table.header_lines - 1];
    std::size_t width = first.size();
    if (!has_header) {
        for (const auto& row : rows) width = std::max(width, row.size());
    }
    for (std::size_t i = 0; i < width; ++i) {
        const std::string name(i < first.size() ? trimmed(first[i]) : "");
        table.columns.push_back(has_header && !name.empty() ? name : fmt::format("champ{}", i + 1));
    }
    rows.erase(rows.begin(), rows.begin() + static_cast<std::ptrdiff_t>(table.header_lines));
    int commas = 0;
    for (const auto& row : rows) {
        for (const std::string& field : row) {
            if (field.find(',') != std::string::npos && !parse_number(field, false) && parse_number(field, true))
                ++commas;
        }
    }
    table.decimal_comma = said.decimal_comma.value_or(table.separator != ',' && commas > 0);
    if (has_header) {
        table.x = find_column(table.columns, x_names);
        table.y = find_column(table.columns, y_names);
        table.wkt = find_column(table.columns, wkt_names);
    }
    if (table.x < 0 || table.y < 0) {
        table.x = table.y = -1;
        // Numbers of communes and of permits are no positions.
        if (table.wkt < 0 && !is_permit_list(table.columns)) guess_places(table, rows);
        if (!has_header) name_columns(table, rows);
    }
    return table;
}

std::unique_ptr<Source> open_csv_source(const Input& input, const Options& options) {
    return std::make_unique<CsvSource>(input, options);
}

}  // namespace gis::read
