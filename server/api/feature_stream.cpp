#include "server/api/feature_stream.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

#include "gis/error.hpp"
#include "server/api/bulk_shares.hpp"
#include "server/api/byte_channel.hpp"
#include "server/api/clock_text.hpp"
#include "server/api/feature_reader.hpp"
#include "server/api/filter_parameters.hpp"
#include "server/gate/gatekeeper.hpp"

namespace api {

namespace {

using namespace std::chrono_literals;

constexpr std::size_t piece_size = 64UL * 1024;
constexpr std::size_t first_piece_size = 16UL * 1024;  // soon there, and enough to see that the statement works
constexpr std::size_t pieces_waiting = 4;
constexpr auto patience = 30s;      // for a client to take one piece
constexpr auto longest_wait = 50s;  // for a piece: below the HTTP server's own limit

/// The reading side of an answer: asked for pieces by the connection's coroutine.
class AnswerStream {
  public:
    AnswerStream(const Services& services, const CallPtr& call, std::vector<const gis::Layer*> layers, Produce produce)
        : services_(services), call_(call), rights_(services, call, std::move(layers)), produce_(std::move(produce)) {}

    ~AnswerStream() {
        if (!query_ || ended_) return;
        channel_->abandon();
        query_->cancel();
    }
    AnswerStream(const AnswerStream&) = delete;
    AnswerStream& operator=(const AnswerStream&) = delete;

    boost::asio::awaitable<std::string> next() {
        if (!query_) start();
        co_await rights_.require();
        std::string piece = co_await channel_->pop(longest_wait);
        ended_ = piece.empty();
        co_return piece;
    }

  private:
    void start() {
        std::shared_ptr<const void> share = services_.bulk_shares.take(bulk_holder(*call_));
        query_ = std::make_shared<db::RunningQuery>();
        call_->request->cancel->on_cancel([channel = channel_, query = query_] {
            channel->abandon();
            query->cancel();
        });
        auto work = [channel = channel_, call = call_, produce = std::move(produce_),
                     share = std::move(share)](db::Connection& connection) mutable {
            const auto held = std::move(share);  // given back with the thread
            Outlet outlet(*channel);
            produce(connection, outlet);
            outlet.end();
        };
        auto finish = [channel = channel_](std::exception_ptr error) { channel->finish(std::move(error)); };
        services_.bulk.start(call_->reader(), query_, std::move(work), std::move(finish));
    }

    const Services& services_;
    CallPtr call_;
    SameRights rights_;
    Produce produce_;
    std::shared_ptr<ByteChannel> channel_ = std::make_shared<ByteChannel>(pieces_waiting, patience);
    std::shared_ptr<db::RunningQuery> query_;
    bool ended_ = false;
};

}  // namespace

SameRights::SameRights(const Services& services, CallPtr call, std::vector<const gis::Layer*> layers)
    : services_(services), call_(std::move(call)), layers_(std::move(layers)), latest_(call_->caller) {}

boost::asio::awaitable<void> SameRights::require() {
    gate::CallerPtr now = co_await services_.gatekeeper.look_again(latest_);
    const auto is_same = [&](const gis::Layer* layer) {
        return now->scope.of(*layer) == call_->caller->scope.of(*layer);
    };
    if (!now || (now != latest_ && !std::ranges::all_of(layers_, is_same)))
        throw gis::Unavailable("the caller's rights changed while the answer was made");
    latest_ = std::move(now);
}

Outlet::Outlet(ByteChannel& channel) : channel_(channel), piece_size_(first_piece_size) {}

void Outlet::pass_on() {
    if (buffer_.size() < piece_size_) return;
    piece_size_ = piece_size;
    end();
    buffer_.reserve(piece_size + piece_size / 4);
}

void Outlet::end() {
    if (!buffer_.empty()) buffer_ = channel_.push(std::exchange(buffer_, {}));
}

Response stream_answer(const Services& services, const CallPtr& call, std::string_view media_type,
                       std::vector<const gis::Layer*> layers, Produce produce) {
    auto stream = std::make_shared<AnswerStream>(services, call, std::move(layers), std::move(produce));
    return Response::stream(media_type, [stream] { return stream->next(); });
}

void each_feature(db::Connection& connection, const gis::FeatureQuery& query,
                  const std::function<void(const gis::Feature&)>& take) {
    const gis::SqlStatement statement = gis::page_sql(query);
    FeatureReader reader(query);
    int left = query.limit;
    try {
        connection.query_each(statement.sql(), statement.parameters(), [&](const db::Result& row) {
            if (query.limit > 0 && left-- == 0) return;  // the one more that a page asks for
            take(reader.read(row, 0));
        });
    } catch (const db::SqlError& error) {
        blame_filter(query, error);
    }
}

gis::CollectionFacts counted(const Services& services, db::Connection& connection, const Call& call,
                             const gis::FeatureQuery& query) {
    gis::CollectionFacts facts;
    facts.number_matched = services.counts.count(connection, query, call.caller->scope);
    facts.number_returned =
        query.limit == 0 ? *facts.number_matched : std::min<std::int64_t>(*facts.number_matched, query.limit);
    facts.time_stamp = time_stamp();
    return facts;
}

Response stream_features(const Services& services, const CallPtr& call, gis::FeatureQuery query,
                         std::shared_ptr<gis::FeatureWriter> writer, std::string_view media_type) {
    const gis::Layer* layer = query.layer;
    auto produce = [&services, call, query = std::move(query), writer](db::Connection& connection, Outlet& outlet) {
        gis::CollectionFacts facts;
        if (writer->wants_counts()) facts = counted(services, connection, *call, query);
        writer->begin(outlet.buffer(), facts);
        each_feature(connection, query, [&](const gis::Feature& feature) {
            writer->write(outlet.buffer(), feature);
            outlet.pass_on();
        });
        writer->end(outlet.buffer());
    };
    return stream_answer(services, call, media_type, {layer}, std::move(produce));
}

}  // namespace api
