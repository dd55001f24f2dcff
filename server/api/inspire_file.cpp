#include "server/api/inspire_file.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <cstdio>
#include <system_error>

#include "server/api/clock_text.hpp"

namespace api {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t file_piece = 256UL * 1024;

/// A file that stands under its name only once it is whole.
class WholeFile {
  public:
    explicit WholeFile(const fs::path& path) : path_(path), part_(path.string() + ".part") {
        file_ = std::fopen(part_.c_str(), "wb");
        if (file_ == nullptr) fail();
    }
    ~WholeFile() {
        if (file_ == nullptr) return;
        std::fclose(file_);
        std::error_code ignored;
        fs::remove(part_, ignored);
    }
    WholeFile(const WholeFile&) = delete;
    WholeFile& operator=(const WholeFile&) = delete;

    void write(std::string_view text) {
        if (std::fwrite(text.data(), 1, text.size(), file_) != text.size()) fail();
    }
    void write_at_begin(std::string_view text) {
        if (std::fseek(file_, 0, SEEK_SET) != 0) fail();
        write(text);
    }
    void finish() {
        if (std::fflush(file_) != 0) fail();
        const int status = std::fclose(file_);
        file_ = nullptr;
        if (status != 0) fail();
        fs::rename(part_, path_);
    }

  private:
    [[noreturn]] void fail() const {
        throw std::system_error(errno, std::generic_category(), fmt::format("écriture de {}", path_.string()));
    }

    fs::path path_;
    fs::path part_;
    std::FILE* file_ = nullptr;
};

/// The beginning of the document in always the same number of bytes: it is written again when the counts are known.
std::string head_of(const InspireOrder& order, const std::string& time_stamp, std::int64_t count) {
    const auto text_of = [&](std::int64_t number) {
        gis::CollectionFacts facts;
        facts.number_matched = facts.number_returned = number;
        facts.time_stamp = time_stamp;
        std::string text;
        gis::inspire::Document(*order.theme, order.form).begin(text, facts);
        return text;
    };
    std::string head = text_of(count);
    head.insert(head.size() - 1, text_of(999'999'999'999).size() - head.size(), ' ');
    return head;
}

}  // namespace

InspireOutcome write_inspire_file(db::Connection& connection, const InspireOrder& order, const fs::path& path) {
    WholeFile file(path);
    const std::string moment = time_stamp();
    std::string buffer = head_of(order, moment, 0);
    InspireOutcome outcome = write_inspire(connection, order, buffer, [&] {
        if (buffer.size() < file_piece) return;
        file.write(buffer);
        buffer.clear();
    });
    file.write(buffer);
    file.write_at_begin(head_of(order, moment, outcome.object_count()));
    file.finish();
    return outcome;
}

}  // namespace api
