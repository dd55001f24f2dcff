#include "gis/records/record.hpp"

#include <algorithm>
#include <array>
#include <set>
#include <utility>

#include "gis/filter/filter_sql.hpp"
#include "gis/text/ascii.hpp"

namespace gis::records {

namespace {

constexpr std::array<std::string_view, 12> fields{"identifier", "title",    "abstract",           "subject",
                                                  "type",       "modified", "publisher",          "format",
                                                  "rights",     "language", "resourceidentifier", "anytext"};

/// Names of CSW 2.0.2 and its ISO profile in lower case, where they are not the field's own.
constexpr std::array<std::pair<std::string_view, std::string_view>, 19> other_names{{
    {"description", "abstract"},      {"keyword", "subject"},
    {"topiccategory", "subject"},     {"date", "modified"},
    {"revisiondate", "modified"},     {"creationdate", "modified"},
    {"publicationdate", "modified"},  {"creator", "publisher"},
    {"contributor", "publisher"},     {"organisationname", "publisher"},
    {"source", "resourceidentifier"}, {"resourcelanguage", "language"},
    {"accessconstraints", "rights"},  {"bbox", "boundingbox"},
    {"coverage", "boundingbox"},      {"spatial", "boundingbox"},
    {"envelope", "boundingbox"},      {"geometry", "boundingbox"},
    {"updated", "modified"},
}};

std::string joined(const std::vector<std::string>& texts) {
    std::string all;
    for (const std::string& text : texts) all += (all.empty() ? "" : " ") + text;
    return all;
}

std::array<std::string, fields.size()> values_of(const Record& record) {
    const std::string subjects = joined(record.subjects);
    const std::string rights = joined(record.rights);
    const std::string any = joined({record.id, record.title, record.abstract, subjects, record.type, record.publisher,
                                    record.format, rights, record.resource_id});
    return {record.id,        record.title,  record.abstract, subjects, record.type,        record.modified,
            record.publisher, record.format, rights,          "fre",    record.resource_id, any};
}

}  // namespace

const Layer& queryables() {
    static const Layer layer = [] {
        Layer made;
        made.name = "record";
        made.id_column = "identifier";
        made.id_sql_type = "text";
        made.geometry_column = "boundingbox";
        made.geometry_type = GeometryType::Polygon;
        made.crs = crs84();
        for (const std::string_view name : fields)
            made.fields.push_back({std::string(name), "", FieldType::Text, "text", "", 0});
        return made;
    }();
    return layer;
}

std::string queryable_of(std::string_view name) {
    const auto cut = name.find_last_of(":/");
    std::string text = lower(cut == std::string_view::npos ? name : name.substr(cut + 1));
    const auto found = std::ranges::find(other_names, text, &std::pair<std::string_view, std::string_view>::first);
    return found == other_names.end() ? text : std::string(found->second);
}

std::vector<std::string> distinct_values(const std::vector<Record>& records, std::string_view queryable) {
    std::set<std::string> values;
    const auto place = static_cast<std::size_t>(std::ranges::find(fields, queryable) - fields.begin());
    if (place == fields.size() || queryable == "anytext") return {};
    for (const Record& record : records) {
        if (queryable == "subject") {
            values.insert(record.subjects.begin(), record.subjects.end());
        } else if (queryable == "rights") {
            values.insert(record.rights.begin(), record.rights.end());
        } else {
            values.insert(values_of(record)[place]);
        }
    }
    values.erase("");
    return {values.begin(), values.end()};
}

SqlStatement search_sql(const std::vector<Record>& records, const FilterPtr& filter, const std::vector<Sort>& sort) {
    SqlStatement statement("select carreau$place::int8 from (values ");
    for (std::size_t i = 0; i < records.size(); ++i) {
        statement.text(i == 0 ? "(" : ", (").param(static_cast<int>(i));
        for (const std::string& value : values_of(records[i])) statement.text(", ").param(value, "text");
        const GeographicBox& box = records[i].extent;
        statement.text(", st_makeenvelope(").param(box.west).text(", ").param(box.south).text(", ").param(box.east);
        statement.text(", ").param(box.north).text(", 4326))");
    }
    statement.text(") as record(carreau$place");
    for (const std::string_view name : fields) statement.text(", ").ident(name);
    statement.text(", ").ident(queryables().geometry_column).text(") where true");
    if (filter) {
        statement.text(" and ");
        add_filter(statement, queryables(), *filter);
    }
    statement.text(" order by ");
    for (const Sort& key : sort) statement.ident(key.field->name).text(key.descending ? " desc, " : ", ");
    statement.text("carreau$place");
    return statement;
}

}  // namespace gis::records
