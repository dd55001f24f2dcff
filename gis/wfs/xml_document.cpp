#include "gis/wfs/xml_document.hpp"

#include <fmt/format.h>

#include <sstream>

#include "gis/text/utf8.hpp"
#include "gis/wfs/service_error.hpp"

namespace gis::wfs {

namespace {

/// An upper bound of the nodes that parsing would make, known before it does.
std::size_t markup_in(std::string_view text) {
    std::size_t count = 0;
    for (const char c : text) count += c == '<' || c == '=';
    return count;
}

bool is_clean(std::string_view text) {
    for (const char c : text) {
        if (static_cast<unsigned char>(c) < 0x20 && c != '\t' && c != '\n' && c != '\r') return false;
    }
    return is_utf8(text);
}

bool is_clean(const pugi::xml_node& node) {
    if (!is_clean(node.name()) || !is_clean(node.value())) return false;
    for (const pugi::xml_attribute& attribute : node.attributes()) {
        if (!is_clean(attribute.name()) || !is_clean(attribute.value())) return false;
    }
    return true;
}

std::string_view prefix_of(std::string_view name) {
    const auto colon = name.find(':');
    return colon == std::string_view::npos ? std::string_view{} : name.substr(0, colon);
}

/// Visits every node without recursion.
void check_nodes(const pugi::xml_document& document, const std::string& locator) {
    int depth = 0;
    pugi::xml_node node = document.first_child();
    while (node) {
        if (node.type() == pugi::node_doctype) throw unreadable(locator, "a DOCTYPE is not accepted");
        if (!is_clean(node)) throw unreadable(locator, "text that is not UTF-8 or holds control characters");
        if (depth > max_xml_depth)
            throw unreadable(locator, fmt::format("elements nested more than {} deep", max_xml_depth));
        if (node.first_child()) {
            node = node.first_child();
            ++depth;
            continue;
        }
        while (node && !node.next_sibling()) {
            node = node.parent();
            --depth;
        }
        if (node) node = node.next_sibling();
    }
}

}  // namespace

XmlDocument::XmlDocument(std::string_view text, const std::string& locator) {
    if (text.find('\0') != std::string_view::npos)
        throw unreadable(locator, "a NUL byte; XML in UTF-8 without DOCTYPE expected");
    if (markup_in(text) > max_xml_markup)
        throw unreadable(locator, fmt::format("more than {} tags and attributes", max_xml_markup));
    const auto result = document_.load_buffer(text.data(), text.size(),
                                              pugi::parse_default | pugi::parse_doctype | pugi::parse_ws_pcdata_single);
    if (!result) {
        throw unreadable(locator,
                         fmt::format("no well-formed XML: {} at byte {}", result.description(), result.offset));
    }
    check_nodes(document_, locator);
    if (!root()) throw unreadable(locator, "no XML element");
    if (root().next_sibling() || root().previous_sibling()) {
        int elements = 0;
        for (const pugi::xml_node& node : document_.children()) elements += node.type() == pugi::node_element;
        if (elements != 1) throw unreadable(locator, "more than one XML document element");
    }
}

std::string_view local_name(std::string_view qualified_name) {
    const auto colon = qualified_name.find(':');
    return colon == std::string_view::npos ? qualified_name : qualified_name.substr(colon + 1);
}

std::string_view local_name(const pugi::xml_node& element) {
    return local_name(std::string_view(element.name()));
}

std::string_view namespace_of_prefix(const pugi::xml_node& element, std::string_view prefix) {
    for (pugi::xml_node scope = element; scope.type() == pugi::node_element; scope = scope.parent()) {
        for (const pugi::xml_attribute& attribute : scope.attributes()) {
            const std::string_view name(attribute.name());
            if (prefix.empty() ? name == "xmlns" : name.starts_with("xmlns:") && name.substr(6) == prefix)
                return attribute.value();
        }
    }
    return {};
}

std::string_view namespace_of(const pugi::xml_node& element) {
    return namespace_of_prefix(element, prefix_of(element.name()));
}

std::vector<pugi::xml_node> child_elements(const pugi::xml_node& parent) {
    std::vector<pugi::xml_node> found;
    for (const pugi::xml_node& child : parent.children()) {
        if (child.type() == pugi::node_element) found.push_back(child);
    }
    return found;
}

std::vector<pugi::xml_node> children_called(const pugi::xml_node& parent, std::string_view name) {
    std::vector<pugi::xml_node> found;
    for (const pugi::xml_node& child : parent.children()) {
        if (child.type() == pugi::node_element && local_name(child) == name) found.push_back(child);
    }
    return found;
}

pugi::xml_node child_called(const pugi::xml_node& parent, std::string_view name) {
    for (const pugi::xml_node& child : parent.children()) {
        if (child.type() == pugi::node_element && local_name(child) == name) return child;
    }
    return {};
}

std::string text_of(const pugi::xml_node& element) {
    std::string text;
    for (const pugi::xml_node& child : element.children()) {
        if (child.type() == pugi::node_pcdata || child.type() == pugi::node_cdata) text += child.value();
    }
    const auto first = text.find_first_not_of(" \t\r\n");
    if (first == std::string::npos) return "";
    return text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1);
}

std::string_view attribute_of(const pugi::xml_node& element, std::string_view name) {
    for (const pugi::xml_attribute& attribute : element.attributes()) {
        if (local_name(std::string_view(attribute.name())) == name &&
            !std::string_view(attribute.name()).starts_with("xmlns"))
            return attribute.value();
    }
    return {};
}

bool has_attribute(const pugi::xml_node& element, std::string_view name) {
    for (const pugi::xml_attribute& attribute : element.attributes()) {
        if (local_name(std::string_view(attribute.name())) == name &&
            !std::string_view(attribute.name()).starts_with("xmlns"))
            return true;
    }
    return false;
}

std::string standalone_text(const pugi::xml_node& element) {
    pugi::xml_document document;
    pugi::xml_node copy = document.append_copy(element);
    for (pugi::xml_node scope = element.parent(); scope.type() == pugi::node_element; scope = scope.parent()) {
        for (const pugi::xml_attribute& attribute : scope.attributes()) {
            if (std::string_view(attribute.name()).starts_with("xmlns") && !copy.attribute(attribute.name()))
                copy.append_copy(attribute);
        }
    }
    std::ostringstream text;
    document.print(text, "", pugi::format_raw | pugi::format_no_declaration);
    return text.str();
}

}  // namespace gis::wfs
