#include "gis/read/read.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <exception>
#include <thread>

#include "gis/error.hpp"
#include "gis/read/edigeo_name.hpp"
#include "gis/read/layer_reader.hpp"
#include "gis/read/text.hpp"

namespace gis::read {

namespace fs = std::filesystem;

namespace {

struct Chosen {
    std::size_t layer = 0;
    Mapping mapping;
    std::size_t order = 0;  // of all_mappings: perimeters before procedures
};

std::string names_of(const std::vector<SourceLayer>& layers) {
    std::string names;
    for (const auto& layer : layers) {
        names += (names.empty() ? "" : ", ") + layer.name;
        if (names.size() > 300) return names + "...";
    }
    return names;
}

std::size_t order_of(const Mapping* mapping) {
    return static_cast<std::size_t>(mapping - all_mappings().data());
}

void require_sources(const Mapping& mapping, const Input& input) {
    for (const Column& column : mapping.columns) {
        if (column.need != Need::Required || !column.source.empty() || column.name == mapping.id_column) continue;
        throw InvalidRequest(input.shown_name, "rien dans ce fichier ne remplit « " + column.name +
                                                   " », qui est obligatoire ; dites quelle colonne le fait (columns)");
    }
}

/// The mapping to the person's own table, the columns as he chose.
Mapping mapping_to_target(const Options& options, const SourceLayer& layer, const Input& input) {
    Mapping mapping = mapping_to(*options.target, layer);
    choose_columns(mapping, options.columns, layer);
    require_sources(mapping, input);
    return mapping;
}

/// Which layers of a file are read, and how. What is left out is said in the report.
std::vector<Chosen> choose_layers(const Source& source, const Input& input, Import& import) {
    const Options& options = import.options();
    if (options.position && input.format != Format::Csv)
        throw InvalidRequest(input.shown_name, "columns.x, columns.y : ce fichier dit lui-même où sont ses objets");
    const auto& layers = source.layers();
    const std::string stem = input.path.stem().string();
    std::vector<Chosen> chosen;
    const bool only = layers.size() == 1 || options.source_layer.has_value();
    for (std::size_t i = 0; i < layers.size(); ++i) {
        const SourceLayer& layer = layers[i];
        if (options.source_layer && !same_name(layer.name, *options.source_layer)) continue;
        if (options.target) {
            chosen.push_back({i, only ? mapping_to_target(options, layer, input) : Mapping()});
            continue;
        }
        const Mapping* mapping = find_mapping(layer, input.format, stem);
        if (options.kind && (!mapping || !same_name(mapping->kind, *options.kind))) {
            mapping = only ? find_mapping_of_kind(*options.kind, layer, input.format) : nullptr;
        }
        if (mapping) {
            chosen.push_back({i, *mapping, order_of(mapping)});
            choose_columns(chosen.back().mapping, options.columns, layer);
        } else if (input.format != Format::Edigeo) {
            import.add({input.shown_name, layer.name, std::nullopt, "", Problem::Kind::Note,
                        "couche non reconnue, laissée de côté"});
        }
    }
    if (options.target && chosen.size() > 1) {
        throw InvalidRequest(input.shown_name, "plusieurs couches (" + names_of(layers) + ") ; dites laquelle");
    }
    std::ranges::stable_sort(chosen, {}, &Chosen::order);
    return chosen;
}

/// True when something was recognised and read.
bool read_input(const Input& input, Toolbox& tools, Import& import) {
    import.check_stop();
    const auto source = open_source(input, import.options());
    const auto chosen = choose_layers(*source, input, import);
    MappingContext context;
    context.file_stem = input.path.stem().string();
    context.plans = &import.plans();
    Heights heights(import.options().require_ign69);
    context.heights = &heights;
    if (input.format == Format::Edigeo && !chosen.empty()) {
        const EdigeoPlace place = find_edigeo_place(*source, input, import.options().departement);
        context.departement = place.departement;
        context.commune = place.commune;
    }
    bool any = false;
    for (const auto& [index, mapping, order] : chosen) {
        const SourceLayer& layer = source->layers()[index];
        if (!layer.refusal.empty()) {
            throw InvalidRequest(input.shown_name, "couche " + layer.name + " : " + layer.refusal);
        }
        context.layer = layer.name;
        read_layer(*source, index, mapping, context, input, tools, import);
        any = true;
    }
    if (!any || !import.options().pictures) return any;
    if (auto picture = source->picture()) import.options().pictures(std::move(*picture));
    return any;
}

std::string describe_unrecognised(const Input& input, const Options& options) {
    const auto open = open_input(input);
    std::string layers;
    bool is_placed = true;
    for (const auto& inner : open.inputs) {
        const auto source = open_source(inner, options);
        layers += (layers.empty() ? "" : ", ") + names_of(source->layers());
        is_placed = is_placed && (inner.format != Format::Csv || source->layers()[0].geometry.has_value());
    }
    if (layers.empty()) return "aucune couche dans ce fichier";
    return "aucune couche reconnue parmi " + layers + " ; dites dans quelle couche la lire" +
           (is_placed ? "" : ", et quelles colonnes sont ses coordonnées X et Y");
}

/// Reads the inputs one after the other; an archive's members count as one input.
class Reading {
  public:
    Reading(std::vector<Input> inputs, Import& import) : inputs_(std::move(inputs)), import_(import) {
        for (const auto& input : inputs_) total_ += static_cast<std::int64_t>(fs::file_size(input.path));
    }

