// The cadastre's own search: communes, parcels and places (lieux-dits) by what people type.

#include <fmt/format.h>

#include <charconv>

#include "gis/cadastre/parcel_reference.hpp"
#include "gis/error.hpp"
#include "server/api/documents.hpp"
#include "server/api/handlers.hpp"
#include "server/api/parameters.hpp"

namespace api {

namespace {

constexpr std::size_t max_query = 200;
constexpr int max_results = 50;
constexpr std::string_view commune_layer = "commune";
constexpr std::string_view parcel_layer = "parcelle";
constexpr std::string_view place_layer = "lieu_dit";

struct Found {
    Json results = Json::array();
    bool ambiguous = false;
    std::string message;
};

Json result(std::string_view kind, std::string_view layer, const std::string& id, const std::string& title,
            const std::string& subtitle, const gis::GeographicBox& box) {
    return {{"kind", kind},   {"layer", layer},       {"id", id},
            {"title", title}, {"subtitle", subtitle}, {"bbox", {box.west, box.south, box.east, box.north}}};
}

Json commune_result(const gis::Commune& commune) {
    return result("commune", commune_layer, commune.code_insee, commune.name, commune.code_insee, commune.extent);
}

std::string commune_name(const gis::CommuneIndex& communes, const std::string& code) {
    for (const gis::Commune& commune : communes.communes()) {
        if (commune.code_insee == code) return commune.name;
    }
    return code;
}

/// "AB 12" of "62119000AB0012".
std::string short_reference(const std::string& id) {
    const auto strip = [](const std::string& text) {
        const auto first = text.find_first_not_of('0');
        return first == std::string::npos ? std::string("0") : text.substr(first);
    };
    return strip(id.substr(8, 2)) + " " + strip(id.substr(10));
}

gis::GeographicBox box_of(const db::Result& rows, int row, int column) {
    return {rows.float64(row, column), rows.float64(row, column + 1), rows.float64(row, column + 2),
            rows.float64(row, column + 3)};
}

constexpr std::string_view box_columns = "st_xmin(g), st_ymin(g), st_xmax(g), st_ymax(g)";

/// Parcels of section and number `tail`, in one of `codes` (all communes when empty); `prefix` when it was said.
std::vector<std::pair<std::string, gis::GeographicBox>> find_parcels(db::Connection& connection,
                                                                     const std::string& tail,
                                                                     const std::vector<std::string>& codes,
                                                                     const std::optional<std::string>& prefix,
                                                                     const std::string& suffix, int limit) {
    const std::vector<db::Parameter> parameters{tail, fmt::format("{{{}}}", fmt::join(codes, ",")), prefix, suffix,
                                                std::to_string(limit)};
    const db::Result rows = connection.query(
        fmt::format("select id, {} from (select id, st_transform(geom, 4326) as g from cadastre.parcelle "
                    "where \"right\"(id, 6) = $1::text and ($2::text[] = '{{}}' or commune = any ($2::text[])) "
                    "and ($3::text is null or substr(id, 6, 3) = $3) and ($4::text = '' or substr(id, 3, 3) = $4) "
                    "order by id limit $5::int) p",
                    box_columns),
        parameters);
    std::vector<std::pair<std::string, gis::GeographicBox>> parcels;
    for (int i = 0; i < rows.rows(); ++i) parcels.emplace_back(rows.text(i, 0), box_of(rows, i, 1));
    return parcels;
}

Found search_parcel(db::Connection& connection, const gis::CommuneIndex& communes,
                    const gis::ParcelReference& reference, int limit) {
    Found found;
    std::vector<std::string> codes;
    if (reference.commune) codes.push_back(*reference.commune);
    if (!reference.commune && !reference.place.empty()) {
        for (const gis::Commune* commune : communes.find(reference.place)) codes.push_back(commune->code_insee);
        if (codes.empty()) {
            found.message = fmt::format("Aucune commune du territoire ne s'appelle « {} ».", reference.place);
            return found;
        }
    }
    for (const auto& [id, box] : find_parcels(connection, reference.section + reference.number, codes, reference.prefix,
                                              reference.commune_suffix, limit)) {
        found.results.push_back(result("parcelle", parcel_layer, id, "Parcelle " + short_reference(id),
                                       commune_name(communes, id.substr(0, 5)), box));
    }
    found.ambiguous = found.results.size() > 1;
    if (found.ambiguous) found.message = "Plusieurs parcelles portent cette référence : laquelle ?";
    if (found.results.empty()) found.message = "Aucune parcelle ne porte cette référence.";
    return found;
}

/// Places whose folded name begins with, or holds, the folded text.
void add_places(db::Connection& connection, const gis::CommuneIndex& communes, const std::string& text, int limit,
                Json& results) {
    const std::string folded = gis::fold_name(text);
    if (folded.size() < 3) return;
    const std::vector<db::Parameter> parameters{folded, std::to_string(limit)};
    const db::Result rows = connection.query(
        fmt::format("select id, nom, commune, {} from (select id, nom, commune, st_transform(geom, 4326) as g from "
                    "cadastre.lieu_dit, "
                    "lateral (select lower(translate(nom, 'àâäáçéèêëîïôöùûüÀÂÄÇÉÈÊËÎÏÔÖÙÛÜ’''-', "
                    "'aaaaceeeeiioouuuaaaceeeeiioouuu   ')) as plain) f "
                    "where strpos(plain, $1::text) > 0 order by strpos(plain, $1::text), nom, id limit $2::int) l",
                    box_columns),
        parameters);
    for (int i = 0; i < rows.rows(); ++i) {
        results.push_back(result("lieu-dit", place_layer, rows.text(i, 0), rows.text(i, 1),
                                 commune_name(communes, rows.text(i, 2)), box_of(rows, i, 3)));
    }
}

Found search_name(db::Connection& connection, const gis::CommuneIndex& communes, const std::string& text, int places,
                  int limit) {
    Found found;
    const auto matches = communes.find(text);
    for (const gis::Commune* commune : matches) {
        if (static_cast<int>(found.results.size()) < limit) found.results.push_back(commune_result(*commune));
    }
    found.ambiguous = matches.size() > 1;
    if (found.ambiguous) found.message = fmt::format("Plusieurs communes répondent à « {} » : laquelle ?", text);
    const int rest = std::min(places, limit - static_cast<int>(found.results.size()));
    if (rest > 0) add_places(connection, communes, text, rest, found.results);
    if (found.results.empty()) found.message = fmt::format("Rien ne s'appelle « {} » sur le territoire.", text);
    return found;
}

int parse_search_limit(const http::Request& request) {
    const auto text = request.query_value("limit");
    if (!text) return 10;
    int value = 0;
    const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), value);
    if (error != std::errc{} || end != text->data() + text->size() || value < 1 || value > max_results) {
        throw gis::InvalidRequest(
            "limit", fmt::format("a whole number from 1 to {} expected, got '{}'", max_results, text->substr(0, 50)));
    }
    return value;
}

}  // namespace

