// Quantized vectors with AVX2: 32 codes a step, multiplied to 16-bit pair sums, then added up in 32 bits.
//
// The multiplication saturates at 32,767; a pair of 7-bit codes reaches 2 * 127 * 127 = 32,258, and two pairs
// of 4-bit codes 4 * 15 * 127 = 7,620, so it never does and the sums are exact.
#if defined(__x86_64__)
#include "codes_x86.h"

#define AVX2 __attribute__((target("avx2,fma")))

AVX2 static inline __m256i load(const void *address) { return _mm256_loadu_si256(address); }

AVX2 static inline __m256i wide(__m256i pairs) { return _mm256_madd_epi16(pairs, _mm256_set1_epi16(1)); }

/// Adds 32 codes from `i` on. Reads within the row's `length` bytes, as 32 divides both `i` and `length`.
AVX2 static inline __m256i step7(__m256i sum, const int8_t *query, const uint8_t *row, size_t i) {
    return _mm256_add_epi32(sum, wide(_mm256_maddubs_epi16(load(row + i), load(query + i))));
}

/// Adds the 64 codes in 32 bytes: byte `i` of the row belongs to dimensions `2 (i - i % 64) + i % 64` and
/// that plus 64. Reads within the row's `length / 2` bytes, as 32 divides both `i` and `length / 2`.
AVX2 static inline __m256i step4(__m256i sum, const int8_t *query, const uint8_t *row, size_t i) {
    const int8_t *low = query + 2 * (i & ~(size_t)63) + (i & 63);
    __m256i nibble = _mm256_set1_epi8(15), both = load(row + i);
    __m256i lows = _mm256_and_si256(both, nibble);
    __m256i highs = _mm256_and_si256(_mm256_srli_epi16(both, 4), nibble);
    __m256i pairs =
        _mm256_add_epi16(_mm256_maddubs_epi16(lows, load(low)), _mm256_maddubs_epi16(highs, load(low + 64)));
    return _mm256_add_epi32(sum, wide(pairs));
}

AVX2 static inline int32_t sum_of(__m256i sum) {
    __m128i half = _mm_add_epi32(_mm256_castsi256_si128(sum), _mm256_extracti128_si256(sum, 1));
    half = _mm_add_epi32(half, _mm_unpackhi_epi64(half, half));
    return _mm_cvtsi128_si32(_mm_add_epi32(half, _mm_shuffle_epi32(half, 1)));
}

/// Adds neighbouring lanes of `a` and of `b`, a half of each vector to every second lane of the result.
AVX2 static inline __m256i paired32(__m256i a, __m256i b) {
    return _mm256_add_epi32(_mm256_unpacklo_epi32(a, b), _mm256_unpackhi_epi32(a, b));
}

/// Lane `j` gets the sum of `sum[j]`.
AVX2 static inline __m128i sums_of(const __m256i sum[4]) {
    __m256i first = paired32(sum[0], sum[1]), last = paired32(sum[2], sum[3]);
    __m256i all = _mm256_add_epi32(_mm256_unpacklo_epi64(first, last), _mm256_unpackhi_epi64(first, last));
    return _mm_add_epi32(_mm256_castsi256_si128(all), _mm256_extracti128_si256(all, 1));
}

#define DEFINE(ONE, FOUR, STEP, BYTES)                                                                       \
    AVX2 static int32_t ONE(const int8_t *query, const uint8_t *row, size_t length) {                        \
        __m256i even = _mm256_setzero_si256(), odd = _mm256_setzero_si256();                                 \
        for (size_t i = 0; i < (BYTES); i += 64) {                                                           \
            even = STEP(even, query, row, i);                                                                \
            odd = STEP(odd, query, row, i + 32);                                                             \
        }                                                                                                    \
        return sum_of(_mm256_add_epi32(even, odd));                                                          \
    }                                                                                                        \
    AVX2 static inline void FOUR(const mk_code_query *query, const mk_code_header *const header[4],          \
                                 const uint8_t *const row[4], size_t length, float *results) {               \
        const int8_t *codes = query->codes;                                                                  \
        __m256i sum[4];                                                                                      \
        for (size_t j = 0; j < 4; j++) {                                                                     \
            sum[j] = _mm256_setzero_si256();                                                                 \
        }                                                                                                    \
        for (size_t i = 0; i < (BYTES); i += 32) {                                                           \
            for (size_t j = 0; j < 4; j++) {                                                                 \
                sum[j] = STEP(sum[j], codes, row[j], i);                                                     \
            }                                                                                                \
        }                                                                                                    \
        mk_code_results_of_four(query, header, sums_of(sum), results);                                       \
    }

DEFINE(dot7, dot7_four, step7, length)
DEFINE(dot4, dot4_four, step4, length / 2)
MK_DEFINE_CODE_ROWS(mk_avx2_code7_rows, AVX2, dot7_four, dot7)
MK_DEFINE_CODE_ROWS(mk_avx2_code4_rows, AVX2, dot4_four, dot4)
#endif
