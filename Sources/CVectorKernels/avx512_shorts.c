// 16-bit floats with AVX-512: widened sixteen at a time, then as in avx512.c, two sums a row.
#if defined(__x86_64__)
#include "shorts.h"
#include <immintrin.h>

#define AVX512 __attribute__((target("avx512f,avx512bw,avx512vl")))

AVX512 static inline __mmask16 tail_mask(size_t remaining) { return (__mmask16)((1u << remaining) - 1); }

/// The sixteen 16-bit floats at `row`, or those of them `mask` names; no other memory is read.
AVX512 static inline __m512 load_half(__mmask16 mask, const uint16_t *row) {
    return _mm512_cvtph_ps(_mm256_maskz_loadu_epi16(mask, row));
}

AVX512 static inline __m512 load_bfloat(__mmask16 mask, const uint16_t *row) {
    __m512i wide = _mm512_cvtepu16_epi32(_mm256_maskz_loadu_epi16(mask, row));
    return _mm512_castsi512_ps(_mm512_slli_epi32(wide, 16));
}

AVX512 static inline __m512 dot_step(__m512 sum, __m512 a, __m512 b) { return _mm512_fmadd_ps(a, b, sum); }

AVX512 static inline __m512 squared_l2_step(__m512 sum, __m512 a, __m512 b) {
    __m512 difference = _mm512_sub_ps(a, b);
    return _mm512_fmadd_ps(difference, difference, sum);
}

#define ALL ((__mmask16)0xffff)

// Lanes past the end are loaded as zero in both vectors, so they add nothing.
#define DEFINE(NAME, LOAD, STEP)                                                                             \
    AVX512 float mk_avx512_##NAME(const float *a, const uint16_t *b, size_t length) {                        \
        __m512 even = _mm512_setzero_ps(), odd = _mm512_setzero_ps();                                        \
        size_t i = 0;                                                                                        \
        for (; i + 32 <= length; i += 32) {                                                                  \
            even = STEP(even, _mm512_loadu_ps(a + i), LOAD(ALL, b + i));                                     \
            odd = STEP(odd, _mm512_loadu_ps(a + i + 16), LOAD(ALL, b + i + 16));                             \
        }                                                                                                    \
        if (i + 16 <= length) {                                                                              \
            even = STEP(even, _mm512_loadu_ps(a + i), LOAD(ALL, b + i));                                     \
            i += 16;                                                                                         \
        }                                                                                                    \
        if (i < length) {                                                                                    \
            __mmask16 mask = tail_mask(length - i);                                                          \
            odd = STEP(odd, _mm512_maskz_loadu_ps(mask, a + i), LOAD(mask, b + i));                          \
        }                                                                                                    \
        return _mm512_reduce_add_ps(_mm512_add_ps(even, odd));                                               \
    }                                                                                                        \
    AVX512 static inline void NAME##_four(const float *query, const uint16_t *row[4],                        \
                                          const uint16_t *next[4], size_t length, float *results) {          \
        __m512 even[4], odd[4];                                                                              \
        for (size_t j = 0; j < 4; j++) {                                                                     \
            even[j] = odd[j] = _mm512_setzero_ps();                                                          \
        }                                                                                                    \
        size_t i = 0;                                                                                        \
        for (; i + 32 <= length; i += 32) {                                                                  \
            __m512 first = _mm512_loadu_ps(query + i), second = _mm512_loadu_ps(query + i + 16);             \
            for (size_t j = 0; j < 4; j++) {                                                                 \
                __builtin_prefetch(next[j] + i);                                                             \
                even[j] = STEP(even[j], first, LOAD(ALL, row[j] + i));                                       \
                odd[j] = STEP(odd[j], second, LOAD(ALL, row[j] + i + 16));                                   \
            }                                                                                                \
        }                                                                                                    \
        if (i + 16 <= length) {                                                                              \
            __m512 first = _mm512_loadu_ps(query + i);                                                       \
            for (size_t j = 0; j < 4; j++) {                                                                 \
                even[j] = STEP(even[j], first, LOAD(ALL, row[j] + i));                                       \
            }                                                                                                \
            i += 16;                                                                                         \
        }                                                                                                    \
        if (i < length) {                                                                                    \
            __mmask16 mask = tail_mask(length - i);                                                          \
            __m512 last = _mm512_maskz_loadu_ps(mask, query + i);                                            \
            for (size_t j = 0; j < 4; j++) {                                                                 \
                odd[j] = STEP(odd[j], last, LOAD(mask, row[j] + i));                                         \
            }                                                                                                \
        }                                                                                                    \
        for (size_t j = 0; j < 4; j++) {                                                                     \
            results[j] = _mm512_reduce_add_ps(_mm512_add_ps(even[j], odd[j]));                               \
        }                                                                                                    \
    }                                                                                                        \
    MK_DEFINE_ROWS_OF(float, uint16_t, float, mk_avx512_##NAME##_rows, AVX512, NAME##_four,                  \
                      mk_avx512_##NAME)

DEFINE(half_dot, load_half, dot_step)
DEFINE(half_squared_l2, load_half, squared_l2_step)
DEFINE(bfloat_dot, load_bfloat, dot_step)
DEFINE(bfloat_squared_l2, load_bfloat, squared_l2_step)

AVX512 void mk_avx512_to_half(const float *v, size_t length, uint16_t *halves) {
    for (size_t i = 0; i < length; i += 16) {
        __mmask16 mask = length - i < 16 ? tail_mask(length - i) : ALL;
        __m256i sixteen = _mm512_cvtps_ph(_mm512_maskz_loadu_ps(mask, v + i), _MM_FROUND_TO_NEAREST_INT);
        _mm256_mask_storeu_epi16(halves + i, mask, sixteen);
    }
}

// Integer arithmetic without branches, which the compiler widens to sixteen lanes by itself.
AVX512 void mk_avx512_to_bfloat(const float *v, size_t length, uint16_t *bfloats) {
    for (size_t i = 0; i < length; i++) {
        bfloats[i] = mk_to_bfloat(v[i]);
    }
}
#endif
