#pragma once

#include <functional>
#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <string>

namespace uploads {

/// One writer for each upload. Who comes later takes it over: the holder is asked to stop, and the last one who asked
/// gets his turn. A phone that lost its network asks again long before the server can know that its first connection is
/// dead. Shared by threads.
class UploadLocks {
  public:
    /// Held until destroyed.
    class Hold {
      public:
        Hold(UploadLocks& locks, std::string id) : locks_(locks), id_(std::move(id)) {}
        Hold(const Hold&) = delete;
        Hold& operator=(const Hold&) = delete;
        ~Hold() { locks_.release(id_); }

      private:
        UploadLocks& locks_;
        std::string id_;
    };

    /// The upload is the caller's; or nothing: its holder was asked to stop, and `tell` will be called once, from any
    /// thread, when it is worth asking again. `stop` is how the caller himself is asked, from any thread.
    std::unique_ptr<Hold> take(const std::string& id, std::function<void()> stop, std::function<void()> tell);

  private:
    friend class Hold;
    void release(const std::string& id);

    struct Held {
        std::function<void()> stop;
        std::list<std::function<void()>> waiting;
    };
    std::mutex mutex_;
    std::map<std::string, Held> held_;
};

}  // namespace uploads
