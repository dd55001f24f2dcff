#pragma once

#include <sys/types.h>

#include <string>

namespace test {

/// tests/support/oidc-provider/start, running for as long as this lives. The first start installs its npm packages.
class ProviderProcess {
  public:
    /// `client_auth`: how clients show their secret. Throws std::runtime_error when it does not start within five
    /// minutes.
    explicit ProviderProcess(const char* client_auth = "client_secret_basic");
    ~ProviderProcess() { stop(); }
    ProviderProcess(const ProviderProcess&) = delete;
    ProviderProcess& operator=(const ProviderProcess&) = delete;

    const std::string& address() const { return address_; }
    void stop();

  private:
    pid_t pid_ = 0;
    std::string address_;
};

}  // namespace test
