// Signed bytes with AVX-512 VNNI: 32 a step, widened to 16 bits, where a product (16,384) and a difference
// (255) fit, multiplied and added to 32 bits, where the sums wrap as unsigned numbers do.
#if defined(__x86_64__)
#include "kernels.h"
#include <immintrin.h>

#define VNNI __attribute__((target("avx512f,avx512bw,avx512vl,avx512vnni")))

#define ALL 0xffffffffu

/// The 32 bytes at `address`, or those of them `mask` names, the others zero; no other memory is read.
VNNI static inline __m512i load(__mmask32 mask, const int8_t *address) {
    return _mm512_cvtepi8_epi16(_mm256_maskz_loadu_epi8(mask, address));
}

VNNI static inline __mmask32 tail_mask(size_t remaining) { return (1u << remaining) - 1; }

VNNI static inline __m512i dot_step(__m512i sum, __m512i a, __m512i b) {
    return _mm512_dpwssd_epi32(sum, a, b);
}

VNNI static inline __m512i squared_l2_step(__m512i sum, __m512i a, __m512i b) {
    __m512i difference = _mm512_sub_epi16(a, b);
    return _mm512_dpwssd_epi32(sum, difference, difference);
}

// Lanes past the end are loaded as zero in both vectors, so they add nothing.
#define DEFINE(NAME, RESULT, STEP)                                                                           \
    VNNI RESULT mk_avx512_##NAME(const int8_t *a, const int8_t *b, size_t length) {                          \
        __m512i even = _mm512_setzero_si512(), odd = _mm512_setzero_si512();                                 \
        size_t i = 0;                                                                                        \
        for (; i + 64 <= length; i += 64) {                                                                  \
            even = STEP(even, load(ALL, a + i), load(ALL, b + i));                                           \
            odd = STEP(odd, load(ALL, a + i + 32), load(ALL, b + i + 32));                                   \
        }                                                                                                    \
        if (i + 32 <= length) {                                                                              \
            even = STEP(even, load(ALL, a + i), load(ALL, b + i));                                           \
            i += 32;                                                                                         \
        }                                                                                                    \
        if (i < length) {                                                                                    \
            __mmask32 mask = tail_mask(length - i);                                                          \
            odd = STEP(odd, load(mask, a + i), load(mask, b + i));                                           \
        }                                                                                                    \
        return (RESULT)_mm512_reduce_add_epi32(_mm512_add_epi32(even, odd));                                 \
    }                                                                                                        \
    VNNI static inline void NAME##_four(const int8_t *query, const int8_t *row[4], const int8_t *next[4],    \
                                        size_t length, RESULT *results) {                                    \
        __m512i sum[4];                                                                                      \
        for (size_t j = 0; j < 4; j++) {                                                                     \
            sum[j] = _mm512_setzero_si512();                                                                 \
        }                                                                                                    \
        size_t i = 0;                                                                                        \
        for (; i + 32 <= length; i += 32) {                                                                  \
            __m512i all = load(ALL, query + i);                                                              \
            for (size_t j = 0; j < 4; j++) {                                                                 \
                __builtin_prefetch(next[j] + i);                                                             \
                sum[j] = STEP(sum[j], all, load(ALL, row[j] + i));                                           \
            }                                                                                                \
        }                                                                                                    \
        if (i < length) {                                                                                    \
            __mmask32 mask = tail_mask(length - i);                                                          \
            __m512i last = load(mask, query + i);                                                            \
            for (size_t j = 0; j < 4; j++) {                                                                 \
                sum[j] = STEP(sum[j], last, load(mask, row[j] + i));                                         \
            }                                                                                                \
        }                                                                                                    \
        for (size_t j = 0; j < 4; j++) {                                                                     \
            results[j] = (RESULT)_mm512_reduce_add_epi32(sum[j]);                                            \
        }                                                                                                    \
    }                                                                                                        \
    MK_DEFINE_ROWS_OF(int8_t, int8_t, RESULT, mk_avx512_##NAME##_rows, VNNI, NAME##_four, mk_avx512_##NAME)

DEFINE(int8_dot, int32_t, dot_step)
DEFINE(int8_squared_l2, uint32_t, squared_l2_step)
#endif
