#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "gis/layer/catalog.hpp"
#include "gis/wfs/version.hpp"

namespace gis::wfs {

/// Features of one answer when COUNT says nothing, and the most that COUNT gives: QGIS takes it as its page size.
inline constexpr int count_default = 10'000;

/// An INSPIRE data set that GetSpatialDataSet gives.
struct DataSet {
    std::string code;
    std::string id_namespace;
    std::string metadata_url;
    std::vector<std::pair<std::string, std::string>> feature_types;  ///< "cp:CadastralParcel" and the prefix's URI
};

/// What the capabilities say beside the layers.
struct ServiceFacts {
    std::string url;      ///< of the service, as this client reaches it: "https://sig.example/carreau/wfs"
    std::string contact;  ///< who runs it
    std::vector<Crs> offered;
    std::vector<std::string> formats;            ///< outputFormat values of this version, the default first
    std::function<bool(const Layer&)> editable;  ///< the caller may write some feature of it
    std::string update_sequence;                 ///< changes with the catalogue
    std::vector<DataSet> data_sets{};            ///< that the caller may have; none: the service is not INSPIRE's
    std::string metadata_url{};                  ///< of the service's own record
};

/// Which parts of a capabilities document are asked for; all of them when `names` is empty (06-121r3, table 7).
struct Sections {
    std::vector<std::string> names;
    bool has(std::string_view name) const;
};

/// Capabilities in the words of `version`: the layers of `catalog`, which holds only what the caller sees. Transaction
/// is among the operations when he may edit one of them.
std::string capabilities(Version version, const Catalog& catalog, const ServiceFacts& facts, const Sections& sections);

}  // namespace gis::wfs
