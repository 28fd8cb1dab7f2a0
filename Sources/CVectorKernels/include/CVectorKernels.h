/// Distances between vectors of floats, of 16-bit floats, of bytes and of codes, written once for each
/// instruction set and chosen at run time.
///
/// Every function accepts any alignment, and where it does not say otherwise any length (0 gives 0). NaN and
/// infinities follow IEEE 754. Within one instruction set a row's result is the same bits whether it is
/// computed alone or among many.
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "mk_cursors.h"
#include "mk_postings.h"

#pragma clang assume_nonnull begin

/// One pair of vectors of `length` floats.
typedef float (*mk_pair_function)(const float *a, const float *b, size_t length);

/// One query against `count` rows of a matrix whose rows start `stride` floats apart.
///
/// `rows` names the rows by position; NULL means rows 0, 1, … `count - 1`. `results` gets one float a row.
/// Rows to come are prefetched while the ones before them are computed.
typedef void (*mk_rows_function)(const float *query, const float *matrix, size_t stride, size_t length,
                                 const uint32_t *_Nullable rows, size_t count, float *results);

/// What goes with the codes of a stored vector `x`: `x[i]` is about
/// `offset + scale * code[i]`.
typedef struct {
    float scale;
    float offset;
    /// The squared length of the vector that was coded, not of its codes.
    float norm;
    /// The sum of the codes.
    int32_t sum;
} mk_code_header;

/// A query, or a stored vector taken as one. Its codes are signed, -127...127, in the order of the
/// dimensions, padded with zeros to the length of a row.
typedef struct {
    const int8_t *codes;
    float scale;
    /// 0 for a query from `encode_query`.
    float offset;
    /// The sum of the query's floats.
    float total;
    /// A result is `bias + dot_weight * dot + norm_weight * header.norm`.
    float bias, dot_weight, norm_weight;
} mk_code_query;

/// One query against `count` coded rows: row `r` has the header `headers[r]` and its codes at
/// `codes + r * stride_bytes`. Headers lie in an array of their own, as a cache line of four of them is met again
/// sooner than one that is shared with codes.
///
/// `length` counts dimensions with padding, at most 65,536: a multiple of 64 for rows of 7-bit codes, of 128
/// for 4-bit codes. Nothing outside the header, the row's `length` (or `length / 2`) bytes of codes and the
/// query's `length` bytes is read. `rows` NULL means rows 0, 1, … `count - 1`. With `D` the exact dot
/// product of the codes, a result is made of
///
///     dot = header.scale * (query.scale * D + query.offset * header.sum) + header.offset * query.total
///
/// in float32, in this order, each step rounded: the same bits on every processor. Nothing is prefetched; any
/// alignment works, codes at a multiple of 64 bytes are fastest.
typedef void (*mk_code_rows_function)(const mk_code_query *query, const mk_code_header *headers,
                                      const uint8_t *codes, size_t stride_bytes, size_t length,
                                      const uint32_t *_Nullable rows, size_t count, float *results);

/// Codes `length` finite floats as a query, padded with zeros to `padded` codes, and returns its scale,
/// `max |v| / 127`. A vector with no float of 2^-110 or more counts as zero: scale 0, codes 0.
typedef float (*mk_encode_query_function)(const float *v, size_t length, size_t padded, int8_t *codes);

/// Codes `length` finite floats as a row of `padded` codes; codes past `length` are 0. The length `|v|` of the
/// vector is at most 1e18, so that its square is a float.
///
/// 7-bit codes: one a byte, 0...127 from the least float to the greatest. 4-bit codes: 0...15 between the
/// ends of the clip with the least squared error; byte `j` (0...63) of the 64-byte group `b` has dimension
/// `128 b + j` in its low half and `128 b + 64 + j` in its high half. Their scale and offset are then
/// multiplied by `|x|^2 / <x, decoded x>` where that is positive, so that the estimate of `<x, x>` is not
/// too small (as in RaBitQ: Gao & Long, SIGMOD 2024). A spread below 2^-110 counts as none: scale 0, codes 0,
/// and every float is taken for the least.
typedef void (*mk_encode_row_function)(const float *v, size_t length, size_t padded, mk_code_header *header,
                                       uint8_t *codes);

