#include "server/api/feature_reader.hpp"

namespace api {

gis::Feature FeatureRows::at(int index) {
    const int first = layer_.has_geometry() ? 2 : 1;
    values_.clear();
    for (std::size_t i = 0; i < layer_.fields.size(); ++i) {
        const int column = first + static_cast<int>(i);
        if (result_.is_null(index, column)) {
            values_.emplace_back(std::monostate{});
            continue;
        }
        switch (layer_.fields[i].type) {
            case gis::FieldType::Integer:
                values_.emplace_back(result_.int64(index, column));
                break;
            case gis::FieldType::Number:
                values_.emplace_back(result_.float64(index, column));
                break;
            case gis::FieldType::Boolean:
                values_.emplace_back(result_.boolean(index, column));
                break;
            default:
                values_.emplace_back(result_.bytes(index, column));
        }
    }
    const bool with_geometry = layer_.has_geometry() && !result_.is_null(index, 1);
    return {result_.bytes(index, 0), with_geometry ? result_.bytes(index, 1) : std::string_view{}, values_};
}

}  // namespace api
