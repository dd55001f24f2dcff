#include "http/response.hpp"

#include <algorithm>
#include <utility>

namespace http {
namespace {

Response typed(std::string_view content_type, int status = 200) {
    Response response;
    response.status = status;
    response.headers.push_back({"Content-Type", std::string(content_type)});
    return response;
}

}  // namespace

Response& Response::set_header(std::string_view name, std::string value) {
    std::erase_if(headers, [&](const Header& header) { return same_name(header.name, name); });
    return add_header(name, std::move(value));
}

Response& Response::add_header(std::string_view name, std::string value) {
    headers.push_back({std::string(name), std::move(value)});
    return *this;
}

const std::string* Response::header(std::string_view name) const {
    const auto found = std::find_if(headers.begin(), headers.end(),
                                    [&](const Header& header) { return same_name(header.name, name); });
    return found == headers.end() ? nullptr : &found->value;
}

Response Response::json(std::string text, int status) {
    Response response = typed("application/json", status);
    response.body = std::move(text);
    return response;
}

Response Response::text(std::string text, int status) {
    Response response = typed("text/plain; charset=utf-8", status);
    response.body = std::move(text);
    return response;
}

Response Response::html(std::string text, int status) {
    Response response = typed("text/html; charset=utf-8", status);
    response.body = std::move(text);
    return response;
}

Response Response::bytes(std::string_view content_type, SharedBytes bytes) {
    Response response = typed(content_type);
    response.body = std::move(bytes);
    return response;
}

Response Response::bytes(std::string_view content_type, std::string bytes) {
    Response response = typed(content_type);
    response.body = std::move(bytes);
    return response;
}

Response Response::gzipped(std::string_view content_type, SharedBytes gzip) {
    Response response = typed(content_type);
    response.gzip = std::move(gzip);
    return response;
}

Response Response::file(std::string_view content_type, std::filesystem::path path, std::uint64_t size,
                        std::shared_ptr<void> keep) {
    Response response = typed(content_type);
    response.body = FileBody{std::move(path), size, std::move(keep)};
    response.ranges = true;
    return response;
}

Response Response::file_parts(std::string_view content_type, std::filesystem::path path, std::string head,
                              std::vector<FilePart> parts) {
    std::uint64_t size = head.size();
    for (const FilePart& part : parts) size += part.length;
    Response response = file(content_type, std::move(path), size);
    std::get<FileBody>(response.body).head = std::move(head);
    std::get<FileBody>(response.body).parts = std::move(parts);
    return response;
}

Response Response::stream(std::string_view content_type, BodyStream stream) {
    Response response = typed(content_type);
    response.body = std::move(stream);
    return response;
}

Response Response::redirect(std::string location, int status) {
    Response response;
    response.status = status;
    response.headers.push_back({"Location", std::move(location)});
    return response;
}

Response Response::no_content() {
    Response response;
    response.status = 204;
    return response;
}

}  // namespace http
