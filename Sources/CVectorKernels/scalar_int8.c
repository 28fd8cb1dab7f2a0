// Signed bytes in plain C. Sums are kept unsigned: at the greatest length they still fit, and wrapping is
// defined on the way there.
#include "kernels.h"

int32_t mk_scalar_int8_dot(const int8_t *a, const int8_t *b, size_t length) {
    uint32_t sum = 0;
    for (size_t i = 0; i < length; i++) {
        sum += (uint32_t)((int32_t)a[i] * b[i]);
    }
    return (int32_t)sum;
}

uint32_t mk_scalar_int8_squared_l2(const int8_t *a, const int8_t *b, size_t length) {
    uint32_t sum = 0;
    for (size_t i = 0; i < length; i++) {
        int32_t difference = (int32_t)a[i] - b[i];
        sum += (uint32_t)(difference * difference);
    }
    return sum;
}

#define DEFINE_ROWS(NAME, RESULT)                                                                            \
    static void NAME##_four(const int8_t *query, const int8_t *row[4], const int8_t *next[4], size_t length, \
                            RESULT *results) {                                                               \
        for (size_t j = 0; j < 4; j++) {                                                                     \
            __builtin_prefetch(next[j]);                                                                     \
            results[j] = mk_scalar_##NAME(query, row[j], length);                                            \
        }                                                                                                    \
    }                                                                                                        \
    MK_DEFINE_ROWS_OF(int8_t, int8_t, RESULT, mk_scalar_##NAME##_rows, , NAME##_four, mk_scalar_##NAME)

DEFINE_ROWS(int8_dot, int32_t)
DEFINE_ROWS(int8_squared_l2, uint32_t)
