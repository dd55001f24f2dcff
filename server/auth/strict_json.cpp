#include "auth/strict_json.hpp"

#include <set>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace auth {

namespace {

constexpr int max_depth = 16;

/// What nlohmann's parser tells while it reads.
class NameCheck {
  public:
    void see(int depth, nlohmann::json::parse_event_t event, const nlohmann::json& value) {
        using Event = nlohmann::json::parse_event_t;
        if (depth > max_depth) throw std::invalid_argument("nested too deep");
        if (event == Event::object_start) open_.emplace_back();
        if (event == Event::object_end) open_.pop_back();
        if (event != Event::key) return;
        const auto& name = value.get_ref<const std::string&>();
        if (!open_.back().insert(name).second) throw std::invalid_argument("a name comes twice");
    }

  private:
    std::vector<std::set<std::string>> open_;
};

}  // namespace

nlohmann::json parse_strict_object(std::string_view text) {
    NameCheck names;
    const auto see = [&](int depth, nlohmann::json::parse_event_t event, const nlohmann::json& value) {
        names.see(depth, event, value);
        return true;
    };
    nlohmann::json document;
    try {
        document = nlohmann::json::parse(text, see);
    } catch (const nlohmann::json::exception&) {
        throw std::invalid_argument("not JSON");
    }
    if (!document.is_object()) throw std::invalid_argument("a JSON object expected");
    return document;
}

}  // namespace auth
