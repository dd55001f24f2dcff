#pragma once

#include <string>
#include <string_view>

#include "gis/layer/row.hpp"

namespace gis::read {

/// The text given so far ends inside a value: read more of the file and start that value again.
struct JsonIncomplete {};

/// The text breaks the grammar of JSON, a bound, or is not UTF-8. `what` is French.
struct JsonError {
    std::string what;
};

/// A pull parser over bytes in memory that end with a NUL. Every function skips leading blanks.
class JsonCursor {
  public:
    /// GeoJSON needs about ten levels.
    static constexpr int max_depth = 64;

    /// `end` points at the NUL; `last` tells that the file ends there, so that a cut value is an error.
    JsonCursor(const char* begin, const char* end, bool last) : at_(begin), end_(end), last_(last) {}

    const char* position() const { return at_; }
    void move_to(const char* position) { at_ = position; }

    char peek();
    void expect(char c);
    bool accept(char c);
    /// After a member or an element: true when another follows, false at `close`.
    bool another(char close);
    bool at_end();

    /// A key or string value; `out` is replaced.
    void string(std::string& out);
    /// Out of range becomes infinite, as strtod does.
    double number();
    /// The next scalar as a table value; arrays and objects as their JSON text.
    Value value(int depth);
    void skip(int depth);

  private:
    [[noreturn]] void fail(const char* why) const;
    [[noreturn]] void stop_at_end() const;
    void escape(std::string& out);
    unsigned hex4();
    void literal(std::string_view word);
    Value number_value();

    const char* at_;
    const char* end_;
    bool last_;
};

}  // namespace gis::read
