#pragma once

#include "http/request.hpp"
#include "http/response.hpp"

#include <optional>
#include <string>
#include <vector>

namespace http {

/// Which web pages of other sites may read the answers: "*" for all, else scheme://host[:port] each. Cookies are never
/// allowed across sites, whatever the list says.
class CorsPolicy {
  public:
    explicit CorsPolicy(std::vector<std::string> origins);

    /// Adds what every answer needs. `origin` is the request's Origin header, or null.
    void decorate(Response& response, const std::string* origin) const;

    /// The automatic answer to OPTIONS: Allow, and for a preflight what the page may send.
    Response answer_options(const Request& request, const std::string& allowed_methods) const;

  private:
    bool any_origin_ = false;
    std::vector<std::string> origins_;
};

/// Adds `name` to Vary unless it is listed.
void add_vary(Response& response, const std::string& name);

}  // namespace http
