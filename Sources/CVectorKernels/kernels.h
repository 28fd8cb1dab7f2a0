// What the kernel files share. Each file defines one table; dispatch.c picks among them.
#pragma once

#include "CVectorKernels.h"

#if defined(__x86_64__)
extern const mk_kernels mk_avx2_kernels;
extern const mk_kernels mk_avx512_kernels;
#elif defined(__aarch64__)
extern const mk_kernels mk_neon_kernels;
#endif
extern const mk_kernels mk_scalar_kernels;

/// Where row `i` of a rows function starts.
static inline const float *mk_row(const float *matrix, size_t stride, const uint32_t *rows, size_t i) {
    return matrix + (rows ? (size_t)rows[i] : i) * stride;
}

/// Writes a rows function `NAME` that takes four rows at a time through `FOUR` and the rest through `ONE`.
///
/// `FOUR(query, row, next, length, results)` gets the four rows and the four to prefetch; past the end it
/// prefetches the rows it has, which costs nothing.
#define MK_DEFINE_ROWS(NAME, ATTRIBUTE, FOUR, ONE)                                                           \
    ATTRIBUTE static void NAME(const float *query, const float *matrix, size_t stride, size_t length,        \
                               const uint32_t *rows, size_t count, float *results) {                         \
        size_t i = 0;                                                                                        \
        for (; i + 4 <= count; i += 4) {                                                                     \
            const float *row[4], *next[4];                                                                   \
            for (size_t j = 0; j < 4; j++) {                                                                 \
                row[j] = mk_row(matrix, stride, rows, i + j);                                                \
                next[j] = i + 4 + j < count ? mk_row(matrix, stride, rows, i + 4 + j) : row[j];              \
            }                                                                                                \
            FOUR(query, row, next, length, results + i);                                                     \
        }                                                                                                    \
        for (; i < count; i++) {                                                                             \
            results[i] = ONE(query, mk_row(matrix, stride, rows, i), length);                                \
        }                                                                                                    \
    }
