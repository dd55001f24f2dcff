#include "raw_client.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>

std::string RawAnswer::header(std::string_view name) const {
    for (const auto& [key, value] : headers) {
        if (key.size() == name.size() && strncasecmp(key.c_str(), name.data(), name.size()) == 0) return value;
    }
    return {};
}

bool RawAnswer::has(std::string_view name) const {
    return !header(name).empty();
}

namespace {

/// Calls again what a signal interrupted: children of the test end at any time.
template <typename Call>
ssize_t uninterrupted(Call call) {
    ssize_t count = -1;
    do {
        count = call();
    } while (count < 0 && errno == EINTR);
    return count;
}

}  // namespace

RawClient::RawClient(std::uint16_t port) : descriptor_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    const timeval patience{30, 0};
    ::setsockopt(descriptor_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    ::setsockopt(descriptor_, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    sockaddr general{};
    static_assert(sizeof general == sizeof address);
    std::memcpy(&general, &address, sizeof address);
    if (::connect(descriptor_, &general, sizeof general) != 0) close();
}

bool RawClient::send(std::string_view bytes) {
    while (!bytes.empty()) {
        const ssize_t count =
            uninterrupted([&] { return ::send(descriptor_, bytes.data(), bytes.size(), MSG_NOSIGNAL); });
        if (count <= 0) return false;
        bytes.remove_prefix(static_cast<std::size_t>(count));
    }
    return true;
}

bool RawClient::receive() {
    std::array<char, 65536> piece{};
    const ssize_t count = uninterrupted([&] { return ::recv(descriptor_, piece.data(), piece.size(), 0); });
    if (count <= 0) return false;
    received_.append(piece.data(), static_cast<std::size_t>(count));
    return true;
}

std::optional<std::string> RawClient::take_line() {
    while (true) {
        const std::size_t end = received_.find("\r\n");
        if (end != std::string::npos) {
            std::string line = received_.substr(0, end);
            received_.erase(0, end + 2);
            return line;
        }
        if (!receive()) return std::nullopt;
    }
}

bool RawClient::take(std::size_t count, std::string& into) {
    while (received_.size() < count) {
        if (!receive()) {
            into += received_;
            return false;
        }
    }
    into += received_.substr(0, count);
    received_.erase(0, count);
    return true;
}

RawAnswer RawClient::read_answer(bool for_head) {
    RawAnswer answer;
    const auto status_line = take_line();
    if (!status_line || status_line->size() < 12) return answer;
    answer.status = std::stoi(status_line->substr(9, 3));
    for (auto line = take_line(); line && !line->empty(); line = take_line()) {
        const std::size_t colon = line->find(": ");
        answer.headers.emplace_back(line->substr(0, colon), line->substr(colon + 2));
    }
    answer.whole = true;
    if (for_head || answer.status < 200 || answer.status == 204 || answer.status == 304) return answer;
    if (answer.header("Transfer-Encoding") == "chunked") {
        for (std::size_t size = 1; size > 0 && answer.whole;) {
            const auto line = take_line();
            if (!line) return answer.whole = false, answer;
            size = std::stoul(*line, nullptr, 16);
            std::string end;
            answer.whole = take(size, answer.body) && take(2, end);
        }
    } else if (answer.has("Content-Length")) {
        answer.whole = take(std::stoul(answer.header("Content-Length")), answer.body);
    } else {
        while (receive()) {
        }
        answer.body = std::exchange(received_, {});
    }
    return answer;
}

bool RawClient::is_closed_by_server() {
    while (receive()) {
    }
    return errno != EAGAIN && errno != EWOULDBLOCK;
}

void RawClient::close() {
    if (descriptor_ >= 0) ::close(descriptor_);
    descriptor_ = -1;
}

void RawClient::reset() {
    const linger at_once{1, 0};
    ::setsockopt(descriptor_, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    close();
}

RawAnswer request(std::uint16_t port, std::string_view method, std::string_view target, std::string_view headers,
                  std::string_view body) {
    std::string text = std::string(method) + " " + std::string(target) + " HTTP/1.1\r\nHost: test.example\r\n" +
                       "Connection: close\r\n" + std::string(headers);
    if (!body.empty()) text += "Content-Length: " + std::to_string(body.size()) + "\r\n";
    RawClient client(port);
    client.send(text + "\r\n" + std::string(body));
    return client.read_answer(method == "HEAD");
}

RawAnswer get(std::uint16_t port, std::string_view target, std::string_view headers) {
    return request(port, "GET", target, headers);
}

RawAnswer exchange(std::uint16_t port, std::string_view bytes) {
    RawClient client(port);
    client.send(bytes);
    return client.read_answer();
}
