#include "gis/read/input.hpp"

#include <fmt/format.h>
#include <zlib.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <optional>

#include "gis/error.hpp"
#include "gis/read/coded_lines.hpp"
#include "gis/read/csv_source.hpp"
#include "gis/read/gdal_source.hpp"
#include "gis/read/geojson_source.hpp"
#include "gis/read/landxml_source.hpp"
#include "gis/read/las_source.hpp"
#include "gis/read/nmea_source.hpp"
#include "gis/read/pcrs_source.hpp"
#include "gis/read/photo_source.hpp"
#include "gis/read/raster_source.hpp"
#include "gis/read/sitadel_source.hpp"
#include "gis/read/text.hpp"
#include "gis/read/tiff_check.hpp"

namespace gis::read {

namespace fs = std::filesystem;

namespace {

/// A delivery is a few folders deep; deeper ones are not looked into.
constexpr int max_folder_depth = 6;
constexpr std::size_t max_folder_files = 20'000;

std::string first_bytes(const fs::path& path, std::size_t count) {
    std::ifstream in(path, std::ios::binary);
    std::string bytes(count, '\0');
    in.read(bytes.data(), static_cast<std::streamsize>(count));
    bytes.resize(static_cast<std::size_t>(in.gcount()));
    return bytes;
}

std::string first_inflated_bytes(const fs::path& path) {
    const std::unique_ptr<gzFile_s, decltype(&gzclose_r)> in(gzopen(path.c_str(), "rb"), gzclose_r);
    std::string bytes(512, '\0');
    const int got = in ? gzread(in.get(), bytes.data(), 512) : 0;
    bytes.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
    return bytes;
}

bool looks_like_json(std::string_view bytes) {
    if (bytes.starts_with("\xEF\xBB\xBF")) bytes.remove_prefix(3);
    const auto text = trimmed(bytes);
    return text.starts_with('{');
}

bool is_tar(std::string_view bytes) {
    return bytes.size() > 262 && bytes.substr(257, 5) == "ustar";
}

std::string extension(const fs::path& path) {
    return lower(path.extension().string());
}

/// ASCII of a text in UTF-16 as far as it goes, for a look at its root element.
std::string narrowed(std::string_view bytes) {
    if (!bytes.starts_with("\xFF\xFE") && !bytes.starts_with("\xFE\xFF")) return std::string(bytes);
    std::string text;
    for (const char c : bytes.substr(2)) {
        if (c != '\0') text += c;
    }
    return text;
}

bool is_dxf(std::string_view head) {
    const std::size_t section = head.find("SECTION");
    return section != std::string_view::npos && section < 200 && head.find("HEADER") != std::string_view::npos;
}

/// Lines of text with positions in them, or permits with their parcels, or names of columns in a file that says it is a
/// table.
std::optional<Format> format_of_table(std::string_view head, bool says_so) {
    if (head.find('\0') != std::string_view::npos) return std::nullopt;
    std::vector<std::string> lines;
    while (!head.empty() && lines.size() < 200) {
        const std::size_t end = head.find_first_of("\r\n");
        const bool cut = end == std::string_view::npos && !lines.empty();
        if (!cut && !trimmed(head.substr(0, end)).empty()) lines.emplace_back(head.substr(0, end));
        head = end == std::string_view::npos ? std::string_view{} : head.substr(end + 1);
    }
    if (lines.empty()) return std::nullopt;
    const TextTable table = look_at_table(lines);
    if (lines.size() <= table.header_lines) return std::nullopt;
    if (is_permit_list(table.columns)) return Format::Sitadel;
    const bool is_known = table.x >= 0 || table.wkt >= 0;
    const bool is_named = says_so && table.header_lines > 0 && table.columns.size() > 1 && table.separator != ' ';
    return is_known || is_named ? std::optional(Format::Csv) : std::nullopt;
}

std::optional<Format> format_of_text(const fs::path& path) {
    const std::string bytes = first_bytes(path, 65'536);
    std::string_view head(bytes);
    if (head.starts_with("\xEF\xBB\xBF")) head.remove_prefix(3);
    const std::string text = narrowed(head.substr(0, 4096));
    if (trimmed(text).starts_with('<')) {
        if (text.find("<gpx") != std::string::npos) return Format::Gpx;
        if (text.find("<LandXML") != std::string::npos) return Format::LandXml;
        if (text.find("PlanCorpsRueSimplifie") != std::string::npos) return Format::Pcrs;
        if (text.find("<kml") != std::string::npos) return Format::Kml;
        return std::nullopt;
    }
    if (is_dxf(head.substr(0, 2048))) return Format::Dxf;
    if (looks_like_nmea(head)) return Format::Nmea;
    return format_of_table(head, extension(path) == ".csv" || extension(path) == ".txt");
}

std::optional<Format> format_of(const fs::path& path) {
    using namespace std::string_view_literals;
    const std::string bytes = first_bytes(path, 512);
    const std::string_view head(bytes);
    if (head.starts_with("SQLite format 3\0"sv)) return Format::GeoPackage;
    if (head.starts_with("\xFF\xD8\xFF")) return Format::Photo;
    if (head.starts_with("LASF")) return Format::Las;
    if (head.starts_with("\x00\x00\x27\x0A"sv)) return Format::Shapefile;
    if (head.starts_with("BZh") || head.starts_with("PK\x03\x04") ||
        head.starts_with("\xFD"
                         "7zXZ")) {
        return Format::Archive;
    }
    if (head.starts_with("\x1F\x8B")) {
        const std::string inflated = first_inflated_bytes(path);
        return looks_like_json(inflated) ? Format::GeoJson : Format::Archive;
    }
    if (is_tar(head)) return Format::Archive;
    if (is_tiff(path)) return Format::GeoTiff;
    if (head.starts_with("BOM") && extension(path) == ".thf") return Format::Edigeo;
    if (looks_like_json(head)) return Format::GeoJson;
    // A .dbf has no signature: version byte, then a plausible date.
    if (extension(path) == ".dbf" && bytes.size() >= 32) return Format::Shapefile;
    return format_of_text(path);
}

/// What a file that we do not read seems to be, for the refusal.
std::string what_it_seems(const fs::path& path) {
    const std::string head = first_bytes(path, 512);
    if (head.empty()) return "le fichier est vide";
    if (head.starts_with("%PDF")) return "c'est un PDF";
    if (head.starts_with("AutoCAD Binary DXF")) return "c'est un dessin DXF binaire ; enregistrez-le en DXF texte";
    if (extension(path) == ".dxf") return "c'est un dessin DXF sans en-tête, ou abîmé";
    if (trimmed(head).starts_with('<')) return "c'est un fichier XML ou GML";
    if (extension(path) == ".csv" || extension(path) == ".txt")
        return "ce n'est pas une table : une ligne par objet, la première nomme les colonnes, séparées par ; ou une "
               "tabulation";
    return "son contenu n'est pas reconnu";
}

/// Shapefile side files and EDIGEO members go with their main file.
bool is_side_file(const fs::path& path) {
    constexpr std::array<std::string_view, 24> side{".shx", ".prj", ".cpg", ".qpj", ".sbn", ".sbx", ".qix", ".fix",
                                                    ".vec", ".gen", ".geo", ".qal", ".dic", ".scd", ".thf", ".qml",
                                                    ".sld", ".lyr", ".atx", ".cst", ".idm", ".ind", ".tfw", ".tifw"};
    return std::ranges::count(side, extension(path)) > 0;
}

/// "a/b.shp" of "a/B.DBF": the table of a shapefile is not an input of its own.
bool has_shp_beside(const fs::path& dbf) {
    for (const char* shp : {".shp", ".SHP", ".Shp"}) {
        fs::path candidate = dbf;
        if (fs::exists(candidate.replace_extension(shp))) return true;
    }
    return false;
}

void list_folder(const fs::path& folder, const fs::path& root, int depth, InputList& list) {
    if (depth > max_folder_depth) return;
    std::vector<fs::path> entries;
    for (const auto& entry : fs::directory_iterator(folder)) {
        if (!entry.path().filename().string().starts_with('.')) entries.push_back(entry.path());
        if (entries.size() > max_folder_files) throw InvalidRequest(folder.filename().string(), "dossier trop grand");
    }
    std::ranges::sort(entries);
    const auto shown = [&](const fs::path& path) { return fs::relative(path, root.parent_path()).generic_string(); };
    for (const auto& path : entries) {
        if (fs::is_symlink(path)) continue;
        if (fs::is_directory(path)) {
            list_folder(path, root, depth + 1, list);
            continue;
        }
        if (extension(path) == ".thf") {
            list.inputs.push_back({path, Format::Edigeo, shown(path)});
        } else if (!is_side_file(path) && !(extension(path) == ".dbf" && has_shp_beside(path))) {
            if (const auto format = format_of(path)) {
                list.inputs.push_back({path, *format, shown(path)});
            } else {
                list.ignored.push_back(shown(path));
            }
        }
    }
}

}  // namespace

std::string_view to_string(Format format) {
    switch (format) {
        case Format::Edigeo:
            return "EDIGEO";
        case Format::GeoJson:
            return "GeoJSON";
        case Format::Shapefile:
            return "Shapefile";
        case Format::GeoPackage:
            return "GeoPackage";
        case Format::Gpx:
            return "GPX";
        case Format::Kml:
            return "KML";
        case Format::Dxf:
            return "DXF";
        case Format::LandXml:
            return "LandXML";
        case Format::Pcrs:
            return "PCRS";
        case Format::Nmea:
            return "NMEA";
        case Format::Csv:
            return "CSV";
        case Format::Sitadel:
            return "Sitadel";
        case Format::Photo:
            return "photo JPEG";
        case Format::Las:
            return "LAS";
        case Format::GeoTiff:
            return "GeoTIFF";
        case Format::Archive:
            return "archive";
    }
    return "";
}

bool keeps_original(Format format) {
    return format == Format::Photo || format == Format::Las;
}

InputList list_inputs(const fs::path& given) {
    const fs::path path = fs::weakly_canonical(given);
    const std::string name = path.filename().string();
    InputList list;
    if (!fs::exists(path)) throw InvalidRequest(name, "fichier absent ; vérifiez le chemin");
    if (fs::is_directory(path)) {
        list_folder(path, path, 0, list);
        if (list.inputs.empty()) {
            throw InvalidRequest(name,
                                 "aucun fichier lisible dans ce dossier (EDIGEO, GeoJSON, Shapefile, GeoPackage, GPX, "
                                 "NMEA, CSV, Sitadel, KML, DXF, LandXML, PCRS, photos JPEG, LAS, GeoTIFF)");
        }
        return list;
    }
    if (!fs::is_regular_file(path)) throw InvalidRequest(name, "ce n'est pas un fichier ordinaire");
    const auto format = format_of(path);
    if (!format) {
        throw InvalidRequest(name, what_it_seems(path) +
                                       " ; formats lus : EDIGEO (.THF, .tar.bz2), GeoJSON (.json, "
                                       ".json.gz), Shapefile (.shp, .dbf, .zip), GeoPackage (.gpkg), GPX, NMEA, CSV, "
                                       "Sitadel, KML, DXF, LandXML, PCRS, photos JPEG, LAS, GeoTIFF");
    }
    list.inputs.push_back({path, *format, name});
    return list;
}

OpenInput open_input(const Input& input) {
    OpenInput open;
    if (input.format != Format::Archive) {
        open.inputs.push_back(input);
        return open;
    }
    open.folders.emplace_back();
    const fs::path& folder = open.folders.back().path();
    unpack(input.path, folder, input.shown_name);
    for (Input inner : list_inputs(folder).inputs) {
        if (keeps_original(inner.format)) continue;  // it would be lost
        if (inner.format == Format::Archive) {
            throw InvalidRequest(input.shown_name, "l'archive contient une autre archive ; ouvrez-la d'abord");
        }
        inner.shown_name = input.shown_name + ":" + inner.path.filename().string();
        open.inputs.push_back(std::move(inner));
    }
    if (open.inputs.empty())
        throw InvalidRequest(input.shown_name,
                             "l'archive ne contient que des photos ou des nuages ; déposez-les eux-mêmes");
    return open;
}

namespace {

std::unique_ptr<Source> open_of_format(const Input& input, const Options& options) {
    if (input.format == Format::GeoJson) return open_geojson_source(input);
    if (input.format == Format::Csv) return open_csv_source(input, options);
    if (input.format == Format::Sitadel) return open_sitadel_source(input, options);
    if (input.format == Format::LandXml) return open_landxml_source(input);
    if (input.format == Format::Pcrs) return open_pcrs_source(input);
    if (input.format == Format::Nmea) return open_nmea_source(input);
    if (input.format == Format::Photo) return open_photo_source(input);
    if (input.format == Format::Las) return open_las_source(input);
    if (input.format == Format::GeoTiff) return open_raster_source(input, options);
    return open_gdal_source(input, options);
}

}  // namespace

std::unique_ptr<Source> open_source(const Input& input, const Options& options) {
    std::unique_ptr<Source> source = open_of_format(input, options);
    // Who says where the rows go asks for these rows and no others.
    if (options.codes.empty() || options.target || options.kind) return source;
    return with_coded_lines(std::move(source), input, options);
}

}  // namespace gis::read
