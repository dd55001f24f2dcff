#include "tiles/raster/image.hpp"

#include <libdeflate.h>

#include <array>
#include <cstdlib>
#include <memory>
#include <new>

namespace raster {

namespace {

// Higher ones take a tile's time for a few percent of its bytes.
constexpr int png_level = 3;

struct CompressorCloser {
    void operator()(libdeflate_compressor* compressor) const { libdeflate_free_compressor(compressor); }
};

void append_number(std::string& out, std::uint32_t value) {
    for (int shift = 24; shift >= 0; shift -= 8) out += static_cast<char>((value >> shift) & 0xFFU);
}

void append_chunk(std::string& out, std::string_view type, std::string_view data) {
    append_number(out, static_cast<std::uint32_t>(data.size()));
    const std::size_t begin = out.size();
    out += type;
    out += data;
    append_number(out, libdeflate_crc32(0, out.data() + begin, out.size() - begin));
}

std::uint8_t paeth(int left, int above, int corner) {
    const int guess = left + above - corner;
    const int to_left = std::abs(guess - left);
    const int to_above = std::abs(guess - above);
    const int to_corner = std::abs(guess - corner);
    if (to_left <= to_above && to_left <= to_corner) return static_cast<std::uint8_t>(left);
    return static_cast<std::uint8_t>(to_above <= to_corner ? above : corner);
}

/// The row as differences by one of the filters 0 to 4 but the mean's; gives the sum of their sizes.
std::size_t filter_row(int filter, const std::uint8_t* row, const std::uint8_t* above, std::size_t bytes,
                       std::size_t step, std::uint8_t* out) {
    std::size_t sum = 0;
    for (std::size_t i = 0; i < bytes; ++i) {
        const int left = i < step ? 0 : row[i - step];
        const int up = above == nullptr ? 0 : above[i];
        const int corner = above == nullptr || i < step ? 0 : above[i - step];
        const int guess = filter == 0 ? 0 : filter == 1 ? left : filter == 2 ? up : paeth(left, up, corner);
        out[i] = static_cast<std::uint8_t>(row[i] - guess);
        sum += static_cast<std::size_t>(out[i] < 128 ? out[i] : 256 - out[i]);
    }
    return sum;
}

std::vector<std::uint8_t> without_opacity(const Image& image) {
    std::vector<std::uint8_t> rgb(image.rgba.size() / 4 * 3);
    for (std::size_t from = 0, to = 0; from < image.rgba.size(); from += 4, to += 3) {
        rgb[to] = image.rgba[from];
        rgb[to + 1] = image.rgba[from + 1];
        rgb[to + 2] = image.rgba[from + 2];
    }
    return rgb;
}

std::string compressed(const std::vector<std::uint8_t>& bytes) {
    const std::unique_ptr<libdeflate_compressor, CompressorCloser> compressor(libdeflate_alloc_compressor(png_level));
    if (!compressor) throw std::bad_alloc();
    std::string out(libdeflate_zlib_compress_bound(compressor.get(), bytes.size()), '\0');
    out.resize(libdeflate_zlib_compress(compressor.get(), bytes.data(), bytes.size(), out.data(), out.size()));
    return out;
}

}  // namespace

bool Image::is_clear() const {
    for (std::size_t i = 3; i < rgba.size(); i += 4) {
        if (rgba[i] != 0) return false;
    }
    return true;
}

bool Image::is_opaque() const {
    for (std::size_t i = 3; i < rgba.size(); i += 4) {
        if (rgba[i] != 255) return false;
    }
    return true;
}

std::string_view media_type(ImageFormat format) {
    return format == ImageFormat::Png ? "image/png" : "image/webp";
}

std::string encode_png(const Image& image) {
    const bool opaque = image.is_opaque();
    const std::vector<std::uint8_t> rgb = opaque ? without_opacity(image) : std::vector<std::uint8_t>();
    const std::uint8_t* pixels = opaque ? rgb.data() : image.rgba.data();
    const std::size_t step = opaque ? 3 : 4;
    const std::size_t bytes = static_cast<std::size_t>(image.width) * step;
    std::vector<std::uint8_t> filtered;
    filtered.reserve((bytes + 1) * static_cast<std::size_t>(image.height));
    std::vector<std::uint8_t> tried(bytes);
    std::vector<std::uint8_t> best(bytes);
    for (int y = 0; y < image.height; ++y) {
        const std::uint8_t* row = pixels + static_cast<std::size_t>(y) * bytes;
        const std::uint8_t* above = y == 0 ? nullptr : row - bytes;
        std::uint8_t chosen = 0;
        std::size_t least = filter_row(0, row, above, bytes, step, best.data());
        for (const int filter : {1, 2, 4}) {
            const std::size_t sum = filter_row(filter, row, above, bytes, step, tried.data());
            if (sum >= least) continue;
            least = sum;
            chosen = static_cast<std::uint8_t>(filter);
            best.swap(tried);
        }
        filtered.push_back(chosen);
        filtered.insert(filtered.end(), best.begin(), best.end());
    }
    std::string out("\x89PNG\r\n\x1a\n", 8);
    std::string head;
    append_number(head, static_cast<std::uint32_t>(image.width));
    append_number(head, static_cast<std::uint32_t>(image.height));
    head += '\x08';                    // bits of a sample
    head += opaque ? '\x02' : '\x06';  // colours, with opacity or not
    head += std::string(3, '\0');      // deflate, adaptive filters, not interlaced
    append_chunk(out, "IHDR", head);
    append_chunk(out, "IDAT", compressed(filtered));
    append_chunk(out, "IEND", "");
    return out;
}

std::string encode(const Image& image, ImageFormat format) {
    return format == ImageFormat::Png ? encode_png(image) : encode_webp(image);
}

}  // namespace raster
