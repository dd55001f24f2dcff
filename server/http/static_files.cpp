#include "http/static_files.hpp"

#include "http/compression.hpp"
#include "http/conditional.hpp"

#include <algorithm>
#include <array>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <utility>

namespace http {
namespace fs = std::filesystem;

namespace {

constexpr std::uintmax_t most_bytes = 256UL * 1024 * 1024;
constexpr std::size_t shortest_hash = 8;

constexpr std::array<std::pair<std::string_view, std::string_view>, 25> content_types{{
    {".html", "text/html; charset=utf-8"},
    {".css", "text/css; charset=utf-8"},
    {".js", "text/javascript; charset=utf-8"},
    {".mjs", "text/javascript; charset=utf-8"},
    {".json", "application/json"},
    {".geojson", "application/geo+json"},
    {".map", "application/json"},
    {".svg", "image/svg+xml"},
    {".png", "image/png"},
    {".jpg", "image/jpeg"},
    {".jpeg", "image/jpeg"},
    {".webp", "image/webp"},
    {".gif", "image/gif"},
    {".ico", "image/x-icon"},
    {".woff2", "font/woff2"},
    {".woff", "font/woff"},
    {".ttf", "font/ttf"},
    {".otf", "font/otf"},
    {".pbf", "application/x-protobuf"},
    {".wasm", "application/wasm"},
    {".txt", "text/plain; charset=utf-8"},
    {".md", "text/markdown; charset=utf-8"},
    {".xml", "application/xml"},
    {".pdf", "application/pdf"},
    {".webmanifest", "application/manifest+json"},
}};

std::string read_whole(const fs::path& path) {
    std::ifstream file(path, std::ios::binary);
    std::string bytes{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
    if (!file) throw std::runtime_error("cannot read " + path.string());
    return bytes;
}

bool is_hidden(const fs::path& relative) {
    return std::any_of(relative.begin(), relative.end(),
                       [](const fs::path& part) { return part.string().starts_with('.'); });
}

/// "assets/index-B3kf9_aQ.js": what a bundler names after its content, so the name never means other bytes.
bool is_hashed_asset(std::string_view name) {
    if (!name.starts_with("assets/")) return false;
    const std::size_t dot = name.find('.', name.rfind('/'));
    const std::string_view stem = name.substr(0, dot);
    const std::size_t dash = stem.find_last_of("-.", stem.size() > shortest_hash ? stem.size() - shortest_hash - 1 : 0);
    return dash != std::string_view::npos && stem.size() - dash - 1 >= shortest_hash;
}

std::string cache_control_of(std::string_view name) {
    if (is_hashed_asset(name)) return "public, max-age=31536000, immutable";
    return name.ends_with(".html") ? "no-cache" : "public, max-age=3600";
}

}  // namespace

std::string_view content_type_of(std::string_view file_name) {
    const std::size_t dot = file_name.rfind('.');
    const std::string_view extension = dot == std::string_view::npos ? std::string_view{} : file_name.substr(dot);
    for (const auto& [known, type] : content_types) {
        if (same_name(known, extension)) return type;
    }
    return "application/octet-stream";
}

StaticFiles::StaticFiles(const fs::path& folder) {
    const fs::path root = fs::canonical(folder);
    std::uintmax_t total = 0;
    for (const auto& entry : fs::recursive_directory_iterator(root)) {
        const fs::path relative = entry.path().lexically_relative(root);
        if (!entry.is_regular_file() || is_hidden(relative)) continue;
        const fs::path target = fs::canonical(entry.path()).lexically_relative(root);
        if (target.empty() || *target.begin() == "..") continue;
        total += entry.file_size();
        if (total > most_bytes) throw std::runtime_error(folder.string() + " holds more than 256 MB");
        const std::string name = relative.generic_string();
        files_.emplace(name, load(entry.path(), name));
    }
}

StaticFiles::File StaticFiles::load(const fs::path& path, const std::string& name) {
    File file{std::string(content_type_of(name)), cache_control_of(name), {}, nullptr, nullptr};
    file.bytes = std::make_shared<const std::string>(read_whole(path));
    file.etag = etag_of(*file.bytes);
    if (file.bytes->size() < smallest_compressed || !is_compressible(file.content_type)) return file;
    std::string compressed = gzip(*file.bytes, stored_level);
    if (compressed.size() < file.bytes->size()) {
        file.gzip = std::make_shared<const std::string>(std::move(compressed));
    }
    return file;
}

std::optional<Response> StaticFiles::find(std::string_view path) const {
    if (path.starts_with('/')) path.remove_prefix(1);
    std::string name(path);
    if (name.empty() || name.ends_with('/')) name += "index.html";
    const auto found = files_.find(name);
    if (found == files_.end()) return std::nullopt;
    const File& file = found->second;
    Response response = Response::bytes(file.content_type, file.bytes);
    response.gzip = file.gzip;
    response.etag = file.etag;
    response.ranges = true;
    response.set_header("Cache-Control", file.cache_control);
    return response;
}

}  // namespace http
