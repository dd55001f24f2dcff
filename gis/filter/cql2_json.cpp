#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <type_traits>

#include "gis/error.hpp"
#include "gis/filter/cql2.hpp"
#include "gis/filter/cql2_names.hpp"
#include "gis/filter/property.hpp"
#include "gis/geometry/bounded_json.hpp"
#include "gis/geometry/geojson_reader.hpp"

namespace gis {

namespace {

using nlohmann::json;

class JsonParser {
  public:
    explicit JsonParser(const FilterReading& reading) : reading_(reading) {}

    Filter condition(const json& node) {
        const Level level(*this);
        if (node.is_boolean()) return {Always{node.get<bool>()}};
        const std::string op = operator_of(node, "a condition");
        const json& args = arguments(node);
        if (op == "and" || op == "or") return conjunction(op, args);
        if (op == "not") {
            require_count(args, 1);
            return {Not{share(at(0, [&] { return condition(args[0]); }))}};
        }
        if (op == "isNull") {
            require_count(args, 1);
            return {IsNull{argument(args, 0)}};
        }
        if (op == "like") {
            require_count(args, 2);
            return {Like{argument(args, 0), at(1, [&] { return pattern(args[1]); })}};
        }
        if (op == "between") {
            require_count(args, 3);
            return {Between{argument(args, 0), argument(args, 1), argument(args, 2)}};
        }
        if (op == "in") return in(args);
        return binary(op, args);
    }

  private:
    /// One node; its depth and the path to it while it lives.
    class Level {
      public:
        explicit Level(JsonParser& parser) : parser_(parser) {
            if (++parser_.depth_ > max_filter_depth)
                parser_.refuse(fmt::format("nested deeper than {}", max_filter_depth));
            if (++parser_.nodes_ > max_filter_nodes)
                parser_.refuse(fmt::format("more than {} conditions and values", max_filter_nodes));
        }
        Level(const Level&) = delete;
        Level& operator=(const Level&) = delete;
        ~Level() { --parser_.depth_; }

      private:
        JsonParser& parser_;
    };

    [[noreturn]] void refuse(const std::string& reason) const {
        std::string path;
        for (const std::size_t index : path_) path += fmt::format("{}args/{}", path.empty() ? "" : "/", index);
        throw InvalidRequest(reading_.parameter, (path.empty() ? "" : "at " + path + ": ") + reason);
    }

    template <typename Read>
    std::invoke_result_t<Read> at(std::size_t index, Read read) {
        path_.push_back(index);
        auto result = read();
        path_.pop_back();
        return result;
    }

    Expression argument(const json& args, std::size_t index) {
        return at(index, [&] { return value(args[index]); });
    }

    std::string operator_of(const json& node, std::string_view expected) const {
        const auto op = node.is_object() ? node.find("op") : node.end();
        if (!node.is_object() || op == node.end() || !op->is_string())
            refuse(fmt::format("{} expected: an object with 'op' and 'args'", expected));
        return op->get<std::string>();
    }

    const json& arguments(const json& node) const {
        const auto args = node.find("args");
        if (args == node.end() || !args->is_array()) refuse("'args' must be an array");
        return *args;
    }

    void require_count(const json& args, std::size_t count) const {
        if (args.size() != count) refuse(fmt::format("{} args expected, got {}", count, args.size()));
    }

    Filter conjunction(const std::string& op, const json& args) {
        if (args.size() < 2) refuse(fmt::format("'{}' wants two args or more, got {}", op, args.size()));
        std::vector<Filter> parts;
        for (std::size_t i = 0; i < args.size(); ++i) parts.push_back(at(i, [&] { return condition(args[i]); }));
        if (op == "and") return {And{std::move(parts)}};
        return {Or{std::move(parts)}};
    }

    Filter in(const json& args) {
        require_count(args, 2);
        In in{argument(args, 0), {}};
        if (!args[1].is_array() || args[1].empty())
            refuse("'in' wants an array of one value or more as its second arg");
        for (const json& item : args[1]) in.list.push_back(at(1, [&] { return value(item); }));
        return {std::move(in)};
    }

    Filter binary(const std::string& op, const json& args) {
        const auto comparison = comparison_operator(op);
        const auto spatial = spatial_operator(op);
        const auto temporal = temporal_operator(op);
        if (!comparison && !spatial && !temporal) refuse_operator(op);
        require_count(args, 2);
        if (comparison) {
            if (is_condition(args[0]) != is_condition(args[1])) return truth(*comparison, args);
            return {Comparison{*comparison, argument(args, 0), argument(args, 1)}};
        }
        Expression left = argument(args, 0);
        Expression right = argument(args, 1);
        if (spatial) return {Spatial{*spatial, std::move(left), std::move(right)}};
        return {Temporal{*temporal, std::move(left), std::move(right)}};
    }

    /// A condition compared with true or false.
    Filter truth(Comparison::Operator op, const json& args) {
        const std::size_t place = is_condition(args[0]) ? 0 : 1;
        const json& flag = args[1 - place];
        const bool equality = op == Comparison::Operator::Equal || op == Comparison::Operator::NotEqual;
        if (!flag.is_boolean() || !equality) refuse("a condition is only compared with true or false");
        Filter tested = at(place, [&] { return condition(args[place]); });
        const bool wanted = flag.get<bool>() == (op == Comparison::Operator::Equal);
        if (wanted) return tested;
        return {Not{share(std::move(tested))}};
    }

