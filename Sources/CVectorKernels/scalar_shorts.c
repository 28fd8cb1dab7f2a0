// 16-bit floats in plain C.
#include "shorts.h"

static inline float dot_step(float sum, float a, float b) { return sum + a * b; }
static inline float squared_l2_step(float sum, float a, float b) { return sum + (a - b) * (a - b); }

#define DEFINE(NAME, FROM, STEP)                                                                             \
    float mk_scalar_##NAME(const float *a, const uint16_t *b, size_t length) {                               \
        float sum[4] = {0, 0, 0, 0};                                                                         \
        size_t i = 0;                                                                                        \
        for (; i + 4 <= length; i += 4) {                                                                    \
            for (size_t j = 0; j < 4; j++) {                                                                 \
                sum[j] = STEP(sum[j], a[i + j], FROM(b[i + j]));                                             \
            }                                                                                                \
        }                                                                                                    \
        for (; i < length; i++) {                                                                            \
            sum[0] = STEP(sum[0], a[i], FROM(b[i]));                                                         \
        }                                                                                                    \
        return (sum[0] + sum[1]) + (sum[2] + sum[3]);                                                        \
    }                                                                                                        \
    static void NAME##_four(const float *query, const uint16_t *row[4], const uint16_t *next[4],             \
                            size_t length, float *results) {                                                 \
        for (size_t j = 0; j < 4; j++) {                                                                     \
            __builtin_prefetch(next[j]);                                                                     \
            results[j] = mk_scalar_##NAME(query, row[j], length);                                            \
        }                                                                                                    \
    }                                                                                                        \
    MK_DEFINE_ROWS_OF(float, uint16_t, float, mk_scalar_##NAME##_rows, , NAME##_four, mk_scalar_##NAME)

DEFINE(half_dot, mk_from_half, dot_step)
DEFINE(half_squared_l2, mk_from_half, squared_l2_step)
DEFINE(bfloat_dot, mk_from_bfloat, dot_step)
DEFINE(bfloat_squared_l2, mk_from_bfloat, squared_l2_step)

void mk_scalar_to_half(const float *v, size_t length, uint16_t *halves) {
    for (size_t i = 0; i < length; i++) {
        halves[i] = mk_to_half(v[i]);
    }
}

void mk_scalar_to_bfloat(const float *v, size_t length, uint16_t *bfloats) {
    for (size_t i = 0; i < length; i++) {
        bfloats[i] = mk_to_bfloat(v[i]);
    }
}
