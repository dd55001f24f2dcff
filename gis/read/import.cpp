#include "gis/read/import.hpp"

#include "gis/error.hpp"
#include "gis/read/validity.hpp"

namespace gis::read {

std::vector<std::string> table_columns(const Mapping& mapping) {
    std::vector<std::string> names;
    for (const auto& column : mapping.columns) {
        if (!column.name.starts_with('~')) names.push_back(column.name);
    }
    return names;
}

void Import::write(RowBatch batch) {
    check_stop();
    const std::lock_guard lock(sink_mutex_);
    sink_.write(std::move(batch));
}

void Import::add(Problem problem) {
    const std::lock_guard lock(mutex_);
    report_.add(std::move(problem));
}

void Import::add_counts(const std::string& table, const TableCounts& counts) {
    const std::lock_guard lock(mutex_);
    TableCounts& sum = report_.tables[table];
    sum.read += counts.read;
    sum.written += counts.written;
    sum.merged += counts.merged;
    sum.repaired += counts.repaired;
    sum.refused += counts.refused;
}

void Import::add_coverage(const std::string& table, const std::string& value) {
    const std::lock_guard lock(mutex_);
    report_.coverage[table].insert(value);
}

void Import::add_file(const std::string& name, const std::string& crs, const std::string& encoding) {
    const std::lock_guard lock(mutex_);
    if (report_.files.empty() || report_.files.back() != name) report_.files.push_back(name);
    if (!crs.empty()) report_.crs.insert(crs);
    if (!encoding.empty()) report_.encodings.insert(encoding);
}

std::uint32_t Import::times_met(const std::string& table, const std::string& id) {
    const std::lock_guard lock(mutex_);
    return ids_[table].meet(id);
}

bool Import::merge(const Mapping& mapping, const std::string& id, std::vector<Value> values, const Shape& shape) {
    const std::lock_guard lock(mutex_);
    MergedTable& table = merged_[mapping.table];
    if (table.columns.empty()) {
        table.columns = table_columns(mapping);
        table.geometry = *mapping.geometry;
    }
    const auto [entry, added] = table.rows.try_emplace(id, Merged{std::move(values), shape});
    if (added) return true;
    Shape& known = entry->second.shape;
    constexpr double centimetres = 100;
    if (canonical_bytes(known, centimetres) != canonical_bytes(shape, centimetres)) {
        Repairer repairer;
        Shape sum = repairer.united(known, shape);
        if (!sum.empty()) known = std::move(sum);
    }
    return false;
}

void Import::write_merged() {
    for (auto& [name, table] : merged_) {
        RowBatch batch{name, table.columns, {}};
        for (auto& [id, row] : table.rows)
            batch.rows.push_back({std::move(row.values), to_wkb(row.shape, table.geometry)});
        write(std::move(batch));
    }
}

void Import::write_plans_without_row() {
    RowBatch batch{
        "risque.procedure", {"codeprocedure", "libelleprocedure", "typeprocedure", "etatprocedure", "dateetat"}, {}};
    for (const auto& [plan, known] : plans_.all()) {
        if (known.has_row || known.state.empty()) continue;
        Value date;
        if (!known.date.empty()) date = known.date;
        batch.rows.push_back({{plan, plan, known.type, known.state, date}, ""});
        report_.add({"", "", std::nullopt, "", Problem::Kind::Note,
                     "le plan " + plan +
                         " n'est décrit par aucune table de procédure : son nom est son code et son état (" +
                         known.state + ") celui du périmètre ; corrigez-les si besoin"});
        ++report_.tables[batch.table].read;
        ++report_.tables[batch.table].written;
    }
    if (!batch.rows.empty()) write(std::move(batch));
}

ReadReport Import::finish() {
    write_merged();
    write_plans_without_row();
    return std::move(report_);
}

void Import::check_stop() const {
    if (options_.stop.stop_requested()) throw Unavailable("lecture interrompue à la demande");
}

void Import::progress(std::int64_t done, std::int64_t total, const char* unit) {
    if (!options_.progress) return;
    const std::lock_guard lock(sink_mutex_);
    options_.progress({done, total, unit});
}

void Import::progress_in_file(std::int64_t done, std::int64_t total, const char* unit) {
    if (only_one_input_) progress(done, total, unit);
}

}  // namespace gis::read
