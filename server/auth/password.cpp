#include "auth/password.hpp"

#include "auth/errors.hpp"

#include <sodium.h>

#include <array>
#include <cstdint>
#include <new>
#include <stdexcept>

namespace auth {

namespace {

constexpr std::size_t min_characters = 12;
constexpr std::size_t max_characters = 128;
constexpr std::size_t max_bytes = 4 * max_characters;

/// How many bytes the character at the start of `text` takes; 0 when it is not UTF-8 (RFC 3629 section 4).
std::size_t utf8_length(std::string_view text) {
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    const unsigned first = byte(0);
    if (first < 0x80) return 1;
    const std::size_t length = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
    if (first < 0xC2 || first > 0xF4 || text.size() < length) return 0;
    for (std::size_t i = 1; i < length; ++i) {
        if ((byte(i) & 0xC0U) != 0x80) return 0;
    }
    const unsigned second = byte(1);
    const bool overlong = (first == 0xE0 && second < 0xA0) || (first == 0xF0 && second < 0x90);
    const bool surrogate = first == 0xED && second > 0x9F;
    const bool beyond_unicode = first == 0xF4 && second > 0x8F;
    return overlong || surrogate || beyond_unicode ? 0 : length;
}

std::optional<std::size_t> count_characters(std::string_view text) {
    std::size_t count = 0;
    for (; !text.empty(); ++count) {
        const std::size_t length = utf8_length(text);
        if (length == 0) return std::nullopt;
        text.remove_prefix(length);
    }
    return count;
}

}  // namespace

std::optional<std::string> password_problem(std::string_view password) {
    const auto characters = count_characters(password);
    if (!characters) return "valid UTF-8 text expected";
    if (*characters < min_characters || *characters > max_characters) {
        return "12 to 128 characters expected, got " + std::to_string(*characters);
    }
    return std::nullopt;
}

/// The right to compute one hash, for as long as it lives. Not std::counting_semaphore: libstdc++'s can miss a wake-up
/// (gcc bug 98033).
class PasswordHasher::Turn {
  public:
    explicit Turn(PasswordHasher& hasher) : hasher_(hasher) {
        std::unique_lock lock(hasher_.mutex_);
        const auto free = [this] { return hasher_.running_ < max_hashes; };
        if (!hasher_.turn_over_.wait_for(lock, max_wait, free)) throw Busy("too many password checks at once");
        ++hasher_.running_;
    }
    ~Turn() {
        {
            const std::lock_guard lock(hasher_.mutex_);
            --hasher_.running_;
        }
        hasher_.turn_over_.notify_one();
    }
    Turn(const Turn&) = delete;
    Turn& operator=(const Turn&) = delete;

  private:
    PasswordHasher& hasher_;
};

PasswordHasher::PasswordHasher() {
    if (sodium_init() < 0) throw std::runtime_error("libsodium does not start");
}

std::string PasswordHasher::hash(std::string_view password) {
    const Turn turn(*this);
    std::array<char, crypto_pwhash_STRBYTES> text{};
    if (crypto_pwhash_argon2id_str(text.data(), password.data(), password.size(),
                                   crypto_pwhash_argon2id_OPSLIMIT_INTERACTIVE,
                                   crypto_pwhash_argon2id_MEMLIMIT_INTERACTIVE) != 0) {
        throw std::bad_alloc();
    }
    return text.data();
}

bool PasswordHasher::verify(const std::string& stored, std::string_view password) {
    if (password.size() > max_bytes) {
        refuse_slowly(password);
        return false;
    }
    const Turn turn(*this);
    return crypto_pwhash_str_verify(stored.c_str(), password.data(), password.size()) == 0;
}

void PasswordHasher::refuse_slowly(std::string_view password) {
    hash(password.substr(0, max_bytes));
}

}  // namespace auth
