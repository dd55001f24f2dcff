#pragma once

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

#include "gis/read/text.hpp"

namespace gis::read {

/// A text file line by line, whatever ends its lines; what it gives is UTF-8. Lines have a bound.
class TextFile {
  public:
    /// `name`: for refusals. Throws InvalidRequest for UTF-16 and for bytes that are no text.
    TextFile(const std::filesystem::path& path, std::string name, const std::optional<std::string>& stated_encoding);

    /// False at the end. Throws InvalidRequest for a line beyond 64 kB.
    bool next(std::string& line);
    std::int64_t line_number() const { return line_number_; }
    std::int64_t bytes_done() const { return bytes_done_; }
    /// "UTF-8", "Windows-1252 (supposé)".
    const std::string& encoding_shown() const { return shown_; }

  private:
    std::ifstream in_;
    std::string name_;
    Encoding encoding_ = Encoding::Utf8;
    std::string shown_;
    std::int64_t line_number_ = 0;
    std::int64_t bytes_done_ = 0;
};

}  // namespace gis::read
