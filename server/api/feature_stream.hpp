#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "gis/write/feature_writer.hpp"
#include "server/api/handlers.hpp"

namespace api {

class ByteChannel;

/// Where an answer that is made piece by piece is written, on a bulk database thread.
class Outlet {
  public:
    explicit Outlet(ByteChannel& channel);
    /// Append here.
    std::string& buffer() { return buffer_; }
    /// To be called after each feature: sends the buffer on its way once it has the size of a piece, and waits while
    /// the client is slow. Throws when he left.
    void pass_on();
    /// Sends what is left.
    void end();

  private:
    ByteChannel& channel_;
    std::string buffer_;
    std::size_t piece_size_;
};

/// The caller of an answer that takes long, looked at again before each piece of it. Used by one coroutine.
class SameRights {
  public:
    SameRights(const Services& services, CallPtr call, std::vector<const gis::Layer*> layers);

    /// Throws gis::Unavailable when his rights on one of the layers are no longer what they were.
    boost::asio::awaitable<void> require();

  private:
    const Services& services_;
    CallPtr call_;
    std::vector<const gis::Layer*> layers_;
    gate::CallerPtr latest_;  ///< as he was found last: what changed since the request is asked once
};

/// Makes an answer. Runs on a bulk thread, inside one read-only transaction at one snapshot, under the caller's rights.
using Produce = std::function<void(db::Connection&, Outlet&)>;

/// An answer that `produce` makes while it is sent: the first byte leaves before the last row was read, memory stays
/// flat, a client that leaves stops the statement, one that takes no piece for half a minute loses it. What fails
/// before the first piece is answered as an error; later the connection breaks off. When the rights of the caller on
/// one of `layers` change meanwhile, the answer ends broken as well. More streams than bulk threads: 503 with
/// Retry-After; more of one caller than his share: 429.
Response stream_answer(const Services& services, const CallPtr& call, std::string_view media_type,
                       std::vector<const gis::Layer*> layers, Produce produce);

/// Gives the features of `query` (its page, or all when its limit is 0) to `take`, one after the other as they arrive.
void each_feature(db::Connection& connection, const gis::FeatureQuery& query,
                  const std::function<void(const gis::Feature&)>& take);

/// How many features match and are given, counted in the transaction at hand.
gis::CollectionFacts counted(const Services& services, db::Connection& connection, const Call& call,
                             const gis::FeatureQuery& query);

/// The features of `query` as `writer` writes them; with counts when it wants them.
Response stream_features(const Services& services, const CallPtr& call, gis::FeatureQuery query,
                         std::shared_ptr<gis::FeatureWriter> writer, std::string_view media_type);

}  // namespace api
