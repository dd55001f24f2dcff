#include "gis/read/tiff_check.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <map>
#include <optional>
#include <set>
#include <string_view>
#include <vector>

#include "gis/error.hpp"

namespace gis::read {

namespace {

constexpr std::uint64_t longest_side = 200'000;
constexpr std::uint64_t most_raster_pixels = 20'000'000'000;
constexpr std::uint64_t most_bands = 8;
constexpr std::uint64_t largest_block = std::uint64_t{256} << 20U;  // bytes, decoded
constexpr std::uint64_t most_blocks = 4'000'000;
constexpr std::uint64_t most_entries = 500;
constexpr std::size_t most_directories = 64;

// TIFF 6.0, section 8 and on.
enum Tag : std::uint16_t {
    ImageWidth = 256,
    ImageLength = 257,
    BitsPerSample = 258,
    Compression = 259,
    StripOffsets = 273,
    SamplesPerPixel = 277,
    RowsPerStrip = 278,
    StripByteCounts = 279,
    PlanarConfiguration = 284,
    TileWidth = 322,
    TileLength = 323,
    TileOffsets = 324,
    TileByteCounts = 325
};

struct Entry {
    std::uint16_t type = 0;
    std::uint64_t count = 0;
    std::uint64_t at = 0;  // of the values in the file
};

class TiffReader {
  public:
    TiffReader(const std::filesystem::path& path, std::string shown_name)
        : in_(path, std::ios::binary), name_(std::move(shown_name)), size_(std::filesystem::file_size(path)) {}

    TiffLayout check() {
        std::uint64_t next = read_head();
        std::set<std::uint64_t> met;
        std::optional<TiffLayout> first;
        while (next != 0) {
            if (!met.insert(next).second) refuse("ses répertoires tournent en rond");
            if (met.size() > most_directories) refuse("il contient trop d'images");
            next = read_directory(next);
            const TiffLayout layout = check_image();
            if (!first) first = layout;
        }
        if (!first) refuse("il ne contient aucune image");
        return *first;
    }

  private:
    [[noreturn]] void refuse(const std::string& reason) const {
        throw InvalidRequest(name_, fmt::format("fichier TIFF refusé : {}", reason));
    }

    std::uint64_t number(std::uint64_t at, std::size_t bytes) {
        std::array<unsigned char, 8> raw{};
        if (at > size_ || bytes > size_ - at) refuse("il est tronqué ; envoyez-le de nouveau");
        in_.clear();
        in_.seekg(static_cast<std::streamoff>(at));
        in_.read(reinterpret_cast<char*>(raw.data()), static_cast<std::streamsize>(bytes));
        if (!in_) refuse("il est tronqué ; envoyez-le de nouveau");
        std::uint64_t value = 0;
        for (std::size_t i = 0; i < bytes; ++i) value = value << 8U | raw[big_endian_ ? i : bytes - 1 - i];
        return value;
    }

    /// Gives where the first directory is.
    std::uint64_t read_head() {
        big_endian_ = number(0, 1) == 'M';
        const std::uint64_t magic = number(2, 2);
        big_ = magic == 43;
        if (magic != 42 && magic != 43) refuse("son en-tête est abîmé");
        return big_ ? number(8, 8) : number(4, 4);
    }

    static std::size_t size_of_type(std::uint16_t type) {
        switch (type) {
            case 3:
                return 2;
            case 4:
                return 4;
            case 16:
                return 8;
            default:
                return 1;
        }
    }

    /// Gives where the next one is; 0: nowhere.
    std::uint64_t read_directory(std::uint64_t at) {
        entries_.clear();
        const std::uint64_t count = number(at, big_ ? 8 : 2);
        if (count == 0 || count > most_entries) refuse("un répertoire est abîmé");
        std::uint64_t place = at + (big_ ? 8 : 2);
        for (std::uint64_t i = 0; i < count; ++i, place += big_ ? 20 : 12) {
            Entry entry;
            const auto tag = static_cast<std::uint16_t>(number(place, 2));
            entry.type = static_cast<std::uint16_t>(number(place + 2, 2));
            entry.count = number(place + 4, big_ ? 8 : 4);
            entry.at = place + (big_ ? 12 : 8);
            const std::uint64_t inside = big_ ? 8 : 4;
            // A count beyond the file is seen when its values are asked for.
            if (entry.count > inside / size_of_type(entry.type)) entry.at = number(entry.at, inside);
            entries_.emplace(tag, entry);
        }
        return number(place, big_ ? 8 : 4);
    }

    std::uint64_t value(Tag tag, std::uint64_t otherwise, std::uint64_t index = 0) {
        const auto found = entries_.find(tag);
        if (found == entries_.end() || index >= found->second.count) return otherwise;
        const std::size_t bytes = size_of_type(found->second.type);
        if (bytes == 1) refuse("un répertoire est abîmé");
        return number(found->second.at + index * bytes, bytes);
    }

