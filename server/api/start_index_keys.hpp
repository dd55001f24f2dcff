#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>

namespace api {

/// Where pages begin that are asked for by number (WFS's STARTINDEX). A client that reads one page after the other gets
/// each by the key of the last feature it was given, so that deep pages cost what the first does and nothing is lost or
/// told twice when features are added meanwhile.
class StartIndexKeys {
  public:
    /// After `key` (gis::to_text), `index` features of the question were given.
    void remember(const std::string& question, std::int64_t index, std::string key);

    /// The key remembered for the greatest index that is not above `index`, with that index.
    std::optional<std::pair<std::int64_t, std::string>> find(const std::string& question, std::int64_t index);

  private:
    struct Question {
        std::map<std::int64_t, std::string> keys;
        std::chrono::steady_clock::time_point used;
    };
    std::mutex mutex_;
    std::unordered_map<std::string, Question> questions_;
};

}  // namespace api
