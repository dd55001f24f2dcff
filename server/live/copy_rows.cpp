#include "server/live/copy_rows.hpp"

#include <stdexcept>

namespace live {

namespace {

constexpr std::string_view signature("PGCOPY\n\377\r\n\0", 11);

std::uint32_t number(std::string_view& bytes, std::size_t size) {
    if (bytes.size() < size) throw std::invalid_argument("a COPY row that ends too soon");
    std::uint32_t value = 0;
    for (std::size_t i = 0; i < size; ++i) value = value << 8U | static_cast<unsigned char>(bytes[i]);
    bytes.remove_prefix(size);
    return value;
}

}  // namespace

const std::vector<tiles::Cell>* CopyRows::read(std::string_view piece) {
    if (!header_seen_) {
        if (!piece.starts_with(signature)) throw std::invalid_argument("no COPY in binary format");
        piece.remove_prefix(signature.size());
        number(piece, 4);  // flags: none concern rows without OIDs
        const std::uint32_t extension = number(piece, 4);
        piece.remove_prefix(std::min<std::size_t>(extension, piece.size()));
        header_seen_ = true;
    }
    if (piece.empty()) return nullptr;
    const std::uint32_t columns = number(piece, 2);
    if (columns == 0xFFFF) return nullptr;
    cells_.clear();
    for (std::uint32_t i = 0; i < columns; ++i) {
        const std::uint32_t size = number(piece, 4);
        if (size == UINT32_MAX) {
            cells_.emplace_back(std::nullopt);
            continue;
        }
        if (piece.size() < size) throw std::invalid_argument("a COPY row that ends too soon");
        cells_.emplace_back(piece.substr(0, size));
        piece.remove_prefix(size);
    }
    return &cells_;
}

}  // namespace live
