// AVX2 with FMA: eight floats a step, two sums a row so that the multiply-adds do not wait for each other.
#if defined(__x86_64__)
#include "kernels.h"
#include <immintrin.h>

#define AVX2 __attribute__((target("avx2,fma")))

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

#define DEFINE_ONE(NAME, STEP, TAIL)                                                                         \
    AVX2 float NAME(const float *a, const float *b, size_t length) {                                         \
        __m256 even = _mm256_setzero_ps(), odd = _mm256_setzero_ps();                                        \
        size_t i = 0;                                                                                        \
        for (; i + 16 <= length; i += 16) {                                                                  \
            even = STEP(even, _mm256_loadu_ps(a + i), _mm256_loadu_ps(b + i));                               \
            odd = STEP(odd, _mm256_loadu_ps(a + i + 8), _mm256_loadu_ps(b + i + 8));                         \
        }                                                                                                    \
        float sum = sum_of(even, odd);                                                                       \
        for (; i < length; i++) {                                                                            \
            sum += TAIL(a[i], b[i]);                                                                         \
        }                                                                                                    \
        return sum;                                                                                          \
    }

#define DEFINE_FOUR(NAME, STEP, TAIL)                                                                        \
    AVX2 static inline void NAME(const float *query, const float *row[4], const float *next[4],              \
                                 size_t length, float *results) {                                            \
        __m256 even[4], odd[4];                                                                              \
        for (size_t j = 0; j < 4; j++) {                                                                     \
            even[j] = odd[j] = _mm256_setzero_ps();                                                          \
        }                                                                                                    \
        size_t i = 0;                                                                                        \
        for (; i + 16 <= length; i += 16) {                                                                  \
            __m256 first = _mm256_loadu_ps(query + i), second = _mm256_loadu_ps(query + i + 8);              \
            for (size_t j = 0; j < 4; j++) {                                                                 \
                __builtin_prefetch(next[j] + i);                                                             \
                even[j] = STEP(even[j], first, _mm256_loadu_ps(row[j] + i));                                 \
                odd[j] = STEP(odd[j], second, _mm256_loadu_ps(row[j] + i + 8));                              \
            }                                                                                                \
        }                                                                                                    \
        for (size_t j = 0; j < 4; j++) {                                                                     \
            float sum = sum_of(even[j], odd[j]);                                                             \
            for (size_t t = i; t < length; t++) {                                                            \
                sum += TAIL(query[t], row[j][t]);                                                            \
            }                                                                                                \
            results[j] = sum;                                                                                \
        }                                                                                                    \
    }

DEFINE_ONE(mk_avx2_dot, dot_step, dot_tail)
DEFINE_ONE(mk_avx2_squared_l2, squared_l2_step, squared_l2_tail)
DEFINE_FOUR(dot_four, dot_step, dot_tail)
DEFINE_FOUR(squared_l2_four, squared_l2_step, squared_l2_tail)
MK_DEFINE_ROWS(mk_avx2_dot_rows, AVX2, dot_four, mk_avx2_dot)
MK_DEFINE_ROWS(mk_avx2_squared_l2_rows, AVX2, squared_l2_four, mk_avx2_squared_l2)

#endif
