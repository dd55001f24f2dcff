#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "gis/wfs/capabilities.hpp"
#include "server/api/call.hpp"
#include "server/api/inspire_document.hpp"
#include "server/api/services.hpp"

namespace api {

/// A theme in one version, of the layers that the caller may export: what services offer him as a data set.
struct InspireDataSet {
    std::string code;          ///< "cp-4.0"
    std::string id_namespace;  ///< "FR.CARREAU.CP"
    std::shared_ptr<const gis::inspire::Theme> theme;
    std::vector<InspirePart> parts;

    /// "Parcelles cadastrales (INSPIRE cp 4.0)"
    std::string title() const;
    /// All that it takes values from, each once.
    std::vector<const gis::Layer*> layers() const { return layers_of(parts); }
};

std::vector<InspireDataSet> inspire_data_sets(const Services& services, const Call& call);
/// Those that a caller of that scope, who sees the layers of `visible`, may have of that authority.
std::vector<InspireDataSet> inspire_data_sets(std::string_view authority, const gis::Catalog& visible,
                                              const gis::Scope& scope);

/// The identifier of the record of a data set, or of the service for "service": unlike its address one that no other
/// authority uses.
std::string inspire_record_id(const Services& services, std::string_view record);

/// The address of that record.
std::string inspire_record_url(const http::Request& request, std::string_view record);

/// What the capabilities of the WFS say of them.
std::vector<gis::wfs::DataSet> wfs_data_sets(const Services& services, const Call& call);

}  // namespace api
