#pragma once

#include <string>

#include "gis/layer/layer.hpp"

namespace gis {

/// Where the features of a document come from and what may be done with them, in French, for people.
struct Provenance {
    std::string title;        ///< of the layer
    std::string description;  ///< says so when the data are invented
    std::string licence;
    std::string attribution;
    std::string vintage;
    std::string source;     ///< address of the collection
    std::string extracted;  ///< RFC 3339, when it was read

    /// All of it as lines "Licence : ...".
    std::string text() const;
};

Provenance provenance_of(const Layer& layer, std::string source, std::string extracted);

}  // namespace gis
