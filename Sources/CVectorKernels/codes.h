// What the kernels of quantized vectors share: how rows are walked through, and the one formula that turns an integer
// dot product into a result.
//
// The formula is evaluated in one order and without fused multiply-adds, and the integers are exact, so every
// instruction set gives the same bits.
#pragma once

#include "kernels.h"

#pragma STDC FP_CONTRACT OFF

/// The result of one row whose codes have the integer dot product `product` with the query's.
static inline float mk_code_result(const mk_code_query *query, const mk_code_header *row, int32_t product) {
    mk_code_header header = *row;
    float codes = query->scale * (float)product + query->offset * (float)header.sum;
    float dot = header.scale * codes + header.offset * query->total;
    return (query->bias + query->dot_weight * dot) + query->norm_weight * header.norm;
}

/// Writes a rows function `NAME`: four rows at a time through `FOUR(query, headers, rows, length, results)`, the
/// rest through `ONE(codes of the query, codes of the row, length)`, an integer dot product.
#define MK_DEFINE_CODE_ROWS(NAME, ATTRIBUTE, FOUR, ONE)                                                      \
    ATTRIBUTE void NAME(const mk_code_query *query, const mk_code_header *headers, const uint8_t *codes,     \
                        size_t stride_bytes, size_t length, const uint32_t *rows, size_t count,              \
                        float *results) {                                                                    \
        size_t i = 0;                                                                                        \
        for (; i + 4 <= count; i += 4) {                                                                     \
            const mk_code_header *header[4];                                                                 \
            const uint8_t *row[4];                                                                           \
            for (size_t j = 0; j < 4; j++) {                                                                 \
                size_t here = rows ? (size_t)rows[i + j] : i + j;                                            \
                header[j] = headers + here;                                                                  \
                row[j] = codes + here * stride_bytes;                                                        \
            }                                                                                                \
            FOUR(query, header, row, length, results + i);                                                   \
        }                                                                                                    \
        for (; i < count; i++) {                                                                             \
            size_t here = rows ? (size_t)rows[i] : i;                                                        \
            int32_t product = ONE(query->codes, codes + here * stride_bytes, length);                        \
            results[i] = mk_code_result(query, headers + here, product);                                     \
        }                                                                                                    \
    }
