#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "tiles/store/packed_layer.hpp"

namespace live {

/// Takes the pieces of a COPY in binary format apart (PostgreSQL manual, "COPY", binary format): a row in each piece,
/// the file's header before the first.
class CopyRows {
  public:
    /// The row in the piece; null for the header alone and for the end. Views into the piece.
    /// Throws std::invalid_argument for bytes of another format.
    const std::vector<tiles::Cell>* read(std::string_view piece);

  private:
    bool header_seen_ = false;
    std::vector<tiles::Cell> cells_;
};

}  // namespace live
