// The tables, one an instruction set, and the choice among them for the processor at hand.
#include "kernels.h"
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/// `OTHERS` may be a lesser set than `FLOATS`: not every processor with AVX-512 has its byte multiplications.
#define TABLE(FLOATS, OTHERS)                                                                                \
    {                                                                                                        \
        .dot = mk_##FLOATS##_dot,                                                                            \
        .squared_l2 = mk_##FLOATS##_squared_l2,                                                              \
        .dot_rows = mk_##FLOATS##_dot_rows,                                                                  \
        .squared_l2_rows = mk_##FLOATS##_squared_l2_rows,                                                    \
        .code7_rows = mk_##OTHERS##_code7_rows,                                                              \
        .code4_rows = mk_##OTHERS##_code4_rows,                                                              \
        .encode_query = mk_##OTHERS##_encode_query,                                                          \
        .encode_row7 = mk_##OTHERS##_encode_row7,                                                            \
        .encode_row4 = mk_##OTHERS##_encode_row4,                                                            \
        .unpack_row4 = mk_##OTHERS##_unpack_row4,                                                            \
        .half_dot = mk_##OTHERS##_half_dot,                                                                  \
        .half_squared_l2 = mk_##OTHERS##_half_squared_l2,                                                    \
        .half_dot_rows = mk_##OTHERS##_half_dot_rows,                                                        \
        .half_squared_l2_rows = mk_##OTHERS##_half_squared_l2_rows,                                          \
        .to_half = mk_##OTHERS##_to_half,                                                                    \
        .bfloat_dot = mk_##OTHERS##_bfloat_dot,                                                              \
        .bfloat_squared_l2 = mk_##OTHERS##_bfloat_squared_l2,                                                \
        .bfloat_dot_rows = mk_##OTHERS##_bfloat_dot_rows,                                                    \
        .bfloat_squared_l2_rows = mk_##OTHERS##_bfloat_squared_l2_rows,                                      \
        .to_bfloat = mk_##OTHERS##_to_bfloat,                                                                \
        .int8_dot = mk_##OTHERS##_int8_dot,                                                                  \
        .int8_squared_l2 = mk_##OTHERS##_int8_squared_l2,                                                    \
        .int8_dot_rows = mk_##OTHERS##_int8_dot_rows,                                                        \
        .int8_squared_l2_rows = mk_##OTHERS##_int8_squared_l2_rows,                                          \
    }

static const mk_kernels scalar_kernels = TABLE(scalar, scalar);

#if defined(__x86_64__)
static const mk_kernels avx2_kernels = TABLE(avx2, avx2);
static const mk_kernels avx512_kernels = TABLE(avx512, avx2);
static const mk_kernels avx512_vnni_kernels = TABLE(avx512, avx512);

static const mk_kernels *avx2(void) {
    bool whole = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")
        && __builtin_cpu_supports("f16c");
    return whole ? &avx2_kernels : NULL;
}

static const mk_kernels *avx512(void) {
    if (!__builtin_cpu_supports("avx512f")) {
        return NULL;
    }
    bool whole = __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq")
        && __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512vnni");
    return whole ? &avx512_vnni_kernels : &avx512_kernels;
}
#elif defined(__aarch64__)
static const mk_kernels neon_kernels = TABLE(neon, neon);
#endif

const mk_kernels *mk_kernels_for(mk_instruction_set set) {
    switch (set) {
    case MK_SCALAR:
        return &scalar_kernels;
#if defined(__x86_64__)
    case MK_AVX2:
        return avx2();
    case MK_AVX512:
        return avx512();
#elif defined(__aarch64__)
    case MK_NEON:
        return &neon_kernels;
#endif
    default:
        return NULL;
    }
}

/// `MILLRACE_KERNELS=avx2` or `scalar` keeps to what a plainer machine has, so that tests and benchmarks of such a
/// machine can be run on a better one.
mk_instruction_set mk_best_instruction_set(void) {
    static const mk_instruction_set fastest_first[] = {MK_AVX512, MK_AVX2, MK_NEON};
    const char *most = getenv("MILLRACE_KERNELS");
    size_t first = most && !strcmp(most, "scalar") ? 3 : most && !strcmp(most, "avx2") ? 1 : 0;
    for (size_t i = first; i < sizeof fastest_first / sizeof *fastest_first; i++) {
        if (mk_kernels_for(fastest_first[i])) {
            return fastest_first[i];
        }
    }
    return MK_SCALAR;
}
