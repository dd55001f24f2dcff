#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "gis/layer/layer.hpp"
#include "tiles/store/packed_layer.hpp"

namespace live {

/// A layer as it was at one moment.
struct LoadedLayer {
    int layer_id = 0;
    std::string snapshot;                    ///< the moment, as PostgreSQL writes it
    std::vector<tiles::PackedLayer> packed;  ///< one for each of its rules' `held`; none: it could not be read
    bool too_large = false;                  ///< for the memory there is
    std::chrono::steady_clock::time_point begin;
    std::chrono::steady_clock::time_point end;

    double seconds() const { return std::chrono::duration<double>(end - begin).count(); }
};

/// Reads whole layers, one after the other, on a thread of its own. What was read waits until it is taken, and the next
/// layer with it: two are never held here. One object may be used by several threads.
class LayerLoader {
  public:
    struct Options {
        std::string dsn;
        std::size_t max_bytes = 0;  ///< of all layers in memory
        /// The functions are called by the loader's thread. Bytes of the layers in memory, but for this one:
        std::function<std::size_t(int layer_id)> held_beside;
        std::function<void()> loaded;  ///< there is something to take
        std::function<void(const std::string&)> log;
    };

    explicit LayerLoader(Options options);
    ~LayerLoader();
    LayerLoader(const LayerLoader&) = delete;
    LayerLoader& operator=(const LayerLoader&) = delete;

    /// Reads the layer, as it is later than now. What was asked of this layer before comes to nothing.
    void request(const gis::Layer& layer);
    void cancel(int layer_id);
    /// Gives what was read before `moment`, if anything was: who follows changes since a later one misses none.
    std::optional<LoadedLayer> take(std::chrono::steady_clock::time_point moment);

    /// Requested, and neither taken nor cancelled.
    bool is_loading(int layer_id) const;
    std::size_t loading() const;

    /// Ends the thread. What it was reading is lost.
    void stop();

  private:
    struct Request {
        gis::Layer layer;
        std::uint64_t number = 0;
    };
    void run();
    std::optional<Request> next();
    LoadedLayer read(const Request& request) const;
    LoadedLayer load(const Request& request) const;
    void forget(int layer_id);
    bool is_wanted(const Request& request) const;  // the mutex being held
    bool offer(const Request& request, LoadedLayer loaded);

    Options options_;
    mutable std::mutex mutex_;  // of what follows
    std::condition_variable changed_;
    std::deque<Request> requests_;  // one of a layer at most
    std::map<int, std::uint64_t> wanted_;
    std::optional<LoadedLayer> result_;
    std::uint64_t last_number_ = 0;
    bool stopping_ = false;

    std::thread thread_;
};

}  // namespace live