/// Spreads `length` packed 4-bit codes, a multiple of 128, one a byte in the order of the dimensions.
typedef void (*mk_unpack_row_function)(const uint8_t *packed, size_t length, int8_t *codes);

/// One vector of floats and one of 16-bit floats: IEEE half precision, or bfloat16, the upper half of a
/// float.
typedef float (*mk_short_pair_function)(const float *a, const uint16_t *b, size_t length);

/// One query of floats against rows of 16-bit floats, `stride` elements apart; else as `mk_rows_function`.
typedef void (*mk_short_rows_function)(const float *query, const uint16_t *matrix, size_t stride,
                                       size_t length, const uint32_t *_Nullable rows, size_t count,
                                       float *results);

/// Rounds floats to 16 bits, to the nearest, ties to even; what is too large becomes infinite, NaN stays NaN.
typedef void (*mk_shorten_function)(const float *v, size_t length, uint16_t *shorts);

/// Exact dot product of two vectors of at most 65,536 bytes: its magnitude is at most 2^30.
typedef int32_t (*mk_int8_dot_function)(const int8_t *a, const int8_t *b, size_t length);
typedef void (*mk_int8_dot_rows_function)(const int8_t *query, const int8_t *matrix, size_t stride,
                                          size_t length, const uint32_t *_Nullable rows, size_t count,
                                          int32_t *results);

/// Exact squared distance of two vectors of at most 65,536 bytes. Unsigned, because it reaches
/// 65,536 * 255^2 = 4,261,478,400.
typedef uint32_t (*mk_int8_squared_l2_function)(const int8_t *a, const int8_t *b, size_t length);
typedef void (*mk_int8_squared_l2_rows_function)(const int8_t *query, const int8_t *matrix, size_t stride,
                                                 size_t length, const uint32_t *_Nullable rows, size_t count,
                                                 uint32_t *results);

/// The kernels of one instruction set.
typedef struct {
    mk_pair_function dot;
    mk_pair_function squared_l2;
    mk_rows_function dot_rows;
    mk_rows_function squared_l2_rows;

    mk_code_rows_function code7_rows;
    mk_code_rows_function code4_rows;
    mk_encode_query_function encode_query;
    mk_encode_row_function encode_row7;
    mk_encode_row_function encode_row4;
    mk_unpack_row_function unpack_row4;

    mk_short_pair_function half_dot;
    mk_short_pair_function half_squared_l2;
    mk_short_rows_function half_dot_rows;
    mk_short_rows_function half_squared_l2_rows;
    mk_shorten_function to_half;
    mk_short_pair_function bfloat_dot;
    mk_short_pair_function bfloat_squared_l2;
    mk_short_rows_function bfloat_dot_rows;
    mk_short_rows_function bfloat_squared_l2_rows;
    mk_shorten_function to_bfloat;

    mk_int8_dot_function int8_dot;
    mk_int8_squared_l2_function int8_squared_l2;
    mk_int8_dot_rows_function int8_dot_rows;
    mk_int8_squared_l2_rows_function int8_squared_l2_rows;
} mk_kernels;

typedef enum __attribute__((enum_extensibility(closed))) {
    MK_SCALAR = 0,
    MK_AVX2 = 1,
    MK_AVX512 = 2,
    MK_NEON = 3,
} mk_instruction_set;

/// The kernels of `set`, or NULL where this processor (or this build) lacks it.
const mk_kernels *_Nullable mk_kernels_for(mk_instruction_set set);

/// The fastest instruction set this processor has.
mk_instruction_set mk_best_instruction_set(void);

/// Asks for two cache lines that will soon be read; never faults.
static inline void mk_prefetch(const void *address) {
    __builtin_prefetch(address);
    __builtin_prefetch((const char *)address + 64);
}

/// Asks for the cache lines the `bytes` bytes at `address` lie in, each once; never faults.
static inline void mk_prefetch_bytes(const void *address, size_t bytes) {
    size_t into_line = (uintptr_t)address & 63;
    for (size_t i = 0; i < into_line + bytes; i += 64) {
        __builtin_prefetch((const char *)address - into_line + i);
    }
}

#pragma clang assume_nonnull end
