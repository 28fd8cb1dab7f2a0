// Quantized vectors with AVX-512 VNNI: one instruction multiplies 64 unsigned codes of a row with 64 signed
// ones of the query and adds them in fours to 32-bit sums; no step of it saturates or rounds.
#if defined(__x86_64__)
#include "codes_x86.h"

#define VNNI __attribute__((target("avx512f,avx512bw,avx512vl,avx512vnni")))

VNNI static inline __m512i load(const void *address) { return _mm512_loadu_si512(address); }

/// Adds 64 codes from `i` on. Reads within the row's `length` bytes, as 64 divides both `i` and `length`.
VNNI static inline __m512i step7(__m512i sum, const int8_t *query, const uint8_t *row, size_t i) {
    return _mm512_dpbusd_epi32(sum, load(row + i), load(query + i));
}

/// Adds the 128 codes in 64 bytes. Reads within the row's `length / 2` bytes and the query's `length`, as 64
/// divides both `i` and `length / 2`.
VNNI static inline __m512i step4(__m512i sum, const int8_t *query, const uint8_t *row, size_t i) {
    __m512i nibble = _mm512_set1_epi8(15), both = load(row + i);
    __m512i lows = _mm512_and_si512(both, nibble);
    __m512i highs = _mm512_and_si512(_mm512_srli_epi16(both, 4), nibble);
    sum = _mm512_dpbusd_epi32(sum, lows, load(query + 2 * i));
    return _mm512_dpbusd_epi32(sum, highs, load(query + 2 * i + 64));
}

/// Adds neighbouring lanes of `a` and of `b`, a half of each vector to every second lane of the result.
VNNI static inline __m512i paired32(__m512i a, __m512i b) {
    return _mm512_add_epi32(_mm512_unpacklo_epi32(a, b), _mm512_unpackhi_epi32(a, b));
}

/// Lane `j` gets the sum of `sum[j]`: transposed in pairs while adding, thirteen instructions for all four.
VNNI static inline __m128i sums_of(const __m512i sum[4]) {
    __m512i first = paired32(sum[0], sum[1]), last = paired32(sum[2], sum[3]);
    __m512i all = _mm512_add_epi32(_mm512_unpacklo_epi64(first, last), _mm512_unpackhi_epi64(first, last));
    __m256i half = _mm256_add_epi32(_mm512_castsi512_si256(all), _mm512_extracti64x4_epi64(all, 1));
    return _mm_add_epi32(_mm256_castsi256_si128(half), _mm256_extracti128_si256(half, 1));
}

#define DEFINE(ONE, FOUR, STEP, BYTES)                                                                       \
    VNNI static int32_t ONE(const int8_t *query, const uint8_t *row, size_t length) {                        \
        __m512i sum = _mm512_setzero_si512();                                                                \
        for (size_t i = 0; i < (BYTES); i += 64) {                                                           \
            sum = STEP(sum, query, row, i);                                                                  \
        }                                                                                                    \
        return _mm512_reduce_add_epi32(sum);                                                                 \
    }                                                                                                        \
    VNNI static inline void FOUR(const mk_code_query *query, const mk_code_header *const header[4],          \
                                 const uint8_t *const row[4], size_t length, float *results) {               \
        const int8_t *codes = query->codes;                                                                  \
        __m512i sum[4];                                                                                      \
        for (size_t j = 0; j < 4; j++) {                                                                     \
            sum[j] = _mm512_setzero_si512();                                                                 \
        }                                                                                                    \
        for (size_t i = 0; i < (BYTES); i += 64) {                                                           \
            for (size_t j = 0; j < 4; j++) {                                                                 \
                sum[j] = STEP(sum[j], codes, row[j], i);                                                     \
            }                                                                                                \
        }                                                                                                    \
        mk_code_results_of_four(query, header, sums_of(sum), results);                                       \
    }

DEFINE(dot7, dot7_four, step7, length)
DEFINE(dot4, dot4_four, step4, length / 2)
MK_DEFINE_CODE_ROWS(mk_avx512_code7_rows, VNNI, dot7_four, dot7)
MK_DEFINE_CODE_ROWS(mk_avx512_code4_rows, VNNI, dot4_four, dot4)
#endif
