#pragma once

#include "http/response.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace http {

class CorsPolicy;

/// An answer formatted once and sent many times: its status and all header lines but those of the moment.
struct Prepared {
    int status = 200;
    std::string lines;
    SharedBytes body;   ///< null: none is sent
    std::string route;  ///< for the metrics
};
using PreparedPtr = std::shared_ptr<const Prepared>;

/// A plain GET without a body, of no other page's script. Views into the received bytes.
struct QuickRequest {
    std::string_view target;
    std::optional<std::string_view> accept_encoding;
    std::optional<std::string_view> if_none_match;
    std::optional<std::string_view> authorization;
    std::optional<std::string_view> api_key;
    std::optional<std::string_view> cookie;
    std::optional<std::string_view> forwarded_proto;
    std::optional<std::string_view> forwarded_prefix;
    bool from_trusted_proxy = false;  ///< what the connection knows of its peer
};

/// Formats what a handler would answer.
class Preparer {
  public:
    explicit Preparer(const CorsPolicy& cors) : cors_(cors) {}
    PreparedPtr prepare(const QuickRequest& request, Response response, std::string route) const;

  private:
    const CorsPolicy& cors_;
};

/// Asked for each plain GET before a request is made of it; nothing: it goes the common way. Called on one I/O thread,
/// must not block. What it answers is counted and not logged.
using QuickLook = std::function<PreparedPtr(const QuickRequest& request, const Preparer& preparer)>;

/// The plain GET in a complete head; nothing when there is anything in it that only the common way understands.
std::optional<QuickRequest> read_quick(std::string_view head);

}  // namespace http
