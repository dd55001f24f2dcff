#include "tests/auth/provider_process.hpp"

#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <stdexcept>

namespace test {

namespace {

constexpr int start_time = 300'000;  // ms; npm ci on a slow line

std::string environment(const char* name) {
    const char* value = std::getenv(name);
    if (value == nullptr) throw std::runtime_error(std::string(name) + " is not set: run this with ctest");
    return value;
}

std::string read_line(int file) {
    std::string line;
    char c = 0;
    pollfd ready{file, POLLIN, 0};
    while (::poll(&ready, 1, start_time) > 0 && ::read(file, &c, 1) == 1) {
        if (c == '\n') return line;
        line += c;
    }
    throw std::runtime_error("the provider did not start: needs npm and, the first time, the npm registry");
}

}  // namespace

ProviderProcess::ProviderProcess(const char* client_auth) {
    const std::string program = environment("OIDC_PROVIDER_START");
    const std::string folder = environment("OIDC_PROVIDER_FOLDER");
    std::array<int, 2> output{};
    if (::pipe(output.data()) != 0) throw std::runtime_error("pipe");
    pid_ = ::fork();
    if (pid_ == 0) {
        ::setenv("OIDC_CLIENT_AUTH", client_auth, 1);
        ::prctl(PR_SET_PDEATHSIG, SIGTERM);
        ::dup2(output[1], STDOUT_FILENO);
        ::close(output[0]);
        ::close(output[1]);
        ::execl(program.c_str(), program.c_str(), folder.c_str(), nullptr);
        ::_exit(127);
    }
    ::close(output[1]);
    try {
        address_ = read_line(output[0]);
    } catch (...) {
        ::close(output[0]);
        stop();
        throw;
    }
    ::close(output[0]);
}

void ProviderProcess::stop() {
    if (pid_ <= 0) return;
    ::kill(pid_, SIGTERM);
    ::waitpid(pid_, nullptr, 0);
    pid_ = 0;
}

}  // namespace test
