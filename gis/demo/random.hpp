#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>

namespace gis::demo {

/// Mixes two numbers into one that looks random (SplitMix64 finaliser): seeds of things that must not depend on order.
constexpr std::uint64_t mix(std::uint64_t a, std::uint64_t b) {
    std::uint64_t z = a + 0x9e3779b97f4a7c15ULL * (b + 1);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
    return z ^ (z >> 31);
}

/// A stream of random numbers, the same on every platform (the standard distributions are not).
class Random {
  public:
    explicit Random(std::uint64_t seed) : state_(mix(seed, 0)) {}

    std::uint64_t next() { return mix(state_, ++count_); }
    /// In [0, 1).
    double unit() { return static_cast<double>(next() >> 11) * 0x1.0p-53; }
    double between(double low, double high) { return low + (high - low) * unit(); }
    /// Both ends included.
    int whole(int low, int high) { return low + static_cast<int>(unit() * (high - low + 1)); }
    bool chance(double probability) { return unit() < probability; }
    /// Mean 0, deviation 1, never beyond 3 (a sum of uniforms: no tail that would make a lot absurd).
    double bell() { return (unit() + unit() + unit() - 1.5) * 2; }
    template <typename Sequence>
    const auto& pick(const Sequence& sequence) {
        return sequence[static_cast<std::size_t>(unit() * static_cast<double>(sequence.size()))];
    }

  private:
    std::uint64_t state_;
    std::uint64_t count_ = 0;
};

}  // namespace gis::demo
