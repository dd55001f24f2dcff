#include "server/jobs/wire.hpp"

#include <poll.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <type_traits>

#include "gis/error.hpp"

namespace jobs {

namespace {

[[noreturn]] void malformed() {
    throw gis::Unavailable("the worker's answer is malformed");
}

void put_number(std::string& out, std::uint64_t number, int bytes) {
    for (int i = 0; i < bytes; ++i) out += static_cast<char>(number >> (8U * static_cast<unsigned>(i)) & 0xFFU);
}

void put_text(std::string& out, std::string_view text) {
    put_number(out, text.size(), 4);
    out += text;
}

void put_value(std::string& out, const gis::Value& value) {
    out += static_cast<char>(value.index());
    std::visit(
        [&out](const auto& held) {
            using Held = std::decay_t<decltype(held)>;
            if constexpr (std::is_same_v<Held, bool>) out += static_cast<char>(held);
            if constexpr (std::is_same_v<Held, std::int64_t>) put_number(out, static_cast<std::uint64_t>(held), 8);
            if constexpr (std::is_same_v<Held, double>) {
                std::uint64_t bits = 0;
                std::memcpy(&bits, &held, sizeof bits);
                put_number(out, bits, 8);
            }
            if constexpr (std::is_same_v<Held, std::string>) put_text(out, held);
        },
        value);
}

class Cursor {
  public:
    explicit Cursor(std::string_view bytes) : bytes_(bytes) {}

    std::uint64_t number(int bytes) {
        const std::string_view taken = take(static_cast<std::size_t>(bytes));
        std::uint64_t value = 0;
        for (int i = bytes; i-- > 0;)
            value = value << 8U | static_cast<unsigned char>(taken[static_cast<std::size_t>(i)]);
        return value;
    }
    std::string text() { return std::string(take(number(4))); }
    gis::Value value() {
        switch (number(1)) {
            case 0:
                return std::monostate{};
            case 1:
                return number(1) != 0;
            case 2:
                return static_cast<std::int64_t>(number(8));
            case 3: {
                const std::uint64_t bits = number(8);
                double real = 0;
                std::memcpy(&real, &bits, sizeof real);
                return real;
            }
            case 4:
                return text();
            default:
                malformed();
        }
    }
    bool is_at_end() const { return bytes_.empty(); }
    std::size_t left() const { return bytes_.size(); }

  private:
    std::string_view take(std::size_t count) {
        if (count > bytes_.size()) malformed();
        const std::string_view taken = bytes_.substr(0, count);
        bytes_.remove_prefix(count);
        return taken;
    }
    std::string_view bytes_;
};

/// A reader gives up a photo of more segments than that.
constexpr std::uint64_t most_spans = 10'000;
/// 320 pixels of noise take 100 kB.
constexpr std::size_t largest_thumbnail = 256U << 10U;

/// The rest of a frame follows its beginning at once: a worker that stops in the middle is given this long.
constexpr auto patience = std::chrono::seconds(30);  // for a whole frame

/// False at the end of the stream before the first byte.
bool read_exactly(int descriptor, char* into, std::size_t count) {
    std::size_t got = 0;
    const auto until = std::chrono::steady_clock::now() + patience;
    while (got < count) {
        pollfd look{descriptor, POLLIN, 0};
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - std::chrono::steady_clock::now());
        const int ready = left.count() <= 0 ? 0 : ::poll(&look, 1, static_cast<int>(left.count()));
        if (ready == 0) throw gis::Unavailable("the worker stopped in the middle of its answer");
        if (ready < 0 && errno == EINTR) continue;
        const ssize_t read = ::read(descriptor, into + got, count - got);
        if (read < 0 && errno == EINTR) continue;
        if (read < 0) malformed();
        if (read == 0 && got == 0) return false;
        if (read == 0) malformed();
        got += static_cast<std::size_t>(read);
    }
    return true;
}

}  // namespace

void write_frame(int descriptor, FrameType type, std::string_view payload) {
    std::string frame;
    put_number(frame, payload.size(), 4);
    frame += static_cast<char>(type);
    frame += payload;
    for (std::string_view left = frame; !left.empty();) {
        const ssize_t written = ::write(descriptor, left.data(), left.size());
        if (written < 0 && errno == EINTR) continue;
        if (written <= 0) throw gis::Unavailable("nobody reads the worker's answer");
        left.remove_prefix(static_cast<std::size_t>(written));
    }
}

