// What the posting kernels of the instruction sets share.
#pragma once

#include "CVectorKernels.h"

#define MK_DECLARE_POSTINGS(SET)                                                                             \
    void mk_##SET##_unpack(const uint8_t *packed, unsigned bits, size_t count, uint32_t *numbers);           \
    void mk_##SET##_unpack_gaps(const uint8_t *packed, unsigned bits, size_t count, uint32_t previous,       \
                                uint32_t *numbers);                                                          \
    size_t mk_##SET##_collect(const int32_t *sums, size_t count, int32_t least, uint16_t *places);

MK_DECLARE_POSTINGS(scalar)
MK_DECLARE_POSTINGS(avx2)
MK_DECLARE_POSTINGS(neon)
size_t mk_avx512_collect(const int32_t *sums, size_t count, int32_t least, uint16_t *places);

/// The widest numbers that vector kernels read: 7 bits of another number before it still fit in 32.
#define MK_VECTOR_BITS 25

/// How to bring four numbers of `bits` bits into four lanes of 32: where the first begins, 0 or 4 bits into the
/// first byte, makes two ways for each width.
typedef struct {
    uint8_t bytes[16];
    uint32_t shifts[4];
} mk_spread;

extern const mk_spread mk_spreads[MK_VECTOR_BITS + 1][2];
