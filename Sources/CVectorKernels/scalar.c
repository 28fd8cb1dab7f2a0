// Plain C: the fallback of unknown processors, and what the others are measured against.
#include "kernels.h"

float mk_scalar_dot(const float *a, const float *b, size_t length) {
    float sum[4] = {0, 0, 0, 0};
    size_t i = 0;
    for (; i + 4 <= length; i += 4) {
        for (size_t j = 0; j < 4; j++) {
            sum[j] += a[i + j] * b[i + j];
        }
    }
    for (; i < length; i++) {
        sum[0] += a[i] * b[i];
    }
    return (sum[0] + sum[1]) + (sum[2] + sum[3]);
}

float mk_scalar_squared_l2(const float *a, const float *b, size_t length) {
    float sum[4] = {0, 0, 0, 0};
    size_t i = 0;
    for (; i + 4 <= length; i += 4) {
        for (size_t j = 0; j < 4; j++) {
            float difference = a[i + j] - b[i + j];
            sum[j] += difference * difference;
        }
    }
    for (; i < length; i++) {
        float difference = a[i] - b[i];
        sum[0] += difference * difference;
    }
    return (sum[0] + sum[1]) + (sum[2] + sum[3]);
}

static void dot_four(const float *query, const float *row[4], const float *next[4], size_t length,
                     float *results) {
    for (size_t j = 0; j < 4; j++) {
        __builtin_prefetch(next[j]);
        results[j] = mk_scalar_dot(query, row[j], length);
    }
}

static void squared_l2_four(const float *query, const float *row[4], const float *next[4], size_t length,
                            float *results) {
    for (size_t j = 0; j < 4; j++) {
        __builtin_prefetch(next[j]);
        results[j] = mk_scalar_squared_l2(query, row[j], length);
    }
}

MK_DEFINE_ROWS(mk_scalar_dot_rows, , dot_four, mk_scalar_dot)
MK_DEFINE_ROWS(mk_scalar_squared_l2_rows, , squared_l2_four, mk_scalar_squared_l2)
