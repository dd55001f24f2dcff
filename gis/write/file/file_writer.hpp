#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>

#include "gis/write/feature_writer.hpp"
#include "gis/write/provenance.hpp"

namespace gis {

/// Writes features into a file that cannot be sent before it is whole. Used by one thread: write for each feature,
/// finish. Everything it makes is in the folder it was given. Throws Unavailable when the disk takes no more.
class FileWriter {
  public:
    virtual ~FileWriter() = default;
    virtual void write(const Feature& feature) = 0;
    /// Closes and gives the file to send.
    virtual std::filesystem::path finish() = 0;
    /// Features that the format could not hold.
    virtual std::int64_t left_out() const { return 0; }
};

using FileWriterPtr = std::unique_ptr<FileWriter>;

// All of them bring CRS, title, licence and attribution along: inside where the format has a place for them, else in a
// text beside (zip).
FileWriterPtr geopackage_file(const FeatureOutput& output, const Provenance& about,
                              const std::filesystem::path& folder);
/// One table of a GeoPackage of several, which are written one after the other; the first makes the file.
FileWriterPtr geopackage_table(const FeatureOutput& output, const Provenance& about,
                               const std::filesystem::path& package);
FileWriterPtr flatgeobuf_file(const FeatureOutput& output, const Provenance& about,
                              const std::filesystem::path& folder);
/// A zip: one Shapefile for each kind of geometry, UTF-8 (.cpg), .prj, and LISEZMOI.txt with the table of the field
/// names, which DBF cuts to ten characters.
FileWriterPtr shapefile_zip(const FeatureOutput& output, const Provenance& about, const std::filesystem::path& folder);

}  // namespace gis
