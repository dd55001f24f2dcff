#include "gis/read/jpeg_segments.hpp"

#include <fmt/format.h>

#include <cstring>

namespace gis::read {

namespace {

/// Cameras write some dozens, of 64 kB each; a radiometric photo some hundreds.
constexpr std::size_t most_segments = 10'000;
/// The largest aerial cameras have 150 million pixels.
constexpr std::uint64_t most_pixels = 200'000'000;

enum Marker : unsigned {
    Tem = 0x01,
    Sof0 = 0xC0,
    Dht = 0xC4,
    Jpg = 0xC8,
    Dac = 0xCC,
    Sof15 = 0xCF,
    Rst0 = 0xD0,
    Rst7 = 0xD7,
    Soi = 0xD8,
    Eoi = 0xD9,
    Sos = 0xDA,
    Dqt = 0xDB,
    Dri = 0xDD,
    App0 = 0xE0,
    App2 = 0xE2,
    App3 = 0xE3,
    App6 = 0xE6,
    App14 = 0xEE
};

bool is_frame(unsigned marker) {
    return marker >= Sof0 && marker <= Sof15 && marker != Dht && marker != Jpg && marker != Dac;
}

/// Of application data only what decoders need: sizes without a preview, the colour transform, the colour profile.
bool is_needed(unsigned marker, std::string_view content) {
    using namespace std::string_view_literals;
    if (is_frame(marker)) return true;
    if (marker == Dht || marker == Dac || marker == Dqt || marker == Dri || marker == Sos) return true;
    if (marker == App0) return content.size() == 14 && content.starts_with("JFIF\0"sv);
    if (marker == App14) return content.size() == 12 && content.starts_with("Adobe");
    if (marker == App2) return content.starts_with("ICC_PROFILE\0"sv);
    return false;
}

class SegmentWalk {
  public:
    explicit SegmentWalk(std::string_view bytes) : bytes_(bytes) {}

    JpegSegments run() {
        if (!bytes_.starts_with("\xFF\xD8")) return fail("ce n'est pas une photo JPEG");
        at_ = 2;
        for (std::size_t n = 0; found_.defect.empty(); ++n) {
            if (n == most_segments) return fail("photo faite de trop de segments ; ce n'est pas celle d'un appareil");
            if (step()) break;
        }
        if (found_.defect.empty() && found_.width == 0) return fail("photo sans image");
        return std::move(found_);
    }

  private:
    unsigned byte(std::size_t at) const { return static_cast<unsigned char>(bytes_[at]); }
    unsigned two_bytes(std::size_t at) const { return byte(at) << 8U | byte(at + 1); }

    JpegSegments fail(const char* why) {
        found_.defect = why;
        return std::move(found_);
    }
    bool stop(const char* why) {
        found_.defect = why;
        return true;
    }
    bool stop_short() { return stop("photo tronquée : la fin de l'image manque ; déposez-la de nouveau"); }

    /// One segment; true when it was the last.
    bool step() {
        if (at_ + 2 > bytes_.size()) return stop_short();
        if (byte(at_) != 0xFF) return stop("photo abîmée : ses segments ne se suivent pas ; déposez-la de nouveau");
        const std::size_t start = at_;
        while (at_ < bytes_.size() && byte(at_) == 0xFF) ++at_;  // fill bytes
        if (at_ == bytes_.size()) return stop_short();
        const unsigned marker = byte(at_++);
        if (marker == Eoi) {
            keep(start, at_);
            return true;
        }
        if (marker == Tem || (marker >= Rst0 && marker <= Soi) || marker == 0)
            return stop("photo abîmée : ses segments ne se suivent pas ; déposez-la de nouveau");
        if (at_ + 2 > bytes_.size()) return stop_short();
        const std::size_t length = two_bytes(at_);
        if (length < 2) return stop("photo abîmée : un segment n'a pas de longueur ; déposez-la de nouveau");
        if (at_ + length > bytes_.size()) return stop_short();
        const std::string_view content = bytes_.substr(at_ + 2, length - 2);
        at_ += length;
        if (is_frame(marker) && !take_frame(content)) return true;
        if (marker >= App3 && marker <= App6) found_.maker_bytes += content.size();
        if (marker == Sos && !pass_scan()) return stop_short();
        if (is_needed(marker, content)) keep(start, at_);
        return false;
    }

    bool take_frame(std::string_view content) {
        if (content.size() < 6) return !stop("photo abîmée : sa taille n'est pas dite");
        const auto two = [&](std::size_t i) {
            return static_cast<std::uint32_t>(static_cast<unsigned char>(content[i])) << 8U |
                   static_cast<unsigned char>(content[i + 1]);
        };
        if (found_.width != 0) return !stop("photo abîmée : elle dit deux fois sa taille");
        found_.height = two(1);
        found_.width = two(3);
        found_.components = static_cast<unsigned char>(content[5]);
        if (found_.width == 0 || found_.height == 0) return !stop("photo sans image");
        if (std::uint64_t{found_.width} * found_.height <= most_pixels) return true;
        found_.defect =
            fmt::format("photo de {} × {} pixels ; 200 millions de pixels au plus", found_.width, found_.height);
        return false;
    }

    /// Entropy-coded data ends at a marker that is no restart (B.1.1.5). False when the file ends before.
    bool pass_scan() {
        while (at_ + 1 < bytes_.size()) {
            const void* found = std::memchr(bytes_.data() + at_, 0xFF, bytes_.size() - at_ - 1);
            if (found == nullptr) return false;
            at_ = static_cast<std::size_t>(static_cast<const char*>(found) - bytes_.data());
            const unsigned next = byte(at_ + 1);
            if (next != 0 && next != 0xFF && !(next >= Rst0 && next <= Rst7)) return true;
            at_ += next == 0xFF ? 1 : 2;
        }
        return false;
    }

    void keep(std::size_t start, std::size_t end) {
        if (!found_.kept.empty() && found_.kept.back().offset + found_.kept.back().length == start) {
            found_.kept.back().length += end - start;
        } else {
            found_.kept.push_back({start, end - start});
        }
    }

    std::string_view bytes_;
    std::size_t at_ = 0;
    JpegSegments found_;
};

}  // namespace

JpegSegments look_at_segments(std::string_view bytes) {
    return SegmentWalk(bytes).run();
}

std::string published_head(int orientation) {
    using namespace std::string_literals;
    std::string head = "\xFF\xD8"s;
    if (orientation < 2 || orientation > 8) return head;
    // One directory of one entry: Orientation (0x0112), a SHORT (Exif 2.32, 4.6.4).
    head += "\xFF\xE1\x00\x22"s + "Exif\0\0"s + "MM\0\x2A\0\0\0\x08"s + "\0\x01"s + "\x01\x12\0\x03\0\0\0\x01\0"s;
    head += static_cast<char>(orientation);
    head += "\0\0"s + "\0\0\0\0"s;
    return head;
}

}  // namespace gis::read