    static bool is_condition(const json& node) {
        const auto op = node.is_object() ? node.find("op") : node.end();
        if (!node.is_object() || op == node.end() || !op->is_string()) return false;
        const auto& name = op->get_ref<const std::string&>();
        return name != "casei" && name != "accenti" && !arithmetic_operator(name);
    }

    [[noreturn]] void refuse_operator(const std::string& op) const {
        if (is_array_function(op)) refuse(fmt::format("'{}' wants arrays, and no property is one", op));
        refuse(fmt::format("there is no operator or function '{}'", op.substr(0, 50)));
    }

    // Values.

    Expression value(const json& node) {
        const Level level(*this);
        if (node.is_boolean()) return {Literal(node.get<bool>())};
        if (node.is_string()) return {Literal(node.get<std::string>())};
        if (node.is_number()) return {number(node)};
        if (!node.is_object()) refuse("a value expected: a text, a number, true, false or an object");
        if (node.contains("op")) return operation(node);
        if (node.contains("property")) return property_of(*reading_.layer, text(node, "property"), reading_.parameter);
        if (node.contains("date")) return {Literal(DateLiteral{text(node, "date")})};
        if (node.contains("timestamp")) return {Literal(TimestampLiteral{text(node, "timestamp")})};
        if (node.contains("interval")) return interval(node["interval"]);
        if (node.contains("type")) return geometry(node);
        if (node.contains("bbox")) return {box(node["bbox"])};
        refuse(
            "an object with 'op', 'property', 'date', 'timestamp', 'interval', 'bbox' or a geometry's 'type' expected");
    }

    static Literal number(const json& node) {
        if (node.is_number_unsigned() && node.get<std::uint64_t>() > INT64_MAX) return {node.get<double>()};
        if (node.is_number_integer()) return {node.get<std::int64_t>()};
        return {node.get<double>()};
    }

    std::string text(const json& node, const char* member) const {
        if (!node[member].is_string()) refuse(fmt::format("'{}' must be a text", member));
        return node[member].get<std::string>();
    }

    Expression operation(const json& node) {
        const std::string op = operator_of(node, "a value");
        const json& args = arguments(node);
        if (op == "casei" || op == "accenti") {
            require_count(args, 1);
            return {Folded{op == "casei" ? Folded::Without::Case : Folded::Without::Accents, share(argument(args, 0))}};
        }
        const auto arithmetic = arithmetic_operator(op);
        if (!arithmetic) {
            if (is_known_condition(op)) refuse(fmt::format("a value expected, '{}' is a condition", op.substr(0, 50)));
            refuse_operator(op);
        }
        require_count(args, 2);
        Expression left = argument(args, 0);
        return {Arithmetic{*arithmetic, share(std::move(left)), share(argument(args, 1))}};
    }

    static bool is_known_condition(const std::string& op) {
        return comparison_operator(op) || spatial_operator(op) || temporal_operator(op) || op == "and" || op == "or" ||
               op == "not" || op == "isNull" || op == "like" || op == "between" || op == "in";
    }

    Expression pattern(const json& node) {
        const Level level(*this);
        if (node.is_string()) return {Literal(node.get<std::string>())};
        const std::string op = operator_of(node, "a pattern");
        if (op != "casei" && op != "accenti") refuse("a pattern expected: a text, or one in casei or accenti");
        const json& args = arguments(node);
        require_count(args, 1);
        return {Folded{op == "casei" ? Folded::Without::Case : Folded::Without::Accents,
                       share(at(0, [&] { return pattern(args[0]); }))}};
    }

    Expression interval(const json& ends) {
        if (!ends.is_array() || ends.size() != 2) refuse("'interval' must be an array of two");
        Interval interval;
        interval.begin = interval_end(ends[0]);
        interval.end = interval_end(ends[1]);
        return {std::move(interval)};
    }

    ExpressionPtr interval_end(const json& end) {
        if (!end.is_string()) return share(value(end));
        const auto said = end.get<std::string>();
        if (said == "..") return nullptr;
        if (said.find('T') != std::string::npos) return share(Expression{Literal(TimestampLiteral{said})});
        return share(Expression{Literal(DateLiteral{said})});
    }

    Expression geometry(const json& node) const {
        GeometryReading reading;
        reading.crs = reading_.crs;
        reading.field = reading_.parameter;
        return {geometry_from_geojson(node, reading)};
    }

    Envelope box(const json& list) const {
        if (!list.is_array()) refuse("'bbox' must be an array of numbers");
        std::vector<double> numbers;
        for (const json& number : list) {
            if (!number.is_number() || numbers.size() == 6) refuse("'bbox' must be an array of 4 or 6 numbers");
            numbers.push_back(number.get<double>());
        }
        return box_of(numbers, reading_.crs, reading_.parameter);
    }

    const FilterReading& reading_;
    std::vector<std::size_t> path_;
    int depth_ = 0;
    int nodes_ = 0;
};

}  // namespace

Filter parse_cql2_json(std::string_view text, const FilterReading& reading) {
    const json document = parse_bounded_json(text, reading.parameter);
    return JsonParser(reading).condition(document);
}

}  // namespace gis