Answer search(const Services& services, CallPtr call) {
    const http::RequestPtr& request = call->request;
    require_known(*request, {"q", "limit", "f"});
    const std::string text(request->query_value("q").value_or(""));
    if (gis::fold_name(text).empty() || text.size() > max_query) {
        throw gis::InvalidRequest(
            "q", fmt::format(
                     "the name of a commune or a place, or a parcel such as 'AB 12 Béthune' expected, at most {} bytes",
                     max_query));
    }
    const int limit = parse_search_limit(*request);
    const live::Snapshot& known = call->known;
    // What the caller may not see is not looked for: its tables may not even be readable to him.
    const auto sees = [&](std::string_view layer) { return known.catalog->find(layer) != nullptr; };
    const bool parcels = sees(parcel_layer);
    const bool places = sees(place_layer);
    const auto communes = sees(commune_layer) ? known.communes : std::make_shared<const gis::CommuneIndex>();
    auto work = [text, limit, communes, parcels, places](db::Connection& connection) {
        const auto reference = gis::parse_parcel_reference(text);
        return reference && parcels ? search_parcel(connection, *communes, *reference, limit)
                                    : search_name(connection, *communes, text, places ? limit : 0, limit);
    };
    Found found = co_await services.database.run(call->reader(), query_for(*request), std::move(work));
    co_return json_response({{"query", text},
                             {"results", std::move(found.results)},
                             {"ambiguous", found.ambiguous},
                             {"message", found.message}});
}

}  // namespace api
