#pragma once

#include <CLI/CLI.hpp>
#include <functional>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

namespace command {

/// Where a server is and who asks: for the commands that work from another machine than the server's.
struct RemoteOptions {
    std::string server = "http://127.0.0.1:8080";
    std::string token_file;  ///< holds a token (carreau token add --kind token); empty: the variable CARREAU_TOKEN

    void add_to(CLI::App& app);
};

struct RemoteAnswer {
    long status = 0;
    std::map<std::string, std::string> headers;  ///< names in lower case
    std::string body;

    const std::string& header(const std::string& name) const;
};

/// Asks a Carreau server over HTTP. Blocks. Belongs to one thread.
class Remote {
  public:
    /// Throws gis::InvalidRequest without a token.
    explicit Remote(const RemoteOptions& options);

    /// `target`: "/jobs", or a whole address. Throws gis::Unavailable when the server cannot be reached or fails.
    RemoteAnswer ask(const std::string& method, const std::string& target,
                     const std::map<std::string, std::string>& headers = {}, std::string_view body = {}) const;
    /// JSON there and back. Throws gis::InvalidRequest with what the server says when it refuses.
    nlohmann::ordered_json json(const std::string& method, const std::string& target,
                                const nlohmann::ordered_json& body = nullptr) const;

  private:
    std::string server_;
    std::string token_;
};

/// What a public address holds, over HTTP or HTTPS, redirections followed. Blocks. Throws gis::Unavailable when it
/// cannot be had.
std::string fetch(const std::string& address);

}  // namespace command
