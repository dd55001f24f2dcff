#pragma once

#include "http/awaitable.hpp"
#include "http/request.hpp"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace http {

/// Bytes that many answers share: a cached tile, a static file.
using SharedBytes = std::shared_ptr<const std::string>;

/// A run of bytes of a file.
struct FilePart {
    std::uint64_t offset = 0;
    std::uint64_t length = 0;
};

/// A file on disk, read in pieces on a worker thread. `keep` is held until the answer is out: its deleter may remove
/// a temporary file. `before_piece`, when it is there, is awaited before each piece; what it throws ends the answer as
/// it ends a stream. With `parts` the body is `head` followed by these runs of the file, and `size` is their sum.
struct FileBody {
    std::filesystem::path path;
    std::uint64_t size = 0;
    std::shared_ptr<void> keep;
    std::function<Awaitable<void>()> before_piece = nullptr;
    std::string head{};
    std::vector<FilePart> parts{};
};

/// Gives the next piece of a body of unknown length each time it is called; an empty piece ends it. Pieces of about
/// 64 kB are right. When it throws, the connection closes without the final chunk, so the client sees a broken answer
/// and never a short one that looks whole. Never called again after the end, an exception, or a client that left.
using BodyStream = std::function<Awaitable<std::string>()>;

/// What a handler answers. The server adds Date, Server, Content-Length, CORS, security headers, X-Request-Id; it
/// compresses, answers 304 and byte ranges, and drops the body for HEAD: a handler thinks of none of these.
struct Response {
    int status = 200;
    std::vector<Header> headers;
    std::variant<std::string, SharedBytes, FileBody, BodyStream> body;
    /// The same body as gzip, when it is at hand. With an empty `body`, a client without gzip gets it inflated.
    SharedBytes gzip;
    /// Given the gzip form when one was made of the body, on the thread that made it: for who keeps the answer.
    std::function<void(SharedBytes)> take_gzip;
    /// Quoted ("abc" or W/"abc") or bare. When empty, GET answers with status 200 and bytes get one from their content.
    std::string etag;
    /// Byte ranges are served; always true for files.
    bool ranges = false;

    /// Replaces every header called `name`.
    Response& set_header(std::string_view name, std::string value);
    /// Adds one more line, for headers that may repeat (Link, Set-Cookie).
    Response& add_header(std::string_view name, std::string value);
    const std::string* header(std::string_view name) const;

    static Response json(std::string text, int status = 200);
    static Response text(std::string text, int status = 200);
    static Response html(std::string text, int status = 200);
    static Response bytes(std::string_view content_type, SharedBytes bytes);
    static Response bytes(std::string_view content_type, std::string bytes);
    /// `gzip` is the compressed body: sent as it is, or inflated for a client that does not accept gzip.
    static Response gzipped(std::string_view content_type, SharedBytes gzip);
    static Response file(std::string_view content_type, std::filesystem::path path, std::uint64_t size,
                         std::shared_ptr<void> keep = nullptr);
    /// `head`, then runs of the file.
    static Response file_parts(std::string_view content_type, std::filesystem::path path, std::string head,
                               std::vector<FilePart> parts);
    static Response stream(std::string_view content_type, BodyStream stream);
    /// `location` goes out as it is: make it absolute with Request::base_url.
    static Response redirect(std::string location, int status = 303);
    static Response no_content();
};

using Handler = std::function<Awaitable<Response>(RequestPtr)>;

}  // namespace http
