/// Distances between float32 vectors, written once for each instruction set and chosen at run time.
///
/// Every function accepts any length (0 gives 0) and any alignment. NaN and infinities follow IEEE 754.
/// Within one instruction set a row's result is the same bits whether it is computed alone or among many.
#pragma once

#include <stddef.h>
#include <stdint.h>

#pragma clang assume_nonnull begin

/// One pair of vectors of `length` floats.
typedef float (*mk_pair_function)(const float *a, const float *b, size_t length);

/// One query against `count` rows of a matrix whose rows start `stride` floats apart.
///
/// `rows` names the rows by position; NULL means rows 0, 1, … `count - 1`. `results` gets one float a row.
/// Rows to come are prefetched while the ones before them are computed.
typedef void (*mk_rows_function)(const float *query, const float *matrix, size_t stride, size_t length,
                                 const uint32_t *_Nullable rows, size_t count, float *results);

/// The kernels of one instruction set.
typedef struct {
    mk_pair_function dot;
    mk_pair_function squared_l2;
    mk_rows_function dot_rows;
    mk_rows_function squared_l2_rows;
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

#pragma clang assume_nonnull end
