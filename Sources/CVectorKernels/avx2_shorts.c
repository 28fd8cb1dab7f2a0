// 16-bit floats with AVX2: widened eight at a time, then as in avx2.c, two sums a row.
#if defined(__x86_64__)
#include "shorts.h"
#include <immintrin.h>

#define AVX2 __attribute__((target("avx2,fma,f16c")))

AVX2 static inline __m256 load_half(const uint16_t *row) {
    return _mm256_cvtph_ps(_mm_loadu_si128((const __m128i_u *)row));
}

AVX2 static inline __m256 load_bfloat(const uint16_t *row) {
    __m256i wide = _mm256_cvtepu16_epi32(_mm_loadu_si128((const __m128i_u *)row));
    return _mm256_castsi256_ps(_mm256_slli_epi32(wide, 16));
}

AVX2 static inline float from_half(uint16_t half) { return _cvtsh_ss(half); }

AVX2 static inline __m256 dot_step(__m256 sum, __m256 a, __m256 b) { return _mm256_fmadd_ps(a, b, sum); }

AVX2 static inline __m256 squared_l2_step(__m256 sum, __m256 a, __m256 b) {
    __m256 difference = _mm256_sub_ps(a, b);
    return _mm256_fmadd_ps(difference, difference, sum);
}

AVX2 static inline float dot_tail(float a, float b) { return a * b; }
AVX2 static inline float squared_l2_tail(float a, float b) { return (a - b) * (a - b); }

AVX2 static inline float sum_of(__m256 even, __m256 odd) {
    __m256 sum = _mm256_add_ps(even, odd);
    __m128 half = _mm_add_ps(_mm256_castps256_ps128(sum), _mm256_extractf128_ps(sum, 1));
    half = _mm_add_ps(half, _mm_movehl_ps(half, half));
    return _mm_cvtss_f32(_mm_add_ss(half, _mm_movehdup_ps(half)));
}

#define DEFINE(NAME, LOAD, FROM, STEP, TAIL)                                                                 \
    AVX2 float mk_avx2_##NAME(const float *a, const uint16_t *b, size_t length) {                            \
        __m256 even = _mm256_setzero_ps(), odd = _mm256_setzero_ps();                                        \
        size_t i = 0;                                                                                        \
        for (; i + 16 <= length; i += 16) {                                                                  \
            even = STEP(even, _mm256_loadu_ps(a + i), LOAD(b + i));                                          \
            odd = STEP(odd, _mm256_loadu_ps(a + i + 8), LOAD(b + i + 8));                                    \
        }                                                                                                    \
        float sum = sum_of(even, odd);                                                                       \
        for (; i < length; i++) {                                                                            \
            sum += TAIL(a[i], FROM(b[i]));                                                                   \
        }                                                                                                    \
        return sum;                                                                                          \
    }                                                                                                        \
    AVX2 static inline void NAME##_four(const float *query, const uint16_t *row[4], const uint16_t *next[4], \
                                        size_t length, float *results) {                                     \
        __m256 even[4], odd[4];                                                                              \
        for (size_t j = 0; j < 4; j++) {                                                                     \
            even[j] = odd[j] = _mm256_setzero_ps();                                                          \
        }                                                                                                    \
        size_t i = 0;                                                                                        \
        for (; i + 16 <= length; i += 16) {                                                                  \
            __m256 first = _mm256_loadu_ps(query + i), second = _mm256_loadu_ps(query + i + 8);              \
            for (size_t j = 0; j < 4; j++) {                                                                 \
                __builtin_prefetch(next[j] + i);                                                             \
                even[j] = STEP(even[j], first, LOAD(row[j] + i));                                            \
                odd[j] = STEP(odd[j], second, LOAD(row[j] + i + 8));                                         \
            }                                                                                                \
        }                                                                                                    \
        for (size_t j = 0; j < 4; j++) {                                                                     \
            float sum = sum_of(even[j], odd[j]);                                                             \
            for (size_t t = i; t < length; t++) {                                                            \
                sum += TAIL(query[t], FROM(row[j][t]));                                                      \
            }                                                                                                \
            results[j] = sum;                                                                                \
        }                                                                                                    \
    }                                                                                                        \
    MK_DEFINE_ROWS_OF(float, uint16_t, float, mk_avx2_##NAME##_rows, AVX2, NAME##_four, mk_avx2_##NAME)

DEFINE(half_dot, load_half, from_half, dot_step, dot_tail)
DEFINE(half_squared_l2, load_half, from_half, squared_l2_step, squared_l2_tail)
DEFINE(bfloat_dot, load_bfloat, mk_from_bfloat, dot_step, dot_tail)
DEFINE(bfloat_squared_l2, load_bfloat, mk_from_bfloat, squared_l2_step, squared_l2_tail)

AVX2 void mk_avx2_to_half(const float *v, size_t length, uint16_t *halves) {
    size_t i = 0;
    for (; i + 8 <= length; i += 8) {
        __m128i eight = _mm256_cvtps_ph(_mm256_loadu_ps(v + i), _MM_FROUND_TO_NEAREST_INT);
        _mm_storeu_si128((__m128i_u *)(halves + i), eight);
    }
    for (; i < length; i++) {
        halves[i] = mk_to_half(v[i]);
    }
}

// Integer arithmetic without branches, which the compiler widens to eight lanes by itself.
AVX2 void mk_avx2_to_bfloat(const float *v, size_t length, uint16_t *bfloats) {
    for (size_t i = 0; i < length; i++) {
        bfloats[i] = mk_to_bfloat(v[i]);
    }
}
#endif
