#include "server/command/remote.hpp"

#include <curl/curl.h>
#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <memory>

#include "gis/error.hpp"

namespace command {

namespace {

constexpr long connect_time = 10;    // seconds
constexpr long slowest_bytes = 100;  // a second, over half a minute: below, the network is away
constexpr long slowest_time = 30;

struct Sending {
    std::string_view left;
};

std::size_t give(char* into, std::size_t size, std::size_t count, void* from) {
    auto& left = static_cast<Sending*>(from)->left;
    const std::size_t given = std::min(size * count, left.size());
    std::copy_n(left.begin(), given, into);
    left.remove_prefix(given);
    return given;
}

std::size_t take_body(char* bytes, std::size_t size, std::size_t count, void* into) {
    static_cast<RemoteAnswer*>(into)->body.append(bytes, size * count);
    return size * count;
}

std::size_t take_header(char* bytes, std::size_t size, std::size_t count, void* into) {
    const std::string_view line(bytes, size * count);
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos) return line.size();
    std::string name(line.substr(0, colon));
    std::transform(name.begin(), name.end(), name.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
    std::string_view value = line.substr(colon + 1);
    while (!value.empty() && (value.front() == ' ')) value.remove_prefix(1);
    while (!value.empty() && (value.back() == '\r' || value.back() == '\n' || value.back() == ' '))
        value.remove_suffix(1);
    static_cast<RemoteAnswer*>(into)->headers[name] = value;
    return line.size();
}

using CurlPtr = std::unique_ptr<CURL, decltype(&curl_easy_cleanup)>;

/// A request of `address` whose answer goes to `answer`.
CurlPtr open(const std::string& address, RemoteAnswer& answer) {
    CurlPtr curl(curl_easy_init(), curl_easy_cleanup);
    CURL* handle = curl.get();
    curl_easy_setopt(handle, CURLOPT_URL, address.c_str());
    curl_easy_setopt(handle, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(handle, CURLOPT_CONNECTTIMEOUT, connect_time);
    curl_easy_setopt(handle, CURLOPT_LOW_SPEED_LIMIT, slowest_bytes);
    curl_easy_setopt(handle, CURLOPT_LOW_SPEED_TIME, slowest_time);
    curl_easy_setopt(handle, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(handle, CURLOPT_WRITEFUNCTION, take_body);
    curl_easy_setopt(handle, CURLOPT_WRITEDATA, &answer);
    curl_easy_setopt(handle, CURLOPT_HEADERFUNCTION, take_header);
    curl_easy_setopt(handle, CURLOPT_HEADERDATA, &answer);
    return curl;
}

void perform(CURL* handle, const std::string& shown, RemoteAnswer& answer) {
    const CURLcode code = curl_easy_perform(handle);
    if (code != CURLE_OK) throw gis::Unavailable(fmt::format("{} : {}", shown, curl_easy_strerror(code)));
    curl_easy_getinfo(handle, CURLINFO_RESPONSE_CODE, &answer.status);
}

std::string first_line(const std::string& file) {
    std::ifstream in(file);
    std::string line;
    if (!std::getline(in, line))
        throw gis::InvalidRequest("--token-file", "un fichier lisible qui contient un jeton est attendu");
    return line;
}

}  // namespace

void RemoteOptions::add_to(CLI::App& app) {
    app.add_option("--server", server, "Adresse de Carreau")
        ->capture_default_str()
        ->envname("CARREAU_SERVER")
        ->type_name("URL");
    app.add_option("--token-file", token_file, "Fichier qui contient un jeton ; sans lui, la variable CARREAU_TOKEN")
        ->type_name("FICHIER");
}

const std::string& RemoteAnswer::header(const std::string& name) const {
    static const std::string none;
    const auto found = headers.find(name);
    return found == headers.end() ? none : found->second;
}

Remote::Remote(const RemoteOptions& options) : server_(options.server) {
    while (server_.ends_with('/')) server_.pop_back();
    const char* variable = std::getenv("CARREAU_TOKEN");
    token_ = !options.token_file.empty() ? first_line(options.token_file) : variable != nullptr ? variable : "";
    if (token_.empty())
        throw gis::InvalidRequest("--token-file", "un jeton est attendu (carreau token add LOGIN --kind token)");
}

RemoteAnswer Remote::ask(const std::string& method, const std::string& target,
                         const std::map<std::string, std::string>& headers, std::string_view body) const {
    curl_slist* list = curl_slist_append(nullptr, ("Authorization: Bearer " + token_).c_str());
    list = curl_slist_append(list, "Expect:");
    for (const auto& [name, value] : headers)
        list = curl_slist_append(list, fmt::format("{}: {}", name, value).c_str());
    const std::unique_ptr<curl_slist, decltype(&curl_slist_free_all)> lines(list, curl_slist_free_all);
    RemoteAnswer answer;
    Sending sending{body};
    const CurlPtr curl = open(target.starts_with('/') ? server_ + target : target, answer);
    CURL* handle = curl.get();
    if (method == "HEAD") curl_easy_setopt(handle, CURLOPT_NOBODY, 1L);
    if (!body.empty() || method == "POST" || method == "PATCH") {
        curl_easy_setopt(handle, CURLOPT_UPLOAD, 1L);
        curl_easy_setopt(handle, CURLOPT_READFUNCTION, give);
        curl_easy_setopt(handle, CURLOPT_READDATA, &sending);
        curl_easy_setopt(handle, CURLOPT_INFILESIZE_LARGE, static_cast<curl_off_t>(body.size()));
    }
    if (method != "HEAD") curl_easy_setopt(handle, CURLOPT_CUSTOMREQUEST, method.c_str());
    curl_easy_setopt(handle, CURLOPT_HTTPHEADER, lines.get());
    perform(handle, server_, answer);
    return answer;
}

nlohmann::ordered_json Remote::json(const std::string& method, const std::string& target,
                                    const nlohmann::ordered_json& body) const {
    std::map<std::string, std::string> headers;
    std::string text;
    if (!body.is_null()) {
        headers["Content-Type"] = "application/json";
        text = body.dump();
    }
    const RemoteAnswer answer = ask(method, target, headers, text);
    auto document = nlohmann::ordered_json::parse(answer.body, nullptr, false);
    if (answer.status >= 200 && answer.status < 300) return document;
    const std::string said = document.is_object() ? document.value("detail", "") : "";
    if (answer.status >= 500) throw gis::Unavailable(fmt::format("{} : {} {}", server_, answer.status, said));
    throw gis::InvalidRequest("", fmt::format("{} {}", answer.status, said));
}

std::string fetch(const std::string& address) {
    RemoteAnswer answer;
    const CurlPtr curl = open(address, answer);
    curl_easy_setopt(curl.get(), CURLOPT_ACCEPT_ENCODING, "");
    curl_easy_setopt(curl.get(), CURLOPT_FOLLOWLOCATION, 1L);
    curl_easy_setopt(curl.get(), CURLOPT_REDIR_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(curl.get(), CURLOPT_MAXREDIRS, 5L);
    perform(curl.get(), address, answer);
    if (answer.status != 200) throw gis::Unavailable(fmt::format("{} répond {}", address, answer.status));
    return std::move(answer.body);
}

}  // namespace command
