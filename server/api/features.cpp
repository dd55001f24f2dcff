// OGC API – Features Part 1 and Part 2: pages of features and single features.

#include <fmt/format.h>

#include <functional>
#include <utility>

#include "gis/error.hpp"
#include "gis/write/geojson.hpp"
#include "server/api/clock_text.hpp"
#include "server/api/documents.hpp"
#include "server/api/feature_format.hpp"
#include "server/api/feature_reader.hpp"
#include "server/api/filter_parameters.hpp"
#include "server/api/handlers.hpp"
#include "server/api/html.hpp"
#include "server/api/item_answer.hpp"
#include "server/api/missions.hpp"
#include "server/api/page_cache.hpp"
#include "server/api/parameters.hpp"
#include "server/api/past.hpp"

namespace api {

namespace {

/// What the database gave for one page.
struct Page {
    std::string text;  ///< the document, or HTML table rows
    int returned = 0;
    std::int64_t matched = 0;
    std::optional<std::string> last_key;    ///< when there is a next page
    std::optional<ReadMoment> kept_moment;  ///< when it may be kept
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

/// `writer` is null for HTML. `facts_of` says what the document tells of a page whose features are known.
Page read_page(db::Connection& connection, const gis::FeatureQuery& query, CountCache& counts, const gis::Scope& scope,
               gis::FeatureWriter* writer, const std::string& items_url,
               const std::function<gis::CollectionFacts(const Page&)>& facts_of) {
    const gis::SqlStatement statement = gis::page_sql(query);
    FeatureReader reader(query);
    Page page;
    gis::PageKey last;
    bool has_next = false;
    // Row by row: the database fetches the next ones while these are written.
    connection.query_each(statement.sql(), statement.parameters(), [&](const db::Result& row) {
        if (page.returned == query.limit) {
            has_next = true;
            return;
        }
        const gis::Feature feature = reader.read(row, 0);
        if (writer != nullptr) {
            writer->write(page.text, feature);
        } else {
            append_html_row(page.text, feature, items_url);
        }
        if (++page.returned == query.limit) last = reader.key(row, 0);
    });
    if (has_next) page.last_key = gis::to_text(last);
    page.matched = !query.after && !has_next ? page.returned : counts.count(connection, query, scope);
    if (writer != nullptr) {
        std::string head;
        writer->begin(head, facts_of(page));
        page.text.insert(0, head);
        writer->end(page.text);
    }
    return page;
}

/// What a page token is bound to: the layer and every parameter but the page's own.
std::string question_of(const gis::Layer& layer, const http::Request& request) {
    return layer.name + query_without(request, {"token", "limit", "f"});
}

std::string json_links(const std::string& items_url, const http::Request& request, std::string_view type,
                       const std::optional<std::string>& next) {
    Json links = Json::array(
        {link(items_url + query_without(request, {}), "self", type, "Cette page"),
         link(items_url + query_without(request, {"f"}, "f=html"), "alternate", "text/html", "Cette page en HTML")});
    if (next) links.push_back(link(*next, "next", type, "Page suivante"));
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
        page.matched, page.returned, head, page.text);
    if (next) body += "<p>" + anchor(*next, "Page suivante") + "</p>";
    return html_page(base_url, layer.title,
                     {{"Collections", base_url + "/collections?f=html"},
                      {layer.title, base_url + "/collections/" + layer.name + "?f=html"}},
                     body);
}

constexpr int html_page_size = 50;

/// Nothing where the page is not one to keep.
std::optional<PageCache::Question> kept_question(const Services& services, const Call& call, const gis::Layer& layer,
                                                 const gis::Format* format, const std::optional<PastMoment>& moment) {
    if (format == nullptr || moment) return std::nullopt;
    const std::string words =
        fmt::format("{}\n{}\n{}", format->name, call.request->base_url, query_without(*call.request, {}));
    return services.pages.ask(call, layer, words);
}

}  // namespace

Answer items(const Services& services, CallPtr call) {
    const http::RequestPtr& request = call->request;
    const live::Snapshot& known = call->known;
    const gis::Layer& layer = require_layer(*known.catalog, request->param("layer"));
    gis::FeatureQuery query = parse_feature_query(*request, layer, services.offered_crs);
    const gis::Format* format = page_format(*request);
    if (format == nullptr && !request->query_value("limit")) query.limit = html_page_size;
    const bool is_geographic_only = format != nullptr && format->default_crs == gis::Format::DefaultCrs::Always84;
    if (is_geographic_only && !query.output_crs.is_crs84)
        throw gis::InvalidRequest("crs", std::string(format->title) + " has no CRS but " + gis::crs84().uri());
    if (format != nullptr) require_geometry(*format, layer);
    const std::string question = question_of(layer, *request);
    if (const auto token = request->query_value("token"))
        query.after = gis::parse_page_key(services.tokens.read(*token, question), query.sort.size());

    const std::optional<PastMoment> moment = past_moment(*call, layer);
    const auto kept = kept_question(services, *call, layer, format, moment);
    if (kept) {
        std::optional<Response> answer = co_await services.pages.find(*kept, call);
        if (answer) co_return std::move(*answer);
    }

    const std::string url = request->base_url + "/collections/" + layer.name + "/items";
    const auto next_of = [&services, request, url, question, limit = query.limit](const Page& page) {
        std::optional<std::string> next;
        if (!page.last_key) return next;
        const std::string page_size = request->query_value("limit") ? "" : fmt::format("limit={}&", limit);
        next = url + query_without(*request, {"token"},
                                   page_size + "token=" + services.tokens.sign(*page.last_key, question));
        return next;
    };
    std::shared_ptr<gis::FeatureWriter> writer;
    if (format != nullptr) writer = format->writer(gis::output_of(query), provenance_for(layer, *request));
    const auto facts_of = [next_of, request, url, format](const Page& page) {
        gis::CollectionFacts facts;
        facts.number_matched = page.matched;
        facts.number_returned = page.returned;
        const auto next = next_of(page);
        facts.next = next.value_or("");
        facts.links = json_links(url, *request, format->media_type, next);
        facts.time_stamp = time_stamp();
        return facts;
    };
    auto work = [query, writer, url, call, facts_of, moment, is_kept = kept.has_value(),
                 &counts = services.counts](db::Connection& connection) {
        gis::FeatureQuery asked = query;
        asked.as_of = settled(connection, *query.layer, moment);
        const gis::Scope& scope = call->caller->scope;
        try {
            Page page = read_page(connection, asked, counts, scope, writer.get(), url, facts_of);
            if (is_kept) page.kept_moment = read_moment(connection);
            if (page.kept_moment && !page.kept_moment->is_by(scope)) page.kept_moment.reset();
            return page;
        } catch (const db::SqlError& error) {
            blame_filter(asked, error);
        }
    };
    Page page = co_await services.database.run(call->reader(), query_for(*request), std::move(work));

    const std::optional<std::string> next = next_of(page);
    if (format == nullptr) co_return html_items(query, request->base_url, page, next);
    Response response = Response::bytes(format->media_type, std::move(page.text));
    describe_answer(response, layer, query.output_crs);
    response.set_header("OGC-NumberMatched", std::to_string(page.matched));
    response.set_header("OGC-NumberReturned", std::to_string(page.returned));
    if (next) {
        response.add_header("Link", "<" + *next + ">; rel=\"next\"; type=\"" + std::string(format->media_type) + "\"");
    }
    if (page.kept_moment) services.pages.keep(*kept, *page.kept_moment, response);
    co_return response;
}

Answer item(const Services& services, CallPtr call) {
    const http::RequestPtr& request = call->request;
    const live::Snapshot& known = call->known;
    const gis::Layer& layer = require_layer(*known.catalog, request->param("layer"));
    require_known(*request, {"f", "crs", "as-of", "datetime"});
    const std::optional<PastMoment> moment = past_moment(*call, layer);
    if (!moment && request->query_value("datetime")) gis::parse_datetime(query_text(*request, "datetime"));
    const Representation form = representation(*request);
    const gis::Crs crs = parse_crs(*request, "crs", offered_for(layer, services.offered_crs));
    const std::string id = request->param("id");
    if (moment) {
        Response response = co_await past_item(services, call, layer, id, crs, *moment);
        co_return response;
    }
    if (form == Representation::AsJson) {
        Response response = co_await item_answer(services, call, layer, id, crs);
        co_return response;
    }
    gis::SqlStatement statement;
    try {
        statement = gis::feature_sql(layer, id, crs);
    } catch (const gis::InvalidRequest&) {
        throw no_feature(layer, id);  // "abc" where ids are numbers
    }

    const std::string collection_url = request->base_url + "/collections/" + layer.name;
    const std::string url = collection_url + "/items/" + encode_path_segment(id);
    auto work = [statement, &layer, crs, call](db::Connection& connection) {
        FeatureRows rows(layer, crs, connection.query(statement.sql(), statement.parameters()));
        std::string text;
        if (rows.size() == 0) return text;
        const gis::Feature feature = rows.at(0);
        for (std::size_t i = 0; i < layer.fields.size(); ++i) {
            text += "<dt>" + escape_html(layer.fields[i].title) + "</dt><dd>" +
                    escape_html(scalar_text(feature.values[i])) + "</dd>";
        }
        for (const Json& entry : mission_links(connection, *call, layer, std::string(feature.id))) {
            const auto title = entry.at("title").get<std::string>();
            const std::string words =
                entry.contains("count") ? fmt::format("{} : {}", title, entry["count"].dump()) : title;
            text += "<dt>Mission</dt><dd>" + anchor(entry.at("href").get<std::string>(), words) + "</dd>";
        }
        return text.empty() ? std::string(" ") : text;
    };
    std::string text = co_await services.database.run(call->reader(), query_for(*request), std::move(work));
    if (text.empty()) throw no_feature(layer, id);
    co_return html_page(
        request->base_url, layer.title + " " + id,
        {{"Collections", request->base_url + "/collections?f=html"}, {layer.title, collection_url + "?f=html"}},
        "<dl>" + text + "</dl><p>" + anchor(url + "?f=json", "GeoJSON") + "</p>");
}

}  // namespace api
