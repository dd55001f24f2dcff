#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace tiles {

/// Attribute values as bytes of the tile's Value message (MVT 2.1, 4.4), each once, told by number.
class ValueTable {
  public:
    static constexpr std::uint32_t none = UINT32_MAX;

    /// The number of an equal value, or of a new one.
    std::uint32_t add(std::string_view value);
    /// A new value, known to be like no other.
    std::uint32_t append(std::string_view value);
    std::string_view at(std::uint32_t number) const {
        return std::string_view(bytes_).substr(ends_[number], ends_[number + 1] - ends_[number]);
    }
    std::size_t size() const { return ends_.size() - 1; }
    /// No more values will be added. They are laid out as `numbers` tell them, which are changed to tell them still:
    /// what is told together lies together. Lets go of values that none of them tells.
    void finish(std::span<std::uint32_t> numbers);
    std::size_t memory() const;

  private:
    void grow();

    std::string bytes_;
    std::vector<std::uint64_t> ends_{0};
    std::vector<std::uint32_t> slots_;  // open addressing
    std::size_t used_ = 0;
};

/// Append one Value message to `out`.
void append_text_value(std::string& out, std::string_view text);
void append_integer_value(std::string& out, std::int64_t number);
void append_number_value(std::string& out, double number);
void append_boolean_value(std::string& out, bool value);

}  // namespace tiles
