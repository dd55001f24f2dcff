#include "http/file_reader.hpp"

#include "http/offload.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <memory>
#include <system_error>

namespace http {
namespace {

constexpr std::uint64_t piece_size = 256UL * 1024;

/// Where reading has come to. Its pieces are read one after another, each on some worker thread.
class OpenFile {
  public:
    OpenFile(FileBody file, std::uint64_t offset, std::uint64_t length)
        : file_(std::move(file)), offset_(offset), left_(length) {}
    OpenFile(const OpenFile&) = delete;
    OpenFile& operator=(const OpenFile&) = delete;
    ~OpenFile() {
        if (descriptor_ >= 0) ::close(descriptor_);
    }

    const std::function<Awaitable<void>()>& before_piece() const { return file_.before_piece; }

    std::string next_piece() {
        if (descriptor_ < 0) descriptor_ = ::open(file_.path.c_str(), O_RDONLY | O_CLOEXEC);
        if (descriptor_ < 0) fail("open");
        std::string piece;
        while (left_ > 0 && piece.size() < piece_size) piece += next_run(std::min(left_, piece_size - piece.size()));
        return piece;
    }

  private:
    /// Bytes that lie together, from `offset_` of the body on: `most` at most.
    std::string next_run(std::uint64_t most) {
        if (offset_ < file_.head.size()) return advanced(file_.head.substr(offset_, most));
        FilePart run{offset_, most};
        if (!file_.parts.empty()) run = run_at(offset_ - file_.head.size(), run.length);
        std::string bytes(run.length, '\0');
        const ssize_t count = ::pread(descriptor_, bytes.data(), bytes.size(), static_cast<off_t>(run.offset));
        if (count < 0) fail("read");
        if (count == 0) throw std::system_error(EIO, std::generic_category(), "file became shorter");
        bytes.resize(static_cast<std::size_t>(count));
        return advanced(std::move(bytes));
    }

    /// Where in the file the parts' byte number `at` is, and how many more lie behind it.
    FilePart run_at(std::uint64_t at, std::uint64_t most) const {
        for (const FilePart& part : file_.parts) {
            if (at < part.length) return {part.offset + at, std::min(part.length - at, most)};
            at -= part.length;
        }
        return {};
    }

    std::string advanced(std::string bytes) {
        offset_ += bytes.size();
        left_ -= bytes.size();
        return bytes;
    }

    [[noreturn]] static void fail(const char* action) {
        throw std::system_error(errno, std::generic_category(), action);
    }

    FileBody file_;
    std::uint64_t offset_;
    std::uint64_t left_;
    int descriptor_ = -1;
};

Awaitable<std::string> read_next(boost::asio::thread_pool& workers, std::shared_ptr<OpenFile> file) {
    if (file->before_piece()) co_await file->before_piece()();
    std::function<std::string()> read = [file] { return file->next_piece(); };
    std::string piece = co_await offload<std::string>(workers, std::move(read));
    co_return piece;
}

}  // namespace

BodyStream read_file(boost::asio::thread_pool& workers, FileBody file, std::uint64_t offset, std::uint64_t length) {
    auto open_file = std::make_shared<OpenFile>(std::move(file), offset, length);
    return [&workers, open_file] { return read_next(workers, open_file); };
}

}  // namespace http
