#pragma once

#include <optional>
#include <string>
#include <vector>

#include "gis/crs/envelope.hpp"
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

/// What is asked of one layer. The layer outlives it.
struct FeatureQuery {
    const Layer* layer = nullptr;
    Crs output_crs;
    std::optional<Envelope> bbox;          ///< in any offered CRS
    std::optional<TimeInterval> datetime;  ///< on the layer's datetime column; without one everything matches
    std::vector<PropertyCondition> conditions;
    std::optional<std::string> after;  ///< key of the last feature already given
    int limit = 10;  ///< features wanted; one more is asked, to know whether there is a next page. 0: all, in any order
};

/// Reads `datetime` (OGC 17-069r4, 7.15.4): a date, a date-time, or an interval with ".." or nothing for an open end.
/// Throws InvalidRequest.
TimeInterval parse_datetime(const std::string& text);

/// Throws InvalidRequest when `value` cannot be a value of `field`.
void require_value_of(const Field& field, const std::string& value);

/// A page: id as text, geometry as WKB (absent for a layer without geometry), then the fields in order, each in the one
/// binary form of its type: int8, float8, text, bool, date, timestamptz. The geometry is in the output CRS, but in the
/// layer's own where gis/crs/closed_form leads from there to the output CRS.
SqlStatement page_sql(const FeatureQuery& query);

/// One feature by id, columns as `page_sql`.
SqlStatement feature_sql(const Layer& layer, const std::string& id, const Crs& output_crs);

/// How many features match, whatever the page: one int8.
SqlStatement count_sql(const FeatureQuery& query);

}  // namespace gis
