#include "server/api/feature_reader.hpp"

#include "gis/write/feature_writer.hpp"
#include "gis/write/time_text.hpp"

namespace api {

FeatureReader::FeatureReader(const gis::FeatureQuery& query) : sort_keys_(query.sort.size()) {
    const gis::FeatureOutput output = gis::output_of(query);
    with_geometry_ = output.with_geometry;
    if (with_geometry_ && query.output_crs.srid != query.layer->crs.srid)
        closed_form_ = gis::closed_form(query.layer->crs.srid, query.output_crs);
    for (const gis::Field* field : output.fields) types_.push_back(field->type);
    values_.resize(types_.size());
    times_.resize(types_.size());
}

gis::Feature FeatureReader::read(const db::Result& result, int row) {
    int column = with_geometry_ ? 2 : 1;
    for (std::size_t i = 0; i < types_.size(); ++i, ++column) {
        if (result.is_null(row, column)) {
            values_[i] = std::monostate{};
            continue;
        }
        switch (types_[i]) {
            case gis::FieldType::Integer:
                values_[i] = result.int64(row, column);
                break;
            case gis::FieldType::Number:
                values_[i] = result.float64(row, column);
                break;
            case gis::FieldType::Boolean:
                values_[i] = result.boolean(row, column);
                break;
            case gis::FieldType::Text:
                values_[i] = result.bytes(row, column);
                break;
            case gis::FieldType::Date:
                times_[i].clear();
                gis::append_date(times_[i], result.int64(row, column));
                values_[i] = std::string_view(times_[i]);
                break;
            case gis::FieldType::DateTime:
                times_[i].clear();
                gis::append_date_time(times_[i], result.int64(row, column));
                values_[i] = std::string_view(times_[i]);
                break;
        }
    }
    gis::Feature feature{result.bytes(row, 0), {}, values_};
    if (with_geometry_ && !result.is_null(row, 1)) {
        feature.wkb = result.bytes(row, 1);
        if (closed_form_ != nullptr) {
            wkb_ = feature.wkb;
            closed_form_->apply(wkb_);
            feature.wkb = wkb_;
        }
    }
    return feature;
}

namespace {

gis::FeatureQuery query_of(const gis::Layer& layer, const gis::Crs& output_crs) {
    gis::FeatureQuery query;
    query.layer = &layer;
    query.output_crs = output_crs;
    return query;
}

}  // namespace

FeatureRows::FeatureRows(const gis::FeatureQuery& query, db::Result result)
    : reader_(query), result_(std::move(result)) {}

FeatureRows::FeatureRows(const gis::Layer& layer, const gis::Crs& output_crs, db::Result result)
    : FeatureRows(query_of(layer, output_crs), std::move(result)) {}

gis::PageKey FeatureReader::key(const db::Result& result, int row) const {
    gis::PageKey key;
    int column = result.columns() - static_cast<int>(sort_keys_);
    for (std::size_t i = 0; i < sort_keys_; ++i, ++column) {
        if (result.is_null(row, column)) {
            key.sort.emplace_back();
        } else {
            key.sort.emplace_back(result.text(row, column));
        }
    }
    key.id = result.text(row, 0);
    return key;
}

}  // namespace api
