#include "server/jobs/sandbox.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <fstream>
#include <functional>
#include <new>
#include <vector>

namespace {

namespace fs = std::filesystem;

class Sandbox : public testing::Test {
  protected:
    Sandbox() {
        std::string name = (fs::temp_directory_path() / "carreau-sandbox-XXXXXX").string();
        folder_ = ::mkdtemp(name.data());
        fs::create_directories(folder_ / "in");
        fs::create_directories(folder_ / "scratch");
        std::ofstream(folder_ / "in" / "file") << "content";
        std::ofstream(folder_ / "secret") << "secret";
    }
    ~Sandbox() override { fs::remove_all(folder_); }

    /// What a child inside the sandbox gives as its status; -1: it was killed.
    int inside(const std::function<int()>& work, std::uint64_t memory = std::uint64_t{1} << 30U) const {
        const pid_t child = ::fork();
        if (child == 0) {
            jobs::SandboxRules rules;
            rules.readable = {folder_ / "in"};
            rules.scratch = folder_ / "scratch";
            rules.memory = memory;
            try {
                jobs::enter_sandbox(rules);
            } catch (...) {
                ::_exit(99);
            }
            ::_exit(work());
        }
        int status = 0;
        ::waitpid(child, &status, 0);
        return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    }
    static int can_open(const fs::path& path, int flags) {
        const int file = ::open(path.c_str(), flags, 0600);
        return file >= 0 ? 0 : errno;
    }

    fs::path folder_;
};

TEST_F(Sandbox, FilesOfTheJobAreReadAndNothingElse) {
    if (!jobs::has_landlock()) GTEST_SKIP() << "this kernel has no Landlock";
    EXPECT_EQ(inside([&] { return can_open(folder_ / "in" / "file", O_RDONLY); }), 0);
    EXPECT_EQ(inside([&] { return can_open(folder_ / "in" / "file", O_RDWR); }), EACCES);
    EXPECT_EQ(inside([&] { return can_open(folder_ / "in" / "beside", O_WRONLY | O_CREAT); }), EACCES);
    EXPECT_EQ(inside([&] { return can_open(folder_ / "scratch" / "new", O_WRONLY | O_CREAT); }), 0);
    EXPECT_EQ(inside([&] { return can_open(folder_ / "secret", O_RDONLY); }), EACCES);
    EXPECT_EQ(inside([&] { return can_open("/etc/passwd", O_RDONLY); }), EACCES);
    EXPECT_EQ(inside([&] { return can_open("/proc/self/environ", O_RDONLY); }), EACCES);
}

TEST_F(Sandbox, NoNetworkNoProgramNoProcess) {
    EXPECT_EQ(inside([] { return ::socket(AF_INET, SOCK_STREAM, 0) < 0 ? errno : 0; }), EPERM);
    EXPECT_EQ(inside([] { return ::socket(AF_UNIX, SOCK_STREAM, 0) < 0 ? errno : 0; }), EPERM);
    EXPECT_EQ(inside([] { return ::fork() < 0 ? errno : 0; }), EPERM);
    EXPECT_EQ(inside([] {
                  char name[] = "/bin/true";
                  char* words[] = {name, nullptr};
                  ::execv(name, words);
                  return errno;
              }),
              EPERM);
    EXPECT_EQ(inside([] { return ::kill(::getppid(), 0) < 0 ? errno : 0; }), EPERM);
    const auto signal = [](pid_t process) { return ::syscall(SYS_tgkill, process, process, 0) < 0 ? errno : 0; };
    EXPECT_EQ(inside([&] { return signal(::getppid()); }), EPERM);
    EXPECT_EQ(inside([&] { return signal(::getpid()); }), 0);
}

TEST_F(Sandbox, NoModeOfAFileIsChanged) {
    EXPECT_EQ(inside([&] { return ::chmod((folder_ / "secret").c_str(), 0644) < 0 ? errno : 0; }), EPERM);
    EXPECT_EQ(inside([&] { return ::utimensat(AT_FDCWD, (folder_ / "secret").c_str(), nullptr, 0) < 0 ? errno : 0; }),
              EPERM);
}

TEST_F(Sandbox, MemoryHasABound) {
    const auto greedy = [] {
        try {
            std::vector<char> bytes(std::size_t{600} << 20U, 'x');
            return bytes[12345] == 'x' ? 1 : 2;
        } catch (const std::bad_alloc&) {
            return 0;
        }
    };
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
    GTEST_SKIP() << "a sanitizer's addresses have no bound";
#endif
    EXPECT_EQ(inside(greedy, std::uint64_t{500} << 20U), 0);
    EXPECT_EQ(inside(greedy, std::uint64_t{2} << 30U), 1);
}

}  // namespace
