// Resumable uploads: tus 1.0 (tus.io/protocols/resumable-upload) with creation, creation-with-upload, checksum,
// expiration and termination. An announced offset counts bytes that are on the disk.

#include <fmt/format.h>

#include <charconv>
#include <cstdint>

#include "gis/error.hpp"
#include "server/api/clock_text.hpp"
#include "server/api/documents.hpp"
#include "server/api/handlers.hpp"
#include "server/api/upload_files.hpp"
#include "server/api/wait_for.hpp"
#include "server/http/offload.hpp"
#include "server/http/problem.hpp"
#include "server/uploads/metadata.hpp"

namespace api {

namespace {

constexpr auto tus_version = "1.0.0";
constexpr std::size_t longest_metadata = 4096;
/// An upload nobody goes on with is taken away so long after its last byte.
constexpr auto unfinished_life = "7 days";
/// A holder that was asked to stop lets go within a tenth of a second, and the time of one fdatasync.
constexpr auto longest_hold_wait = std::chrono::seconds(9);

struct UploadRow {
    std::string id, name, metadata, sha256, created_at, expires_at, completed_at;
    std::uint64_t size = 0;
    bool expired = false;

    bool complete() const { return !completed_at.empty(); }
};

constexpr auto upload_columns =
    "select upload_id, name, metadata, coalesce(sha256, ''), {0}created_at{1}, {0}expires_at{1}, {0}completed_at{1}, "
    "size, "
    "coalesce(expires_at < now(), false) from capture.upload ";

std::string select_uploads(const std::string& rest) {
    return fmt::format(fmt::runtime(upload_columns), "coalesce(to_char(",
                       " at time zone 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"'), '')") +
           rest;
}

UploadRow read_row(const db::Result& rows, int i) {
    return {rows.text(i, 0),   rows.text(i, 1), rows.text(i, 2), rows.text(i, 3),
            rows.text(i, 4),   rows.text(i, 5), rows.text(i, 6), static_cast<std::uint64_t>(rows.int64(i, 7)),
            rows.boolean(i, 8)};
}

Response tus_problem(const http::Request& request, int status, const std::string& detail) {
    Response response = http::problem(status, "", detail, &request);
    response.set_header("Tus-Resumable", tus_version);
    return response;
}

void add_tus_headers(Response& response) {
    response.set_header("Tus-Resumable", tus_version);
    response.set_header("Cache-Control", "no-store");
}

std::optional<std::uint64_t> number_header(const http::Request& request, std::string_view name) {
    const std::string* text = request.header(name);
    std::uint64_t number = 0;
    if (text == nullptr) return std::nullopt;
    const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), number);
    if (error != std::errc() || end != text->data() + text->size() || number > std::uint64_t{1} << 62U)
        throw gis::InvalidRequest(std::string(name), "a number of bytes expected");
    return number;
}

std::string header_of(const http::Request& request, std::string_view name) {
    const std::string* value = request.header(name);
    return value == nullptr ? "" : *value;
}

std::optional<Response> wrong_version(const http::Request& request) {
    if (header_of(request, "Tus-Resumable") == tus_version) return std::nullopt;
    Response response = tus_problem(request, 412, "Tus-Resumable: 1.0.0 expected");
    response.set_header("Tus-Version", tus_version);
    return response;
}

/// The caller's own upload, or nothing: what others deposit is not there.
boost::asio::awaitable<std::optional<UploadRow>> find_upload(const Services& services, CallPtr call) {
    const std::string id = call->request->param("upload");
    if (!uploads::is_upload_id(id)) co_return std::nullopt;
    auto work = [id](db::Connection& connection) -> std::optional<UploadRow> {
        const std::vector<db::Parameter> values{id};
        const db::Result rows = connection.query(select_uploads("where upload_id = $1"), values);
        if (rows.rows() == 0) return std::nullopt;
        return read_row(rows, 0);
    };
    auto row = co_await services.database.run(call->reader(), query_for(*call->request), std::move(work));
    co_return row;
}

boost::asio::awaitable<UploadRow> require_upload(const Services& services, CallPtr call) {
    auto row = co_await find_upload(services, call);
    if (!row) throw gis::NotFound("there is no such upload");
    co_return *row;
}

using Hold = std::unique_ptr<uploads::UploadLocks::Hold>;

/// Takes the upload over from whoever holds it; nothing when he does not let go in time.
boost::asio::awaitable<std::shared_ptr<uploads::UploadLocks::Hold>> hold_upload(
    const Services& services, std::string id, std::shared_ptr<http::BodySource> body) {
    const auto end = std::chrono::steady_clock::now() + longest_hold_wait;
    auto hold = std::make_shared<Hold>();
    while (std::chrono::steady_clock::now() < end) {
        std::function<void(std::function<void()>)> begin = [&locks = services.uploads.locks, id, body,
                                                            hold](const std::function<void()>& over) {
            const auto stop = [body] {
                if (body) body->stop();
            };
            *hold = locks.take(id, stop, over);
            if (*hold) over();
        };
        co_await wait_for(std::move(begin), std::chrono::milliseconds(longest_hold_wait));
        if (*hold) break;
    }
    co_return std::shared_ptr<uploads::UploadLocks::Hold>(std::move(*hold));
}

template <typename Result, typename Work>
boost::asio::awaitable<Result> on_disk(const Services& services, Work work) {
    std::function<Result()> job = std::move(work);
    co_return co_await http::offload<Result>(services.uploads.threads, std::move(job));
}

struct Received {
    int status = 204;
    std::string detail;
    std::uint64_t offset = 0;
    bool progressed = false;
};

/// What came of one request's bytes: they are on the disk when this returns.
boost::asio::awaitable<Received> receive_bytes(const Services& services, std::shared_ptr<http::BodySource> body,
                                               std::string id, std::uint64_t offset,
                                               std::optional<uploads::Checksum> checksum) {
    using Taken = uploads::Receiver::Taken;
    using Finished = uploads::Receiver::Finished;
    auto open = [&services, id, offset, checksum] {
        return std::make_shared<uploads::Receiver>(services.uploads.store.receive(id, offset, checksum));
    };
    auto receiver = co_await on_disk<std::shared_ptr<uploads::Receiver>>(services, std::move(open));
    bool full = false;
    while (!full) {
        auto piece = std::make_shared<std::string>();
        *piece = co_await body->next();
        if (piece->empty()) break;
        auto take = [receiver, piece] { return receiver->take(*piece); };
        full = co_await on_disk<Taken>(services, std::move(take)) == Taken::NoSpace;
    }
    const bool whole = body->whole() && !full;
    auto finish = [receiver, whole] { return receiver->finish(whole); };
    const Finished finished = co_await on_disk<Finished>(services, std::move(finish));
    Received received{204, "", receiver->offset(), receiver->offset() > offset};
    if (finished == Finished::WrongChecksum) {
        received.status = 460;
        received.detail = "the bytes are not those of Upload-Checksum: nothing of this request is kept";
    } else if (full) {
        received.status = 507;
        received.detail = "the server's disk is full: what came before is kept, go on later";
    } else if (!whole) {
        received.status = 408;
        received.detail = fmt::format("the body broke off at {} bytes, which are kept", receiver->offset());
    }
    co_return received;
}

/// All bytes are there: the receipt.
boost::asio::awaitable<void> complete_upload(const Services& services, CallPtr call, std::string id) {
    auto hash = [&services, id] { return services.uploads.store.sha256(id); };
    const std::string sha256 = co_await on_disk<std::string>(services, std::move(hash));
    auto work = [id, sha256](db::Connection& connection) {
        const std::vector<db::Parameter> values{id, sha256};
        connection.query(
            "update capture.upload set sha256 = $2, completed_at = now(), expires_at = null "
            "where upload_id = $1 and completed_at is null",
            values);
        return true;
    };
    // Not tied to the request: its peer may have left after the last byte.
    co_await services.database.run(call->editor(), std::make_shared<db::RunningQuery>(), std::move(work));
}

boost::asio::awaitable<std::string> prolong_upload(const Services& services, CallPtr call, std::string id) {
    auto work = [id](db::Connection& connection) {
        const std::vector<db::Parameter> values{id, unfinished_life};
        const db::Result rows = connection.query(
            "update capture.upload set expires_at = now() + $2::interval where upload_id = $1 and "
            "completed_at is null returning extract(epoch from expires_at)::bigint",
            values);
        return rows.rows() == 0 ? std::string() : http_time(rows.int64(0, 0));
    };
    const std::string expires =
        co_await services.database.run(call->editor(), std::make_shared<db::RunningQuery>(), std::move(work));
    co_return expires;
}

/// Receives what the request carries and answers as PATCH does.
boost::asio::awaitable<Response> take_body(const Services& services, CallPtr call, std::string id, std::uint64_t size,
                                           std::uint64_t offset) {
    const http::Request& request = *call->request;
    const auto body = request.body_source;
    std::optional<uploads::Checksum> checksum;
    if (const std::string* text = request.header("Upload-Checksum")) {
        checksum = uploads::parse_checksum(*text);
        if (!checksum || !uploads::Digest::of(checksum->algorithm))
            co_return tus_problem(request, 400, "Upload-Checksum: sha1 or sha256 and a base64 digest expected");
    }
    if (body->length() > size - offset)
        co_return tus_problem(request, 413, fmt::format("the upload ends at {} bytes", size));
    const Received received = co_await receive_bytes(services, body, id, offset, std::move(checksum));
    std::string expires;
    if (received.offset == size) {
        co_await complete_upload(services, call, id);
    } else if (received.progressed) {
        expires = co_await prolong_upload(services, call, id);
    }
    Response response = Response::no_content();
    if (received.status != 204) response = tus_problem(request, received.status, received.detail);
    add_tus_headers(response);
    response.set_header("Upload-Offset", std::to_string(received.offset));
    if (!expires.empty()) response.set_header("Upload-Expires", expires);
    co_return response;
}

Json receipt_of(const http::Request& request, const UploadRow& row) {
    Json receipt{{"id", row.id},
                 {"name", row.name},
                 {"size", row.size},
                 {"complete", row.complete()},
                 {"created_at", row.created_at}};
    if (row.complete()) receipt["sha256"] = row.sha256;
    if (row.complete()) receipt["completed_at"] = row.completed_at;
    if (!row.complete()) receipt["expires_at"] = row.expires_at;
    receipt["links"] =
        Json::array({{{"rel", "self"}, {"href", fmt::format("{}/uploads/{}", request.base_url, row.id)}}});
    return receipt;
}

/// Earlier uploads of the same bytes by the same person.
Json same_files(db::Connection& connection, const UploadRow& row) {
    Json same = Json::array();
    if (!row.complete()) return same;
    const std::vector<db::Parameter> values{row.id, row.sha256};
    const db::Result rows = connection.query(
        select_uploads("where sha256 = $2 and upload_id <> $1 order by completed_at desc limit 20"), values);
    for (int i = 0; i < rows.rows(); ++i) {
        const UploadRow other = read_row(rows, i);
        same.push_back({{"id", other.id}, {"name", other.name}, {"completed_at", other.completed_at}});
    }
    return same;
}

}  // namespace

