#include "server/api/raster_tiles.hpp"

#include <fmt/format.h>

#include <chrono>

#include "gis/error.hpp"
#include "server/api/wait_for.hpp"
#include "server/http/conditional.hpp"
#include "server/http/offload.hpp"

namespace api {

namespace {

using tiles::ReadyTilePtr;

constexpr std::size_t most_idle_files = 24;  // each holds some file descriptors
constexpr std::size_t most_views = 5'000;    // pictures somebody asked for, some 100 bytes each
constexpr int most_waiting = 200;            // tiles: what two threads draw in some seconds
constexpr auto longest_draw = std::chrono::seconds(20);

/// Ends the flight whatever becomes of the work, with nothing when it threw or was never done.
class Drawing {
  public:
    Drawing(tiles::TileCache& cache, tiles::TileCache::FlightPtr flight, std::atomic<int>& waiting)
        : cache_(cache), flight_(std::move(flight)), waiting_(waiting) {}
    Drawing(const Drawing&) = delete;
    Drawing& operator=(const Drawing&) = delete;
    ~Drawing() {
        --waiting_;
        cache_.finish(flight_, made);
    }

    ReadyTilePtr made;

  private:
    tiles::TileCache& cache_;
    tiles::TileCache::FlightPtr flight_;
    std::atomic<int>& waiting_;
};

struct Place {
    explicit Place(std::atomic<int>& count) : waiting(count) {}
    Place(const Place&) = delete;
    Place& operator=(const Place&) = delete;
    ~Place() { --waiting; }
    std::atomic<int>& waiting;
};

}  // namespace

RasterTiles::RasterTiles(Options options)
    : options_(std::move(options)),
      files_(most_idle_files),
      cache_(options_.cache_bytes),
      threads_(static_cast<std::size_t>(options_.threads)) {}

RasterTiles::~RasterTiles() {
    threads_.stop();
    threads_.join();
}

std::uint32_t RasterTiles::view_of(const RasterPicture& picture) {
    const auto& style = picture.style;
    std::string key = fmt::format("{} {} {} {}", picture.file, style.palette == nullptr ? "" : style.palette->name(),
                                  picture.size, static_cast<int>(picture.format));
    if (style.stretch) key += fmt::format(" {} {}", (*style.stretch)[0], (*style.stretch)[1]);
    const std::lock_guard lock(mutex_);
    // Tiles of views that are forgotten go as the least recently used do.
    if (views_.size() > most_views) views_.clear();
    std::uint32_t& view = views_[key];
    if (view == 0) view = ++last_view_;
    return view;
}

/// Of the work given to the threads.
void RasterTiles::take_place() {
    if (++waiting_ <= most_waiting) return;
    --waiting_;
    throw gis::Unavailable("too many raster tiles are being drawn: ask again in a moment");
}

boost::asio::awaitable<ReadyTilePtr> RasterTiles::tile(RasterPicture picture, tiles::TileCoord coord) {
    const auto found = cache_.find_or_make({view_of(picture), coord});
    if (found.tile) co_return found.tile;
    ReadyTilePtr tile;
    if (found.is_maker) {
        try {
            take_place();
        } catch (...) {
            cache_.finish(found.flight, nullptr);
            throw;
        }
        auto drawing = std::make_shared<Drawing>(cache_, found.flight, waiting_);
        std::function<ReadyTilePtr()> work = [this, drawing, picture, coord] {
            const raster::Image image = files_.borrow(path_of(picture.file))->draw(coord, picture.size, picture.style);
            std::string bytes = raster::encode(image, picture.format);
            std::string etag = http::etag_of(bytes);
            drawing->made = std::make_shared<const tiles::ReadyTile>(std::move(bytes), std::move(etag));
            return drawing->made;
        };
        drawing.reset();
        tile = co_await http::offload<ReadyTilePtr>(threads_, std::move(work));
    } else {
        auto heard = std::make_shared<ReadyTilePtr>();
        std::function<void(std::function<void()>)> begin = [flight = found.flight,
                                                            heard](const std::function<void()>& over) {
            tiles::TileCache::wait(flight, [heard, over](ReadyTilePtr made) {
                *heard = std::move(made);
                over();
            });
        };
        const bool told = co_await wait_for(std::move(begin), longest_draw);
        if (told) tile = *heard;
    }
    if (!tile) throw gis::Unavailable("the raster cannot be read");
    co_return tile;
}

boost::asio::awaitable<std::optional<double>> RasterTiles::value(std::string file, double longitude, double latitude) {
    take_place();
    auto place = std::make_shared<Place>(waiting_);
    std::function<std::optional<double>()> work = [this, place, path = path_of(file), longitude, latitude] {
        return files_.borrow(path)->value_at(longitude, latitude);
    };
    place.reset();
    const std::optional<double> found = co_await http::offload<std::optional<double>>(threads_, std::move(work));
    co_return found;
}

}  // namespace api
