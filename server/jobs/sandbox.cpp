#include "server/jobs/sandbox.hpp"

#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/landlock.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <bit>
#include <cerrno>
#include <cstddef>
#include <system_error>

#include "gis/error.hpp"

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define CARREAU_SANITIZED 1
#else
#define CARREAU_SANITIZED 0
#endif

namespace jobs {

namespace fs = std::filesystem;

namespace {

[[noreturn]] void fail(const char* what) {
    throw gis::Unavailable(std::string(what) + ": " + std::generic_category().message(errno));
}

/// `more`: what the process may still use after it was warned.
void limit(decltype(RLIMIT_AS) resource, std::uint64_t value, std::uint64_t more = 0) {
    const rlimit both{value, value + more};
    if (::setrlimit(resource, &both) != 0) fail("a limit cannot be set");
}

constexpr std::uint64_t read_rights = LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR;
constexpr std::uint64_t write_rights = read_rights | LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_REMOVE_FILE |
                                       LANDLOCK_ACCESS_FS_REMOVE_DIR | LANDLOCK_ACCESS_FS_MAKE_REG |
                                       LANDLOCK_ACCESS_FS_MAKE_DIR;
/// All rights of Landlock's first version: what every kernel that has it can refuse.
constexpr std::uint64_t handled_rights = (LANDLOCK_ACCESS_FS_MAKE_SYM << 1U) - 1;

void allow_below(int ruleset, const fs::path& folder, std::uint64_t rights) {
    const int descriptor = ::open(folder.c_str(), O_PATH | O_CLOEXEC | O_DIRECTORY);
    if (descriptor < 0) return;  // what is not there needs no rule
    landlock_path_beneath_attr rule{};
    rule.allowed_access = rights;
    rule.parent_fd = descriptor;
    const long done = ::syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH, &rule, 0);
    ::close(descriptor);
    if (done != 0) fail("a folder cannot be confined");
}

void confine_files(const SandboxRules& rules) {
    landlock_ruleset_attr attributes{};
    attributes.handled_access_fs = handled_rights;
    const long ruleset = ::syscall(SYS_landlock_create_ruleset, &attributes, sizeof attributes.handled_access_fs, 0);
    if (ruleset < 0) fail("files cannot be confined");
    for (const fs::path& folder : rules.readable) allow_below(static_cast<int>(ruleset), folder, read_rights);
    if (!rules.scratch.empty()) allow_below(static_cast<int>(ruleset), rules.scratch, write_rights);
    const long done = ::syscall(SYS_landlock_restrict_self, ruleset, 0);
    ::close(static_cast<int>(ruleset));
    if (done != 0) fail("files cannot be confined");
}

/// What reading files, computing and writing to a pipe need. Those of one processor only are named where they exist.
constexpr auto allowed_calls = std::to_array<unsigned>({
    SYS_read,
    SYS_readv,
    SYS_pread64,
    SYS_write,
    SYS_writev,
    SYS_pwrite64,
    SYS_lseek,
    SYS_openat,
    SYS_close,
    SYS_fstat,
    SYS_newfstatat,
    SYS_statx,
    SYS_faccessat,
    SYS_faccessat2,
    SYS_readlinkat,
    SYS_getdents64,
    SYS_fcntl,
    SYS_flock,
    SYS_ftruncate,
    SYS_fsync,
    SYS_fdatasync,
    SYS_fadvise64,
    SYS_statfs,
    SYS_fstatfs,
    SYS_mkdirat,
    SYS_unlinkat,
    SYS_renameat,
    SYS_renameat2,
    SYS_umask,
    SYS_getcwd,
    SYS_dup,
    SYS_mmap,
    SYS_munmap,
    SYS_mremap,
    SYS_mprotect,
    SYS_madvise,
    SYS_brk,
    SYS_futex,
    SYS_clock_gettime,
    SYS_clock_getres,
    SYS_clock_nanosleep,
    SYS_nanosleep,
    SYS_gettimeofday,
    SYS_getpid,
    SYS_gettid,
    SYS_getppid,
    SYS_getuid,
    SYS_geteuid,
    SYS_getgid,
    SYS_getegid,
    SYS_getrandom,
    SYS_getrusage,
    SYS_sched_yield,
    SYS_sched_getaffinity,
    SYS_sysinfo,
    SYS_uname,
    SYS_rt_sigaction,
    SYS_rt_sigprocmask,
    SYS_rt_sigreturn,
    SYS_sigaltstack,
    SYS_exit,
    SYS_exit_group,
    SYS_membarrier,
    SYS_rseq,
    SYS_set_robust_list,
    SYS_restart_syscall,
    SYS_ppoll,
#ifdef SYS_open
    SYS_open,
    SYS_stat,
    SYS_lstat,
    SYS_access,
    SYS_readlink,
    SYS_mkdir,
    SYS_rmdir,
    SYS_unlink,
    SYS_rename,
    SYS_poll,
    SYS_time,
    SYS_arch_prctl,
#endif
});

void confine_calls() {
#if defined(__x86_64__)
    constexpr std::uint32_t processor = AUDIT_ARCH_X86_64;
#elif defined(__aarch64__)
    constexpr std::uint32_t processor = AUDIT_ARCH_AARCH64;
#else
#error "the list of system calls is for x86-64 and aarch64"
#endif
    const auto load = [](std::size_t offset) {
        return sock_filter{BPF_LD | BPF_W | BPF_ABS, 0, 0, static_cast<std::uint32_t>(offset)};
    };
    const auto answer = [](std::uint32_t value) { return sock_filter{BPF_RET | BPF_K, 0, 0, value}; };
    const auto skip_unless = [](std::uint32_t value) { return sock_filter{BPF_JMP | BPF_JEQ | BPF_K, 0, 1, value}; };
    std::vector<sock_filter> program;
    program.push_back(load(offsetof(seccomp_data, arch)));
    program.push_back({BPF_JMP | BPF_JEQ | BPF_K, 1, 0, processor});
    program.push_back(answer(SECCOMP_RET_KILL_PROCESS));
    program.push_back(load(offsetof(seccomp_data, nr)));
    for (const unsigned call : allowed_calls) {
        program.push_back(skip_unless(call));
        program.push_back(answer(SECCOMP_RET_ALLOW));
    }
    // A signal (abort) to itself alone: the low half of the first argument is the process.
    static_assert(std::endian::native == std::endian::little);
    program.push_back({BPF_JMP | BPF_JEQ | BPF_K, 0, 3, SYS_tgkill});
    program.push_back(load(offsetof(seccomp_data, args)));
    program.push_back(skip_unless(static_cast<std::uint32_t>(::getpid())));
    program.push_back(answer(SECCOMP_RET_ALLOW));
    program.push_back(answer(SECCOMP_RET_ERRNO | EPERM));
    const sock_fprog filter{static_cast<unsigned short>(program.size()), program.data()};
    if (::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter) != 0) fail("system calls cannot be confined");
}

}  // namespace

bool has_landlock() {
    return ::syscall(SYS_landlock_create_ruleset, nullptr, 0, LANDLOCK_CREATE_RULESET_VERSION) >= 1;
}

std::string enter_sandbox(const SandboxRules& rules) {
    limit(RLIMIT_CORE, 0);
    limit(RLIMIT_CPU, rules.cpu_seconds, 5);
    limit(RLIMIT_FSIZE, rules.file_size);
    limit(RLIMIT_NOFILE, 64);
    if (CARREAU_SANITIZED == 0) limit(RLIMIT_AS, rules.memory);  // a sanitizer's shadow is terabytes of addresses
    if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) fail("privileges cannot be given up");
    const bool files = has_landlock();
    if (files) confine_files(rules);
    confine_calls();
    return files ? "fichiers, appels" : "appels";
}

}  // namespace jobs