    void run(int threads) {
        const auto workers = std::min<std::size_t>(static_cast<std::size_t>(std::max(1, threads)), inputs_.size());
        std::vector<std::jthread> others;
        for (std::size_t i = 1; i < workers; ++i) others.emplace_back([this] { work(); });
        work();
        others.clear();
        if (fatal_) std::rethrow_exception(fatal_);
    }

    std::vector<std::string> refused_files;
    bool any = false;

  private:
    void work() {
        Toolbox tools(import_.options().target_srid);
        while (true) {
            const std::size_t next = next_.fetch_add(1);
            if (next >= inputs_.size() || failed_) return;
            try {
                read_one(inputs_[next], tools);
            } catch (const InvalidRequest& refused) {
                if (inputs_.size() == 1) return fail();
                note_refused(inputs_[next], refused);
            } catch (...) {
                return fail();
            }
            done_ += static_cast<std::int64_t>(fs::file_size(inputs_[next].path));
            if (inputs_.size() > 1) import_.progress(done_, total_, "octets");
        }
    }

    void read_one(const Input& input, Toolbox& tools) {
        const OpenInput open = open_input(input);
        bool found = false;
        for (const auto& inner : open.inputs) found = read_input(inner, tools, import_) || found;
        if (found) any_ = true;
        const std::lock_guard lock(mutex_);
        any = any_;
    }

    void fail() {
        const std::lock_guard lock(mutex_);
        if (!fatal_) fatal_ = std::current_exception();
        failed_ = true;
    }

    void note_refused(const Input& input, const InvalidRequest& refused) {
        import_.add({input.shown_name, "", std::nullopt, "", Problem::Kind::Refused, refused.what()});
        const std::lock_guard lock(mutex_);
        refused_files.push_back(input.shown_name);
    }

    std::vector<Input> inputs_;
    Import& import_;
    std::int64_t total_ = 0;
    std::atomic<std::int64_t> done_ = 0;
    std::atomic<std::size_t> next_ = 0;
    std::atomic<bool> failed_ = false;
    std::atomic<bool> any_ = false;
    std::mutex mutex_;
    std::exception_ptr fatal_;
};

}  // namespace

namespace {

/// Where nobody keeps originals, what needs one is a file of another format.
void leave_originals(InputList& list) {
    for (const Input& input : list.inputs) {
        if (keeps_original(input.format)) list.ignored.push_back(input.shown_name);
    }
    std::erase_if(list.inputs, [](const Input& input) { return keeps_original(input.format); });
}

}  // namespace

ReadReport read(const std::vector<fs::path>& paths, const Options& options, RowSink& sink) {
    Import import(options, sink);
    std::vector<Input> inputs;
    for (const auto& path : paths) {
        InputList list = list_inputs(path);
        if (!options.pictures) leave_originals(list);
        std::ranges::move(list.inputs, std::back_inserter(inputs));
        for (auto& name : list.ignored) {
            import.add({std::move(name), "", std::nullopt, "", Problem::Kind::Note,
                        "fichier d'un autre format, laissé de côté"});
        }
    }
    if (inputs.empty()) {
        throw InvalidRequest(paths.empty() ? "" : paths.front().filename().string(),
                             "une photo JPEG, un nuage de points se déposent (carreau upload, page Déposer)");
    }
    const Input first = inputs.front();
    const std::size_t count = inputs.size();
    import.set_only_one_input(count == 1);
    Reading reading(std::move(inputs), import);
    reading.run(options.threads);
    if (!reading.any && count == 1) throw InvalidRequest(first.shown_name, describe_unrecognised(first, options));
    ReadReport report = import.finish();
    std::ranges::sort(reading.refused_files);
    report.refused_files = std::move(reading.refused_files);
    if (!reading.any) {
        const std::string why = report.problems.empty() ? "aucune couche reconnue" : report.problems.front().reason;
        throw InvalidRequest(first.shown_name, "rien de lisible dans ces fichiers : " + why);
    }
    return report;
}

ReadReport read(const fs::path& path, const Options& options, RowSink& sink) {
    return read(std::vector<fs::path>{path}, options, sink);
}

}  // namespace gis::read