Answer uploads_options(const Services&, RequestPtr) {
    Response response = Response::no_content();
    response.set_header("Allow", "GET, HEAD, POST, PATCH, DELETE, OPTIONS");
    response.set_header("Tus-Resumable", tus_version);
    response.set_header("Tus-Version", tus_version);
    response.set_header("Tus-Extension", "creation,creation-with-upload,checksum,expiration,termination");
    response.set_header("Tus-Checksum-Algorithm", "sha256,sha1");
    co_return response;
}

Answer begin_upload(const Services& services, CallPtr call) {
    const http::Request& request = *call->request;
    if (auto refused = wrong_version(request)) co_return std::move(*refused);
    const auto size = number_header(request, "Upload-Length");
    if (!size) throw gis::InvalidRequest("Upload-Length", "the size of the file is expected");
    const std::string metadata = header_of(request, "Upload-Metadata");
    const auto entries = metadata.size() > longest_metadata ? std::nullopt : uploads::parse_metadata(metadata);
    if (!entries) throw gis::InvalidRequest("Upload-Metadata", "keys with base64 values expected, 4096 bytes at most");
    const auto name = entries->find("filename");
    const std::string shown = uploads::safe_file_name(name == entries->end() ? "" : name->second);
    const bool has_bytes = request.body_source->length() > 0;
    if (has_bytes && header_of(request, "Content-Type") != "application/offset+octet-stream")
        co_return tus_problem(request, 415, "application/offset+octet-stream expected");

    const std::string id = uploads::make_upload_id();
    auto work = [=, length = *size](db::Connection& connection) {
        const std::vector<db::Parameter> values{id, shown, std::to_string(length), metadata, unfinished_life};
        const db::Result made = connection.query(
            "select outcome, used, quota, extract(epoch from now() + $5::interval)::bigint from "
            "capture.begin_upload($1, $2, $3::bigint, $4, now() + $5::interval)",
            values);
        return std::tuple(made.text(0, 0), made.int64(0, 1), made.int64(0, 2), made.int64(0, 3));
    };
    const auto [outcome, used, quota, expires] =
        co_await services.database.run(call->editor(), query_for(request), std::move(work));
    if (outcome == "hidden") throw nothing_at(request);
    if (outcome == "quota") {
        co_return tus_problem(
            request, 413,
            fmt::format("the organisation keeps {} of {} bytes: these {} do not fit", used, quota, *size));
    }
    auto create = [&services, id, length = *size] { return services.uploads.store.create(id, length); };
    using Created = uploads::UploadStore::Created;
    Created created = Created::NoSpace;
    std::exception_ptr failure;
    try {
        created = co_await on_disk<Created>(services, std::move(create));
    } catch (...) {
        failure = std::current_exception();
    }
    if (created == Created::NoSpace) {
        auto forget = [id](db::Connection& connection) {
            const std::vector<db::Parameter> values{id};
            connection.query("delete from capture.upload where upload_id = $1", values);
            return true;
        };
        co_await services.database.run(call->editor(), std::make_shared<db::RunningQuery>(), std::move(forget));
        if (failure) std::rethrow_exception(failure);
        co_return tus_problem(request, 507, "the server's disk has no room for a file of this size");
    }
    Response response = Response::no_content();
    if (has_bytes) {
        const auto hold = co_await hold_upload(services, id, request.body_source);
        response = co_await take_body(services, call, id, *size, 0);
    } else {
        if (*size == 0) co_await complete_upload(services, call, id);
        add_tus_headers(response);
        response.set_header("Upload-Offset", "0");
        if (*size > 0) response.set_header("Upload-Expires", http_time(expires));
    }
    if (response.status == 204) response.status = 201;
    response.set_header("Location", fmt::format("{}/uploads/{}", request.base_url, id));
    co_return response;
}

