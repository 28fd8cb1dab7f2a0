// AVX2 with FMA: eight floats a vector, and 6 × 2 sums in the sixteen registers.
#if defined(__x86_64__)
#define LANES 8
#define VECTORS 2
#define ROWS 6
#define NAME(x) mx_avx2_##x
#include "kernels.h"
#include <immintrin.h>
#include <math.h>
#include <string.h>
#pragma clang attribute push(__attribute__((target("avx2,fma,f16c"))), apply_to = function)
#include "vectors.h"
#pragma clang attribute pop
#endif
