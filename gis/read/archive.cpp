#include "gis/read/archive.hpp"

#include <archive.h>
#include <archive_entry.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <fstream>
#include <memory>
#include <set>
#include <utility>

#include "gis/error.hpp"
#include "gis/read/text.hpp"

namespace gis::read {

namespace fs = std::filesystem;

namespace {

struct ArchiveDeleter {
    void operator()(archive* handle) const { archive_read_free(handle); }
};
using ArchivePtr = std::unique_ptr<archive, ArchiveDeleter>;

struct FileDescriptor {
    int fd = -1;
    explicit FileDescriptor(int opened) : fd(opened) {}
    ~FileDescriptor() {
        if (fd >= 0) close(fd);
    }
    FileDescriptor(const FileDescriptor&) = delete;
    FileDescriptor& operator=(const FileDescriptor&) = delete;
};

ArchivePtr open_archive(const fs::path& path, const std::string& shown_name) {
    ArchivePtr handle(archive_read_new());
    archive_read_support_filter_bzip2(handle.get());
    archive_read_support_filter_gzip(handle.get());
    archive_read_support_filter_xz(handle.get());
    archive_read_support_format_tar(handle.get());
    archive_read_support_format_zip(handle.get());
    if (archive_read_open_filename(handle.get(), path.c_str(), 1 << 16) != ARCHIVE_OK) {
        throw InvalidRequest(shown_name, "archive tronquée ou illisible ; envoyez-la de nouveau (.zip ou .tar.bz2)");
    }
    return handle;
}

/// The last component of a member's path, when it may become a file of ours.
std::string base_name(archive_entry* entry, const std::string& shown_name) {
    const char* raw = archive_entry_pathname(entry);
    std::string name = raw ? raw : "";
    name.erase(0, name.find_last_of("/\\") + 1);
    const bool printable = std::ranges::none_of(name, [](unsigned char c) { return c < 0x20 || c == 0x7F; });
    if (name.empty() || name.front() == '.' || name.size() > 200 || !printable) {
        throw InvalidRequest(shown_name, "un membre de l'archive porte un nom refusé ; renommez-le");
    }
    return name;
}

/// What accompanies the data of a delivery (written pieces, maps to print): no reader takes it, so it is not unpacked.
bool is_document(const std::string& name) {
    constexpr std::array<std::string_view, 9> endings{".pdf", ".doc",  ".docx", ".odt", ".rtf",
                                                      ".xls", ".xlsx", ".ods",  ".html"};
    return std::ranges::count(endings, lower(fs::path(name).extension().string())) > 0;
}

class Budget {
  public:
    Budget(const ArchiveLimits& limits, std::uint64_t packed, std::string shown_name)
        : limits_(limits), packed_(packed), shown_name_(std::move(shown_name)) {}

    void spend(std::uint64_t bytes) {
        inflated_ += bytes;
        if (inflated_ > limits_.inflated) {
            throw InvalidRequest(shown_name_, fmt::format("l'archive dépasse {} Mo une fois ouverte ; découpez-la",
                                                          limits_.inflated / 1'000'000));
        }
        if (inflated_ > limits_.ratio_from && inflated_ / std::max<std::uint64_t>(packed_, 1) > limits_.ratio) {
            throw InvalidRequest(
                shown_name_,
                fmt::format("l'archive grossit de plus de {} fois à l'ouverture ; refusée", limits_.ratio));
        }
    }

  private:
    ArchiveLimits limits_;
    std::uint64_t packed_;
    std::uint64_t inflated_ = 0;
    std::string shown_name_;
};

[[noreturn]] void refuse_member(archive* handle, const std::string& shown_name, const std::string& member) {
    const char* said = archive_error_string(handle);
    throw InvalidRequest(shown_name,
                         fmt::format("archive tronquée ou abîmée{} ({}) ; envoyez-la de nouveau",
                                     member.empty() ? "" : " au membre " + member, said ? said : "fin inattendue"));
}

void write_member(archive* handle, const fs::path& target, Budget& budget, const std::string& shown_name,
                  const std::string& member) {
    const FileDescriptor out(::open(target.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
    if (out.fd < 0) throw Unavailable("dossier temporaire non inscriptible");
    std::string block(1 << 16, '\0');
    while (true) {
        const auto got = archive_read_data(handle, block.data(), block.size());
        if (got == 0) return;
        if (got < 0) refuse_member(handle, shown_name, member);
        budget.spend(static_cast<std::uint64_t>(got));
        if (::write(out.fd, block.data(), static_cast<std::size_t>(got)) != got) {
            throw Unavailable("plus de place dans le dossier temporaire");
        }
    }
}

}  // namespace

TempFolder::TempFolder() {
    std::string pattern = (fs::temp_directory_path() / "carreau-read-XXXXXX").string();
    if (!mkdtemp(pattern.data())) throw Unavailable("dossier temporaire non inscriptible");
    path_ = pattern;
}

TempFolder::~TempFolder() {
    std::error_code ignored;
    if (!path_.empty()) fs::remove_all(path_, ignored);
}

TempFolder::TempFolder(TempFolder&& other) noexcept : path_(std::exchange(other.path_, {})) {}

TempFolder& TempFolder::operator=(TempFolder&& other) noexcept {
    std::swap(path_, other.path_);
    return *this;
}

std::vector<std::string> unpack(const fs::path& path, const fs::path& folder, const std::string& shown_name,
                                const ArchiveLimits& limits) {
    const ArchivePtr handle = open_archive(path, shown_name);
    Budget budget(limits, fs::file_size(path), shown_name);
    std::vector<std::string> names;
    std::set<std::string> taken;
    bool any = false;
    std::size_t entries = 0;
    while (true) {
        archive_entry* entry = nullptr;
        const int status = archive_read_next_header(handle.get(), &entry);
        if (status == ARCHIVE_EOF) break;
        if (status != ARCHIVE_OK && status != ARCHIVE_WARN) refuse_member(handle.get(), shown_name, "");
        any = true;
        if (archive_entry_filetype(entry) == AE_IFDIR) continue;
        const std::string name = base_name(entry, shown_name);
        if (is_document(name)) continue;
        if (++entries > limits.entries) {
            throw InvalidRequest(shown_name,
                                 fmt::format("l'archive a plus de {} membres ; découpez-la", limits.entries));
        }
        if (archive_entry_filetype(entry) != AE_IFREG || archive_entry_hardlink(entry)) {
            throw InvalidRequest(shown_name, "le membre " + name + " n'est pas un fichier ordinaire ; refusée");
        }
        if (!taken.insert(name).second) {
            throw InvalidRequest(shown_name, "deux membres s'appellent " + name + " ; refaites l'archive");
        }
        write_member(handle.get(), folder / name, budget, shown_name, name);
        names.push_back(name);
    }
    if (names.empty())
        throw InvalidRequest(shown_name, any ? "l'archive ne contient aucune donnée" : "l'archive est vide");
    std::ranges::sort(names);
    return names;
}

}  // namespace gis::read
