// Posting lists with NEON: four numbers a step, two steps a turn; see avx2_postings.c.
#if defined(__aarch64__)
#include "postings.h"
#include <arm_neon.h>

static inline uint32x4_t four(const uint8_t *packed, const mk_spread *spread, uint32x4_t mask) {
    uint32x4_t lanes = vreinterpretq_u32_u8(vqtbl1q_u8(vld1q_u8(packed), vld1q_u8(spread->bytes)));
    int32x4_t shifts = vnegq_s32(vreinterpretq_s32_u32(vld1q_u32(spread->shifts)));
    return vandq_u32(vshlq_u32(lanes, shifts), mask);
}

void mk_neon_unpack(const uint8_t *packed, unsigned bits, size_t count, uint32_t *numbers) {
    if (bits > MK_VECTOR_BITS) {
        mk_scalar_unpack(packed, bits, count, numbers);
        return;
    }
    const mk_spread *low = &mk_spreads[bits][0], *high = &mk_spreads[bits][4 * bits % 8 ? 1 : 0];
    uint32x4_t mask = vdupq_n_u32((1u << bits) - 1);
    for (size_t i = 0; i < count; i += 8, packed += bits) {
        vst1q_u32(numbers + i, four(packed, low, mask));
        vst1q_u32(numbers + i + 4, four(packed + 4 * bits / 8, high, mask));
    }
}

static inline uint32x4_t running(uint32x4_t gaps, uint32x4_t last) {
    uint32x4_t zero = vdupq_n_u32(0), sum = vaddq_u32(gaps, vdupq_n_u32(1));
    sum = vaddq_u32(sum, vextq_u32(zero, sum, 3));
    sum = vaddq_u32(sum, vextq_u32(zero, sum, 2));
    return vaddq_u32(sum, last);
}

void mk_neon_unpack_gaps(const uint8_t *packed, unsigned bits, size_t count, uint32_t previous,
                         uint32_t *numbers) {
    if (bits > MK_VECTOR_BITS) {
        mk_scalar_unpack_gaps(packed, bits, count, previous, numbers);
        return;
    }
    const mk_spread *low = &mk_spreads[bits][0], *high = &mk_spreads[bits][4 * bits % 8 ? 1 : 0];
    uint32x4_t mask = vdupq_n_u32((1u << bits) - 1), last = vdupq_n_u32(previous);
    for (size_t i = 0; i < count; i += 8, packed += bits) {
        uint32x4_t sum = running(four(packed, low, mask), last);
        vst1q_u32(numbers + i, sum);
        sum = running(four(packed + 4 * bits / 8, high, mask), vdupq_laneq_u32(sum, 3));
        vst1q_u32(numbers + i + 4, sum);
        last = vdupq_laneq_u32(sum, 3);
    }
}

size_t mk_neon_collect(const int32_t *sums, size_t count, int32_t least, uint16_t *places) {
    int32x4_t bound = vdupq_n_s32(least);
    size_t found = 0;
    for (size_t i = 0; i < count; i += 8) {
        uint32x4_t low = vcgeq_s32(vld1q_s32(sums + i), bound);
        uint32x4_t high = vcgeq_s32(vld1q_s32(sums + i + 4), bound);
        if (vmaxvq_u32(vorrq_u32(low, high)) == 0) {
            continue;
        }
        for (size_t j = i; j < i + 8; j++) {
            places[found] = (uint16_t)j;
            found += sums[j] >= least;
        }
    }
    return found;
}
#endif
