#include "server/api/locked_folder.hpp"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <fstream>
#include <memory>
#include <optional>

#include "server/api/prepared_files.hpp"

namespace {

namespace fs = std::filesystem;
using api::LockedFolder;

const char* const tried_name = "carreau-locked-test";

/// A process that has made a folder and a file in it, and lives on until it is killed.
struct Holder {
    Holder() {
        std::array<int, 2> pipe{};
        EXPECT_EQ(::pipe(pipe.data()), 0);
        process = ::fork();
        if (process == 0) {
            const LockedFolder folder(tried_name);
            std::ofstream(folder.path() / "file") << "text";
            const std::string text = folder.path().string();
            if (::write(pipe[1], text.data(), text.size()) > 0) ::pause();
            ::_exit(1);
        }
        std::array<char, 4096> text{};
        const ssize_t size = ::read(pipe[0], text.data(), text.size());
        path = std::string(text.data(), size > 0 ? static_cast<std::size_t>(size) : 0);
        ::close(pipe[0]);
        ::close(pipe[1]);
    }
    void kill() {
        ::kill(process, SIGKILL);
        ::waitpid(process, nullptr, 0);
    }
    pid_t process = -1;
    fs::path path;
};

TEST(LockedFolder, GoesWithItsOwnerAndWithAKilledOneWhenTheNextIsMade) {
    Holder other;
    ASSERT_TRUE(fs::exists(other.path / "file"));
    std::optional<LockedFolder> own(tried_name);
    EXPECT_NE(own->path(), other.path);
    EXPECT_TRUE(fs::exists(other.path / "file")) << "its process lives";
    other.kill();
    EXPECT_TRUE(fs::exists(other.path / "file"));
    {
        const LockedFolder next(tried_name);
        EXPECT_FALSE(fs::exists(other.path));
        EXPECT_TRUE(fs::exists(own->path())) << "of this process, which lives";
        EXPECT_TRUE(fs::exists(next.path()));
    }
    const fs::path path = own->path();
    own.reset();
    EXPECT_FALSE(fs::exists(path));
}

TEST(FileVersions, OnlyTheOldestBeyondTwoHeldOnesAreWithdrawn) {
    const auto folder = std::make_shared<const LockedFolder>(tried_name);
    const auto version = [&](int number) {
        return std::make_shared<api::PreparedFile>(folder, folder->path() / std::to_string(number));
    };
    api::FileVersions versions;
    std::vector<std::shared_ptr<api::PreparedFile>> held;
    for (int number = 0; number < 10; ++number) versions.add(version(number));  // which nobody reads
    for (int number = 0; number < 3; ++number) versions.add(held.emplace_back(version(number)));
    EXPECT_FALSE(held[0]->withdrawn) << "the newest and two others";
    versions.add(held.emplace_back(version(3)));
    EXPECT_TRUE(held[0]->withdrawn);
    EXPECT_FALSE(held[1]->withdrawn);
    held.erase(held.begin() + 1);
    versions.add(held.emplace_back(version(4)));
    for (std::size_t i = 1; i < held.size(); ++i) EXPECT_FALSE(held[i]->withdrawn) << i;
}

}  // namespace
