#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace uploads {

/// A digest fed piece by piece. Belongs to one thread at a time.
class Digest {
  public:
    /// "sha256" or "sha1" (tus's name of it); nothing for another algorithm.
    static std::optional<Digest> of(std::string_view algorithm);

    void add(std::string_view bytes);
    /// The raw digest; nothing may be added afterwards.
    std::string finish();

  private:
    explicit Digest(std::shared_ptr<void> context) : context_(std::move(context)) {}
    std::shared_ptr<void> context_;
};

/// What Upload-Checksum says: "sha256 BASE64" (tus 1.0, checksum extension).
struct Checksum {
    std::string algorithm;
    std::string digest;  ///< raw
};
std::optional<Checksum> parse_checksum(std::string_view header);

std::string hex(std::string_view bytes);

/// Base64 with or without padding; nothing when it is none.
std::optional<std::string> decode_base64(std::string_view text);

}  // namespace uploads
