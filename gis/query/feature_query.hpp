#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "gis/crs/envelope.hpp"
#include "gis/filter/filter.hpp"
#include "gis/layer/layer.hpp"
#include "gis/query/sql_statement.hpp"

namespace gis {

/// An interval of time, ends included; an open end is nothing. RFC 3339 texts, UTC.
struct TimeInterval {
    std::optional<std::string> begin;
    std::optional<std::string> end;
};

/// `field = value`.
struct PropertyCondition {
    const Field* field = nullptr;
    std::string value;
};

/// One field that features are sorted by. NULL is greater than every value, as in PostgreSQL's indexes: last when
/// ascending, first when descending.
struct SortKey {
    const Field* field = nullptr;
    bool descending = false;
};

/// Sort keys that one query may have.
inline constexpr std::size_t max_sort_keys = 8;

/// Where a page begins: after the feature of this id and of these values of the sort keys, as PostgreSQL writes them;
/// nothing is NULL.
struct PageKey {
    std::vector<std::optional<std::string>> sort;
    std::string id;

    friend bool operator==(const PageKey&, const PageKey&) = default;
};

/// A page key as bytes, and back. Throws InvalidRequest when they are not a key for `sort_keys` keys.
std::string to_text(const PageKey& key);
PageKey parse_page_key(std::string_view text, std::size_t sort_keys);

/// What is asked of one layer. The layer outlives it.
struct FeatureQuery {
    const Layer* layer = nullptr;
    Crs output_crs;
    std::optional<Envelope> bbox;          ///< in any offered CRS
    std::optional<TimeInterval> datetime;  ///< on the layer's datetime column; without one everything matches
    std::vector<PropertyCondition> conditions;
    FilterPtr filter;                  ///< of bind_filter; none: everything
    std::vector<SortKey> sort;         ///< before the id, which always decides last
    std::vector<const Field*> fields;  ///< wanted, in this order; empty: all of the layer
    bool with_geometry = true;         ///< of a layer that has one
    std::optional<PageKey> after;      ///< key of the last feature already given
    std::optional<std::string> as_of;  ///< RFC 3339: the features of a tracked layer as they stood then; none: now
    int limit = 10;  ///< features wanted; one more is asked, to know whether there is a next page. 0: all, in any order
};

/// Reads `datetime` (OGC 17-069r4, 7.15.4): a date, a date-time, or an interval with ".." or nothing for an open end.
/// Throws InvalidRequest.
TimeInterval parse_datetime(const std::string& text);

/// Throws InvalidRequest when `value` cannot be a value of `field`.
void require_value_of(const Field& field, const std::string& value);

/// The fields a query gives, in order: those it names, or all of the layer.
std::vector<const Field*> fields_of(const FeatureQuery& query);

/// A page: id as text, geometry as WKB (absent where the layer has none or none is wanted), then `fields_of` in order,
/// each in the one binary form of its type: int8, float8, text, bool, date, timestamptz; then the values of the sort
/// keys as text, for the key of the next page. The geometry is in the output CRS, but in the layer's own where
/// gis/crs/closed_form leads from there to the output CRS. Cost does not grow with depth where an index leads with the
/// first sort key.
SqlStatement page_sql(const FeatureQuery& query);

/// Reads a moment of a layer's past: a date-time, or a date for the end of that day (UTC). Throws InvalidRequest naming
/// `parameter`.
std::string parse_moment(const std::string& text, const std::string& parameter);

/// One feature by id, columns as `page_sql`; as it stood at `as_of` when that is given.
SqlStatement feature_sql(const Layer& layer, const std::string& id, const Crs& output_crs,
                         const std::optional<std::string>& as_of = std::nullopt);

/// Where the page begins that leaves out `skipped` features of the query (after `query.after`, when there is one): the
/// key of the last of them, as one row of the id and the values of the sort keys, all as text; no row when there are
/// not so many. Costs as much as walking over them, without their geometries and fields.
SqlStatement key_sql(const FeatureQuery& query, std::int64_t skipped);

/// One row for each value of `key` that features of the query's layer have, whatever else it asks; columns as
/// `page_sql`: the value as id, the union of the geometries as a multipolygon, and of each field the least value. For
/// layers of polygons.
SqlStatement union_sql(const FeatureQuery& query, const Field& key);

/// How many features match, whatever the page: one int8.
SqlStatement count_sql(const FeatureQuery& query);

}  // namespace gis
