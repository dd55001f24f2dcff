#include "auth/http_client.hpp"

#include "auth/errors.hpp"

#define CURL_DISABLE_TYPECHECK
#include <curl/curl.h>

#include <memory>
#include <mutex>
#include <new>
#include <stdexcept>

namespace auth {

namespace {

template <auto free_function>
struct CurlFree {
    template <typename T>
    void operator()(T* handle) const {
        free_function(handle);
    }
};
using Transfer = std::unique_ptr<CURL, CurlFree<curl_easy_cleanup>>;
using Url = std::unique_ptr<CURLU, CurlFree<curl_url_cleanup>>;
using Text = std::unique_ptr<char, CurlFree<curl_free>>;
using HeaderList = std::unique_ptr<curl_slist, CurlFree<curl_slist_free_all>>;

std::string part_of(const Url& url, CURLUPart part) {
    char* text = nullptr;
    if (curl_url_get(url.get(), part, &text, 0) != CURLUE_OK) return {};
    return Text(text).get();
}

bool is_this_machine(const std::string& host) {
    return host == "127.0.0.1" || host == "[::1]" || host == "localhost";
}

struct Body {
    std::string text;
    std::size_t limit;
};

/// libcurl's write callback; taking less than given ends the transfer.
std::size_t take(char* bytes, std::size_t, std::size_t count, void* target) {
    auto& body = *static_cast<Body*>(target);
    if (count > body.limit - body.text.size()) return 0;
    body.text.append(bytes, count);
    return count;
}

template <typename Value>
void set(const Transfer& transfer, CURLoption option, Value value) {
    const CURLcode code = curl_easy_setopt(transfer.get(), option, value);
    if (code != CURLE_OK) throw std::runtime_error(std::string("libcurl: ") + curl_easy_strerror(code));
}

Transfer prepare(const std::string& url, const HttpClientLimits& limits, Body& body) {
    if (const auto problem = provider_url_problem(url)) throw ProviderAway(*problem);
    Transfer transfer(curl_easy_init());
    if (!transfer) throw std::bad_alloc();
    set(transfer, CURLOPT_URL, url.c_str());
    set(transfer, CURLOPT_PROTOCOLS_STR, "http,https");
    // A proxy of the environment is for the network outside.
    if (url.starts_with("http:")) set(transfer, CURLOPT_NOPROXY, "*");
    set(transfer, CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
    set(transfer, CURLOPT_FOLLOWLOCATION, 0L);
    set(transfer, CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(limits.connect.count()));
    set(transfer, CURLOPT_TIMEOUT_MS, static_cast<long>(limits.total.count()));
    set(transfer, CURLOPT_NOSIGNAL, 1L);  // threads
    set(transfer, CURLOPT_USERAGENT, "carreau");
    set(transfer, CURLOPT_WRITEFUNCTION, &take);
    set(transfer, CURLOPT_WRITEDATA, &body);
    return transfer;
}

HttpAnswer perform(const Transfer& transfer, const std::string& url, Body& body) {
    const CURLcode code = curl_easy_perform(transfer.get());
    if (code == CURLE_WRITE_ERROR)
        throw ProviderAway(url + ": answer longer than " + std::to_string(body.limit) + " bytes");
    if (code != CURLE_OK) throw ProviderAway(url + ": " + curl_easy_strerror(code));
    HttpAnswer answer;
    curl_easy_getinfo(transfer.get(), CURLINFO_RESPONSE_CODE, &answer.status);
    answer.body = std::move(body.text);
    return answer;
}

void add_header(HeaderList& list, const std::string& line) {
    curl_slist* longer = curl_slist_append(list.get(), line.c_str());
    if (longer == nullptr) throw std::bad_alloc();
    static_cast<void>(list.release());
    list.reset(longer);
}

}  // namespace

std::optional<std::string> provider_url_problem(const std::string& url) {
    const Url parts(curl_url());
    if (!parts) throw std::bad_alloc();
    if (curl_url_set(parts.get(), CURLUPART_URL, url.c_str(), CURLU_DISALLOW_USER) != CURLUE_OK ||
        url.find_first_of("#\r\n") != std::string::npos) {
        return "an address without user and fragment expected";
    }
    const std::string scheme = part_of(parts, CURLUPART_SCHEME);
    if (scheme == "https" || (scheme == "http" && is_this_machine(part_of(parts, CURLUPART_HOST)))) return std::nullopt;
    return "https expected, or http on this machine";
}

HttpClient::HttpClient(HttpClientLimits limits) : limits_(limits) {
    static std::once_flag started;
    std::call_once(started, [] {
        if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) throw std::runtime_error("libcurl does not start");
    });
}

HttpAnswer HttpClient::get(const std::string& url) const {
    Body body{{}, limits_.body_bytes};
    const Transfer transfer = prepare(url, limits_, body);
    return perform(transfer, url, body);
}

HttpAnswer HttpClient::post_form(const std::string& url, const FormFields& fields,
                                 const std::string& authorization) const {
    Body body{{}, limits_.body_bytes};
    const Transfer transfer = prepare(url, limits_, body);
    HeaderList headers;
    add_header(headers, "Accept: application/json");
    if (!authorization.empty()) add_header(headers, "Authorization: " + authorization);
    set(transfer, CURLOPT_HTTPHEADER, headers.get());
    const std::string form = form_text(fields);
    set(transfer, CURLOPT_POSTFIELDSIZE, static_cast<long>(form.size()));
    set(transfer, CURLOPT_POSTFIELDS, form.c_str());
    return perform(transfer, url, body);
}

}  // namespace auth
