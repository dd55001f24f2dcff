#pragma once

#include <optional>
#include <pugixml.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "gis/filter/filter.hpp"
#include "gis/wfs/gml_node.hpp"

// Filter elements inside a document that is read already. Internal to the library.

namespace gis::wfs {

/// Turns one Filter element into a Filter that is not bound yet.
class FesReader {
  public:
    FesReader(const Layer& layer, const std::vector<Crs>& offered, Version version, std::string locator);

    /// The content of <Filter>. Throws as read_filter.
    Filter read(const pugi::xml_node& filter);

  private:
    using Node = pugi::xml_node;

    Filter predicate(const Node& element);
    std::vector<Filter> predicates(const Node& parent);
    Filter feature_ids(const std::vector<Node>& elements) const;

    // fes_comparison.cpp
    bool is_comparison(std::string_view name) const;
    Filter comparison(const Node& element);
    Filter like(const Node& element);
    Filter between(const Node& element);
    Filter null_check(const Node& element);
    Expression operand(const Node& element);
    Expression bound(const Node& element, std::string_view name);
    ExpressionPtr share_operand(const Node& element);

    // fes_spatial.cpp
    bool is_spatial(std::string_view name) const;
    Filter spatial(const Node& element);
    Filter bbox(const Node& element);
    Filter distance(const Node& element);
    Expression spatial_operand(const Node& element);
    Expression layer_geometry(const Node& element) const;
    double metres(const Node& element) const;

    // fes_temporal.cpp
    bool is_temporal(std::string_view name) const;
    Filter temporal(const Node& element);
    Expression temporal_operand(const Node& element);
    Expression instant(const Node& element) const;
    Expression period(const Node& element);

    void count(const Node& element);
    std::vector<Node> operands(const Node& element, std::size_t wanted) const;
    [[noreturn]] void refuse(const std::string& reason) const;

    const Layer& layer_;
    GmlContext gml_;
    std::string locator_;
    int nodes_ = 0;
    std::size_t positions_left_;
};

/// Filter element -> filter that is checked against the layer.
FilterPtr read_filter(const pugi::xml_node& element, const Layer& layer, const std::vector<Crs>& offered,
                      Version version, const std::string& locator);

/// The ids of the layer's features that a Filter names, when it holds nothing but names (ResourceId, FeatureId,
/// GmlObjectId); nothing when it asks by properties. Names of other types' features are refused.
std::optional<std::vector<std::string>> ids_of_filter(const pugi::xml_node& filter, const Layer& layer,
                                                      const std::string& locator);

bool is_property_name(const pugi::xml_node& element);

}  // namespace gis::wfs
