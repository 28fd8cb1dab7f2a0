// Quantized vectors in plain C: the fallback, and what the other instruction sets are measured against.
#include "codes.h"

static int32_t dot7(const int8_t *query, const uint8_t *row, size_t length) {
    int32_t sum = 0;
    for (size_t i = 0; i < length; i++) {
        sum += (int32_t)query[i] * row[i];
    }
    return sum;
}

static int32_t dot4(const int8_t *query, const uint8_t *row, size_t length) {
    int32_t sum = 0;
    for (size_t group = 0; group < length; group += 128) {
        for (size_t j = 0; j < 64; j++) {
            uint8_t pair = row[group / 2 + j];
            sum += (int32_t)query[group + j] * (pair & 15) + (int32_t)query[group + 64 + j] * (pair >> 4);
        }
    }
    return sum;
}

static void dot7_four(const mk_code_query *query, const mk_code_header *const header[4],
                      const uint8_t *const row[4], size_t length, float *results) {
    for (size_t j = 0; j < 4; j++) {
        results[j] = mk_code_result(query, header[j], dot7(query->codes, row[j], length));
    }
}

static void dot4_four(const mk_code_query *query, const mk_code_header *const header[4],
                      const uint8_t *const row[4], size_t length, float *results) {
    for (size_t j = 0; j < 4; j++) {
        results[j] = mk_code_result(query, header[j], dot4(query->codes, row[j], length));
    }
}

MK_DEFINE_CODE_ROWS(mk_scalar_code7_rows, , dot7_four, dot7)
MK_DEFINE_CODE_ROWS(mk_scalar_code4_rows, , dot4_four, dot4)
