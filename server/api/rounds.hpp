#pragma once

#include <chrono>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

#include "server/api/wait_for.hpp"
#include "server/db/connection_pool.hpp"

namespace api {

/// Work in the database that many ask for at the same moment, done in one transaction for all of them. Who asks while a
/// round runs is in the next, which begins after he asked: no answer is older than its question. May be used by several
/// threads; `pool` outlives those who ask.
template <typename Item, typename Answer>
class Rounds {
  public:
    /// The answers to the items, in their order. Runs on a database thread.
    using Work = std::function<std::vector<Answer>(db::Connection&, const std::vector<Item>&)>;

    Rounds(db::ConnectionPool& pool, db::As who, Work work)
        : state_(std::make_shared<State>(pool, std::move(who), std::move(work))) {}

    /// Throws gis::Unavailable when the database is away or takes too long, and what the work threw of this item alone.
    boost::asio::awaitable<Answer> ask(Item item) {
        auto asked = std::make_shared<Asked>(std::move(item));
        auto begin = [state = state_, asked](const std::function<void()>& tell) {
            asked->tell = tell;
            state->add(asked);
        };
        const bool told = co_await wait_for(std::move(begin), limit);
        if (!told) throw gis::Unavailable("the database took too long to answer");
        if (asked->error) std::rethrow_exception(asked->error);
        co_return std::move(*asked->answer);
    }

  private:
    static constexpr std::chrono::seconds limit{15};

    struct Asked {
        explicit Asked(Item what) : item(std::move(what)) {}
        Item item;
        std::optional<Answer> answer;
        std::exception_ptr error;
        std::function<void()> tell;
    };
    using Round = std::vector<std::shared_ptr<Asked>>;

    class State : public std::enable_shared_from_this<State> {
      public:
        State(db::ConnectionPool& pool, db::As who, Work work)
            : pool_(pool), who_(std::move(who)), work_(std::move(work)) {}

        void add(std::shared_ptr<Asked> asked) {
            {
                const std::lock_guard lock(mutex_);
                waiting_.push_back(std::move(asked));
                if (std::exchange(is_running_, true)) return;
            }
            begin();
        }

      private:
        void begin() {
            const auto round = std::make_shared<Round>();
            const auto self = this->shared_from_this();
            auto run = [self, round](db::Connection& connection) {
                *round = self->take();
                self->answer(connection, *round);
            };
            auto finish = [self, round](const std::exception_ptr& error) {
                if (round->empty()) *round = self->take();  // there was not even a connection
                self->end(*round, error);
            };
            try {
                pool_.start(who_, std::make_shared<db::RunningQuery>(), std::move(run), std::move(finish));
            } catch (...) {
                end(take(), std::current_exception());
            }
        }

        /// Those of one round: all who wait, or one whose round failed.
        Round take() {
            const std::lock_guard lock(mutex_);
            if (alone_.empty()) return std::exchange(waiting_, {});
            Round one{std::move(alone_.back())};
            alone_.pop_back();
            return one;
        }

        void answer(db::Connection& connection, const Round& round) {
            std::vector<Item> items;
            for (const auto& asked : round) items.push_back(asked->item);
            std::vector<Answer> answers = work_(connection, items);
            for (std::size_t i = 0; i < round.size(); ++i) round[i]->answer = std::move(answers.at(i));
        }

        /// What one item is to blame for must not befall the others: each is tried by itself.
        void end(const Round& round, const std::exception_ptr& error) {
            const bool again = error && round.size() > 1 && !is_unavailable(error);
            for (const auto& asked : round) {
                if (again) continue;
                asked->error = error;
                asked->tell();
            }
            {
                const std::lock_guard lock(mutex_);
                if (again) alone_.insert(alone_.end(), round.begin(), round.end());
                is_running_ = !alone_.empty() || !waiting_.empty();
                if (!is_running_) return;
            }
            begin();
        }

        static bool is_unavailable(const std::exception_ptr& error) {
            try {
                std::rethrow_exception(error);
            } catch (const gis::Unavailable&) {
                return true;
            } catch (...) {
                return false;
            }
        }

        db::ConnectionPool& pool_;
        const db::As who_;
        const Work work_;
        std::mutex mutex_;
        Round waiting_;
        Round alone_;
        bool is_running_ = false;
    };

    std::shared_ptr<State> state_;
};

}  // namespace api
