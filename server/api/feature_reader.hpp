#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "gis/query/feature_query.hpp"
#include "gis/write/geojson.hpp"
#include "server/db/connection.hpp"

namespace api {

/// Features of a result of gis::page_sql or gis::feature_sql.
class FeatureRows {
  public:
    FeatureRows(const gis::Layer& layer, db::Result result) : layer_(layer), result_(std::move(result)) {}
    int size() const { return result_.rows(); }
    /// Row `index`; its views live until the next call.
    gis::Feature at(int index);

  private:
    const gis::Layer& layer_;
    db::Result result_;
    std::vector<gis::Scalar> values_;
};

}  // namespace api
