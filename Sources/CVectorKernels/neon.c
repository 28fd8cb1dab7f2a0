// NEON, which every 64-bit ARM processor has: four floats a step, two sums a row.
#if defined(__aarch64__)
#include "kernels.h"
#include <arm_neon.h>

static inline float32x4_t dot_step(float32x4_t sum, float32x4_t a, float32x4_t b) {
    return vfmaq_f32(sum, a, b);
}

static inline float32x4_t squared_l2_step(float32x4_t sum, float32x4_t a, float32x4_t b) {
    float32x4_t difference = vsubq_f32(a, b);
    return vfmaq_f32(sum, difference, difference);
}

static inline float dot_tail(float a, float b) { return a * b; }
static inline float squared_l2_tail(float a, float b) { return (a - b) * (a - b); }

#define DEFINE_ONE(NAME, STEP, TAIL)                                                                         \
    float NAME(const float *a, const float *b, size_t length) {                                              \
        float32x4_t even = vdupq_n_f32(0), odd = vdupq_n_f32(0);                                             \
        size_t i = 0;                                                                                        \
        for (; i + 8 <= length; i += 8) {                                                                    \
            even = STEP(even, vld1q_f32(a + i), vld1q_f32(b + i));                                           \
            odd = STEP(odd, vld1q_f32(a + i + 4), vld1q_f32(b + i + 4));                                     \
        }                                                                                                    \
        float sum = vaddvq_f32(vaddq_f32(even, odd));                                                        \
        for (; i < length; i++) {                                                                            \
            sum += TAIL(a[i], b[i]);                                                                         \
        }                                                                                                    \
        return sum;                                                                                          \
    }

#define DEFINE_FOUR(NAME, STEP, TAIL)                                                                        \
    static inline void NAME(const float *query, const float *row[4], const float *next[4], size_t length,    \
                            float *results) {                                                                \
        float32x4_t even[4], odd[4];                                                                         \
        for (size_t j = 0; j < 4; j++) {                                                                     \
            even[j] = odd[j] = vdupq_n_f32(0);                                                               \
        }                                                                                                    \
        size_t i = 0;                                                                                        \
        for (; i + 8 <= length; i += 8) {                                                                    \
            float32x4_t first = vld1q_f32(query + i), second = vld1q_f32(query + i + 4);                     \
            for (size_t j = 0; j < 4; j++) {                                                                 \
                __builtin_prefetch(next[j] + i);                                                             \
                even[j] = STEP(even[j], first, vld1q_f32(row[j] + i));                                       \
                odd[j] = STEP(odd[j], second, vld1q_f32(row[j] + i + 4));                                    \
            }                                                                                                \
        }                                                                                                    \
        for (size_t j = 0; j < 4; j++) {                                                                     \
            float sum = vaddvq_f32(vaddq_f32(even[j], odd[j]));                                              \
            for (size_t t = i; t < length; t++) {                                                            \
                sum += TAIL(query[t], row[j][t]);                                                            \
            }                                                                                                \
            results[j] = sum;                                                                                \
        }                                                                                                    \
    }

DEFINE_ONE(mk_neon_dot, dot_step, dot_tail)
DEFINE_ONE(mk_neon_squared_l2, squared_l2_step, squared_l2_tail)
DEFINE_FOUR(dot_four, dot_step, dot_tail)
DEFINE_FOUR(squared_l2_four, squared_l2_step, squared_l2_tail)
MK_DEFINE_ROWS(mk_neon_dot_rows, , dot_four, mk_neon_dot)
MK_DEFINE_ROWS(mk_neon_squared_l2_rows, , squared_l2_four, mk_neon_squared_l2)

#endif
