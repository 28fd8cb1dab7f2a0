// AVX-512: sixteen floats a vector, and 14 × 2 sums in the 32 registers.
#if defined(__x86_64__)
#define LANES 16
#define VECTORS 2
#define ROWS 14
#define NAME(x) mx_avx512_##x
#include "kernels.h"
#include <immintrin.h>
#include <math.h>
#include <string.h>
#pragma clang attribute push(                                                                                \
    __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,fma"))), apply_to = function)
#include "vectors.h"
#pragma clang attribute pop
#endif
