#include "server/api/wfs_plan.hpp"

#include <algorithm>
#include <climits>
#include <optional>

#include "server/api/feature_reader.hpp"

namespace api {

namespace {

namespace wfs = gis::wfs;

/// With a property asked for by GetPropertyValue, only features that have a value of it: what has none is no value.
gis::FilterPtr with_value(const wfs::Query& query, const wfs::GetFeature& request) {
    if (!request.is_property_value || request.value_reference == "@gml:id") return query.filter;
    gis::Expression property{gis::GeometryRef{}};
    if (!query.fields.empty()) property = {gis::PropertyRef{query.fields.front()}};
    gis::And both;
    if (query.filter) both.parts.push_back(*query.filter);
    both.parts.push_back({gis::Not{gis::share(gis::Filter{gis::IsNull{std::move(property)}})}});
    return gis::share(gis::Filter{std::move(both)});
}

gis::FeatureQuery feature_query_of(const wfs::Query& query, const wfs::GetFeature& request) {
    gis::FeatureQuery features;
    features.layer = query.layer;
    features.output_crs = query.crs.crs;
    features.bbox = query.bbox;
    features.filter = with_value(query, request);
    for (const wfs::SortItem& item : query.sort) features.sort.push_back({item.field, item.descending});
    features.fields = query.fields;
    // No field at all cannot be said to the database: one is read and not written.
    if (!query.all_properties && query.fields.empty() && !query.layer->fields.empty())
        features.fields = {&query.layer->fields.front()};
    return features;
}

std::string count_question(const gis::FeatureQuery& query, const Call& call) {
    const gis::SqlStatement statement = gis::count_sql(query);
    std::string question = call.caller->scope.class_of(*query.layer) + '\0' + statement.sql();
    for (const auto& parameter : statement.parameters()) question += '\0' + parameter.value_or("");
    for (const gis::SortKey& key : query.sort) question += '\0' + key.field->name + (key.descending ? "-" : "+");
    return question;
}

/// The key that a row of gis::page_sql or gis::key_sql holds: the sort keys' values stand last.
gis::PageKey key_of(const gis::FeatureQuery& query, const db::Result& row) {
    gis::PageKey key;
    for (int i = row.columns() - static_cast<int>(query.sort.size()); i < row.columns(); ++i)
        key.sort.push_back(row.is_null(0, i) ? std::nullopt : std::optional(row.text(0, i)));
    key.id = row.text(0, 0);
    return key;
}

/// Where the share begins; nothing when there are fewer features by now.
std::optional<gis::PageKey> begin_of(const Services& services, db::Connection& connection, const WfsShare& share) {
    gis::FeatureQuery query = share.features;
    std::int64_t left = share.skipped;
    if (const auto known = services.start_index_keys.find(share.question, share.skipped)) {
        query.after = gis::parse_page_key(known->second, query.sort.size());
        left -= known->first;
    }
    if (left == 0) return query.after;
    const gis::SqlStatement statement = gis::key_sql(query, left);
    const db::Result row = connection.query(statement.sql(), statement.parameters());
    if (row.rows() == 0) return std::nullopt;
    gis::PageKey key = key_of(query, row);
    services.start_index_keys.remember(share.question, share.skipped, gis::to_text(key));
    return key;
}

}  // namespace

std::int64_t WfsPlan::matched() const {
    std::int64_t sum = 0;
    for (const WfsShare& share : shares) sum += share.matched;
    return sum;
}

std::int64_t WfsPlan::given() const {
    std::int64_t sum = 0;
    for (const WfsShare& share : shares) sum += share.given;
    return sum;
}

WfsPlan make_wfs_plan(const Services& services, const Call& call, db::Connection& connection,
                      const wfs::GetFeature& request, wfs::Version version) {
    const bool paged = version == wfs::Version::V2_0_0;
    const bool alone = request.queries.size() == 1;
    std::int64_t to_skip = request.start_index;
    std::int64_t to_give = request.count.value_or(paged ? wfs::count_default : INT64_MAX);
    if (request.result_type == wfs::ResultType::Hits) to_give = 0;
    WfsPlan plan;
    for (const wfs::Query& query : request.queries) {
        WfsShare share;
        share.query = &query;
        share.features = feature_query_of(query, request);
        share.question = count_question(share.features, call);
        share.matched = services.counts.count(connection, share.features, call.caller->scope);
        const std::int64_t counted_out = std::min(to_skip, share.matched);
        share.given = std::min<std::int64_t>({to_give, share.matched - counted_out, INT_MAX - 1});
        // Alone, its key says where the page begins and its rows how many there are; between others the counts do.
        share.skipped = alone ? to_skip : counted_out;
        share.wanted = alone ? std::min<std::int64_t>(to_give, INT_MAX - 1) : share.given;
        to_skip -= counted_out;
        to_give -= share.given;
        plan.shares.push_back(std::move(share));
    }
    return plan;
}

void read_share(const Services& services, db::Connection& connection, WfsShare& share,
                const std::function<void(const gis::Feature&)>& take) {
    share.given = 0;
    if (share.wanted == 0) return;
    gis::FeatureQuery query = share.features;
    query.limit = static_cast<int>(share.wanted);
    if (share.skipped > 0) {
        query.after = begin_of(services, connection, share);
        if (!query.after) return;
    }
    const gis::SqlStatement statement = gis::page_sql(query);
    FeatureReader reader(query);
    std::optional<gis::PageKey> last;
    connection.query_each(statement.sql(), statement.parameters(), [&](const db::Result& row) {
        if (share.given == share.wanted) {  // the one more that a page asks for
            share.has_more = true;
            return;
        }
        take(reader.read(row, 0));
        if (++share.given == share.wanted) last = key_of(query, row);
    });
    if (last) services.start_index_keys.remember(share.question, share.skipped + share.given, gis::to_text(*last));
}

}  // namespace api
