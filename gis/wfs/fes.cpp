#include "gis/wfs/fes.hpp"

#include <fmt/format.h>

#include "gis/filter/bind.hpp"
#include "gis/wfs/feature_names.hpp"
#include "gis/wfs/fes_reader.hpp"
#include "gis/wfs/service_error.hpp"
#include "gis/wfs/xml_document.hpp"

namespace gis::wfs {

namespace {

bool is_feature_id(std::string_view name) {
    return name == "ResourceId" || name == "FeatureId" || name == "GmlObjectId";
}

std::string_view named_feature(const pugi::xml_node& element) {
    for (const std::string_view attribute : {"rid", "fid", "id"}) {
        if (const std::string_view name = attribute_of(element, attribute); !name.empty()) return name;
    }
    return {};
}

}  // namespace

FesReader::FesReader(const Layer& layer, const std::vector<Crs>& offered, Version version, std::string locator)
    : layer_(layer),
      gml_{version, layer.crs, offered, false},
      locator_(std::move(locator)),
      positions_left_(max_literal_vertices) {}

void FesReader::refuse(const std::string& reason) const {
    throw ServiceError("InvalidParameterValue", locator_, locator_ + ": " + reason);
}

void FesReader::count(const Node& element) {
    if (++nodes_ > max_filter_nodes)
        refuse(fmt::format("more than {} nodes, at '{}'", max_filter_nodes, local_name(element).substr(0, 50)));
}

std::vector<pugi::xml_node> FesReader::operands(const Node& element, std::size_t wanted) const {
    std::vector<Node> children = child_elements(element);
    if (children.size() != wanted) {
        refuse(fmt::format("{}: {} operands expected, got {}", local_name(element).substr(0, 50), wanted,
                           children.size()));
    }
    return children;
}

Filter FesReader::read(const Node& filter) {
    if (local_name(filter) != "Filter")
        refuse(fmt::format("a Filter element expected, got '{}'", local_name(filter).substr(0, 50)));
    std::vector<Filter> parts = predicates(filter);
    if (parts.empty()) refuse("an empty Filter; leave it out to ask for everything");
    if (parts.size() > 1) refuse("one predicate expected inside Filter; And and Or join several");
    return std::move(parts.front());
}

/// Id elements one after the other are one predicate: any of them.
std::vector<Filter> FesReader::predicates(const Node& parent) {
    std::vector<Filter> parts;
    std::vector<Node> ids;
    for (const Node& child : child_elements(parent)) {
        if (is_feature_id(local_name(child))) {
            count(child);
            ids.push_back(child);
        } else {
            parts.push_back(predicate(child));
        }
    }
    if (!ids.empty()) parts.push_back(feature_ids(ids));
    return parts;
}

Filter FesReader::predicate(const Node& element) {
    count(element);
    const std::string_view name = local_name(element);
    if (name == "And" || name == "Or") {
        std::vector<Filter> parts = predicates(element);
        if (parts.empty()) refuse(fmt::format("{}: predicates expected inside", name));
        if (name == "And") return {And{std::move(parts)}};
        return {Or{std::move(parts)}};
    }
    if (name == "Not") {
        std::vector<Filter> parts = predicates(element);
        if (parts.size() != 1) refuse(fmt::format("Not: one predicate expected, got {}", parts.size()));
        return {Not{share(std::move(parts.front()))}};
    }
    if (is_comparison(name)) return comparison(element);
    if (name == "PropertyIsLike") return like(element);
    if (name == "PropertyIsBetween") return between(element);
    if (name == "PropertyIsNull" || name == "PropertyIsNil") return null_check(element);
    if (name == "BBOX") return bbox(element);
    if (name == "DWithin" || name == "Beyond") return distance(element);
    if (is_spatial(name)) return spatial(element);
    if (is_temporal(name)) return temporal(element);
    refuse(fmt::format("'{}' is no operator that is known here", name.substr(0, 50)));
}

Filter FesReader::feature_ids(const std::vector<Node>& elements) const {
    ById by_id;
    for (const Node& element : elements) {
        const std::string_view id = named_feature(element);
        if (id.empty()) refuse(fmt::format("{}: an id expected", local_name(element)));
        if (auto key = id_of_feature_name(layer_, id)) by_id.ids.push_back(std::move(*key));
    }
    if (by_id.ids.empty()) return {Always{false}};  // features of other types
    return {std::move(by_id)};
}

std::optional<std::vector<std::string>> ids_of_filter(const pugi::xml_node& filter, const Layer& layer,
                                                      const std::string& locator) {
    std::vector<std::string> ids;
    const std::vector<pugi::xml_node> children = child_elements(filter);
    for (const pugi::xml_node& child : children) {
        if (!is_feature_id(local_name(child))) return std::nullopt;
    }
    for (const pugi::xml_node& child : children) {
        const std::string_view name = named_feature(child);
        auto id = id_of_feature_name(layer, name);
        if (!id)
            throw ServiceError("InvalidParameterValue", locator,
                               fmt::format("'{}' is no feature of '{}'", name.substr(0, 100), layer.name));
        ids.push_back(std::move(*id));
    }
    if (ids.empty()) return std::nullopt;
    return ids;
}

bool is_property_name(const pugi::xml_node& element) {
    return local_name(element) == "ValueReference" || local_name(element) == "PropertyName";
}

FilterPtr read_filter(const pugi::xml_node& element, const Layer& layer, const std::vector<Crs>& offered,
                      Version version, const std::string& locator) {
    FesReader reader(layer, offered, version, locator);
    return bind_filter(reader.read(element), layer, locator);
}

FilterPtr read_filter(std::string_view xml, const Layer& layer, const std::vector<Crs>& offered, Version version,
                      const std::string& locator) {
    const XmlDocument document(xml, locator);
    return read_filter(document.root(), layer, offered, version, locator);
}

std::string property_name(std::string_view path, const Layer& layer) {
    while (path.starts_with("./") || path.starts_with("/")) path.remove_prefix(path.starts_with("/") ? 1 : 2);
    if (path.ends_with("[1]")) path.remove_suffix(3);
    const auto slash = path.find('/');
    if (slash != std::string_view::npos && local_name(path.substr(0, slash)) == layer.name)
        path.remove_prefix(slash + 1);
    if (path.find_first_of("/[@(") != std::string_view::npos) return std::string(path);
    return std::string(local_name(path));
}

}  // namespace gis::wfs
