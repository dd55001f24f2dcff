#pragma once

#include <filesystem>
#include <string>

namespace api {

/// A private folder under the system's temporary folder, removed with everything in it. A lock on it says that its
/// process lives: making one removes those of the same name that killed processes of this user left.
class LockedFolder {
  public:
    /// Throws gis::Unavailable where none can be made.
    explicit LockedFolder(const std::string& name);
    ~LockedFolder();
    LockedFolder(const LockedFolder&) = delete;
    LockedFolder& operator=(const LockedFolder&) = delete;

    const std::filesystem::path& path() const { return path_; }

  private:
    std::filesystem::path path_;
    int lock_ = -1;
};

}  // namespace api
