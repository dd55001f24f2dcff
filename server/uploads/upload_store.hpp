#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "server/uploads/checksum.hpp"

namespace uploads {

/// 128 random bits in lower-case hexadecimal: whoever knows it still needs his rights.
std::string make_upload_id();
bool is_upload_id(std::string_view text);

/// A file being received. A piece is given with `take`; `finish` says what is kept. Used by one thread at a time; where
/// it is destroyed unfinished, what was taken stays, unless a checksum was promised for it.
class Receiver {
  public:
    Receiver(Receiver&&) noexcept;
    Receiver& operator=(Receiver&&) = delete;
    ~Receiver();

    enum class Taken { Kept, NoSpace };
    /// Throws gis::Unavailable when the disk fails.
    Taken take(std::string_view bytes);

    enum class Finished { Kept, WrongChecksum };
    /// `whole`: the request's body came to its end. Without it, a piece whose checksum was promised is given up, any
    /// other kept as far as it came. Bytes kept are on the disk when this returns.
    Finished finish(bool whole);

    /// After `finish`: how many bytes the file durably holds.
    std::uint64_t offset() const { return offset_; }

  private:
    friend class UploadStore;
    Receiver(class UploadStore& store, std::string id, int file, std::uint64_t offset,
             std::optional<Checksum> checksum);
    void give_up_piece();

    UploadStore* store_;
    std::string id_;
    int file_ = -1;
    std::uint64_t start_ = 0;
    std::uint64_t offset_ = 0;
    std::uint64_t flushed_ = 0;  ///< the kernel was told to write up to here
    std::optional<Checksum> checksum_;
    std::optional<Digest> piece_;  ///< of the bytes under `checksum_`
    std::optional<Digest> whole_;  ///< of the file from its start
};

/// The files of uploads, named by their id, in one folder. The size of a file is the offset that may be announced, once
/// `durable_size` or `Receiver::finish` told it. Ids are checked by whoever makes them: [0-9a-f]{32}. Shared by
/// threads; who writes one file is alone with it (UploadLocks).
class UploadStore {
  public:
    /// The folder is made when the first file is.
    explicit UploadStore(std::filesystem::path folder) : folder_(std::move(folder)) {}

    enum class Created { Made, NoSpace };
    /// An empty file with room for `size` bytes kept on the disk.
    Created create(const std::string& id, std::uint64_t size);
    /// What the file holds on the disk, whatever happens next; nothing when it is gone. A piece whose checksum was
    /// promised and never proved is cut off.
    std::optional<std::uint64_t> durable_size(const std::string& id);
    /// The file must hold `offset` bytes. Throws gis::Unavailable when it cannot be written.
    Receiver receive(const std::string& id, std::uint64_t offset, std::optional<Checksum> checksum);
    /// Hexadecimal SHA-256 of the file: at hand when it was received in one run of the program, else read again.
    std::string sha256(const std::string& id);
    void remove(const std::string& id);

    std::filesystem::path path_of(const std::string& id) const { return folder_ / (id + ".bin"); }
    const std::filesystem::path& folder() const { return folder_; }

  private:
    friend class Receiver;
    struct Known {
        std::uint64_t size = 0;
        Digest digest;
        std::uint64_t turn = 0;
    };
    std::optional<Digest> take_digest(const std::string& id, std::uint64_t size);
    void keep_digest(const std::string& id, std::uint64_t size, Digest digest);
    std::filesystem::path promise_of(const std::string& id) const { return folder_ / (id + ".check"); }

    std::filesystem::path folder_;
    std::mutex mutex_;
    std::map<std::string, Known> digests_;  ///< of files under way, as far as they came
    std::uint64_t turn_ = 0;
};

}  // namespace uploads
