#pragma once

#include <vector>

#include "gis/demo/cadastre.hpp"

namespace gis::demo {

/// Writes ads.dossier and ads.dossier_parcelle for the communes that adhere to the shared service, from their date on.
class PermitWriter {
  public:
    PermitWriter(const ParsedFacts& facts, RowSink& sink);

    /// `sites`: where people of a member commune build. Each becomes one file.
    void write_commune(const CommuneFact& commune, const std::vector<BuildingSite>& sites, const Geos& geos,
                       std::uint64_t seed);
    void finish();

  private:
    struct Permit;

    Permit make_permit(const BuildingSite& site, Day first, Random& random) const;

    const ParsedFacts& facts_;
    TableWriter permits_, parcels_;
};

}  // namespace gis::demo
