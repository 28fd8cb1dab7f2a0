// What the kernel files share. Each defines functions of one instruction set, dispatch.c tables of them.
#pragma once

#include "CVectorKernels.h"

/// Declares the kernels of one instruction set for rows of one 16-bit format.
#define MK_DECLARE_SHORT(NAME)                                                                               \
    float NAME##_dot(const float *a, const uint16_t *b, size_t length);                                      \
    float NAME##_squared_l2(const float *a, const uint16_t *b, size_t length);                               \
    void NAME##_dot_rows(const float *query, const uint16_t *matrix, size_t stride, size_t length,           \
                         const uint32_t *rows, size_t count, float *results);                                \
    void NAME##_squared_l2_rows(const float *query, const uint16_t *matrix, size_t stride, size_t length,    \
                                const uint32_t *rows, size_t count, float *results);

/// Declares the kernels of one instruction set.
#define MK_DECLARE(SET)                                                                                      \
    float mk_##SET##_dot(const float *a, const float *b, size_t length);                                     \
    float mk_##SET##_squared_l2(const float *a, const float *b, size_t length);                              \
    void mk_##SET##_dot_rows(const float *query, const float *matrix, size_t stride, size_t length,          \
                             const uint32_t *rows, size_t count, float *results);                            \
    void mk_##SET##_squared_l2_rows(const float *query, const float *matrix, size_t stride, size_t length,   \
                                    const uint32_t *rows, size_t count, float *results);                     \
    void mk_##SET##_code7_rows(const mk_code_query *query, const mk_code_header *headers,                    \
                               const uint8_t *codes, size_t stride_bytes, size_t length,                     \
                               const uint32_t *rows, size_t count, float *results);                          \
    void mk_##SET##_code4_rows(const mk_code_query *query, const mk_code_header *headers,                    \
                               const uint8_t *codes, size_t stride_bytes, size_t length,                     \
                               const uint32_t *rows, size_t count, float *results);                          \
    float mk_##SET##_encode_query(const float *v, size_t length, size_t padded, int8_t *codes);              \
    void mk_##SET##_encode_row7(const float *v, size_t length, size_t padded, mk_code_header *header,        \
                                uint8_t *codes);                                                             \
    void mk_##SET##_encode_row4(const float *v, size_t length, size_t padded, mk_code_header *header,        \
                                uint8_t *packed);                                                            \
    void mk_##SET##_unpack_row4(const uint8_t *packed, size_t length, int8_t *codes);                        \
    MK_DECLARE_SHORT(mk_##SET##_half)                                                                        \
    MK_DECLARE_SHORT(mk_##SET##_bfloat)                                                                      \
    void mk_##SET##_to_half(const float *v, size_t length, uint16_t *halves);                                \
    void mk_##SET##_to_bfloat(const float *v, size_t length, uint16_t *bfloats);                             \
    int32_t mk_##SET##_int8_dot(const int8_t *a, const int8_t *b, size_t length);                            \
    uint32_t mk_##SET##_int8_squared_l2(const int8_t *a, const int8_t *b, size_t length);                    \
    void mk_##SET##_int8_dot_rows(const int8_t *query, const int8_t *matrix, size_t stride, size_t length,   \
                                  const uint32_t *rows, size_t count, int32_t *results);                     \
    void mk_##SET##_int8_squared_l2_rows(const int8_t *query, const int8_t *matrix, size_t stride,           \
                                         size_t length, const uint32_t *rows, size_t count,                  \
                                         uint32_t *results);

MK_DECLARE(scalar)
#if defined(__x86_64__)
MK_DECLARE(avx2)
MK_DECLARE(avx512)
#elif defined(__aarch64__)
MK_DECLARE(neon)
#endif

/// Writes a rows function `NAME` that takes four rows at a time through `FOUR` and the rest through `ONE`.
///
/// `FOUR(query, row, next, length, results)` gets the four rows and the four to prefetch; past the end it
/// prefetches the rows it has, which costs nothing.
#define MK_DEFINE_ROWS_OF(QUERY, ELEMENT, RESULT, NAME, ATTRIBUTE, FOUR, ONE)                                \
    ATTRIBUTE void NAME(const QUERY *query, const ELEMENT *matrix, size_t stride, size_t length,             \
                        const uint32_t *rows, size_t count, RESULT *results) {                               \
        size_t i = 0;                                                                                        \
        for (; i + 4 <= count; i += 4) {                                                                     \
            const ELEMENT *row[4], *next[4];                                                                 \
            for (size_t j = 0; j < 4; j++) {                                                                 \
                size_t here = i + j, ahead = here + 4 < count ? here + 4 : here;                             \
                row[j] = matrix + (rows ? (size_t)rows[here] : here) * stride;                               \
                next[j] = matrix + (rows ? (size_t)rows[ahead] : ahead) * stride;                            \
            }                                                                                                \
            FOUR(query, row, next, length, results + i);                                                     \
        }                                                                                                    \
        for (; i < count; i++) {                                                                             \
            results[i] = ONE(query, matrix + (rows ? (size_t)rows[i] : i) * stride, length);                 \
        }                                                                                                    \
    }

/// The same for rows of floats.
#define MK_DEFINE_ROWS(NAME, ATTRIBUTE, FOUR, ONE)                                                           \
    MK_DEFINE_ROWS_OF(float, float, float, NAME, ATTRIBUTE, FOUR, ONE)
