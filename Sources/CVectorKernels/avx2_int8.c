// Signed bytes with AVX2: sixteen a step, widened to 16 bits, where a product (16,384) and a difference (255)
// fit, multiplied and added in pairs to 32 bits, where the sums wrap as unsigned numbers do.
#if defined(__x86_64__)
#include "kernels.h"
#include <immintrin.h>

#define AVX2 __attribute__((target("avx2")))

AVX2 static inline __m256i load(const int8_t *address) {
    return _mm256_cvtepi8_epi16(_mm_loadu_si128((const __m128i_u *)address));
}

AVX2 static inline __m256i dot_step(__m256i sum, __m256i a, __m256i b) {
    return _mm256_add_epi32(sum, _mm256_madd_epi16(a, b));
}

AVX2 static inline __m256i squared_l2_step(__m256i sum, __m256i a, __m256i b) {
    __m256i difference = _mm256_sub_epi16(a, b);
    return _mm256_add_epi32(sum, _mm256_madd_epi16(difference, difference));
}

AVX2 static inline uint32_t dot_tail(int32_t a, int32_t b) { return (uint32_t)(a * b); }
AVX2 static inline uint32_t squared_l2_tail(int32_t a, int32_t b) { return (uint32_t)((a - b) * (a - b)); }

AVX2 static inline uint32_t sum_of(__m256i sum) {
    __m128i half = _mm_add_epi32(_mm256_castsi256_si128(sum), _mm256_extracti128_si256(sum, 1));
    half = _mm_add_epi32(half, _mm_unpackhi_epi64(half, half));
    return (uint32_t)_mm_cvtsi128_si32(_mm_add_epi32(half, _mm_shuffle_epi32(half, 1)));
}

#define DEFINE(NAME, RESULT, STEP, TAIL)                                                                     \
    AVX2 RESULT mk_avx2_##NAME(const int8_t *a, const int8_t *b, size_t length) {                            \
        __m256i even = _mm256_setzero_si256(), odd = _mm256_setzero_si256();                                 \
        size_t i = 0;                                                                                        \
        for (; i + 32 <= length; i += 32) {                                                                  \
            even = STEP(even, load(a + i), load(b + i));                                                     \
            odd = STEP(odd, load(a + i + 16), load(b + i + 16));                                             \
        }                                                                                                    \
        uint32_t sum = sum_of(_mm256_add_epi32(even, odd));                                                  \
        for (; i < length; i++) {                                                                            \
            sum += TAIL(a[i], b[i]);                                                                         \
        }                                                                                                    \
        return (RESULT)sum;                                                                                  \
    }                                                                                                        \
    AVX2 static inline void NAME##_four(const int8_t *query, const int8_t *row[4], const int8_t *next[4],    \
                                        size_t length, RESULT *results) {                                    \
        __m256i sum[4];                                                                                      \
        for (size_t j = 0; j < 4; j++) {                                                                     \
            sum[j] = _mm256_setzero_si256();                                                                 \
        }                                                                                                    \
        size_t i = 0;                                                                                        \
        for (; i + 16 <= length; i += 16) {                                                                  \
            __m256i all = load(query + i);                                                                   \
            for (size_t j = 0; j < 4; j++) {                                                                 \
                __builtin_prefetch(next[j] + i);                                                             \
                sum[j] = STEP(sum[j], all, load(row[j] + i));                                                \
            }                                                                                                \
        }                                                                                                    \
        for (size_t j = 0; j < 4; j++) {                                                                     \
            uint32_t total = sum_of(sum[j]);                                                                 \
            for (size_t t = i; t < length; t++) {                                                            \
                total += TAIL(query[t], row[j][t]);                                                          \
            }                                                                                                \
            results[j] = (RESULT)total;                                                                      \
        }                                                                                                    \
    }                                                                                                        \
    MK_DEFINE_ROWS_OF(int8_t, int8_t, RESULT, mk_avx2_##NAME##_rows, AVX2, NAME##_four, mk_avx2_##NAME)

DEFINE(int8_dot, int32_t, dot_step, dot_tail)
DEFINE(int8_squared_l2, uint32_t, squared_l2_step, squared_l2_tail)
#endif
