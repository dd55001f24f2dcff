#pragma once

#include <utility>  // before Asio: g++ 12 with Boost 1.74

#include <boost/asio/thread_pool.hpp>
#include <filesystem>

#include "server/uploads/upload_locks.hpp"
#include "server/uploads/upload_store.hpp"

namespace api {

/// Where the bytes of uploads go. A disk that hangs holds these threads and no others.
struct UploadFiles {
    explicit UploadFiles(std::filesystem::path folder) : store(std::move(folder)) {}

    uploads::UploadStore store;
    uploads::UploadLocks locks;
    boost::asio::thread_pool threads{2};
};

}  // namespace api
