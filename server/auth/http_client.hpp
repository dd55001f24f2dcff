#pragma once

#include "auth/form.hpp"

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>

namespace auth {

struct HttpAnswer {
    long status = 0;
    std::string body;
};

struct HttpClientLimits {
    std::chrono::milliseconds connect{3'000};
    std::chrono::milliseconds total{8'000};  ///< from the name look-up to the last byte; within a person's patience
    std::size_t body_bytes = 1'000'000;      ///< discovery documents and key sets have some kilobytes
};

/// Says what is wrong with the address of a provider: https expected, without user and fragment; http only for the
/// machine itself (127.0.0.1, ::1, localhost).
std::optional<std::string> provider_url_problem(const std::string& url);

/// Asks the endpoints of a configured OpenID Connect provider. Follows no redirection, checks certificates against the
/// system's authorities. Blocks. Every failure but an HTTP status is ProviderAway; an address that provider_url_problem
/// does not like is one.
class HttpClient {
  public:
    explicit HttpClient(HttpClientLimits limits = {});

    HttpAnswer get(const std::string& url) const;
    /// `authorization` is the value of that field, or empty.
    HttpAnswer post_form(const std::string& url, const FormFields& fields, const std::string& authorization) const;

  private:
    HttpClientLimits limits_;
};

}  // namespace auth
