#include "http/representation.hpp"

#include "http/compression.hpp"
#include "http/conditional.hpp"
#include "http/cors.hpp"
#include "http/problem.hpp"

#include <fmt/format.h>

#include <cstddef>
#include <optional>
#include <utility>

namespace http {
namespace {

/// 16 kB compress in about 0.2 ms, 1 MB is hashed in the same time.
constexpr std::size_t heavy_to_compress = 16UL * 1024;
constexpr std::size_t heavy_to_hash = 1024UL * 1024;

/// No body of ours is larger: tiles end at 4 MB, static files are checked when loaded.
constexpr std::size_t largest_inflated = 256UL * 1024 * 1024;

std::string_view header_or_empty(const Response& response, std::string_view name) {
    const std::string* value = response.header(name);
    return value == nullptr ? std::string_view{} : std::string_view(*value);
}

void drop_header(Response& response, std::string_view name) {
    std::erase_if(response.headers, [&](const Header& header) { return same_name(header.name, name); });
}

bool reads(const Request& request) {
    return request.method == Method::Get || request.method == Method::Head;
}

/// The bytes of a text or shared body; null for files, streams and an empty body beside gzip bytes.
SharedBytes take_identity(Response& response) {
    if (auto* text = std::get_if<std::string>(&response.body)) {
        if (text->empty() && response.gzip) return nullptr;
        return std::make_shared<const std::string>(std::move(*text));
    }
    if (auto* shared = std::get_if<SharedBytes>(&response.body)) return std::move(*shared);
    return nullptr;
}

/// Size of the bytes at hand, whichever form they have.
std::size_t byte_count(const Response& response) {
    if (const auto* text = std::get_if<std::string>(&response.body); text != nullptr && !text->empty()) {
        return text->size();
    }
    if (const auto* shared = std::get_if<SharedBytes>(&response.body); shared != nullptr && *shared) {
        return (*shared)->size();
    }
    return response.gzip ? response.gzip->size() : 0;
}

bool has_gzip_form(const Response& response) {
    if (response.gzip) return true;
    const bool transformable =
        header_or_empty(response, "Cache-Control").find("no-transform") == std::string_view::npos;
    return transformable && response.header("Content-Encoding") == nullptr &&
           byte_count(response) >= smallest_compressed && is_compressible(header_or_empty(response, "Content-Type"));
}

/// A part of the identity bytes is asked for, so they are what is sent.
bool asks_range(const Request& request, const Response& response) {
    return response.ranges && response.status == 200 && request.method == Method::Get &&
           request.header("Range") != nullptr;
}

bool sends_gzip(const Request& request, const Response& response) {
    return has_gzip_form(response) && !asks_range(request, response) && accepts_gzip(request.header("Accept-Encoding"));
}

bool may_be_tagged(const Request& request, const Response& response) {
    return reads(request) && response.status == 200 &&
           header_or_empty(response, "Cache-Control").find("no-store") == std::string_view::npos;
}

Answer bare(Response response) {
    Answer answer;
    answer.status = response.status;
    answer.headers = std::move(response.headers);
    return answer;
}

Answer not_modified(Response response) {
    drop_header(response, "Content-Type");
    drop_header(response, "Content-Encoding");
    response.status = 304;
    Answer answer = bare(std::move(response));
    answer.has_length = answer.sends_body = false;
    return answer;
}

/// Applies Range to an answer that holds the whole body.
void cut_range(const Request& request, std::string_view etag, Answer& answer) {
    const std::string* if_range = request.header("If-Range");
    if (if_range != nullptr && !if_range_holds(*if_range, etag)) return;
    const RangeRequest wanted = parse_range(*request.header("Range"), answer.length);
    if (wanted.kind == RangeKind::Whole) return;
    if (wanted.kind == RangeKind::Unsatisfiable) {
        answer.status = 416;
        answer.headers.push_back({"Content-Range", fmt::format("bytes */{}", answer.length)});
        answer.bytes = nullptr;
        answer.file = {};
        answer.length = 0;
        return;
    }
    answer.status = 206;
    answer.headers.push_back(
        {"Content-Range", fmt::format("bytes {}-{}/{}", wanted.range.first, wanted.range.last, answer.length)});
    answer.offset = wanted.range.first;
    answer.length = wanted.range.length();
}

SharedBytes compressed(const Response& response, const std::string& identity) {
    SharedBytes made = std::make_shared<const std::string>(gzip(identity, answer_level));
    if (response.take_gzip) response.take_gzip(made);
    return made;
}

/// The bytes to send in the chosen form; null when the gzip bytes cannot be inflated.
SharedBytes encoded(const Response& response, const SharedBytes& identity, bool as_gzip) {
    if (as_gzip) return response.gzip ? response.gzip : compressed(response, *identity);
    if (identity) return identity;
    auto inflated = gunzip(*response.gzip, largest_inflated);
    return inflated ? std::make_shared<const std::string>(std::move(*inflated)) : nullptr;
}

/// A handler that gave gzip bytes with Content-Encoding means the same as Response::gzipped.
void normalise(Response& response) {
    if (response.gzip || header_or_empty(response, "Content-Encoding") != "gzip") return;
    SharedBytes bytes = take_identity(response);
    if (!bytes) return;
    response.gzip = std::move(bytes);
    response.body = std::string{};
    drop_header(response, "Content-Encoding");
}

Answer answer_with_bytes(const Request& request, Response response) {
    const bool compressible = has_gzip_form(response);
    const bool as_gzip = sends_gzip(request, response);
    const bool wants_range = asks_range(request, response);
    if (compressible) add_vary(response, "Accept-Encoding");
    if (response.ranges && response.status == 200) response.set_header("Accept-Ranges", "bytes");

    const bool tagged = may_be_tagged(request, response);
    const SharedBytes identity = take_identity(response);
    if (response.etag.empty() && tagged) response.etag = etag_of(identity ? *identity : *response.gzip);
    if (!response.etag.empty()) {
        response.etag = as_gzip ? weak_etag(quoted_etag(response.etag)) : quoted_etag(response.etag);
        response.set_header("ETag", response.etag);
    }
    const std::string* if_none_match = request.header("If-None-Match");
    if (tagged && if_none_match != nullptr && none_match_hits(*if_none_match, response.etag)) {
        return not_modified(std::move(response));
    }
    SharedBytes bytes = encoded(response, identity, as_gzip);
    if (!bytes) return make_answer(request, problem(500, "", "the stored answer is damaged", &request));
    if (as_gzip) response.set_header("Content-Encoding", "gzip");
    const std::string etag = response.etag;
    Answer answer = bare(std::move(response));
    answer.length = bytes->size();
    answer.bytes = std::move(bytes);
    if (wants_range) cut_range(request, etag, answer);
    return answer;
}

Answer answer_with_file(const Request& request, Response response) {
    const bool wants_range = asks_range(request, response);
    response.set_header("Accept-Ranges", "bytes");
    if (!response.etag.empty()) response.set_header("ETag", response.etag = quoted_etag(response.etag));
    const std::string* if_none_match = request.header("If-None-Match");
    const bool tagged = may_be_tagged(request, response) && !response.etag.empty();
    if (tagged && if_none_match != nullptr && none_match_hits(*if_none_match, response.etag)) {
        return not_modified(std::move(response));
    }
    FileBody file = std::move(std::get<FileBody>(response.body));
    const std::string etag = response.etag;
    Answer answer = bare(std::move(response));
    answer.length = file.size;
    answer.file = std::move(file);
    if (wants_range) cut_range(request, etag, answer);
    return answer;
}

Answer answer_with_stream(Response response) {
    if (!response.etag.empty()) response.set_header("ETag", quoted_etag(response.etag));
    BodyStream stream = std::move(std::get<BodyStream>(response.body));
    Answer answer = bare(std::move(response));
    answer.stream = std::move(stream);
    answer.has_length = false;
    return answer;
}

}  // namespace

Answer make_answer(const Request& request, Response response) {
    normalise(response);
    Answer answer;
    if (response.status == 204 || response.status == 304) {
        if (!response.etag.empty()) response.set_header("ETag", quoted_etag(response.etag));
        answer = bare(std::move(response));
        answer.has_length = answer.sends_body = false;
    } else if (std::holds_alternative<FileBody>(response.body)) {
        answer = answer_with_file(request, std::move(response));
    } else if (std::holds_alternative<BodyStream>(response.body)) {
        answer = answer_with_stream(std::move(response));
    } else {
        answer = answer_with_bytes(request, std::move(response));
    }
    if (request.method == Method::Head) answer.sends_body = false;
    return answer;
}

bool is_heavy(const Request& request, const Response& response) {
    const std::size_t size = byte_count(response);
    if (size <= heavy_to_compress) return false;
    const bool hashes = response.etag.empty() && may_be_tagged(request, response);
    if (hashes && size > heavy_to_hash) return true;
    if (sends_gzip(request, response)) return !response.gzip;
    const auto* text = std::get_if<std::string>(&response.body);
    return response.gzip && text != nullptr && text->empty();
}

}  // namespace http
