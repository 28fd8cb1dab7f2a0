// Signed bytes with NEON: eight a step, multiplied to 16 bits or subtracted there (a product is at most
// 16,384, a difference 255), then added up in 32 bits, where the sums wrap as unsigned numbers do.
#if defined(__aarch64__)
#include "kernels.h"
#include <arm_neon.h>

static inline int32x4_t dot_step(int32x4_t sum, int8x8_t a, int8x8_t b) {
    return vpadalq_s16(sum, vmull_s8(a, b));
}

static inline int32x4_t squared_l2_step(int32x4_t sum, int8x8_t a, int8x8_t b) {
    int16x8_t difference = vsubl_s8(a, b);
    sum = vmlal_s16(sum, vget_low_s16(difference), vget_low_s16(difference));
    return vmlal_s16(sum, vget_high_s16(difference), vget_high_s16(difference));
}

static inline uint32_t dot_tail(int32_t a, int32_t b) { return (uint32_t)(a * b); }
static inline uint32_t squared_l2_tail(int32_t a, int32_t b) { return (uint32_t)((a - b) * (a - b)); }

static inline uint32_t sum_of(int32x4_t sum) { return vaddvq_u32(vreinterpretq_u32_s32(sum)); }

#define DEFINE(NAME, RESULT, STEP, TAIL)                                                                     \
    RESULT mk_neon_##NAME(const int8_t *a, const int8_t *b, size_t length) {                                 \
        int32x4_t even = vdupq_n_s32(0), odd = vdupq_n_s32(0);                                               \
        size_t i = 0;                                                                                        \
        for (; i + 16 <= length; i += 16) {                                                                  \
            even = STEP(even, vld1_s8(a + i), vld1_s8(b + i));                                               \
            odd = STEP(odd, vld1_s8(a + i + 8), vld1_s8(b + i + 8));                                         \
        }                                                                                                    \
        uint32_t sum = sum_of(vaddq_s32(even, odd));                                                         \
        for (; i < length; i++) {                                                                            \
            sum += TAIL(a[i], b[i]);                                                                         \
        }                                                                                                    \
        return (RESULT)sum;                                                                                  \
    }                                                                                                        \
    static inline void NAME##_four(const int8_t *query, const int8_t *row[4], const int8_t *next[4],         \
                                   size_t length, RESULT *results) {                                         \
        int32x4_t sum[4];                                                                                    \
        for (size_t j = 0; j < 4; j++) {                                                                     \
            sum[j] = vdupq_n_s32(0);                                                                         \
        }                                                                                                    \
        size_t i = 0;                                                                                        \
        for (; i + 8 <= length; i += 8) {                                                                    \
            int8x8_t all = vld1_s8(query + i);                                                               \
            for (size_t j = 0; j < 4; j++) {                                                                 \
                __builtin_prefetch(next[j] + i);                                                             \
                sum[j] = STEP(sum[j], all, vld1_s8(row[j] + i));                                             \
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
    MK_DEFINE_ROWS_OF(int8_t, int8_t, RESULT, mk_neon_##NAME##_rows, , NAME##_four, mk_neon_##NAME)

DEFINE(int8_dot, int32_t, dot_step, dot_tail)
DEFINE(int8_squared_l2, uint32_t, squared_l2_step, squared_l2_tail)
#endif
