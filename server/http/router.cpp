#include "http/router.hpp"

#include <algorithm>
#include <map>
#include <stdexcept>

namespace http {
namespace {

/// One segment of a pattern. A literal has no name; its text is the prefix.
struct Segment {
    std::string prefix;
    std::string name;
    std::string suffix;
    bool greedy = false;
};

[[noreturn]] void refuse(std::string_view pattern, const char* reason) {
    throw std::invalid_argument("route " + std::string(pattern) + ": " + reason);
}

Segment parse_segment(std::string_view text, std::string_view pattern) {
    const std::size_t open = text.find('{');
    const std::size_t close = text.find('}');
    if (open == std::string_view::npos && close == std::string_view::npos) return {std::string(text), "", "", false};
    if (open == std::string_view::npos || close == std::string_view::npos || close < open) {
        refuse(pattern, "unbalanced brace");
    }
    if (text.find_first_of("{}", close + 1) != std::string_view::npos) refuse(pattern, "one parameter per segment");
    Segment segment{std::string(text.substr(0, open)), std::string(text.substr(open + 1, close - open - 1)),
                    std::string(text.substr(close + 1)), false};
    if (!segment.name.empty() && segment.name.back() == '*') {
        segment.name.pop_back();
        segment.greedy = true;
    }
    if (segment.name.empty()) refuse(pattern, "parameter without a name");
    if (segment.greedy && text.size() != close - open + 1) refuse(pattern, "text beside a greedy parameter");
    return segment;
}

std::vector<Segment> parse_pattern(std::string_view pattern) {
    if (pattern.empty() || pattern.front() != '/') refuse(pattern, "must start with '/'");
    std::vector<Segment> segments;
    for (std::string_view rest = pattern.substr(1); !rest.empty();) {
        if (!segments.empty() && segments.back().greedy) refuse(pattern, "a greedy parameter must be last");
        const std::size_t slash = std::min(rest.find('/'), rest.size());
        if (slash == 0) refuse(pattern, "empty segment");
        segments.push_back(parse_segment(rest.substr(0, slash), pattern));
        rest.remove_prefix(std::min(slash + 1, rest.size()));
    }
    return segments;
}

std::string joined(const std::vector<std::string>& segments, std::size_t from) {
    std::string text;
    for (std::size_t i = from; i < segments.size(); ++i) text += (i == from ? "" : "/") + segments[i];
    return text;
}

}  // namespace

/// A node of the tree of segments. Children are tried from the most literal to the most general.
struct Router::Node {
    struct Pattern {
        std::string prefix, suffix;
        std::unique_ptr<Node> node;

        bool fits(const std::string& text) const {
            return text.size() > prefix.size() + suffix.size() && text.starts_with(prefix) && text.ends_with(suffix);
        }
        std::string captured(const std::string& text) const {
            return text.substr(prefix.size(), text.size() - prefix.size() - suffix.size());
        }
    };

    std::map<std::string, std::unique_ptr<Node>, std::less<>> literals;
    std::vector<Pattern> patterns;  ///< most literal text first, so a bare parameter is last
    std::unique_ptr<Node> greedy;
    std::vector<std::unique_ptr<Route>> routes;  ///< what ends here, one per method

    Node& child(const Segment& segment);
    Node& pattern_child(const Segment& segment);
    const Route* route_for(Method method) const;
};

Router::Node& Router::Node::child(const Segment& segment) {
    if (!segment.name.empty() && !segment.greedy) return pattern_child(segment);
    std::unique_ptr<Node>& slot = segment.greedy ? greedy : literals[segment.prefix];
    if (!slot) slot = std::make_unique<Node>();
    return *slot;
}

Router::Node& Router::Node::pattern_child(const Segment& segment) {
    const std::size_t length = segment.prefix.size() + segment.suffix.size();
    auto place = patterns.begin();
    for (; place != patterns.end() && place->prefix.size() + place->suffix.size() >= length; ++place) {
        if (place->prefix == segment.prefix && place->suffix == segment.suffix) return *place->node;
    }
    return *patterns.insert(place, Pattern{segment.prefix, segment.suffix, std::make_unique<Node>()})->node;
}

const Route* Router::Node::route_for(Method method) const {
    const auto find = [&](Method wanted) -> const Route* {
        const auto found =
            std::find_if(routes.begin(), routes.end(), [&](const auto& r) { return r->method == wanted; });
        return found == routes.end() ? nullptr : found->get();
    };
    const Route* route = find(method);
    return route == nullptr && method == Method::Head ? find(Method::Get) : route;
}

namespace {

/// Walks the tree with backtracking; what fits without the method is remembered for Allow.
template <typename Node>
class Search {
  public:
    Search(Method method, const std::vector<std::string>& segments) : method_(method), segments_(segments) {}

