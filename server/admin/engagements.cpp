#include <fmt/format.h>

#include <algorithm>

#include "gis/error.hpp"
#include "server/admin/records.hpp"

namespace admin {

namespace {

constexpr std::size_t max_vertices = 10'000;  // the outline of a river's basin has fewer; each request tests against it

// Where EPSG:2154 is meant for: metropolitan France. It also catches latitudes written first.
constexpr double west = -9.86, south = 41.15, east = 10.38, north = 51.56;

[[noreturn]] void refuse(const std::string& reason) {
    throw gis::InvalidRequest("perimeter", reason);
}

void require_position(const Json& position) {
    const bool sound = position.is_array() && position.size() >= 2 && position.size() <= 4 &&
                       std::all_of(position.begin(), position.end(), [](const Json& c) { return c.is_number(); });
    if (!sound) refuse("positions of two numbers expected");
    const double x = position[0].get<double>();
    const double y = position[1].get<double>();
    if (!(x >= west && x <= east && y >= south && y <= north))
        refuse(fmt::format("longitude, latitude in metropolitan France expected, got {}, {}", x, y));
}

std::size_t require_polygon(const Json& rings) {
    if (!rings.is_array() || rings.empty()) refuse("a polygon has one ring at least");
    std::size_t count = 0;
    for (const Json& ring : rings) {
        if (!ring.is_array() || ring.size() < 4) refuse("a ring has four positions at least");
        count += ring.size();
        if (count > max_vertices) refuse(fmt::format("at most {} positions expected", max_vertices));
        for (const Json& position : ring) require_position(position);
        if (ring.front() != ring.back()) refuse("a ring ends where it begins");
    }
    return count;
}

/// A GeoJSON Polygon or MultiPolygon (RFC 7946): longitude, latitude in WGS 84.
db::Parameter read_perimeter(const Json& body, const std::string& member) {
    const auto found = body.find(member);
    if (found == body.end() || found->is_null()) refuse("is missing");
    const std::string type = found->is_object() && found->contains("type") && (*found)["type"].is_string()
                                 ? (*found)["type"].get<std::string>()
                                 : "";
    if ((type != "Polygon" && type != "MultiPolygon") || !found->contains("coordinates"))
        refuse("a GeoJSON geometry, Polygon or MultiPolygon, is expected");
    const Json& coordinates = (*found)["coordinates"];
    if (type == "Polygon") {
        require_polygon(coordinates);
    } else {
        if (!coordinates.is_array() || coordinates.empty()) refuse("one polygon at least is expected");
        std::size_t count = 0;
        for (const Json& polygon : coordinates) count += require_polygon(polygon);
        if (count > max_vertices) refuse(fmt::format("at most {} positions expected", max_vertices));
    }
    return Json{{"type", type}, {"coordinates", coordinates}}.dump();
}

db::Parameter read_rights(const Json& body, const std::string& member) {
    const std::vector<std::string> rights =
        text_list(body.contains(member) ? body.at(member) : Json::array(), member, 9);
    for (const std::string& right : rights) {
        if (right != "read" && right != "exact" && right != "upload" && right != "export")
            throw gis::InvalidRequest(member, fmt::format("'{}' is not for a study; expected some of read, exact, "
                                                          "upload, export",
                                                          right));
    }
    if (rights.empty()) throw gis::InvalidRequest(member, "one right at least is expected");
    return array_text(rights);
}

db::Parameter read_required_end(const Json& body, const std::string& member) {
    std::string text = moment_member(body, member, true);
    if (text.empty()) throw gis::InvalidRequest(member, "a study has an end: is missing");
    return text;
}

void finish_engagement(db::Connection& connection, const std::string& key, const Json& body) {
    const auto found = body.find("layers");
    if (found == body.end()) return;
    const std::vector<std::string> names = text_list(*found, "layers", 1000);
    const std::vector<db::Parameter> values{key, layer_ids(connection, names, "layers")};
    const std::vector<db::Parameter> which{key};
    connection.query("delete from org.engagement_layer where engagement_id = $1::int", which);
    connection.query("insert into org.engagement_layer (engagement_id, layer_id) select $1::int, unnest($2::int[])",
                     values);
}

}  // namespace

const Kind& engagements() {
    using enum Column::Need;
    static const Kind kind{
        "engagement",
        "org.engagement t",
        "engagement_id",
        "int",
        "json_build_object('id', engagement_id, 'organisation', organisation_id, 'study', etude, 'reference', "
        "reference, 'contact', contact, 'layers', (select coalesce(jsonb_agg(l.name order by l.name), '[]') "
        "from org.engagement_layer e join catalogue.layer l using (layer_id) where e.engagement_id = t.engagement_id), "
        "'rights', rights, 'perimeter', st_asgeojson(st_transform(perimeter, 4326), 7)::jsonb, "
        "'valid_from', case when isfinite(valid_from) then valid_from end, 'valid_to', valid_to)",
        "etude, engagement_id",
        {{"organisation", "organisation_id", "{}::int", read_id, Always},
         {"study", "etude", "{}", read_name, Always},
         {"reference", "reference", "{}", read_text},
         {"contact", "contact", "{}", read_text},
         {"rights", "rights", "{}::text[]", read_rights, Always},
         {"perimeter", "perimeter",
          "st_multi(st_force2d(st_transform(st_setsrid(st_geomfromgeojson({}::text), 4326), 2154)))", read_perimeter,
          Always},
         {"valid_from", "valid_from", "{}::timestamptz", read_begin, Always},
         {"valid_to", "valid_to", "{}::timestamptz", read_required_end, Always}},
        {"layers"},
        finish_engagement};
    return kind;
}

}  // namespace admin
