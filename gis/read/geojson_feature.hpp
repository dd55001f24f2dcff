#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "gis/read/json_cursor.hpp"
#include "gis/read/source.hpp"

namespace gis::read {

/// Reads one Feature, or one bare geometry, into a reused SourceFeature.
class GeoJsonFeatureParser {
  public:
    /// Uploads of bigger polygons are refused: see the bounds in the reliability notes.
    static constexpr std::size_t max_vertices = 1'000'000;

    /// `wanted`: property names, ASCII case aside; their order is that of the feature's values.
    explicit GeoJsonFeatureParser(std::vector<std::string> wanted);

    /// Throws JsonIncomplete or JsonError. What is wrong with the feature alone goes into its `defect`.
    void parse_feature(JsonCursor& cursor, SourceFeature& feature);
    void parse_geometry(JsonCursor& cursor, SourceFeature& feature);

    /// Called with each property that is met, when set; used to describe the file.
    std::function<void(const std::string& name, const Value& value)> on_property;

  private:
    void geometry(JsonCursor& cursor, SourceFeature& feature, Shape& shape, int depth);
    int coordinates(JsonCursor& cursor, SourceFeature& feature, int depth);
    void position(JsonCursor& cursor, SourceFeature& feature);
    void properties(JsonCursor& cursor, SourceFeature& feature);
    int slot_of(std::string_view name);
    void accept_members(SourceFeature& feature, Shape& into, int level);

    struct KeyHint {
        std::string name;
        int slot;
    };
    std::vector<std::string> wanted_;
    std::vector<KeyHint> hints_;  // keys in the order of the feature before: nearly always the same
    std::unordered_map<std::string, int> slots_;
    int id_slot_ = -1;
    Shape part_;  // the geometry being read, before its type is known
    std::string type_, key_, text_;
};

}  // namespace gis::read
