// 16-bit floats with NEON: widened four at a time by conversions every 64-bit ARM processor has, then as in
// neon.c, two sums a row.
#if defined(__aarch64__)
#include "shorts.h"
#include <arm_neon.h>

static inline float32x4_t load_half(const uint16_t *row) {
    return vcvt_f32_f16(vreinterpret_f16_u16(vld1_u16(row)));
}

static inline float32x4_t load_bfloat(const uint16_t *row) {
    return vreinterpretq_f32_u32(vshll_n_u16(vld1_u16(row), 16));
}

static inline float32x4_t dot_step(float32x4_t sum, float32x4_t a, float32x4_t b) {
    return vfmaq_f32(sum, a, b);
}

static inline float32x4_t squared_l2_step(float32x4_t sum, float32x4_t a, float32x4_t b) {
    float32x4_t difference = vsubq_f32(a, b);
    return vfmaq_f32(sum, difference, difference);
}

static inline float dot_tail(float a, float b) { return a * b; }
static inline float squared_l2_tail(float a, float b) { return (a - b) * (a - b); }

#define DEFINE(NAME, LOAD, FROM, STEP, TAIL)                                                                 \
    float mk_neon_##NAME(const float *a, const uint16_t *b, size_t length) {                                 \
        float32x4_t even = vdupq_n_f32(0), odd = vdupq_n_f32(0);                                             \
        size_t i = 0;                                                                                        \
        for (; i + 8 <= length; i += 8) {                                                                    \
            even = STEP(even, vld1q_f32(a + i), LOAD(b + i));                                                \
            odd = STEP(odd, vld1q_f32(a + i + 4), LOAD(b + i + 4));                                          \
        }                                                                                                    \
        float sum = vaddvq_f32(vaddq_f32(even, odd));                                                        \
        for (; i < length; i++) {                                                                            \
            sum += TAIL(a[i], FROM(b[i]));                                                                   \
        }                                                                                                    \
        return sum;                                                                                          \
    }                                                                                                        \
    static inline void NAME##_four(const float *query, const uint16_t *row[4], const uint16_t *next[4],      \
                                   size_t length, float *results) {                                          \
        float32x4_t even[4], odd[4];                                                                         \
        for (size_t j = 0; j < 4; j++) {                                                                     \
            even[j] = odd[j] = vdupq_n_f32(0);                                                               \
        }                                                                                                    \
        size_t i = 0;                                                                                        \
        for (; i + 8 <= length; i += 8) {                                                                    \
            float32x4_t first = vld1q_f32(query + i), second = vld1q_f32(query + i + 4);                     \
            for (size_t j = 0; j < 4; j++) {                                                                 \
                __builtin_prefetch(next[j] + i);                                                             \
                even[j] = STEP(even[j], first, LOAD(row[j] + i));                                            \
                odd[j] = STEP(odd[j], second, LOAD(row[j] + i + 4));                                         \
            }                                                                                                \
        }                                                                                                    \
        for (size_t j = 0; j < 4; j++) {                                                                     \
            float sum = vaddvq_f32(vaddq_f32(even[j], odd[j]));                                              \
            for (size_t t = i; t < length; t++) {                                                            \
                sum += TAIL(query[t], FROM(row[j][t]));                                                      \
            }                                                                                                \
            results[j] = sum;                                                                                \
        }                                                                                                    \
    }                                                                                                        \
    MK_DEFINE_ROWS_OF(float, uint16_t, float, mk_neon_##NAME##_rows, , NAME##_four, mk_neon_##NAME)

DEFINE(half_dot, load_half, mk_from_half, dot_step, dot_tail)
DEFINE(half_squared_l2, load_half, mk_from_half, squared_l2_step, squared_l2_tail)
DEFINE(bfloat_dot, load_bfloat, mk_from_bfloat, dot_step, dot_tail)
DEFINE(bfloat_squared_l2, load_bfloat, mk_from_bfloat, squared_l2_step, squared_l2_tail)

void mk_neon_to_half(const float *v, size_t length, uint16_t *halves) {
    size_t i = 0;
    for (; i + 4 <= length; i += 4) {
        vst1_u16(halves + i, vreinterpret_u16_f16(vcvt_f16_f32(vld1q_f32(v + i))));
    }
    for (; i < length; i++) {
        halves[i] = mk_to_half(v[i]);
    }
}

// Integer arithmetic without branches, which the compiler widens by itself.
void mk_neon_to_bfloat(const float *v, size_t length, uint16_t *bfloats) {
    for (size_t i = 0; i < length; i++) {
        bfloats[i] = mk_to_bfloat(v[i]);
    }
}
#endif
