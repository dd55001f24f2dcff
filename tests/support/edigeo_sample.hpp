#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace test {

/// A tiny EDIGEO exchange of one fictive cadastral sheet, written by ourselves so that no third-party file is needed:
/// 1 commune, 1 section, 1 sheet, 12 parcels in a grid of 4 by 3, 4 buildings, 1 lieu-dit with an accent.
struct EdigeoSample {
    std::string departement = "62";
    std::string commune = "999";  ///< no commune has this number
    std::string prefixe = "000";
    std::string section = "0A";
    std::string sheet = "01";
    std::string crs = "LAMB93";  ///< RELSA of the .GEO
    double x = 682000;           ///< south-west corner of the sheet
    double y = 7045000;
    int columns = 4;
    int rows = 3;
    int buildings = 4;

    int parcels() const { return columns * rows; }
    /// "edigeo-629990000A01"
    std::string name() const { return "edigeo-" + departement + commune + prefixe + section + sheet; }
};

/// Writes the seven files (.THF .GEN .GEO .QAL .DIC .SCD .VEC) into an existing folder; returns the .THF.
std::filesystem::path write_edigeo_folder(const EdigeoSample& sample, const std::filesystem::path& folder);

/// The same as `<name>.tar.bz2` in an existing folder; returns its path.
std::filesystem::path write_edigeo_archive(const EdigeoSample& sample, const std::filesystem::path& folder);

/// Any files packed as .tar.bz2, .tar.gz or .zip, by the extension of `archive`: for tests of what must be refused.
struct PackedMember {
    std::string name;
    std::string content;
    std::string link_target;  ///< not empty: a symbolic link instead
};
void write_archive(const std::filesystem::path& archive, const std::vector<PackedMember>& members);

}  // namespace test
