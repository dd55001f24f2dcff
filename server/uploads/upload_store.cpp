#include "server/uploads/upload_store.hpp"

#include <fcntl.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <fstream>
#include <system_error>
#include <utility>
#include <vector>

#include "gis/error.hpp"

namespace uploads {

namespace fs = std::filesystem;

namespace {

/// The kernel begins to write behind the client's back, so that the last fdatasync has little left to wait for.
constexpr std::uint64_t flush_step = 8U << 20U;
/// Uploads whose digest is kept from one request to the next; the file of any other is read again at its end.
constexpr std::size_t most_digests = 256;
constexpr std::size_t read_size = 1U << 20U;

[[noreturn]] void fail(const char* what) {
    throw gis::Unavailable(std::string(what) + ": " + std::generic_category().message(errno));
}

class File {
  public:
    explicit File(int descriptor) : descriptor_(descriptor) {}
    File(const File&) = delete;
    File& operator=(const File&) = delete;
    ~File() {
        if (descriptor_ >= 0) ::close(descriptor_);
    }
    int get() const { return descriptor_; }
    int release() { return std::exchange(descriptor_, -1); }

  private:
    int descriptor_;
};

bool is_full(int error) {
    return error == ENOSPC || error == EDQUOT || error == EFBIG;
}

std::uint64_t size_of(int file) {
    struct stat status {};
    if (::fstat(file, &status) != 0) fail("an upload cannot be looked at");
    return static_cast<std::uint64_t>(status.st_size);
}

/// A name made or taken away in the folder stays so after a power cut.
void sync_folder(const fs::path& folder) {
    const File file(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (file.get() < 0 || ::fsync(file.get()) != 0) fail("the folder of uploads cannot be written");
}

void write_whole(const fs::path& path, const std::string& text) {
    const File file(::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
    if (file.get() < 0 || ::write(file.get(), text.data(), text.size()) != static_cast<ssize_t>(text.size()) ||
        ::fdatasync(file.get()) != 0) {
        fail("an upload cannot be written");
    }
}

}  // namespace

std::string make_upload_id() {
    std::array<char, 16> bytes{};
    if (::getrandom(bytes.data(), bytes.size(), 0) != static_cast<ssize_t>(bytes.size())) fail("no random number");
    return hex({bytes.data(), bytes.size()});
}

bool is_upload_id(std::string_view text) {
    return text.size() == 32 && text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

Receiver::Receiver(UploadStore& store, std::string id, int file, std::uint64_t offset, std::optional<Checksum> checksum)
    : store_(&store), id_(std::move(id)), file_(file), start_(offset), offset_(offset), flushed_(offset) {
    if (checksum) piece_ = Digest::of(checksum->algorithm);
    checksum_ = std::move(checksum);
    whole_ = store.take_digest(id_, offset);
}

Receiver::Receiver(Receiver&& other) noexcept
    : store_(other.store_),
      id_(std::move(other.id_)),
      file_(std::exchange(other.file_, -1)),
      start_(other.start_),
      offset_(other.offset_),
      flushed_(other.flushed_),
      checksum_(std::move(other.checksum_)),
      piece_(std::move(other.piece_)),
      whole_(std::move(other.whole_)) {}

Receiver::~Receiver() {
    if (file_ >= 0) ::close(file_);
}

Receiver::Taken Receiver::take(std::string_view bytes) {
    std::string_view left = bytes;
    while (!left.empty()) {
        const ssize_t written = ::pwrite(file_, left.data(), left.size(), static_cast<off_t>(offset_));
        if (written < 0 && errno == EINTR) continue;
        const int error = errno;
        if (written <= 0) {
            if (written == 0 || is_full(error)) return Taken::NoSpace;
            fail("an upload cannot be written");
        }
        const auto count = static_cast<std::size_t>(written);
        if (piece_) piece_->add(left.substr(0, count));
        if (whole_) whole_->add(left.substr(0, count));
        left.remove_prefix(count);
        offset_ += count;
    }
    if (offset_ - flushed_ >= flush_step) {
        ::sync_file_range(file_, static_cast<off64_t>(flushed_), static_cast<off64_t>(offset_ - flushed_),
                          SYNC_FILE_RANGE_WRITE);
        flushed_ = offset_;
    }
    return Taken::Kept;
}

void Receiver::give_up_piece() {
    if (::ftruncate(file_, static_cast<off_t>(start_)) != 0) fail("an upload cannot be cut");
    offset_ = start_;
    whole_.reset();
}

Receiver::Finished Receiver::finish(bool whole) {
    Finished finished = Finished::Kept;
    if (checksum_) {
        if (!whole) {
            give_up_piece();
        } else if (piece_->finish() != checksum_->digest) {
            give_up_piece();
            finished = Finished::WrongChecksum;
        }
    }
    if (::fdatasync(file_) != 0) {
        // What a failed sync left is not known: the next offset is asked of the file anew.
        whole_.reset();
        fail("an upload cannot be written");
    }
    if (checksum_) fs::remove(store_->promise_of(id_));
    if (whole_) store_->keep_digest(id_, offset_, std::move(*whole_));
    whole_.reset();
    return finished;
}

UploadStore::Created UploadStore::create(const std::string& id, std::uint64_t size) {
    const bool is_new = fs::create_directories(folder_);
    if (is_new) fs::permissions(folder_, fs::perms::owner_all);
    const File file(::open(path_of(id).c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
    if (file.get() < 0) {
        if (is_full(errno)) return Created::NoSpace;
        fail("an upload cannot be made");
    }
    const int kept = size == 0 ? 0 : ::fallocate(file.get(), FALLOC_FL_KEEP_SIZE, 0, static_cast<off_t>(size));
    if (kept != 0 && is_full(errno)) {
        fs::remove(path_of(id));
        return Created::NoSpace;
    }
    // A file system that cannot keep room (EOPNOTSUPP) says so when it is full.
    try {
        if (::fdatasync(file.get()) != 0) fail("an upload cannot be written");
        sync_folder(folder_);
    } catch (...) {
        remove(id);
        throw;
    }
    return Created::Made;
}

std::optional<std::uint64_t> UploadStore::durable_size(const std::string& id) {
    const File file(::open(path_of(id).c_str(), O_RDWR | O_CLOEXEC));
    if (file.get() < 0) {
        if (errno == ENOENT) return std::nullopt;
        fail("an upload cannot be opened");
    }
    if (std::ifstream promise(promise_of(id)); promise) {
        std::uint64_t proved = 0;
        if (promise >> proved && proved < size_of(file.get()) &&
            ::ftruncate(file.get(), static_cast<off_t>(proved)) != 0) {
            fail("an upload cannot be cut");
        }
        fs::remove(promise_of(id));
    }
    if (::fdatasync(file.get()) != 0) fail("an upload cannot be written");
    return size_of(file.get());
}

Receiver UploadStore::receive(const std::string& id, std::uint64_t offset, std::optional<Checksum> checksum) {
    File file(::open(path_of(id).c_str(), O_WRONLY | O_CLOEXEC));
    if (file.get() < 0) fail("an upload cannot be opened");
    if (checksum) write_whole(promise_of(id), std::to_string(offset));
    return Receiver(*this, id, file.release(), offset, std::move(checksum));
}

std::string UploadStore::sha256(const std::string& id) {
    const File file(::open(path_of(id).c_str(), O_RDONLY | O_CLOEXEC));
    if (file.get() < 0) fail("an upload cannot be opened");
    if (auto known = take_digest(id, size_of(file.get()))) return hex(known->finish());
    Digest digest = *Digest::of("sha256");
    std::vector<char> bytes(read_size);
    for (ssize_t count = 0; (count = ::read(file.get(), bytes.data(), bytes.size())) != 0;) {
        if (count < 0) fail("an upload cannot be read");
        digest.add({bytes.data(), static_cast<std::size_t>(count)});
    }
    return hex(digest.finish());
}

void UploadStore::remove(const std::string& id) {
    std::error_code ignored;
    fs::remove(path_of(id), ignored);
    fs::remove(promise_of(id), ignored);
    const std::lock_guard lock(mutex_);
    digests_.erase(id);
}

std::optional<Digest> UploadStore::take_digest(const std::string& id, std::uint64_t size) {
    if (size == 0) return Digest::of("sha256");
    const std::lock_guard lock(mutex_);
    const auto known = digests_.find(id);
    if (known == digests_.end()) return std::nullopt;
    std::optional<Digest> digest;
    if (known->second.size == size) digest = std::move(known->second.digest);
    digests_.erase(known);
    return digest;
}

void UploadStore::keep_digest(const std::string& id, std::uint64_t size, Digest digest) {
    const std::lock_guard lock(mutex_);
    digests_.insert_or_assign(id, Known{size, std::move(digest), ++turn_});
    if (digests_.size() <= most_digests) return;
    const auto oldest = std::min_element(digests_.begin(), digests_.end(),
                                         [](const auto& a, const auto& b) { return a.second.turn < b.second.turn; });
    digests_.erase(oldest);
}

}  // namespace uploads
