#include <utility>  // before Asio: g++ 12 with Boost 1.74

#include "server/api/page_cache.hpp"

#include "server/api/digest.hpp"
#include "server/http/conditional.hpp"

namespace api {

namespace {

constexpr std::size_t largest_page = std::size_t{2} << 20U;  // 4,000 parcels; larger ones are exports in all but name
constexpr std::size_t beside_bytes = 1500;                   // headers with their links, key and places of an entry
constexpr auto page_lifetime = std::chrono::minutes(30);     // far below the time the change feed is kept

/// Every change of what such a layer shows to a scope is told by the change feed.
bool is_told_by_feed(const gis::Layer& layer) {
    return layer.tracked && !layer.sensitive && layer.source_schema == layer.schema_name &&
           layer.source_name == layer.table_name;
}

const http::SharedBytes& identity_of(const http::Response& answer) {
    return std::get<http::SharedBytes>(answer.body);
}

}  // namespace

PageCache::PageCache(db::ConnectionPool& owner, std::size_t max_bytes)
    : max_bytes_(max_bytes), rounds_(owner, {}, look) {}

std::optional<PageCache::Question> PageCache::ask(const Call& call, const gis::Layer& layer,
                                                  std::string_view words) const {
    if (max_bytes_ == 0 || !is_told_by_feed(layer)) return std::nullopt;
    const std::string seen = call.caller->scope.class_of(layer);
    std::string text = std::to_string(layer.id) + ' ' + std::to_string(call.known.edition) + ' ';
    text += std::to_string(seen.size()) + ' ' + seen;
    const auto revision = call.known.revisions.find(layer.id);
    return Question{digest_of(text.append(words)), layer.id,
                    revision == call.known.revisions.end() ? 0 : revision->second};
}

/// In a transaction that began after all of these were kept, so that it sees all that their snapshots saw.
std::vector<PageCache::Look> PageCache::look(db::Connection& connection, const std::vector<Since>& asked) {
    std::string layers;
    std::string snapshots;
    for (const Since& since : asked) {
        layers += (layers.empty() ? "" : ",") + std::to_string(since.layer_id);
        snapshots += (snapshots.empty() ? "\"" : ",\"") + since.snapshot + '"';
    }
    const std::vector<db::Parameter> parameters{'{' + layers + '}', '{' + snapshots + '}'};
    // One statement, and no function of the schema: such are planned anew at each call.
    const db::Result rows = connection.query(
        "select not exists (select from catalogue.change where layer_id = layer and xid >= pg_snapshot_xmin(snapshot) "
        "and not pg_visible_in_snapshot(xid, snapshot)), extract(epoch from now())::float8, r.n from access.revision "
        "r, "
        "unnest($1::int[], $2::pg_snapshot[]) with ordinality as asked(layer, snapshot, n) order by asked.n",
        parameters);
    std::vector<Look> looks;
    for (int row = 0; row < rows.rows(); ++row)
        looks.push_back({rows.boolean(row, 0), moment_at(rows.float64(row, 1), rows.int64(row, 2))});
    return looks;
}

boost::asio::awaitable<std::optional<http::Response>> PageCache::find(Question question, CallPtr call) {
    std::optional<Entry> entry = entry_of(question);
    if (!entry) co_return std::nullopt;
    Since since{question.layer_id, entry->snapshot};
    const Look look = co_await rounds_.ask(std::move(since));
    co_return answer_with(std::move(*entry), look, call->caller->scope);
}

std::optional<PageCache::Entry> PageCache::entry_of(const Question& question) {
    const std::lock_guard lock(mutex_);
    const auto place = places_.find(question.key);
    if (place != places_.end()) {
        const Entry& entry = *place->second;
        // Where a change was told already, nobody need be asked.
        const bool may_hold =
            std::chrono::steady_clock::now() - entry.read_at < page_lifetime && entry.revision >= question.revision;
        if (may_hold) return entry;
        erase(place->second);
    }
    ++counters_.misses;
    return std::nullopt;
}

std::optional<http::Response> PageCache::answer_with(Entry found, const Look& look, const gis::Scope& scope) {
    const std::lock_guard lock(mutex_);
    const auto place = places_.find(found.key);
    const bool is_there = place != places_.end() && identity_of(place->second->answer) == identity_of(found.answer);
    if (look.is_unchanged && look.moment.is_by(scope)) {
        ++counters_.hits;
        if (!is_there) return std::move(found.answer);
        entries_.splice(entries_.begin(), entries_, place->second);
        return copy_of(*place->second);
    }
    ++counters_.misses;
    if (is_there && !look.is_unchanged) erase(place->second);
    return std::nullopt;
}

http::Response PageCache::copy_of(const Entry& entry) {
    http::Response copy = entry.answer;
    if (!copy.gzip) {
        copy.take_gzip = [this, key = entry.key, identity = identity_of(copy)](http::SharedBytes gzip) {
            take_gzip(key, identity, std::move(gzip));
        };
    }
    return copy;
}

void PageCache::keep(const Question& question, const ReadMoment& moment, http::Response& answer) {
    auto* const text = std::get_if<std::string>(&answer.body);
    if (text == nullptr || text->size() > largest_page || text->size() + beside_bytes > max_bytes_) return;
    if (text->capacity() > text->size() + text->size() / 8) text->shrink_to_fit();
    if (answer.etag.empty()) answer.etag = http::etag_of(*text);
    answer.body = std::make_shared<const std::string>(std::move(*text));
    const std::size_t bytes = identity_of(answer)->capacity() + beside_bytes;
    const std::lock_guard lock(mutex_);
    if (const auto place = places_.find(question.key); place != places_.end()) erase(place->second);
    entries_.push_front(
        {question.key, answer, moment.snapshot, question.revision, std::chrono::steady_clock::now(), bytes});
    places_[question.key] = entries_.begin();
    counters_.bytes += bytes;
    answer = copy_of(entries_.front());
    make_room();
}

void PageCache::take_gzip(const std::string& key, const http::SharedBytes& identity, http::SharedBytes gzip) {
    const std::lock_guard lock(mutex_);
    const auto place = places_.find(key);
    if (place == places_.end()) return;
    Entry& entry = *place->second;
    if (identity_of(entry.answer) != identity || entry.answer.gzip) return;
    entry.bytes += gzip->capacity();
    counters_.bytes += gzip->capacity();
    entry.answer.gzip = std::move(gzip);
    make_room();
}

void PageCache::erase(Entries::iterator entry) {
    counters_.bytes -= entry->bytes;
    places_.erase(entry->key);
    entries_.erase(entry);
}

void PageCache::make_room() {
    while (counters_.bytes > max_bytes_) {
        ++counters_.evicted;
        erase(std::prev(entries_.end()));
    }
}

void PageCache::clear() {
    const std::lock_guard lock(mutex_);
    counters_.bytes = 0;
    places_.clear();
    entries_.clear();
}

PageCache::Counters PageCache::counters() const {
    const std::lock_guard lock(mutex_);
    Counters counters = counters_;
    counters.pages = entries_.size();
    return counters;
}

}  // namespace api
