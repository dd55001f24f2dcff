#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "gis/read/archive.hpp"
#include "gis/read/options.hpp"
#include "gis/read/source.hpp"

namespace gis::read {

enum class Format {
    Edigeo,
    GeoJson,
    Shapefile,
    GeoPackage,
    Gpx,
    Kml,
    Dxf,
    LandXml,
    Pcrs,
    Nmea,
    Csv,
    Sitadel,
    Photo,
    Las,
    GeoTiff,
    Archive
};

/// "EDIGEO", "GeoJSON", "Shapefile", "GeoPackage", "GPX", "KML", "DXF", "LandXML", "PCRS", "NMEA", "CSV", "Sitadel",
/// "photo JPEG", "LAS", "GeoTIFF", "archive".
std::string_view to_string(Format format);

/// Files whose original is kept beside their row: they are deposited themselves, never in an archive.
bool keeps_original(Format format);

/// One thing that is read by itself: a file, or the folder of an EDIGEO exchange.
struct Input {
    std::filesystem::path path;
    Format format = Format::GeoJson;
    std::string shown_name;  ///< relative to what the person gave
};

struct InputList {
    std::vector<Input> inputs;
    std::vector<std::string> ignored;  ///< files of a folder that are nothing we read, side files left out
};

/// What a path holds, recognised by content. Throws InvalidRequest when nothing in it can be read, saying what was
/// found.
InputList list_inputs(const std::filesystem::path& path);

/// An input that can be read: its archive, if any, is unpacked in a folder that lives as long as this.
struct OpenInput {
    std::vector<TempFolder> folders;
    std::vector<Input> inputs;
};
OpenInput open_input(const Input& input);

std::unique_ptr<Source> open_source(const Input& input, const Options& options);

}  // namespace gis::read