Answer upload_state(const Services& services, CallPtr call) {
    const http::Request& request = *call->request;
    UploadRow row = co_await require_upload(services, call);
    if (request.method == http::Method::Head) {
        if (auto refused = wrong_version(request)) co_return std::move(*refused);
        std::uint64_t offset = row.size;
        if (!row.complete()) {
            if (row.expired) co_return tus_problem(request, 410, "the upload expired");
            const auto hold = co_await hold_upload(services, row.id, nullptr);
            if (!hold) co_return tus_problem(request, 423, "the upload is being written");
            auto look = [&services, id = row.id] { return services.uploads.store.durable_size(id); };
            const auto size = co_await on_disk<std::optional<std::uint64_t>>(services, std::move(look));
            if (!size) co_return tus_problem(request, 410, "the upload is gone");
            offset = *size;
            // All bytes came, and the program was stopped before it said so.
            if (offset == row.size) co_await complete_upload(services, call, row.id);
        }
        Response response = Response::no_content();
        response.status = 200;
        add_tus_headers(response);
        response.set_header("Upload-Offset", std::to_string(offset));
        response.set_header("Upload-Length", std::to_string(row.size));
        if (!row.metadata.empty()) response.set_header("Upload-Metadata", row.metadata);
        co_return response;
    }
    auto work = [row](db::Connection& connection) { return same_files(connection, row); };
    Json same = co_await services.database.run(call->reader(), query_for(request), std::move(work));
    Json receipt = receipt_of(request, row);
    receipt["same_files"] = std::move(same);
    Response response = json_response(receipt);
    add_tus_headers(response);
    co_return response;
}

