#include "server/api/inspire_package.hpp"

#include <fmt/format.h>

#include <charconv>
#include <memory>
#include <optional>
#include <system_error>
#include <unordered_map>

#include "gis/write/file/file_writer.hpp"
#include "gis/write/inspire/flat.hpp"
#include "server/api/clock_text.hpp"

namespace api {

namespace {

namespace fs = std::filesystem;
namespace inspire = gis::inspire;

/// "CadastralParcel" of "cp:CadastralParcel".
std::string table_name_of(const std::string& feature_type) {
    return feature_type.substr(feature_type.find(':') + 1);
}

/// Removes what was begun and not finished.
class PartFile {
  public:
    explicit PartFile(const fs::path& whole) : path(whole.parent_path() / (whole.stem().string() + ".part.gpkg")) {
        remove();
    }
    ~PartFile() { remove(); }
    PartFile(const PartFile&) = delete;
    PartFile& operator=(const PartFile&) = delete;

    const fs::path path;

  private:
    void remove() const {
        std::error_code ignored;
        for (const char* end : {"", "-journal", "-wal", "-shm"}) fs::remove(path.string() + end, ignored);
    }
};

gis::GeometryType geometry_type_of(const InspirePart& part) {
    switch (part.mapping->shape) {
        case inspire::Mapping::Shape::Point:
            return gis::GeometryType::Point;
        case inspire::Mapping::Shape::MultiSurface:
            return gis::GeometryType::MultiPolygon;
        case inspire::Mapping::Shape::Surface:
            return gis::GeometryType::Polygon;
        case inspire::Mapping::Shape::Curve:
            return gis::GeometryType::LineString;
        case inspire::Mapping::Shape::Any:
            break;
    }
    return part.layer->geometry_type;
}

/// The objects of one type, as a table.
class PackageTable {
  public:
    PackageTable(const InspireOrder& order, const std::string& feature_type, const fs::path& package) {
        table_.name = table_name_of(feature_type);
        table_.title = table_.name;
        table_.id_column = "gml_id";
        table_.geometry_column = "geometry";
        for (const inspire::FlatColumn& column : order.theme->flat_columns(feature_type))
            table_.fields.push_back({column.name, "", column.type, "", "", 0});
        bool with_geometry = false;
        std::optional<gis::GeometryType> type;
        for (const InspirePart& part : order.parts) {
            if (part.mapping->feature_type != feature_type) continue;
            with_geometry = with_geometry || part.mapping->with_geometry;
            const gis::GeometryType one = geometry_type_of(part);
            type = type && *type != one ? gis::GeometryType::Any : one;
        }
        table_.geometry_type = type.value_or(gis::GeometryType::Any);
        gis::FeatureOutput output;
        output.layer = &table_;
        output.crs = order.form.crs;
        output.with_geometry = with_geometry;
        for (std::size_t i = 0; i < table_.fields.size(); ++i) {
            output.fields.push_back(&table_.fields[i]);
            places_.emplace(table_.fields[i].name, i);
        }
        gis::Provenance about;
        about.title = table_.title;
        about.description = fmt::format("{}, INSPIRE {} {}, objets {} mis à plat", order.theme->title,
                                        order.theme->name, order.theme->version, feature_type);
        about.extracted = time_stamp();
        writer_ = gis::geopackage_table(output, about, package);
    }
    PackageTable(const PackageTable&) = delete;
    PackageTable& operator=(const PackageTable&) = delete;

    void write(std::string_view object, std::string_view wkb) {
        texts_.assign(table_.fields.size(), "");
        inspire::flatten(object, [&](const std::string& column, std::string_view text) {
            const auto place = places_.find(column);
            if (place != places_.end()) texts_[place->second] = text;
        });
        values_.clear();
        for (std::size_t i = 0; i < texts_.size(); ++i) values_.push_back(value_of(table_.fields[i].type, texts_[i]));
        writer_->write({texts_.front(), wkb, values_});
    }

    void finish() { writer_->finish(); }

  private:
    static gis::Scalar value_of(gis::FieldType type, const std::string& text) {
        if (text.empty()) return {};
        const char* const end = text.data() + text.size();
        if (type == gis::FieldType::Integer) {
            std::int64_t number = 0;
            if (std::from_chars(text.data(), end, number).ec == std::errc{}) return number;
        }
        if (type == gis::FieldType::Number) {
            double number = 0;
            if (std::from_chars(text.data(), end, number).ec == std::errc{}) return number;
        }
        return std::string_view(text);
    }

    gis::Layer table_;
    std::unordered_map<std::string, std::size_t> places_;
    gis::FileWriterPtr writer_;
    std::vector<std::string> texts_;
    std::vector<gis::Scalar> values_;
};

}  // namespace

InspireOutcome write_inspire_package(db::Connection& connection, const InspireOrder& order, const fs::path& path) {
    const PartFile part(path);
    std::unique_ptr<PackageTable> table;
    std::string type;
    inspire::Document document(*order.theme, order.form);
    const auto begin = [&](const InspirePart& begun) {
        if (begun.mapping->feature_type == type) return;  // of several layers
        if (table) table->finish();
        type = begun.mapping->feature_type;
        table = std::make_unique<PackageTable>(order, type, part.path);
    };
    const auto take = [&](const gis::Feature& feature) {
        return document.each_object(feature,
                                    [&](std::string_view object, std::string_view wkb) { table->write(object, wkb); });
    };
    InspireOutcome outcome = each_inspire_feature(connection, order, document, begin, take);
    if (table) table->finish();
    fs::rename(part.path, path);
    return outcome;
}

}  // namespace api
