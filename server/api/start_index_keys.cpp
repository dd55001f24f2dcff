#include "server/api/start_index_keys.hpp"

#include <iterator>

namespace api {

namespace {

constexpr std::size_t max_questions = 2'000;  // clients at work at the same time, with room
constexpr std::size_t max_keys = 500;         // of one question: with both, 100 MB at the very worst, 1 MB in practice
constexpr auto lifetime = std::chrono::minutes(10);  // of a question nobody goes on with: the features move on

}  // namespace

void StartIndexKeys::remember(const std::string& question, std::int64_t index, std::string key) {
    const auto now = std::chrono::steady_clock::now();
    const std::lock_guard lock(mutex_);
    if (questions_.size() >= max_questions && !questions_.contains(question)) {
        std::erase_if(questions_, [&](const auto& entry) { return now - entry.second.used > lifetime; });
        if (questions_.size() >= max_questions) questions_.clear();
    }
    Question& entry = questions_[question];
    entry.used = now;
    entry.keys[index] = std::move(key);
    if (entry.keys.size() > max_keys) entry.keys.erase(entry.keys.begin());
}

std::optional<std::pair<std::int64_t, std::string>> StartIndexKeys::find(const std::string& question,
                                                                         std::int64_t index) {
    const auto now = std::chrono::steady_clock::now();
    const std::lock_guard lock(mutex_);
    const auto found = questions_.find(question);
    if (found == questions_.end()) return std::nullopt;
    if (now - found->second.used > lifetime) {
        questions_.erase(found);
        return std::nullopt;
    }
    found->second.used = now;
    const auto above = found->second.keys.upper_bound(index);
    if (above == found->second.keys.begin()) return std::nullopt;
    return *std::prev(above);
}

}  // namespace api
