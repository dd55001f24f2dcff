#pragma once

#include <cstddef>
#include <pugixml.hpp>
#include <string>
#include <string_view>
#include <vector>

// XML as requests bring it, read with bounds. Internal to the library: its public headers speak of text.

namespace gis::wfs {

inline constexpr int max_xml_depth = 64;
inline constexpr std::size_t max_xml_markup = 500'000;  ///< tags and attributes: about 40 MB of nodes

/// A document whose every name and text is UTF-8 without control characters, at most `max_xml_depth` deep.
class XmlDocument {
  public:
    /// Throws ServiceError (OperationParsingFailed at `locator`) when `text` is no such document or holds a DOCTYPE.
    XmlDocument(std::string_view text, const std::string& locator);
    pugi::xml_node root() const { return document_.document_element(); }

  private:
    pugi::xml_document document_;
};

/// The name without its prefix.
std::string_view local_name(const pugi::xml_node& element);
std::string_view local_name(std::string_view qualified_name);

/// The namespace that a prefix ("": the default one) stands for at `element`; "" when it stands for none.
std::string_view namespace_of_prefix(const pugi::xml_node& element, std::string_view prefix);
std::string_view namespace_of(const pugi::xml_node& element);

/// Child elements, in order; those of one local name; the first of them, or a null node.
std::vector<pugi::xml_node> child_elements(const pugi::xml_node& parent);
std::vector<pugi::xml_node> children_called(const pugi::xml_node& parent, std::string_view name);
pugi::xml_node child_called(const pugi::xml_node& parent, std::string_view name);

/// All the character data directly in the element, CDATA too, without white space around.
std::string text_of(const pugi::xml_node& element);

/// The attribute of that local name, in whatever namespace; "" when there is none.
std::string_view attribute_of(const pugi::xml_node& element, std::string_view name);
bool has_attribute(const pugi::xml_node& element, std::string_view name);

/// The element as a document of its own, with the namespaces that it had from around it.
std::string standalone_text(const pugi::xml_node& element);

}  // namespace gis::wfs
