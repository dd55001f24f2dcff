#include "gis/read/json_window.hpp"

#include <zlib.h>

#include <cstring>
#include <string_view>

#include "gis/error.hpp"

namespace gis::read {

void JsonWindow::Closer::operator()(gzFile_s* file) const {
    gzclose_r(file);
}

JsonWindow::JsonWindow(const std::filesystem::path& path, std::string shown_name)
    : shown_name_(std::move(shown_name)), file_(gzopen(path.c_str(), "rb")) {
    if (!file_) throw InvalidRequest(shown_name_, "fichier illisible");
    gzbuffer(file_.get(), 1 << 18);
    buffer_.resize(block_size + 1);
    fill();
}

JsonWindow::~JsonWindow() = default;

void JsonWindow::skip_byte_order_mark() {
    if (std::string_view(buffer_.data(), size_).starts_with("\xEF\xBB\xBF")) at_ = 3;
}

void JsonWindow::more() {
    std::memmove(buffer_.data(), buffer_.data() + at_, size_ - at_);
    size_ -= at_;
    at_ = 0;
    if (size_ + block_size / 2 > buffer_.size()) {
        if (buffer_.size() >= max_size) throw JsonError{"un seul objet dépasse 64 Mo ; découpez-le"};
        buffer_.resize(2 * buffer_.size());
    }
    fill();
}

std::int64_t JsonWindow::packed_bytes() const {
    return gzoffset(file_.get());
}

void JsonWindow::fill() {
    const std::size_t room = buffer_.size() - 1 - size_;
    const int got = gzread(file_.get(), buffer_.data() + size_, static_cast<unsigned>(room));
    int status = Z_OK;
    gzerror(file_.get(), &status);
    if (got < 0 || status == Z_BUF_ERROR || status == Z_DATA_ERROR) {
        throw InvalidRequest(shown_name_, "fichier compressé tronqué ou abîmé ; envoyez-le de nouveau");
    }
    inflated_ += static_cast<std::uint64_t>(got);
    // The same bound as for archives.
    constexpr std::uint64_t ratio = 200, ratio_from = 10'000'000;
    if (inflated_ > ratio_from && inflated_ / ratio > static_cast<std::uint64_t>(packed_bytes())) {
        throw InvalidRequest(shown_name_, "le fichier grossit de plus de 200 fois à l'ouverture ; refusé");
    }
    ended_ = static_cast<std::size_t>(got) < room;
    size_ += static_cast<std::size_t>(got);
    buffer_[size_] = '\0';
}

}  // namespace gis::read
