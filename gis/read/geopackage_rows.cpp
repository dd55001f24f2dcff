#include "gis/read/geopackage_rows.hpp"

#include <fmt/format.h>
#include <ogr_p.h>

#include <cstring>

#include "gis/error.hpp"
#include "gis/read/convert.hpp"
#include "gis/read/ogr_shape.hpp"
#include "gis/read/ogr_value.hpp"
#include "gis/read/sqlite_file.hpp"
#include "gis/read/text.hpp"

namespace gis::read {

namespace {

constexpr int longest_row = 256 * 1024 * 1024;

/// The WKB inside a GeoPackage geometry (OGC 12-128r18, 2.1.3): a header of 8 bytes and an envelope come before it.
/// Nothing when it is no such thing.
std::optional<std::string_view> wkb_of(std::string_view blob) {
    constexpr std::size_t envelope_bytes[] = {0, 32, 48, 48, 64};
    if (blob.size() < 8 || blob[0] != 'G' || blob[1] != 'P') return std::nullopt;
    const auto flags = static_cast<unsigned char>(blob[3]);
    const std::size_t envelope = (flags >> 1) & 7;
    const bool extended = (flags & 0x20) != 0;
    if (extended || envelope > 4 || blob.size() < 8 + envelope_bytes[envelope]) return std::nullopt;
    return blob.substr(8 + envelope_bytes[envelope]);
}

Value value_of(sqlite3_stmt* row, int index, const SourceField& field, std::int64_t number, const Input& input) {
    const int kind = sqlite3_column_type(row, index);
    if (kind == SQLITE_NULL) return std::monostate{};
    switch (field.type) {
        case FieldType::Boolean:
            return sqlite3_column_int64(row, index) != 0;
        case FieldType::Integer:
            return std::int64_t{sqlite3_column_int64(row, index)};
        case FieldType::Number:
            return sqlite3_column_double(row, index);
        case FieldType::Date:
        case FieldType::DateTime: {
            OGRField time{};
            const std::string text(column_text(row, index));
            if (field.type == FieldType::Date && is_iso_date(text)) return text;
            if (!OGRParseDate(text.c_str(), &time, 0)) return text;  // whoever takes it says that it is no date
            return time_value(time, field.type);
        }
        case FieldType::Text:
            break;
    }
    if (kind == SQLITE_BLOB) {
        std::string hex;
        for (const char byte : column_text(row, index)) hex += fmt::format("{:02X}", static_cast<unsigned char>(byte));
        return hex;
    }
    const std::string_view text = column_text(row, index);
    if (!is_valid_utf8(text)) {
        throw InvalidRequest(input.shown_name,
                             fmt::format("objet {}, champ {} : ce texte n'est pas en UTF-8, comme un GeoPackage le "
                                         "demande ; enregistrez-le de nouveau",
                                         number, field.name));
    }
    return std::string(text);
}

std::string select_of(const std::string& table, const std::string& geometry_column,
                      const std::vector<std::optional<SourceField>>& fields) {
    std::string sql = "select " + (geometry_column.empty() ? std::string("null") : quoted_name(geometry_column));
    for (const auto& field : fields) sql += ", " + (field ? quoted_name(field->name) : std::string("null"));
    return sql + " from " + quoted_name(table);
}

}  // namespace

void read_geopackage_rows(const Input& input, const std::string& table, const std::string& geometry_column,
                          const std::vector<std::optional<SourceField>>& fields, std::optional<std::int64_t> announced,
                          const std::function<void(SourceFeature&)>& take) {
    const DatabasePtr database = open_database(input.path, longest_row);
    const StatementPtr statement =
        database ? prepare(database.get(), select_of(table, geometry_column, fields)) : nullptr;
    if (!statement) throw InvalidRequest(input.shown_name, "GeoPackage illisible ou abîmé ; envoyez-le de nouveau");
    sqlite3_stmt* row = statement.get();
    SourceFeature feature;
    feature.values.resize(fields.size());
    int status = SQLITE_ROW;
    while ((status = sqlite3_step(row)) == SQLITE_ROW) {
        ++feature.number;
        feature.defect.clear();
        feature.defect_field.clear();
        feature.shape.clear();
        if (sqlite3_column_type(row, 0) != SQLITE_NULL) {
            const auto* bytes = static_cast<const char*>(sqlite3_column_blob(row, 0));
            const auto wkb = wkb_of({bytes, static_cast<std::size_t>(sqlite3_column_bytes(row, 0))});
            feature.defect = wkb ? fill_shape(*wkb, feature.shape) : "la géométrie n'est pas celle d'un GeoPackage";
        }
        for (std::size_t i = 0; i < fields.size(); ++i) {
            feature.values[i] = fields[i] ? value_of(row, static_cast<int>(i) + 1, *fields[i], feature.number, input)
                                          : Value{std::monostate{}};
        }
        take(feature);
    }
    if (status == SQLITE_DONE && (!announced || feature.number >= *announced)) return;
    throw InvalidRequest(input.shown_name,
                         fmt::format("le fichier s'interrompt après {} objets{} ; envoyez-le de nouveau",
                                     feature.number, announced ? fmt::format(" sur {} annoncés", *announced) : ""));
}

}  // namespace gis::read
