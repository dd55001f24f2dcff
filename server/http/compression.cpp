#include "http/compression.hpp"

#include "http/header_text.hpp"
#include "http/request.hpp"

#include <isa-l/igzip_lib.h>
#include <libdeflate.h>
#if defined(__x86_64__)
#include <immintrin.h>
#endif

#include <algorithm>
#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <new>
#include <vector>

namespace http {
namespace {

constexpr std::size_t largest_quick = std::size_t{1} << 30U;  // its lengths have 32 bits

struct FreeCompressor {
    void operator()(libdeflate_compressor* compressor) const { libdeflate_free_compressor(compressor); }
};
struct FreeDecompressor {
    void operator()(libdeflate_decompressor* decompressor) const { libdeflate_free_decompressor(decompressor); }
};

/// The thread's own: to make one takes as long as to compress a small tile.
libdeflate_compressor& compressor_of(int level) {
    static thread_local std::map<int, std::unique_ptr<libdeflate_compressor, FreeCompressor>> known;
    auto& compressor = known[level];
    if (!compressor) compressor.reset(libdeflate_alloc_compressor(level));
    if (!compressor) throw std::bad_alloc();
    return *compressor;
}

/// "q=0", "q=0.", "q=0.00": the only weights that forbid.
bool is_forbidden(std::string_view parameters) {
    const std::size_t q = parameters.find_first_of("qQ");
    if (q == std::string_view::npos) return false;
    const std::size_t equals = parameters.find('=', q);
    if (equals == std::string_view::npos) return false;
    const std::string_view weight = trimmed(parameters.substr(equals + 1));
    return weight.starts_with('0') && weight.find_first_of("123456789") == std::string_view::npos;
}

/// Length of the inflated bytes as the gzip trailer states it, modulo 4 GB; a hint, never believed beyond the limit.
std::size_t stated_length(std::string_view bytes) {
    std::size_t length = 0;
    for (std::size_t i = 0; i < 4; ++i) {
        length |= static_cast<std::size_t>(static_cast<unsigned char>(bytes[bytes.size() - 4 + i])) << (8 * i);
    }
    return length;
}

#if defined(__x86_64__)
__attribute__((target("avx"))) void clear_upper_halves() {
    _mm256_zeroupper();
}

/// igzip leaves the upper halves of vector registers in use, and from then on every copy of the thread is slow: tiles
/// of 20 kB took 44 us more to make.
void leave_wide_vectors() {
    if (__builtin_cpu_supports("avx")) clear_upper_halves();
}
#else
void leave_wide_vectors() {}
#endif

}  // namespace

bool accepts_gzip(const std::string* accept_encoding) {
    return accept_encoding != nullptr && accepts_gzip(std::string_view(*accept_encoding));
}

bool accepts_gzip(std::string_view accept_encoding) {
    bool by_star = false;
    for (const std::string_view element : list_elements(accept_encoding)) {
        const std::size_t semicolon = std::min(element.find(';'), element.size());
        const std::string_view coding = trimmed(element.substr(0, semicolon));
        const bool allowed = !is_forbidden(element.substr(semicolon));
        if (same_name(coding, "gzip") || same_name(coding, "x-gzip")) return allowed;
        if (coding == "*") by_star = allowed;
    }
    return by_star;
}

bool is_compressible(std::string_view content_type) {
    const std::string_view type = trimmed(content_type.substr(0, content_type.find(';')));
    constexpr std::array<std::string_view, 13> known{"application/json",
                                                     "application/xml",
                                                     "application/javascript",
                                                     "application/vnd.mapbox-vector-tile",
                                                     "application/x-protobuf",
                                                     "application/wasm",
                                                     "application/dxf",
                                                     "application/sql",
                                                     "image/svg+xml",
                                                     "image/vnd.dxf",
                                                     "font/ttf",
                                                     "font/otf",
                                                     "application/manifest+json"};
    if (type.starts_with("text/") || type.ends_with("+json") || type.ends_with("+xml")) return true;
    return std::find(known.begin(), known.end(), type) != known.end();
}

std::string gzip(std::string_view bytes, int level) {
    libdeflate_compressor& compressor = compressor_of(level);
    std::string compressed(libdeflate_gzip_compress_bound(&compressor, bytes.size()), '\0');
    compressed.resize(
        libdeflate_gzip_compress(&compressor, bytes.data(), bytes.size(), compressed.data(), compressed.size()));
    return compressed;
}

std::string quick_gzip(std::string_view bytes) {
    constexpr std::size_t head_and_trailer = 64;
    constexpr std::size_t block = 16'384;  // stored bytes have a head of five for each block
    static thread_local std::vector<std::uint8_t> workspace(ISAL_DEF_LVL1_DEFAULT);
    std::string compressed(bytes.size() + bytes.size() / block * 8 + head_and_trailer, '\0');
    isal_zstream stream;
    isal_deflate_stateless_init(&stream);
    stream.level = 1;
    stream.level_buf = workspace.data();
    stream.level_buf_size = static_cast<std::uint32_t>(workspace.size());
    stream.gzip_flag = IGZIP_GZIP;
    stream.end_of_stream = 1;
    stream.next_in = reinterpret_cast<std::uint8_t*>(const_cast<char*>(bytes.data()));
    stream.avail_in = static_cast<std::uint32_t>(bytes.size());
    stream.next_out = reinterpret_cast<std::uint8_t*>(compressed.data());
    stream.avail_out = static_cast<std::uint32_t>(compressed.size());
    if (bytes.size() > largest_quick) return gzip(bytes, 1);
    const int outcome = isal_deflate_stateless(&stream);
    leave_wide_vectors();
    if (outcome != COMP_OK) return gzip(bytes, 1);
    compressed.resize(stream.total_out);
    return compressed;
}

std::optional<std::string> gunzip(std::string_view bytes, std::size_t limit) {
    constexpr std::size_t smallest_member = 18;
    if (bytes.size() < smallest_member || stated_length(bytes) > limit) return std::nullopt;
    const std::unique_ptr<libdeflate_decompressor, FreeDecompressor> decompressor(libdeflate_alloc_decompressor());
    if (!decompressor) throw std::bad_alloc();
    std::string inflated(stated_length(bytes), '\0');
    const auto result = libdeflate_gzip_decompress(decompressor.get(), bytes.data(), bytes.size(), inflated.data(),
                                                   inflated.size(), nullptr);
    if (result != LIBDEFLATE_SUCCESS) return std::nullopt;
    return inflated;
}

}  // namespace http
