#include "gis/write/inspire/flat.hpp"

#include <stdexcept>

#include "gis/write/inspire/flat_walk.hpp"

namespace gis::inspire {

void flatten(std::string_view object, const TakeValue& take) {
    pugi::xml_document document;
    const pugi::xml_parse_result result = document.load_buffer(object.data(), object.size());
    if (!result) throw std::runtime_error(std::string("an object that is no XML: ") + result.description());
    const auto has_value = [](const pugi::xml_node& element) { return !element.attribute("xsi:nil").as_bool(); };
    FlatWalk walk(has_value, take);
    walk.object(document.document_element());
}

}  // namespace gis::inspire