Answer append_upload(const Services& services, CallPtr call) {
    const http::Request& request = *call->request;
    if (auto refused = wrong_version(request)) co_return std::move(*refused);
    if (header_of(request, "Content-Type") != "application/offset+octet-stream")
        co_return tus_problem(request, 415, "application/offset+octet-stream expected");
    const auto offset = number_header(request, "Upload-Offset");
    if (!offset) throw gis::InvalidRequest("Upload-Offset", "the number of bytes sent before is expected");
    UploadRow row = co_await require_upload(services, call);
    if (row.complete()) {
        Response response = Response::no_content();
        if (*offset != row.size || request.body_source->length() > 0)
            response = tus_problem(request, 409, "the upload is complete");
        add_tus_headers(response);
        response.set_header("Upload-Offset", std::to_string(row.size));
        co_return response;
    }
    if (row.expired) co_return tus_problem(request, 410, "the upload expired");
    const auto hold = co_await hold_upload(services, row.id, request.body_source);
    if (!hold) co_return tus_problem(request, 423, "the upload is being written by another request");
    auto look = [&services, id = row.id] { return services.uploads.store.durable_size(id); };
    const auto size = co_await on_disk<std::optional<std::uint64_t>>(services, std::move(look));
    if (!size) co_return tus_problem(request, 410, "the upload is gone");
    if (*offset != *size) {
        Response response = tus_problem(request, 409, fmt::format("the upload holds {} bytes", *size));
        response.set_header("Upload-Offset", std::to_string(*size));
        co_return response;
    }
    Response response = co_await take_body(services, call, row.id, row.size, *size);
    co_return response;
}