Got read_frame(int descriptor, std::chrono::milliseconds timeout, Frame& frame) {
    pollfd look{descriptor, POLLIN, 0};
    if (::poll(&look, 1, static_cast<int>(timeout.count())) <= 0) return Got::Nothing;
    char head[5];
    if (!read_exactly(descriptor, head, sizeof head)) return Got::End;
    Cursor cursor({head, sizeof head});
    const std::uint64_t size = cursor.number(4);
    frame.type = static_cast<FrameType>(head[4]);
    if (size > largest_frame) malformed();
    frame.payload.resize(size);
    if (size > 0 && !read_exactly(descriptor, frame.payload.data(), size)) malformed();
    return Got::Frame;
}

std::size_t size_of(const gis::Row& row) {
    std::size_t size = row.wkb.size() + 9 * row.values.size() + 4;
    for (const gis::Value& value : row.values) {
        if (const auto* text = std::get_if<std::string>(&value)) size += text->size();
    }
    return size;
}

std::string encode_rows(const gis::RowBatch& batch, std::size_t first, std::size_t count) {
    std::string out;
    put_text(out, batch.table);
    put_number(out, batch.columns.size(), 2);
    for (const std::string& column : batch.columns) put_text(out, column);
    put_number(out, count, 4);
    for (std::size_t i = first; i < first + count; ++i) {
        for (const gis::Value& value : batch.rows[i].values) put_value(out, value);
        put_text(out, batch.rows[i].wkb);
    }
    return out;
}

gis::RowBatch decode_rows(std::string_view payload) {
    Cursor cursor(payload);
    gis::RowBatch batch;
    batch.table = cursor.text();
    for (auto columns = cursor.number(2); columns > 0; --columns) batch.columns.push_back(cursor.text());
    const std::uint64_t rows = cursor.number(4);
    if (rows * (batch.columns.size() + 4) > cursor.left()) malformed();
    batch.rows.resize(rows);
    for (gis::Row& row : batch.rows) {
        for (std::size_t i = 0; i < batch.columns.size(); ++i) row.values.push_back(cursor.value());
        row.wkb = cursor.text();
    }
    if (!cursor.is_at_end()) malformed();
    return batch;
}

std::string encode_picture(const gis::read::Picture& picture) {
    std::string out;
    put_text(out, picture.sha256);
    put_number(out, picture.size, 8);
    put_number(out, static_cast<std::uint64_t>(picture.orientation), 1);
    put_number(out, picture.kept.size(), 4);
    for (const gis::read::Span& span : picture.kept) {
        put_number(out, span.offset, 8);
        put_number(out, span.length, 8);
    }
    put_text(out, picture.thumbnail);
    put_text(out, picture.media_type);
    return out;
}

gis::read::Picture decode_picture(std::string_view payload) {
    Cursor cursor(payload);
    gis::read::Picture picture;
    picture.sha256 = cursor.text();
    picture.size = cursor.number(8);
    picture.orientation = static_cast<int>(cursor.number(1));
    const std::uint64_t spans = cursor.number(4);
    if (spans > most_spans || picture.orientation < 1 || picture.orientation > 8) malformed();
    std::uint64_t end = 0;
    for (std::uint64_t i = 0; i < spans; ++i) {
        const gis::read::Span span{cursor.number(8), cursor.number(8)};
        if (span.offset < end || span.length > picture.size || span.offset > picture.size - span.length) malformed();
        end = span.offset + span.length;
        picture.kept.push_back(span);
    }
    picture.thumbnail = cursor.text();
    picture.media_type = cursor.text();
    const bool is_jpeg = picture.thumbnail.starts_with("\xFF\xD8\xFF") && picture.thumbnail.size() <= largest_thumbnail;
    const bool is_photo = picture.media_type == gis::read::jpeg_type;
    const bool has_its_image = is_photo ? is_jpeg : picture.thumbnail.empty() && picture.kept.empty();
    if (!cursor.is_at_end() || !has_its_image || gis::read::extension_of(picture.media_type).empty()) malformed();
    return picture;
}

}  // namespace jobs
