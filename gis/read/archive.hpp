#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace gis::read {

/// A private folder under the system's temporary folder, removed with everything in it.
class TempFolder {
  public:
    TempFolder();
    ~TempFolder();
    TempFolder(TempFolder&& other) noexcept;
    TempFolder& operator=(TempFolder&& other) noexcept;
    TempFolder(const TempFolder&) = delete;
    TempFolder& operator=(const TempFolder&) = delete;
    const std::filesystem::path& path() const { return path_; }

  private:
    std::filesystem::path path_;
};

/// What an archive may cost before it is refused, counted on the bytes that really come out.
struct ArchiveLimits {
    std::size_t entries = 200;  ///< without documents
    std::uint64_t inflated = 2'000'000'000;
    std::uint64_t ratio = 200;
    /// Below this the ratio says nothing: a small text file of blanks may compress a thousandfold.
    std::uint64_t ratio_from = 10'000'000;
};

/// Unpacks .zip, .tar, .tar.bz2, .tar.gz, .tar.xz into `folder`, regular files only, each under its base name alone;
/// documents (PDF ...) are left out.
/// Returns the names written. Throws InvalidRequest naming `shown_name` and the member: truncated, wrong checksum,
/// links, two members of one name, a limit passed.
std::vector<std::string> unpack(const std::filesystem::path& archive, const std::filesystem::path& folder,
                                const std::string& shown_name, const ArchiveLimits& limits = {});

/// Hexadecimal SHA-256 of a file; of a folder: of its members' names and contents in order of name.
std::string sha256_of(const std::filesystem::path& path);
std::string sha256_of_bytes(std::string_view bytes);

}  // namespace gis::read
