// AVX-512F: sixteen floats a step, two sums a row so that the fused multiply-adds do not wait for each other.
#if defined(__x86_64__)
#include "kernels.h"
#include <immintrin.h>

#define AVX512 __attribute__((target("avx512f")))

AVX512 static inline __m512 dot_step(__m512 sum, __m512 a, __m512 b) { return _mm512_fmadd_ps(a, b, sum); }

AVX512 static inline __m512 squared_l2_step(__m512 sum, __m512 a, __m512 b) {
    __m512 difference = _mm512_sub_ps(a, b);
    return _mm512_fmadd_ps(difference, difference, sum);
}

AVX512 static inline __mmask16 tail_mask(size_t remaining) { return (__mmask16)((1u << remaining) - 1); }

// Lanes past the end are loaded as zero in both vectors, so they add nothing.
#define DEFINE_ONE(NAME, STEP)                                                                               \
    AVX512 float NAME(const float *a, const float *b, size_t length) {                                       \
        __m512 even = _mm512_setzero_ps(), odd = _mm512_setzero_ps();                                        \
        size_t i = 0;                                                                                        \
        for (; i + 32 <= length; i += 32) {                                                                  \
            even = STEP(even, _mm512_loadu_ps(a + i), _mm512_loadu_ps(b + i));                               \
            odd = STEP(odd, _mm512_loadu_ps(a + i + 16), _mm512_loadu_ps(b + i + 16));                       \
        }                                                                                                    \
        if (i + 16 <= length) {                                                                              \
            even = STEP(even, _mm512_loadu_ps(a + i), _mm512_loadu_ps(b + i));                               \
            i += 16;                                                                                         \
        }                                                                                                    \
        if (i < length) {                                                                                    \
            __mmask16 mask = tail_mask(length - i);                                                          \
            odd = STEP(odd, _mm512_maskz_loadu_ps(mask, a + i), _mm512_maskz_loadu_ps(mask, b + i));         \
        }                                                                                                    \
        return _mm512_reduce_add_ps(_mm512_add_ps(even, odd));                                               \
    }

#define DEFINE_FOUR(NAME, STEP)                                                                              \
    AVX512 static inline void NAME(const float *query, const float *row[4], const float *next[4],            \
                                   size_t length, float *results) {                                          \
        __m512 even[4], odd[4];                                                                              \
        for (size_t j = 0; j < 4; j++) {                                                                     \
            even[j] = odd[j] = _mm512_setzero_ps();                                                          \
        }                                                                                                    \
        size_t i = 0;                                                                                        \
        for (; i + 32 <= length; i += 32) {                                                                  \
            __m512 first = _mm512_loadu_ps(query + i), second = _mm512_loadu_ps(query + i + 16);             \
            for (size_t j = 0; j < 4; j++) {                                                                 \
                __builtin_prefetch(next[j] + i);                                                             \
                __builtin_prefetch(next[j] + i + 16);                                                        \
                even[j] = STEP(even[j], first, _mm512_loadu_ps(row[j] + i));                                 \
                odd[j] = STEP(odd[j], second, _mm512_loadu_ps(row[j] + i + 16));                             \
            }                                                                                                \
        }                                                                                                    \
        if (i + 16 <= length) {                                                                              \
            __m512 first = _mm512_loadu_ps(query + i);                                                       \
            for (size_t j = 0; j < 4; j++) {                                                                 \
                __builtin_prefetch(next[j] + i);                                                             \
                even[j] = STEP(even[j], first, _mm512_loadu_ps(row[j] + i));                                 \
            }                                                                                                \
            i += 16;                                                                                         \
        }                                                                                                    \
        if (i < length) {                                                                                    \
            __mmask16 mask = tail_mask(length - i);                                                          \
            __m512 last = _mm512_maskz_loadu_ps(mask, query + i);                                            \
            for (size_t j = 0; j < 4; j++) {                                                                 \
                odd[j] = STEP(odd[j], last, _mm512_maskz_loadu_ps(mask, row[j] + i));                        \
            }                                                                                                \
        }                                                                                                    \
        for (size_t j = 0; j < 4; j++) {                                                                     \
            results[j] = _mm512_reduce_add_ps(_mm512_add_ps(even[j], odd[j]));                               \
        }                                                                                                    \
    }

DEFINE_ONE(mk_avx512_dot, dot_step)
DEFINE_ONE(mk_avx512_squared_l2, squared_l2_step)
DEFINE_FOUR(dot_four, dot_step)
DEFINE_FOUR(squared_l2_four, squared_l2_step)
MK_DEFINE_ROWS(mk_avx512_dot_rows, AVX512, dot_four, mk_avx512_dot)
MK_DEFINE_ROWS(mk_avx512_squared_l2_rows, AVX512, squared_l2_four, mk_avx512_squared_l2)

#endif
