#pragma once

#include <string>
#include <vector>

#include "gis/crs/closed_form.hpp"
#include "gis/query/feature_query.hpp"
#include "gis/write/feature.hpp"
#include "server/db/connection.hpp"

namespace api {

/// Makes features of the rows that gis::page_sql and gis::feature_sql give. The query and its layer outlive it.
class FeatureReader {
  public:
    explicit FeatureReader(const gis::FeatureQuery& query);
    /// Row `row`; its views live until the next call and as long as `result` does.
    gis::Feature read(const db::Result& result, int row);
    /// Where a page after row `row` begins.
    gis::PageKey key(const db::Result& result, int row) const;

  private:
    std::size_t sort_keys_;
    bool with_geometry_;
    const gis::ClosedForm* closed_form_ = nullptr;  ///< the geometry comes in the layer's CRS
    std::string wkb_;
    std::vector<gis::FieldType> types_;
    std::vector<std::string> times_;  ///< of the row, as text, by field
    std::vector<gis::Scalar> values_;
};

/// Features of a whole result.
class FeatureRows {
  public:
    /// Of gis::page_sql of that query.
    FeatureRows(const gis::FeatureQuery& query, db::Result result);
    /// Of gis::feature_sql with that CRS.
    FeatureRows(const gis::Layer& layer, const gis::Crs& output_crs, db::Result result);
    int size() const { return result_.rows(); }
    /// Row `index`; its views live until the next call.
    gis::Feature at(int index) { return reader_.read(result_, index); }

  private:
    FeatureReader reader_;
    db::Result result_;
};

}  // namespace api
