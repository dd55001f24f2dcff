#include "gis/read/shapefile_check.hpp"

#include <fmt/format.h>

#include <cstdint>
#include <cstring>
#include <fstream>
#include <vector>

#include "gis/error.hpp"

namespace gis::read {

namespace fs = std::filesystem;

namespace {

std::uint32_t big_endian(const unsigned char* bytes) {
    return (std::uint32_t{bytes[0]} << 24) | (std::uint32_t{bytes[1]} << 16) | (std::uint32_t{bytes[2]} << 8) |
           bytes[3];
}

std::uint32_t little_endian(const unsigned char* bytes) {
    return (std::uint32_t{bytes[3]} << 24) | (std::uint32_t{bytes[2]} << 16) | (std::uint32_t{bytes[1]} << 8) |
           bytes[0];
}

std::optional<fs::path> companion(const fs::path& path, const std::string& extension) {
    const std::string stem = path.stem().string();
    for (const auto& entry : fs::directory_iterator(path.parent_path())) {
        const auto& candidate = entry.path();
        if (candidate.stem().string() == stem && lower(candidate.extension().string()) == extension) return candidate;
    }
    return std::nullopt;
}

std::vector<unsigned char> read_start(const fs::path& path, std::size_t count) {
    std::ifstream in(path, std::ios::binary);
    std::vector<unsigned char> bytes(count);
    in.read(reinterpret_cast<char*>(bytes.data()), static_cast<std::streamsize>(count));
    bytes.resize(static_cast<std::size_t>(in.gcount()));
    return bytes;
}

std::string read_text(const fs::path& path) {
    const auto bytes = read_start(path, 20'000);
    return std::string(trimmed(std::string(bytes.begin(), bytes.end())));
}

struct DbfHeader {
    std::uint32_t records = 0;
    std::uint32_t header_size = 0;
    std::uint32_t record_size = 0;
    unsigned language = 0;
};

DbfHeader check_dbf(const fs::path& path, const std::string& shown_name) {
    const auto bytes = read_start(path, 32);
    if (bytes.size() < 32)
        throw InvalidRequest(shown_name, "la table .dbf est vide ou tronquée ; envoyez-la de nouveau");
    DbfHeader header{little_endian(&bytes[4]), bytes[8] + 256U * bytes[9], bytes[10] + 256U * bytes[11], bytes[29]};
    const auto needed = std::uint64_t{header.header_size} + std::uint64_t{header.records} * header.record_size;
    const auto size = fs::file_size(path);
    if (header.header_size < 33 || header.record_size == 0 || needed > size + 1) {
        throw InvalidRequest(shown_name,
                             fmt::format("la table .dbf est tronquée : {} lignes annoncées, {} octets sur {} ; "
                                         "envoyez-la de nouveau",
                                         header.records, size, needed));
    }
    return header;
}

/// Each index entry must point at a record of that length inside the .shp; GDAL trusts both.
std::uint32_t check_records(const fs::path& shp, const fs::path& shx, const std::string& shown_name) {
    const auto refuse = [&](const std::string& why) -> InvalidRequest {
        return InvalidRequest(shown_name, why + " ; envoyez le shapefile de nouveau");
    };
    const std::uint64_t shp_size = fs::file_size(shp);
    const std::uint64_t shx_size = fs::file_size(shx);
    const auto header = read_start(shp, 100);
    if (header.size() < 100 || shx_size < 100) throw refuse("le fichier .shp ou .shx est tronqué");
    const std::uint64_t announced = std::uint64_t{big_endian(&header[24])} * 2;
    if (announced > shp_size) {
        throw refuse(fmt::format("le .shp est tronqué : {} octets sur {}", shp_size, announced));
    }
    std::ifstream index(shx, std::ios::binary);
    std::ifstream records(shp, std::ios::binary);
    index.seekg(100);
    const auto count = static_cast<std::uint32_t>((shx_size - 100) / 8);
    unsigned char entry[8];
    unsigned char head[8];
    for (std::uint32_t i = 0; i < count; ++i) {
        index.read(reinterpret_cast<char*>(entry), 8);
        const std::uint64_t offset = std::uint64_t{big_endian(entry)} * 2;
        const std::uint64_t length = std::uint64_t{big_endian(entry + 4)} * 2;
        if (offset < 100 || offset + 8 + length > shp_size) {
            throw refuse(fmt::format("l'objet {} pointe hors du fichier .shp", i + 1));
        }
        records.seekg(static_cast<std::streamoff>(offset));
        records.read(reinterpret_cast<char*>(head), 8);
        if (std::uint64_t{big_endian(head + 4)} * 2 != length) {
            throw refuse(fmt::format("l'objet {} n'a pas la même longueur dans le .shp et le .shx", i + 1));
        }
    }
    return count;
}

/// Without a declaration: UTF-8 when every byte of the table allows it, else what Windows programs write.
bool table_is_utf8(const fs::path& dbf, const DbfHeader& header) {
    std::ifstream in(dbf, std::ios::binary);
    in.seekg(header.header_size);
    std::string record(header.record_size, '\0');
    while (in.read(record.data(), static_cast<std::streamsize>(record.size()))) {
        // A letter cut at a field's end is followed by the next field: only the bytes above ASCII are looked at in
        // runs.
        if (!is_valid_utf8(record)) return false;
    }
    return true;
}

void choose_encoding(ShapefileFacts& facts, const fs::path& dbf, const DbfHeader& header, const std::string& shown_name,
                     const std::optional<std::string>& stated) {
    std::string declared;
    if (stated) {
        declared = *stated;
    } else if (const auto cpg = companion(dbf, ".cpg")) {
        declared = read_text(*cpg);
    }
    if (!declared.empty()) {
        const auto encoding = parse_encoding(declared);
        if (!encoding) {
            throw InvalidRequest(shown_name,
                                 fmt::format("encodage {} inconnu ; attendu : UTF-8, LATIN1, ISO-8859-15 ou 1252",
                                             declared.substr(0, 40)));
        }
        facts.encoding = *encoding;
        facts.encoding_shown = to_string(*encoding);
        return;
    }
    // Language driver of the .dbf: 3 and 0x57 are Windows Western Europe.
    const bool windows = header.language == 3 || header.language == 0x57;
    facts.encoding = !windows && table_is_utf8(dbf, header) ? Encoding::Utf8 : Encoding::Windows1252;
    facts.encoding_shown = std::string(to_string(facts.encoding)) + (windows ? "" : " (supposé)");
}

}  // namespace

ShapefileFacts check_shapefile(const fs::path& path, const std::string& shown_name,
                               const std::optional<std::string>& stated) {
    ShapefileFacts facts;
    facts.has_geometry = lower(path.extension().string()) != ".dbf";
    const auto dbf = facts.has_geometry ? companion(path, ".dbf") : std::optional(path);
    if (!dbf) throw InvalidRequest(shown_name, "la table .dbf manque ; joignez .shp, .shx, .dbf et .prj");
    const DbfHeader header = check_dbf(*dbf, shown_name);
    choose_encoding(facts, *dbf, header, shown_name, stated);
    if (!facts.has_geometry) return facts;
    const auto shx = companion(path, ".shx");
    if (!shx) throw InvalidRequest(shown_name, "l'index .shx manque ; joignez .shp, .shx, .dbf et .prj");
    const std::uint32_t shapes = check_records(path, *shx, shown_name);
    if (shapes != header.records) {
        throw InvalidRequest(shown_name, fmt::format("{} formes dans le .shp mais {} lignes dans le .dbf ; envoyez le "
                                                     "shapefile de nouveau",
                                                     shapes, header.records));
    }
    if (const auto prj = companion(path, ".prj")) facts.prj = read_text(*prj);
    return facts;
}

}  // namespace gis::read