    TiffLayout check_image() {
        TiffLayout layout;
        layout.width = value(ImageWidth, 0);
        layout.height = value(ImageLength, 0);
        layout.samples = value(SamplesPerPixel, 1);
        layout.bits = value(BitsPerSample, 1);
        layout.compression = value(Compression, 1);
        layout.tiled = entries_.contains(TileWidth);
        if (layout.width == 0 || layout.height == 0) refuse("une image sans pixels");
        if (layout.width > longest_side || layout.height > longest_side ||
            layout.width * layout.height > most_raster_pixels)
            refuse(
                fmt::format("{} x {} pixels, c'est plus que ce qui est lu ({} de côté, {} milliards en tout) ; "
                            "découpez-le",
                            layout.width, layout.height, longest_side, most_raster_pixels / 1'000'000'000));
        if (layout.samples == 0 || layout.samples > most_bands || layout.bits > 64)
            refuse(fmt::format("{} bandes de {} bits ; 1 à {} bandes de 64 bits au plus sont lues", layout.samples,
                               layout.bits, most_bands));
        layout.block_width = layout.tiled ? value(TileWidth, 0) : layout.width;
        layout.block_height =
            layout.tiled ? value(TileLength, 0) : std::min(value(RowsPerStrip, layout.height), layout.height);
        if (layout.block_width == 0 || layout.block_height == 0 || layout.block_width > longest_side ||
            layout.block_height > longest_side ||
            layout.block_width * layout.block_height * layout.samples * ((layout.bits + 7) / 8) > largest_block)
            refuse("ses blocs sont trop grands ; enregistrez-le en tuiles (gdal_translate -co TILED=YES)");
        check_blocks(layout);
        return layout;
    }

    void check_blocks(const TiffLayout& layout) {
        const auto ways = [](std::uint64_t all, std::uint64_t one) { return (all + one - 1) / one; };
        const std::uint64_t planes = value(PlanarConfiguration, 1) == 2 ? layout.samples : 1;
        const std::uint64_t blocks =
            ways(layout.width, layout.block_width) * ways(layout.height, layout.block_height) * planes;
        const Tag offsets = layout.tiled ? TileOffsets : StripOffsets;
        const Tag sizes = layout.tiled ? TileByteCounts : StripByteCounts;
        const auto at = entries_.find(offsets);
        const auto lengths = entries_.find(sizes);
        if (at == entries_.end() || lengths == entries_.end()) refuse("il ne dit pas où sont ses pixels");
        if (blocks > most_blocks) refuse("il est découpé en trop de blocs ; enregistrez-le en tuiles de 512 pixels");
        if (at->second.count != blocks || lengths->second.count != blocks)
            refuse(fmt::format("{} blocs annoncés au lieu de {}", at->second.count, blocks));
        const std::vector<std::uint64_t> begins = list(at->second);
        const std::vector<std::uint64_t> sizes_of = list(lengths->second);
        for (std::size_t i = 0; i < begins.size(); ++i) {
            if (begins[i] > size_ || sizes_of[i] > size_ - begins[i]) refuse("il est tronqué ; envoyez-le de nouveau");
        }
    }

    /// All values of an entry, in one reading.
    std::vector<std::uint64_t> list(const Entry& entry) {
        const std::size_t bytes = size_of_type(entry.type);
        if (bytes == 1) refuse("un répertoire est abîmé");
        if (entry.at > size_ || entry.count > (size_ - entry.at) / bytes)
            refuse("il est tronqué ; envoyez-le de nouveau");
        std::string raw(static_cast<std::size_t>(entry.count) * bytes, '\0');
        in_.clear();
        in_.seekg(static_cast<std::streamoff>(entry.at));
        in_.read(raw.data(), static_cast<std::streamsize>(raw.size()));
        std::vector<std::uint64_t> values(static_cast<std::size_t>(entry.count));
        for (std::size_t i = 0; i < values.size(); ++i) {
            for (std::size_t b = 0; b < bytes; ++b) {
                const std::size_t from = i * bytes + (big_endian_ ? b : bytes - 1 - b);
                values[i] = values[i] << 8U | static_cast<unsigned char>(raw[from]);
            }
        }
        return values;
    }

    std::ifstream in_;
    std::string name_;
    std::uint64_t size_;
    bool big_endian_ = false;
    bool big_ = false;
    std::map<std::uint16_t, Entry> entries_;
};

}  // namespace

bool is_tiff(const std::filesystem::path& path) {
    using namespace std::string_view_literals;
    std::ifstream in(path, std::ios::binary);
    std::array<char, 4> head{};
    in.read(head.data(), head.size());
    const std::string_view bytes(head.data(), static_cast<std::size_t>(in.gcount()));
    return bytes == "II*\0"sv || bytes == "MM\0*"sv || bytes == "II+\0"sv || bytes == "MM\0+"sv;
}

TiffLayout check_tiff(const std::filesystem::path& path, const std::string& shown_name) {
    return TiffReader(path, shown_name).check();
}

}  // namespace gis::read
