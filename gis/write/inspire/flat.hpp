#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "gis/layer/layer.hpp"

namespace gis::inspire {

/// A column of the flattened form of objects: the names of the properties that lead to a value, without those of the
/// types between them ("inspireId_localId"); a second value of one property has "_2" behind it. What an element says in
/// attributes has columns beside: "areaValue_uom", "supplementaryRegulation_title".
struct FlatColumn {
    std::string name;
    FieldType type = FieldType::Text;

    friend bool operator==(const FlatColumn&, const FlatColumn&) = default;
};

/// Takes a column and its value.
using TakeValue = std::function<void(const std::string& column, std::string_view value)>;

/// The values of an object, which is one XML element, in the order of the document: texts, else what `xlink:href`
/// names, within the document without "#". Nothing of what is nil or empty. Throws std::runtime_error when it is no
/// XML.
void flatten(std::string_view object, const TakeValue& take);

}  // namespace gis::inspire
