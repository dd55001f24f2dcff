// OGC API – Features Part 1 and Part 2: pages of features and single features.

#include <fmt/format.h>

#include <utility>

#include "gis/error.hpp"
#include "server/api/documents.hpp"
#include "server/api/feature_reader.hpp"
#include "server/api/filter_parameters.hpp"
#include "server/api/handlers.hpp"
#include "server/api/html.hpp"
#include "server/api/parameters.hpp"

namespace api {

namespace {

/// What the database gave for one page, already written as features.
struct Page {
    std::string features;  ///< GeoJSON features separated by commas, or HTML table rows
    int returned = 0;
    std::int64_t matched = 0;
    std::optional<std::string> last_key;  ///< when there is a next page
};

std::string scalar_text(const gis::Scalar& value) {
    if (const auto* text = std::get_if<std::string_view>(&value)) return std::string(*text);
    if (const auto* whole = std::get_if<std::int64_t>(&value)) return std::to_string(*whole);
    if (const auto* number = std::get_if<double>(&value)) return fmt::format("{}", *number);
    if (const auto* flag = std::get_if<bool>(&value)) return *flag ? "oui" : "non";
    return "";
}

void append_html_row(std::string& out, const gis::Feature& feature, const std::string& items_url) {
    out += "<tr><td>" + anchor(items_url + "/" + encode_path_segment(feature.id) + "?f=html", feature.id) + "</td>";
    for (const gis::Scalar& value : feature.values) out += "<td>" + escape_html(scalar_text(value)) + "</td>";
    out += "</tr>";
}

Page read_page(db::Connection& connection, const gis::FeatureQuery& query, CountCache& counts, const gis::Scope& scope,
               Representation form, const std::string& items_url) {
    const gis::SqlStatement statement = gis::page_sql(query);
    FeatureRows rows(query, connection.query(statement.sql(), statement.parameters()));
    Page page;
    page.returned = std::min(rows.size(), query.limit);
    for (int i = 0; i < page.returned; ++i) {
        const gis::Feature feature = rows.at(i);
        if (form == Representation::AsHtml) {
            append_html_row(page.features, feature, items_url);
            continue;
        }
        if (i > 0) page.features += ",\n";
        gis::append_geojson_feature(page.features, *query.layer, feature, query.output_crs);
        page.features += '}';
    }
    if (rows.size() > query.limit) page.last_key = gis::to_text(rows.key(page.returned - 1));
    page.matched = !query.after && !page.last_key ? page.returned : counts.count(connection, query, scope);
    return page;
}

/// What a page token is bound to: the layer and every parameter but the page's own.
std::string question_of(const gis::Layer& layer, const http::Request& request) {
    return layer.name + query_without(request, {"token", "limit", "f"});
}

std::string json_links(const std::string& items_url, const http::Request& request,
                       const std::optional<std::string>& next) {
    Json links = Json::array(
        {link(items_url + query_without(request, {}), "self", geojson_type, "Cette page"),
         link(items_url + query_without(request, {"f"}, "f=html"), "alternate", "text/html", "Cette page en HTML")});
    if (next) links.push_back(link(*next, "next", geojson_type, "Page suivante"));
    return links.dump();
}

Response html_items(const gis::FeatureQuery& query, const std::string& base_url, const Page& page,
                    const std::optional<std::string>& next) {
    const gis::Layer& layer = *query.layer;
    std::string head = "<tr><th>" + escape_html(layer.id_column) + "</th>";
    for (const gis::Field* field : gis::fields_of(query)) head += "<th>" + escape_html(field->title) + "</th>";
    std::string body = fmt::format(
        "<p>{} objets, {} sur cette page.</p><div "
        "class=\"table\"><table><thead>{}</tr></thead><tbody>{}</tbody></table></div>",
        page.matched, page.returned, head, page.features);
    if (next) body += "<p>" + anchor(*next, "Page suivante") + "</p>";
    return html_page(base_url, layer.title,
                     {{"Collections", base_url + "/collections?f=html"},
                      {layer.title, base_url + "/collections/" + layer.name + "?f=html"}},
                     body);
}

constexpr int html_page_size = 50;

}  // namespace

Answer items(const Services& services, CallPtr call) {
    const http::RequestPtr& request = call->request;
    const live::Snapshot& known = call->known;
    const gis::Layer& layer = require_layer(*known.catalog, request->param("layer"));
    gis::FeatureQuery query = parse_feature_query(*request, layer, services.offered_crs);
    const Representation form = representation(*request);
    if (form == Representation::AsHtml && !request->query_value("limit")) query.limit = html_page_size;
    const std::string question = question_of(layer, *request);
    if (const auto token = request->query_value("token"))
        query.after = gis::parse_page_key(services.tokens.read(*token, question), query.sort.size());

    const std::string url = request->base_url + "/collections/" + layer.name + "/items";
    CountCache& counts = services.counts;
    auto work = [query, form, url, &counts, call](db::Connection& connection) {
        try {
            return read_page(connection, query, counts, call->caller->scope, form, url);
        } catch (const db::SqlError& error) {
            blame_filter(query, error);
        }
    };
    const Page page = co_await services.database.run(call->reader(), query_for(*request), std::move(work));

    std::optional<std::string> next;
    if (page.last_key) {
        const std::string page_size = request->query_value("limit") ? "" : fmt::format("limit={}&", query.limit);
        next = url + query_without(*request, {"token"},
                                   page_size + "token=" + services.tokens.sign(*page.last_key, question));
    }
    if (form == Representation::AsHtml) co_return html_items(query, request->base_url, page, next);

    std::string text =
        fmt::format(R"({{"type":"FeatureCollection","numberMatched":{},"numberReturned":{},"links":{},"features":[)",
                    page.matched, page.returned, json_links(url, *request, next));
    text += page.features;
    text += "]}\n";
    Response response = Response::bytes(geojson_type, std::move(text));
    response.set_header("Content-Crs", "<" + query.output_crs.uri() + ">");
    response.set_header("OGC-NumberMatched", std::to_string(page.matched));
    response.set_header("OGC-NumberReturned", std::to_string(page.returned));
    if (next) response.add_header("Link", "<" + *next + ">; rel=\"next\"; type=\"application/geo+json\"");
    co_return response;
}

Answer item(const Services& services, CallPtr call) {
    const http::RequestPtr& request = call->request;
    const live::Snapshot& known = call->known;
    const gis::Layer& layer = require_layer(*known.catalog, request->param("layer"));
    require_known(*request, {"f", "crs"});
    const Representation form = representation(*request);
    const gis::Crs crs = parse_crs(*request, "crs", offered_for(layer, services.offered_crs));
    const std::string id = request->param("id");
    const std::string absent = fmt::format("there is no feature '{}' in '{}'", id.substr(0, 100), layer.name);
    gis::SqlStatement statement;
    try {
        statement = gis::feature_sql(layer, id, crs);
    } catch (const gis::InvalidRequest&) {
        throw gis::NotFound(absent);  // "abc" where ids are numbers: no such feature
    }

    const std::string collection_url = request->base_url + "/collections/" + layer.name;
    const std::string url = collection_url + "/items/" + encode_path_segment(id);
    auto work = [statement, &layer, form, crs, keep = known.catalog](db::Connection& connection) {
        FeatureRows rows(layer, connection.query(statement.sql(), statement.parameters()));
        std::string text;
        if (rows.size() == 0) return text;
        const gis::Feature feature = rows.at(0);
        if (form == Representation::AsJson) {
            gis::append_geojson_feature(text, layer, feature, crs);
            return text;
        }
        for (std::size_t i = 0; i < layer.fields.size(); ++i) {
            text += "<dt>" + escape_html(layer.fields[i].title) + "</dt><dd>" +
                    escape_html(scalar_text(feature.values[i])) + "</dd>";
        }
        return text.empty() ? std::string(" ") : text;
    };
    std::string text = co_await services.database.run(call->reader(), query_for(*request), std::move(work));
    if (text.empty()) throw gis::NotFound(absent);
    if (form == Representation::AsHtml) {
        co_return html_page(
            request->base_url, layer.title + " " + id,
            {{"Collections", request->base_url + "/collections?f=html"}, {layer.title, collection_url + "?f=html"}},
            "<dl>" + text + "</dl><p>" + anchor(url + "?f=json", "GeoJSON") + "</p>");
    }
    const Json links = Json::array({link(url + query_without(*request, {}), "self", geojson_type),
                                    link(url + "?f=html", "alternate", "text/html"),
                                    link(collection_url, "collection", "application/json", layer.title)});
    text += ",\"links\":" + links.dump() + "}\n";
    Response response = Response::bytes(geojson_type, std::move(text));
    response.set_header("Content-Crs", "<" + crs.uri() + ">");
    co_return response;
}

}  // namespace api
