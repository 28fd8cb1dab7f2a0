// The tables, one an instruction set, and the choice among them for the processor at hand.
#define _GNU_SOURCE
#include "kernels.h"
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/// `FLOATS` computes on floats, `CODES` sums codes.
#define TABLE(SET, FLOATS, CODES)                                                                            \
    {                                                                                                        \
        .set = SET,                                                                                          \
        .multiply = mx_##FLOATS##_multiply,                                                                  \
        .multiply_halves = mx_##FLOATS##_multiply_halves,                                                    \
        .quantize = mx_##FLOATS##_quantize,                                                                  \
        .multiply_codes = mx_##CODES##_multiply_codes,                                                       \
        .activate = mx_##FLOATS##_activate,                                                                  \
        .normalize = mx_##FLOATS##_normalize,                                                                \
        .attend = mx_##FLOATS##_attend,                                                                      \
        .exponentials = mx_##FLOATS##_exponentials,                                                          \
    }

static const mx_kernels scalar_kernels = TABLE(mx_scalar, scalar, scalar);

#if defined(__x86_64__)
#include <cpuid.h>
#if defined(__linux__)
#include <sys/syscall.h>
#include <unistd.h>
#endif

static const mx_kernels avx2_kernels = TABLE(mx_avx2, avx2, scalar);
static const mx_kernels avx_vnni_kernels = TABLE(mx_avx_vnni, avx2, avx_vnni);
static const mx_kernels avx512_kernels = TABLE(mx_avx512, avx512, scalar);
static const mx_kernels avx512_vnni_kernels = TABLE(mx_avx512_vnni, avx512, avx512_vnni);
static const mx_kernels amx_kernels = TABLE(mx_amx, avx512, amx);

static bool has_avx2(void) {
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") && __builtin_cpu_supports("f16c");
}

/// Leaf 7, subleaf 1, EAX bit 4. The system's support is that of AVX2.
static bool has_avx_vnni(void) {
    unsigned a, b, c, d;
    return has_avx2() && __get_cpuid_count(7, 1, &a, &b, &c, &d) && (a >> 4 & 1);
}

static bool has_avx512(void) {
    return has_avx2() && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw")
        && __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl");
}

static bool has_avx512_vnni(void) { return has_avx512() && __builtin_cpu_supports("avx512vnni"); }

/// Leaf 7, EDX bits 24 (tiles) and 25 (bytes), and Linux's leave to use the tiles' state, which is asked for once
/// for the whole process and kept by it.
static bool has_amx(void) {
#if defined(__linux__) && defined(SYS_arch_prctl)
    unsigned a, b, c, d;
    if (!has_avx512_vnni() || !__get_cpuid_count(7, 0, &a, &b, &c, &d) || (d >> 24 & 3) != 3) {
        return false;
    }
    enum { request_permission = 0x1023, tile_data = 18 };
    return syscall(SYS_arch_prctl, request_permission, tile_data) == 0;
#else
    return false;
#endif
}
#endif

const mx_kernels *mx_kernels_for(mx_instruction_set set) {
    switch (set) {
    case mx_scalar: return &scalar_kernels;
#if defined(__x86_64__)
    case mx_avx2: return has_avx2() ? &avx2_kernels : NULL;
    case mx_avx_vnni: return has_avx_vnni() ? &avx_vnni_kernels : NULL;
    case mx_avx512: return has_avx512() ? &avx512_kernels : NULL;
    case mx_avx512_vnni: return has_avx512_vnni() ? &avx512_vnni_kernels : NULL;
    case mx_amx: return has_amx() ? &amx_kernels : NULL;
#endif
    default: return NULL;
    }
}

/// `MILLRACE_KERNELS=avx2` or `scalar` keeps to what a plainer machine has, so that tests and benchmarks of such a
/// machine can be run on a better one.
const mx_kernels *mx_best_kernels(void) {
    static const mx_instruction_set order[] = {mx_amx, mx_avx512_vnni, mx_avx512, mx_avx_vnni, mx_avx2};
    const char *most = getenv("MILLRACE_KERNELS");
    size_t i = most && !strcmp(most, "scalar") ? 5 : most && !strcmp(most, "avx2") ? 4 : 0;
    for (; i < sizeof order / sizeof *order; i++) {
        const mx_kernels *kernels = mx_kernels_for(order[i]);
        if (kernels) {
            return kernels;
        }
    }
    return &scalar_kernels;
}
