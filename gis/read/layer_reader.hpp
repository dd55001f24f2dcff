#pragma once

#include <map>
#include <optional>

#include "gis/crs/propose.hpp"
#include "gis/crs/transformation.hpp"
#include "gis/read/import.hpp"
#include "gis/read/validity.hpp"

namespace gis::read {

/// What costs time to set up and is kept from one file to the next. Belongs to one thread.
class Toolbox {
  public:
    explicit Toolbox(int target_srid) : target_srid_(target_srid) {}

    struct KnownCrs {
        int srid = 0;
        std::string shown;  ///< "EPSG:2154 (RGF93 v1 / Lambert-93, reconnu à ses paramètres)"
    };
    /// The CRS of a layer: the one the person states, else what the file says. Throws InvalidRequest asking for it.
    KnownCrs crs_of(const SourceLayer& layer, const std::optional<int>& stated, const std::string& shown_name);
    Transformation& transformation(int source_srid);
    Transformation& to_degrees(int source_srid);
    Repairer& repairer() { return repairer_; }

  private:
    int target_srid_;
    std::map<std::string, std::optional<KnownCrs>> identified_;
    std::map<int, Transformation> transformations_;
    std::map<int, Transformation> to_degrees_;
    Repairer repairer_;
};

/// Systems that fit the first positions of a layer, when the file says none or `said` puts them outside the territory.
/// Nothing without a territory, or when what is said fits.
std::vector<CrsProposal> propose_for(Source& source, std::size_t layer, const std::optional<int>& said,
                                     const Options& options, Toolbox& tools);

/// Reads one layer of an open file into the import, through its mapping.
void read_layer(Source& source, std::size_t layer, const Mapping& mapping, const MappingContext& context,
                const Input& input, Toolbox& tools, Import& import);

}  // namespace gis::read