Answer delete_upload(const Services& services, CallPtr call) {
    const http::Request& request = *call->request;
    if (auto refused = wrong_version(request)) co_return std::move(*refused);
    UploadRow row = co_await require_upload(services, call);
    const auto hold = co_await hold_upload(services, row.id, nullptr);
    if (!hold) co_return tus_problem(request, 423, "the upload is being written");
    auto work = [id = row.id](db::Connection& connection) {
        const std::vector<db::Parameter> values{id};
        connection.query("delete from capture.upload where upload_id = $1", values);
        return true;
    };
    co_await services.database.run(call->editor(), query_for(request), std::move(work));
    auto remove = [&services, id = row.id] {
        services.uploads.store.remove(id);
        return true;
    };
    co_await on_disk<bool>(services, std::move(remove));
    Response response = Response::no_content();
    add_tus_headers(response);
    co_return response;
}

Answer own_uploads(const Services& services, CallPtr call) {
    auto work = [request = call->request](db::Connection& connection) {
        Json items = Json::array();
        const db::Result rows = connection.query(select_uploads("order by created_at desc limit 200"));
        for (int i = 0; i < rows.rows(); ++i) items.push_back(receipt_of(*request, read_row(rows, i)));
        return items;
    };
    Json items = co_await services.database.run(call->reader(), query_for(*call->request), std::move(work));
    Response response = json_response({{"items", std::move(items)}});
    response.set_header("Cache-Control", "no-store");
    co_return response;
}

}  // namespace api
