#include "kernels.h"

const mk_kernels *mk_kernels_for(mk_instruction_set set) {
    switch (set) {
    case MK_SCALAR:
        return &mk_scalar_kernels;
#if defined(__x86_64__)
    case MK_AVX2:
        return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") ? &mk_avx2_kernels : NULL;
    case MK_AVX512:
        return __builtin_cpu_supports("avx512f") ? &mk_avx512_kernels : NULL;
#elif defined(__aarch64__)
    case MK_NEON:
        return &mk_neon_kernels;
#endif
    default:
        return NULL;
    }
}

mk_instruction_set mk_best_instruction_set(void) {
    static const mk_instruction_set fastest_first[] = {MK_AVX512, MK_AVX2, MK_NEON};
    for (size_t i = 0; i < sizeof fastest_first / sizeof *fastest_first; i++) {
        if (mk_kernels_for(fastest_first[i])) {
            return fastest_first[i];
        }
    }
    return MK_SCALAR;
}
