#include "gis/write/feature_writer.hpp"

namespace gis {

FeatureOutput output_of(const FeatureQuery& query) {
    return {query.layer, query.output_crs, fields_of(query), query.layer->has_geometry() && query.with_geometry};
}

}  // namespace gis
