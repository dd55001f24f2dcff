#pragma once

#include <array>
#include <string>
#include <string_view>

namespace api {

/// Signs and reads the `token` of a page: the key after which the next page begins, bound to what was asked, so that it
/// can neither be altered nor used with another question.
class PageTokens {
  public:
    /// `secret` may have any length; the same secret reads what it signed.
    explicit PageTokens(std::string_view secret);

    std::string sign(std::string_view key, std::string_view question) const;
    /// Throws gis::InvalidRequest when the token is not one of ours for this question.
    std::string read(std::string_view token, std::string_view question) const;

    /// A new random secret, as text.
    static std::string make_secret();

  private:
    std::string tag(std::string_view key, std::string_view question) const;
    std::array<unsigned char, 32> secret_{};
};

}  // namespace api
