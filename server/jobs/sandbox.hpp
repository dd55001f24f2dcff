#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace jobs {

/// What the process may still do. Everything else is refused by the kernel from `enter_sandbox` on, for good.
struct SandboxRules {
    std::vector<std::filesystem::path> readable;  ///< folders with what is below them
    std::filesystem::path scratch;                ///< the one folder that may be written
    std::uint64_t memory = 1U << 30U;             ///< bytes of address space
    std::uint64_t cpu_seconds = 60;
    std::uint64_t file_size = std::uint64_t{4} << 30U;
};

/// Resource limits, no new privileges, files by Landlock, system calls by a list (seccomp): no socket, no other
/// program, no new process or thread, no look at another process. Called by a process of one thread. Throws
/// gis::Unavailable when the kernel refuses. What it gives is said in words: "fichiers, appels" or, on a kernel without
/// Landlock, "appels".
std::string enter_sandbox(const SandboxRules& rules);

/// True when the kernel can confine a process to folders.
bool has_landlock();

}  // namespace jobs
