#pragma once

#include <map>
#include <pugixml.hpp>
#include <string>
#include <string_view>

#include "gis/text/ascii.hpp"

namespace gis::inspire {

/// Goes through the elements of an object, or of its template: `keep(element)` says whether one counts,
/// `take(column, value)` is given the texts and attributes that make columns.
template <typename Keep, typename Take>
class FlatWalk {
  public:
    FlatWalk(Keep keep, Take take) : keep_(std::move(keep)), take_(std::move(take)) {}

    void object(const pugi::xml_node& element) {
        take_("gml_id", element.attribute("gml:id").value());
        children(element, "");
    }

  private:
    static std::string_view local_name(std::string_view name) {
        const auto colon = name.find(':');
        return colon == std::string_view::npos ? name : name.substr(colon + 1);
    }

    /// Types begin with a capital letter, properties with a small one (ISO 19136, 7.1).
    static bool is_type(std::string_view name) { return name.front() >= 'A' && name.front() <= 'Z'; }

    void children(const pugi::xml_node& parent, const std::string& path) {
        for (const pugi::xml_node& child : parent.children()) {
            if (child.type() != pugi::node_element || !keep_(child)) continue;
            const std::string_view name = local_name(child.name());
            if (is_type(name)) {
                value(child, path);
            } else {
                std::string column = path.empty() ? std::string(name) : path + '_' + std::string(name);
                const int number = ++numbers_[column];
                if (number > 1) column += '_' + std::to_string(number);
                value(child, column);
            }
        }
    }

    void value(const pugi::xml_node& element, const std::string& column) {
        const auto is_element = [](const pugi::xml_node& node) { return node.type() == pugi::node_element; };
        if (element.find_child(is_element)) return children(element, column);
        std::string_view text = trimmed(element.child_value());
        const std::string_view href = element.attribute("xlink:href").value();
        if (text.empty()) text = href.starts_with('#') ? href.substr(1) : href;
        if (text.empty()) return;
        take_(column, text);
        for (const char* name : {"uom", "xlink:title"}) {
            const std::string_view attribute = element.attribute(name).value();
            if (!attribute.empty()) take_(column + '_' + std::string(local_name(name)), attribute);
        }
    }

    Keep keep_;
    Take take_;
    std::map<std::string, int> numbers_;  ///< how often a property came
};

}  // namespace gis::inspire
