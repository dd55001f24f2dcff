#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

namespace auth {

/// Says what a new password must be when this one is not: 12 to 128 characters (code points) of valid UTF-8.
std::optional<std::string> password_problem(std::string_view password);

/// Argon2id hashes of passwords (RFC 9106, libsodium's INTERACTIVE: 64 MiB and 2 passes, some 0.1 s of one core). May
/// be shared by threads. Every call blocks for a whole hash, or for its turn: call it on a worker thread, and make one
/// object for the program, because the object is what counts the hashes.
class PasswordHasher {
  public:
    PasswordHasher();

    /// The text to store, which holds the algorithm, its costs and a random salt. Throws Busy.
    std::string hash(std::string_view password);
    /// Whether `stored` was made from this password; false for a `stored` that is no hash. Throws Busy.
    bool verify(const std::string& stored, std::string_view password);
    /// Takes as long as verify(): for a login that does not exist, so that time does not tell it from one that does.
    void refuse_slowly(std::string_view password);

  private:
    class Turn;

    /// Two cores are what the smallest machine has, and 64 MiB each what it can spare.
    static constexpr int max_hashes = 2;
    /// Longer than anyone waits for a page; the queue of worker threads bounds how many wait.
    static constexpr std::chrono::seconds max_wait{10};

    std::mutex mutex_;
    std::condition_variable turn_over_;
    int running_ = 0;
};

}  // namespace auth
