#include "server/api/feature_reader.hpp"

namespace api {

FeatureRows::FeatureRows(const gis::FeatureQuery& query, db::Result result)
    : has_geometry_(query.layer->has_geometry()),
      fields_(gis::fields_of(query)),
      sort_keys_(query.sort.size()),
      result_(std::move(result)) {}

FeatureRows::FeatureRows(const gis::Layer& layer, db::Result result)
    : has_geometry_(layer.has_geometry()), sort_keys_(0), result_(std::move(result)) {
    for (const gis::Field& field : layer.fields) fields_.push_back(&field);
}

gis::PageKey FeatureRows::key(int index) const {
    gis::PageKey key;
    int column = first_field() + static_cast<int>(fields_.size());
    for (std::size_t i = 0; i < sort_keys_; ++i, ++column) {
        if (result_.is_null(index, column)) {
            key.sort.emplace_back();
        } else {
            key.sort.emplace_back(result_.text(index, column));
        }
    }
    key.id = result_.text(index, 0);
    return key;
}

gis::Feature FeatureRows::at(int index) {
    values_.clear();
    for (std::size_t i = 0; i < fields_.size(); ++i) {
        const int column = first_field() + static_cast<int>(i);
        if (result_.is_null(index, column)) {
            values_.emplace_back(std::monostate{});
            continue;
        }
        switch (fields_[i]->type) {
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
    const bool with_geometry = has_geometry_ && !result_.is_null(index, 1);
    return {result_.bytes(index, 0), with_geometry ? result_.bytes(index, 1) : std::string_view{}, values_, fields_};
}

}  // namespace api