    const Route* visit(const Node& node, std::size_t depth) {
        if (depth == segments_.size()) {
            if (const Route* route = accept(node)) return route;
        } else if (const Route* route = visit_children(node, depth)) {
            return route;
        }
        if (!node.greedy) return nullptr;
        captured_.push_back(joined(segments_, depth));
        if (const Route* route = accept(*node.greedy)) return route;
        captured_.pop_back();
        return nullptr;
    }

    std::vector<std::string> take_captured() { return std::move(captured_); }
    std::vector<Method> allowed() const;

  private:
    const Route* visit_children(const Node& node, std::size_t depth) {
        const std::string& segment = segments_[depth];
        if (const auto literal = node.literals.find(segment); literal != node.literals.end()) {
            if (const Route* route = visit(*literal->second, depth + 1)) return route;
        }
        for (const auto& pattern : node.patterns) {
            if (!pattern.fits(segment)) continue;
            captured_.push_back(pattern.captured(segment));
            if (const Route* route = visit(*pattern.node, depth + 1)) return route;
            captured_.pop_back();
        }
        return nullptr;
    }

    const Route* accept(const Node& node) {
        for (const auto& route : node.routes) found_.push_back(route->method);
        return node.route_for(method_);
    }

    Method method_;
    const std::vector<std::string>& segments_;
    std::vector<std::string> captured_;
    std::vector<Method> found_;
};

template <typename Node>
std::vector<Method> Search<Node>::allowed() const {
    if (found_.empty()) return {};
    std::vector<Method> methods = found_;
    methods.push_back(Method::Options);
    if (std::find(methods.begin(), methods.end(), Method::Get) != methods.end()) methods.push_back(Method::Head);
    std::sort(methods.begin(), methods.end());
    methods.erase(std::unique(methods.begin(), methods.end()), methods.end());
    return methods;
}

}  // namespace

Router::Router() : root_(std::make_unique<Node>()) {}
Router::Router(Router&&) noexcept = default;
Router& Router::operator=(Router&&) noexcept = default;
Router::~Router() = default;

void Router::add(Method method, std::string_view pattern, Handler handler, RouteOptions options) {
    auto route = std::make_unique<Route>(Route{method, std::string(pattern), std::move(handler), options, {}});
    Node* node = root_.get();
    for (const Segment& segment : parse_pattern(pattern)) {
        node = &node->child(segment);
        if (!segment.name.empty()) route->names.push_back(segment.name);
    }
    const auto same_method = [&](const auto& known) { return known->method == method; };
    if (std::any_of(node->routes.begin(), node->routes.end(), same_method)) refuse(pattern, "declared twice");
    node->routes.push_back(std::move(route));
}

RouteMatch Router::match(Method method, const std::vector<std::string>& segments) const {
    Search<Node> search(method, segments);
    RouteMatch match;
    match.route = search.visit(*root_, 0);
    if (match.route == nullptr || method == Method::Options) match.allowed = search.allowed();
    if (match.route == nullptr) return match;
    std::vector<std::string> captured = search.take_captured();
    for (std::size_t i = 0; i < captured.size(); ++i) {
        match.params.emplace_back(match.route->names[i], std::move(captured[i]));
    }
    return match;
}

std::string method_list(const std::vector<Method>& methods) {
    std::string text;
    for (const Method method : methods) {
        if (!text.empty()) text += ", ";
        text += method_name(method);
    }
    return text;
}

}  // namespace http
