// The pictures of features: a thumbnail, the photo without its private metadata, the original for who may deposit
// there.

#include <fmt/format.h>

#include "gis/error.hpp"
#include "gis/read/jpeg_segments.hpp"
#include "server/api/documents.hpp"
#include "server/api/feature_stream.hpp"
#include "server/api/handlers.hpp"
#include "server/api/item_answer.hpp"
#include "server/api/parameters.hpp"
#include "server/api/upload_files.hpp"
#include "server/http/offload.hpp"
#include "server/jobs/pictures.hpp"

namespace api {

namespace {

using gis::read::jpeg_type;

enum class Right { Read, Upload };

struct StoredPicture {
    std::string sha256;
    std::uint64_t size = 0;
    int orientation = 1;
    std::vector<http::FilePart> spans;
    std::string thumbnail;  ///< empty: the original is no image
    std::string media_type;
};

std::vector<http::FilePart> read_spans(const std::string& json) {
    const auto numbers = Json::parse(json).get<std::vector<std::uint64_t>>();
    std::vector<http::FilePart> spans;
    for (std::size_t i = 0; i + 1 < numbers.size(); i += 2) spans.push_back({numbers[i], numbers[i + 1]});
    return spans;
}

/// Throws gis::NotFound, the same for a feature that is not there, one that is not the caller's to see, and one without
/// a picture.
boost::asio::awaitable<StoredPicture> require_picture(const Services& services, CallPtr call, const gis::Layer* layer,
                                                      Right right) {
    const std::string id = call->request->param("id");
    require_known(*call->request, {});
    auto work = [id, layer, right](db::Connection& connection) -> std::optional<StoredPicture> {
        const std::vector<db::Parameter> values{std::to_string(layer->id), id,
                                                right == Right::Read ? "read" : "upload"};
        const db::Result rows = connection.query(
            "select sha256, size, orientation, array_to_json(spans)::text, coalesce(thumbnail, ''), media_type from "
            "capture.picture_of($1::int, "
            "$2, $3)",
            values);
        if (rows.rows() == 0) return std::nullopt;
        return StoredPicture{rows.text(0, 0),
                             static_cast<std::uint64_t>(rows.int64(0, 1)),
                             static_cast<int>(rows.int64(0, 2)),
                             read_spans(rows.text(0, 3)),
                             rows.text(0, 4),
                             rows.text(0, 5)};
    };
    std::optional<StoredPicture> found;
    if (!layer->picture_column.empty())
        found = co_await services.database.run(call->reader(), query_for(*call->request), std::move(work));
    if (!found || (right == Right::Read && found->thumbnail.empty())) throw no_feature(*layer, id);
    co_return std::move(*found);
}

std::filesystem::path original_of(const Services& services, const StoredPicture& picture) {
    return jobs::original_path(services.uploads.store.folder(), picture.sha256, picture.media_type);
}

/// What is sent while rights may end: they are looked at again before each piece.
void keep_rights(Response& response, const Services& services, const CallPtr& call, const gis::Layer* layer) {
    const auto rights = std::make_shared<SameRights>(services, call, std::vector{layer});
    std::get<http::FileBody>(response.body).before_piece = [rights] { return rights->require(); };
}

}  // namespace

Answer item_thumbnail(const Services& services, CallPtr call) {
    const gis::Layer* layer = &require_layer(*call->known.catalog, call->request->param("layer"));
    StoredPicture picture = co_await require_picture(services, call, layer, Right::Read);
    co_return Response::bytes(std::string(jpeg_type), std::move(picture.thumbnail));
}

Answer item_photo(const Services& services, CallPtr call) {
    const gis::Layer* layer = &require_layer(*call->known.catalog, call->request->param("layer"));
    StoredPicture picture = co_await require_picture(services, call, layer, Right::Read);
    Response response = Response::file_parts(std::string(jpeg_type), original_of(services, picture),
                                             gis::read::published_head(picture.orientation), std::move(picture.spans));
    response.etag = picture.sha256 + "-photo";
    keep_rights(response, services, call, layer);
    co_return response;
}

Answer item_original(const Services& services, CallPtr call) {
    const gis::Layer* layer = &require_layer(*call->known.catalog, call->request->param("layer"));
    const StoredPicture picture = co_await require_picture(services, call, layer, Right::Upload);
    Response response = Response::file(picture.media_type, original_of(services, picture), picture.size);
    response.etag = picture.sha256;
    response.set_header("Content-Disposition",
                        fmt::format("attachment; filename=\"{}{}\"", picture.sha256.substr(0, 32),
                                    gis::read::extension_of(picture.media_type)));
    keep_rights(response, services, call, layer);
    co_return response;
}

}  // namespace api
