#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "gis/query/feature_query.hpp"
#include "gis/write/geojson.hpp"
#include "server/db/connection.hpp"

namespace api {

/// Features of a result of gis::page_sql (with its query) or gis::feature_sql (with its layer).
class FeatureRows {
  public:
    FeatureRows(const gis::Layer& layer, db::Result result);
    FeatureRows(const gis::FeatureQuery& query, db::Result result);
    int size() const { return result_.rows(); }
    /// Row `index`; its views live until the next call.
    gis::Feature at(int index);
    /// Where a page after row `index` begins.
    gis::PageKey key(int index) const;

  private:
    int first_field() const { return has_geometry_ ? 2 : 1; }

    bool has_geometry_;
    std::vector<const gis::Field*> fields_;
    std::size_t sort_keys_;
    db::Result result_;
    std::vector<gis::Scalar> values_;
};

}  // namespace api
