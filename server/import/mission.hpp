#pragma once

#include <optional>
#include <set>
#include <string>

#include "gis/layer/row.hpp"
#include "server/db/connection.hpp"

namespace importing {

/// The flight or survey that a load is part of. Rows for layers whose features belong to missions say its name and
/// number, whatever the files say; without a mission they say none.
class Mission {
  public:
    /// `organisation`: whose mission it is; nothing: the server's own. An empty name: no mission. The name is known
    /// from then on.
    Mission(db::Connection& connection, const std::string& name, std::optional<std::int64_t> organisation);

    void mark(gis::RowBatch& batch) const;

  private:
    gis::Value name_, id_;
    std::set<std::string> tables_;
};

/// Marks what passes on its way to another sink.
class MissionSink : public gis::RowSink {
  public:
    MissionSink(const Mission& mission, gis::RowSink& next) : mission_(mission), next_(next) {}
    void write(gis::RowBatch batch) override {
        mission_.mark(batch);
        next_.write(std::move(batch));
    }

  private:
    const Mission& mission_;
    gis::RowSink& next_;
};

}  // namespace importing
