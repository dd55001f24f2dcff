#include "gis/write/file/zip.hpp"

#include <archive.h>
#include <archive_entry.h>

#include <fstream>
#include <memory>
#include <string>

#include "gis/error.hpp"

namespace gis {

namespace {

struct ArchiveCloser {
    void operator()(archive* a) const { archive_write_free(a); }
};
struct EntryCloser {
    void operator()(archive_entry* entry) const { archive_entry_free(entry); }
};

void require(bool done, archive* a) {
    if (done) return;
    const char* reason = archive_error_string(a);
    throw Unavailable(std::string("the archive cannot be written: ") + (reason == nullptr ? "" : reason));
}

void add(archive* a, const std::filesystem::path& file) {
    const std::unique_ptr<archive_entry, EntryCloser> entry(archive_entry_new());
    archive_entry_set_pathname(entry.get(), file.filename().c_str());
    archive_entry_set_size(entry.get(), static_cast<la_int64_t>(std::filesystem::file_size(file)));
    archive_entry_set_filetype(entry.get(), AE_IFREG);
    archive_entry_set_perm(entry.get(), 0644);
    require(archive_write_header(a, entry.get()) == ARCHIVE_OK, a);
    std::ifstream in(file, std::ios::binary);
    std::string piece(256UL * 1024, '\0');
    while (in.read(piece.data(), static_cast<std::streamsize>(piece.size())), in.gcount() > 0) {
        const auto size = static_cast<std::size_t>(in.gcount());
        require(archive_write_data(a, piece.data(), size) == static_cast<la_ssize_t>(size), a);
    }
}

}  // namespace

void write_zip(const std::filesystem::path& path, const std::vector<std::filesystem::path>& files) {
    const std::unique_ptr<archive, ArchiveCloser> a(archive_write_new());
    require(archive_write_set_format_zip(a.get()) == ARCHIVE_OK, a.get());
    // The fastest level: coordinates hardly shrink, and somebody waits.
    require(archive_write_set_options(a.get(), "zip:compression=deflate,zip:compression-level=1") == ARCHIVE_OK,
            a.get());
    require(archive_write_open_filename(a.get(), path.c_str()) == ARCHIVE_OK, a.get());
    for (const auto& file : files) add(a.get(), file);
    require(archive_write_close(a.get()) == ARCHIVE_OK, a.get());
}

}  // namespace gis
