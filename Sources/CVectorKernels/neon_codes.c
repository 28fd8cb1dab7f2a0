// Quantized vectors with NEON: 16 codes a step, multiplied to 16-bit sums of two, then added up in 32 bits.
//
// A sum of two 7-bit products reaches 2 * 127 * 127 = 32,258 and fits 16 bits; row codes are at most 127, so
// they may be taken as signed.
#if defined(__aarch64__)
#include "codes.h"
#include <arm_neon.h>

static inline int32x4_t add16(int32x4_t sum, int8x16_t a, int8x16_t b) {
    int16x8_t products = vmull_s8(vget_low_s8(a), vget_low_s8(b));
    return vpadalq_s16(sum, vmlal_s8(products, vget_high_s8(a), vget_high_s8(b)));
}

/// Adds 16 codes from `i` on. Reads within the row's `length` bytes, as 16 divides both `i` and `length`.
static inline int32x4_t step7(int32x4_t sum, const int8_t *query, const uint8_t *row, size_t i) {
    return add16(sum, vld1q_s8(query + i), vreinterpretq_s8_u8(vld1q_u8(row + i)));
}

/// Adds the 32 codes in 16 bytes: byte `i` of the row belongs to dimensions `2 (i - i % 64) + i % 64` and
/// that plus 64. Reads within the row's `length / 2` bytes, as 16 divides both `i` and `length / 2`.
static inline int32x4_t step4(int32x4_t sum, const int8_t *query, const uint8_t *row, size_t i) {
    const int8_t *low = query + 2 * (i & ~(size_t)63) + (i & 63);
    uint8x16_t both = vld1q_u8(row + i);
    sum = add16(sum, vld1q_s8(low), vreinterpretq_s8_u8(vandq_u8(both, vdupq_n_u8(15))));
    return add16(sum, vld1q_s8(low + 64), vreinterpretq_s8_u8(vshrq_n_u8(both, 4)));
}

#define DEFINE(ONE, FOUR, STEP, BYTES)                                                                       \
    static int32_t ONE(const int8_t *query, const uint8_t *row, size_t length) {                             \
        int32x4_t even = vdupq_n_s32(0), odd = vdupq_n_s32(0);                                               \
        for (size_t i = 0; i < (BYTES); i += 32) {                                                           \
            even = STEP(even, query, row, i);                                                                \
            odd = STEP(odd, query, row, i + 16);                                                             \
        }                                                                                                    \
        return vaddvq_s32(vaddq_s32(even, odd));                                                             \
    }                                                                                                        \
    static inline void FOUR(const mk_code_query *query, const mk_code_header *const header[4],               \
                            const uint8_t *const row[4], size_t length, float *results) {                    \
        int32x4_t sum[4];                                                                                    \
        for (size_t j = 0; j < 4; j++) {                                                                     \
            sum[j] = vdupq_n_s32(0);                                                                         \
        }                                                                                                    \
        for (size_t i = 0; i < (BYTES); i += 16) {                                                           \
            for (size_t j = 0; j < 4; j++) {                                                                 \
                sum[j] = STEP(sum[j], query->codes, row[j], i);                                              \
            }                                                                                                \
        }                                                                                                    \
        for (size_t j = 0; j < 4; j++) {                                                                     \
            results[j] = mk_code_result(query, header[j], vaddvq_s32(sum[j]));                               \
        }                                                                                                    \
    }

DEFINE(dot7, dot7_four, step7, length)
DEFINE(dot4, dot4_four, step4, length / 2)
MK_DEFINE_CODE_ROWS(mk_neon_code7_rows, , dot7_four, dot7)
MK_DEFINE_CODE_ROWS(mk_neon_code4_rows, , dot4_four, dot4)
#endif
