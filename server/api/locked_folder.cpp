#include "server/api/locked_folder.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <system_error>

#include "gis/error.hpp"

namespace api {

namespace {

namespace fs = std::filesystem;

/// A descriptor that holds the folder's lock; -1 where it is another user's, another process holds it, or it is gone.
int lock_folder(const fs::path& path) {
    const int descriptor = ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (descriptor < 0) return -1;
    struct stat facts {};
    const bool own = ::fstat(descriptor, &facts) == 0 && facts.st_uid == ::geteuid();
    // Who waited for one that was removed meanwhile has the lock of nothing.
    if (own && ::flock(descriptor, LOCK_EX | LOCK_NB) == 0 && ::access(path.c_str(), F_OK) == 0) return descriptor;
    ::close(descriptor);
    return -1;
}

void remove_left_folders(const std::string& prefix) {
    std::error_code failed;
    const fs::directory_iterator end;
    for (fs::directory_iterator at(fs::temp_directory_path(), failed); !failed && at != end; at.increment(failed)) {
        if (!at->path().filename().string().starts_with(prefix)) continue;
        const int lock = lock_folder(at->path());
        if (lock < 0) continue;
        std::error_code ignored;
        fs::remove_all(at->path(), ignored);
        ::close(lock);
    }
}

}  // namespace

LockedFolder::LockedFolder(const std::string& name) {
    remove_left_folders(name + '-');
    // Between the making and the lock another process may take the folder for one that was left.
    for (int attempt = 0; lock_ < 0 && attempt < 10; ++attempt) {
        std::string pattern = (fs::temp_directory_path() / (name + "-XXXXXX")).string();
        if (::mkdtemp(pattern.data()) == nullptr) break;
        path_ = pattern;
        lock_ = lock_folder(path_);
    }
    if (lock_ < 0) throw gis::Unavailable("no temporary folder can be made");
}

LockedFolder::~LockedFolder() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
    ::close(lock_);
}

}  // namespace api
