#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "gis/layer/layer.hpp"
#include "gis/query/feature_query.hpp"
#include "gis/write/feature.hpp"

namespace gis {

/// What is written of a layer: which fields, in which CRS. The layer outlives it.
struct FeatureOutput {
    const Layer* layer = nullptr;
    Crs crs;                           ///< of the coordinates that features bring
    std::vector<const Field*> fields;  ///< one for each of Feature::values, in their order
    bool with_geometry = true;         ///< false: the layer has none, or it was not asked for
};

/// What the answer to `query` holds.
FeatureOutput output_of(const FeatureQuery& query);

/// What is known of a collection before its first feature. Formats that have no place for a fact leave it out.
struct CollectionFacts {
    std::optional<std::int64_t> number_matched;   ///< of the whole question, pages apart
    std::optional<std::int64_t> number_returned;  ///< of this answer
    std::string time_stamp;                       ///< RFC 3339, UTC; empty: none
    std::string links;                            ///< GeoJSON: the array `links` as JSON text; empty: none
    std::string next;                             ///< absolute URL of the next page; empty: none
    std::string previous;
};

/// Writes features one after the other in one format, each into a buffer that the caller takes away as it likes: a
/// writer holds no more than one feature. Used by one thread: write for each feature, then end. What `begin` writes
/// stands before them and depends on no feature, so it may also be made last, where the facts are known only then.
class FeatureWriter {
  public:
    virtual ~FeatureWriter() = default;
    virtual void begin(std::string& out, const CollectionFacts& facts) = 0;
    virtual void write(std::string& out, const Feature& feature) = 0;
    virtual void end(std::string& out) = 0;
    /// True when `begin` needs number_matched and number_returned to be there.
    virtual bool wants_counts() const { return false; }
};

}  // namespace gis
