#pragma once

#include "http/response.hpp"

#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace http {

/// The files of one folder, held in memory with their compressed forms: the portal. Read once; a path from a request
/// only ever looks up a name in a table and never reaches the disk.
class StaticFiles {
  public:
    /// Reads every regular file below `folder`; links that lead out of it and hidden files are left out. Throws
    /// std::runtime_error when the folder cannot be read or holds more than 256 MB.
    explicit StaticFiles(const std::filesystem::path& folder);
    /// No file at all.
    StaticFiles() = default;

    /// The file at "assets/app.js", with or without '/' in front; "" and "doc/" mean the index.html in there.
    /// Names with a hash below assets/ may be kept for ever by the client, pages are asked again each time.
    std::optional<Response> find(std::string_view path) const;

    std::size_t size() const { return files_.size(); }

  private:
    struct File {
        std::string content_type;
        std::string cache_control;
        std::string etag;
        SharedBytes bytes;
        SharedBytes gzip;
    };
    static File load(const std::filesystem::path& path, const std::string& name);

    std::map<std::string, File, std::less<>> files_;
};

/// By the extension of the name; "application/octet-stream" for an unknown one.
std::string_view content_type_of(std::string_view file_name);

}  // namespace http
