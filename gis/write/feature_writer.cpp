#include "gis/write/feature_writer.hpp"

namespace gis {

FeatureOutput output_of(const FeatureQuery& query) {
    FeatureOutput output{query.layer, query.output_crs, {}, query.layer->has_geometry()};
    for (const Field& field : query.layer->fields) output.fields.push_back(&field);
    return output;
}

}  // namespace gis
