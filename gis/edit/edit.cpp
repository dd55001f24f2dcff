#include "gis/edit/edit.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace gis {

std::string to_string(const EditProblem& problem) {
    std::string text = fmt::format("feature {}", problem.index + 1);
    if (!problem.id.empty()) text += fmt::format(" ('{}')", problem.id);
    if (!problem.field.empty()) text += ", " + problem.field;
    if (!problem.value.empty()) text += fmt::format(" '{}'", problem.value);
    return text + ": " + problem.expected;
}

namespace {

std::string summary_of(const std::vector<EditProblem>& problems) {
    if (problems.empty()) return "nothing was applied";
    const std::string more =
        problems.size() > 1 ? fmt::format(" (and {} more, see errors)", problems.size() - 1) : std::string();
    return to_string(problems.front()) + more;
}

}  // namespace

EditRefused::EditRefused(std::vector<EditProblem> problems)
    : Error(summary_of(problems)), problems_(std::move(problems)) {
    if (problems_.size() > max_problems) problems_.resize(max_problems);
}

EditProblem::Reason EditRefused::reason() const {
    const auto same = [&](const EditProblem& p) { return p.reason == problems_.front().reason; };
    return !problems_.empty() && std::all_of(problems_.begin(), problems_.end(), same) ? problems_.front().reason
                                                                                       : EditProblem::Reason::Content;
}

}  // namespace gis
