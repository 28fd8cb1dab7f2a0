// What the kernels of quantized vectors share: where a row is, and the one formula that turns an integer
// dot product into a result.
//
// The formula is evaluated in one order and without fused multiply-adds, and the integers are exact, so every
// instruction set gives the same bits.
#pragma once

#include "kernels.h"
#include <string.h>

#pragma STDC FP_CONTRACT OFF

/// The header of row `i`; its codes follow directly.
static inline const uint8_t *mk_code_row(const uint8_t *first_header, size_t stride_bytes,
                                         const uint32_t *rows, size_t i) {
    return first_header + (rows ? (size_t)rows[i] : i) * stride_bytes;
}

static inline const uint8_t *mk_codes_of(const uint8_t *row) { return row + sizeof(mk_code_header); }

/// The result of one row whose codes have the integer dot product `product` with the query's.
static inline float mk_code_result(const mk_code_query *query, const uint8_t *row, int32_t product) {
    mk_code_header header;
    memcpy(&header, row, sizeof header);
    float codes = query->scale * (float)product + query->offset * (float)header.sum;
    float dot = header.scale * codes + header.offset * query->total;
    return (query->bias + query->dot_weight * dot) + query->norm_weight * header.norm;
}

/// Writes a rows function `NAME`: four rows at a time through `FOUR(query, row, length, results)`, the rest
/// through `ONE(codes of the query, codes of the row, length)`, an integer dot product.
#define MK_DEFINE_CODE_ROWS(NAME, ATTRIBUTE, FOUR, ONE)                                                      \
    ATTRIBUTE void NAME(const mk_code_query *query, const uint8_t *first_header, size_t stride_bytes,        \
                        size_t length, const uint32_t *rows, size_t count, float *results) {                 \
        size_t i = 0;                                                                                        \
        for (; i + 4 <= count; i += 4) {                                                                     \
            const uint8_t *row[4];                                                                           \
            for (size_t j = 0; j < 4; j++) {                                                                 \
                row[j] = mk_code_row(first_header, stride_bytes, rows, i + j);                               \
            }                                                                                                \
            FOUR(query, row, length, results + i);                                                           \
        }                                                                                                    \
        for (; i < count; i++) {                                                                             \
            const uint8_t *row = mk_code_row(first_header, stride_bytes, rows, i);                           \
            results[i] = mk_code_result(query, row, ONE(query->codes, mk_codes_of(row), length));            \
        }                                                                                                    \
    }
