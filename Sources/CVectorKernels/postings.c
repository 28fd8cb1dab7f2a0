// Posting lists in plain C, and the choice of kernels for the processor at hand.
#include "postings.h"
#include <stdlib.h>
#include <string.h>

#define LANE(BITS, START, I)                                                                                 \
    ((START) + (I) * (BITS)) / 8, ((START) + (I) * (BITS)) / 8 + 1, ((START) + (I) * (BITS)) / 8 + 2,        \
        ((START) + (I) * (BITS)) / 8 + 3
#define SHIFT(BITS, START, I) ((START) + (I) * (BITS)) % 8
#define SPREAD(BITS, START)                                                                                  \
    {                                                                                                        \
        {LANE(BITS, START, 0), LANE(BITS, START, 1), LANE(BITS, START, 2), LANE(BITS, START, 3)},            \
        {SHIFT(BITS, START, 0), SHIFT(BITS, START, 1), SHIFT(BITS, START, 2), SHIFT(BITS, START, 3)},        \
    }
#define BOTH(BITS) {SPREAD(BITS, 0), SPREAD(BITS, 4)}

// Bounds: the last byte is (4 + 3 * 25) / 8 + 3 = 12 of 16.
const mk_spread mk_spreads[MK_VECTOR_BITS + 1][2] = {
    BOTH(0),  BOTH(1),  BOTH(2),  BOTH(3),  BOTH(4),  BOTH(5),  BOTH(6),  BOTH(7),  BOTH(8),
    BOTH(9),  BOTH(10), BOTH(11), BOTH(12), BOTH(13), BOTH(14), BOTH(15), BOTH(16), BOTH(17),
    BOTH(18), BOTH(19), BOTH(20), BOTH(21), BOTH(22), BOTH(23), BOTH(24), BOTH(25),
};

void mk_scalar_unpack(const uint8_t *packed, unsigned bits, size_t count, uint32_t *numbers) {
    for (size_t i = 0; i < count; i++) {
        numbers[i] = mk_packed_number(packed, bits, i);
    }
}

void mk_scalar_unpack_gaps(const uint8_t *packed, unsigned bits, size_t count, uint32_t previous,
                           uint32_t *numbers) {
    for (size_t i = 0; i < count; i++) {
        previous += mk_packed_number(packed, bits, i) + 1;
        numbers[i] = previous;
    }
}

size_t mk_scalar_collect(const int32_t *sums, size_t count, int32_t least, uint16_t *places) {
    size_t found = 0;
    for (size_t i = 0; i < count; i++) {
        places[found] = (uint16_t)i;
        found += sums[i] >= least;
    }
    return found;
}

void mk_pack(const uint32_t *numbers, size_t count, unsigned bits, uint8_t *packed) {
    uint64_t word = 0;
    unsigned filled = 0;
    for (size_t i = 0; i < count; i++) {
        word |= (uint64_t)numbers[i] << filled;
        filled += bits;
        if (filled >= 32) {
            uint32_t low = (uint32_t)word;
            memcpy(packed, &low, sizeof low);
            packed += sizeof low;
            word >>= 32;
            filled -= 32;
        }
    }
    for (; filled > 0; filled = filled > 8 ? filled - 8 : 0, word >>= 8) {
        *packed++ = (uint8_t)word;
    }
}

void mk_scores(const mk_scorer *scorer, float weight, const uint32_t *documents, const uint32_t *patterns,
               size_t count, int32_t *scores) {
#pragma STDC FP_CONTRACT OFF
    // A copy, of which the compiler knows that nothing below writes to it.
    mk_scorer s = *scorer;
    float x[MK_SCORE_COUNT];
    if (s.field_count == 1) {
        for (size_t i = 0; i < count; i++) {
            x[i] = s.frequencies[patterns[i]] * s.norms[0][s.lengths[0][documents[i]]];
        }
    } else {
        for (size_t i = 0; i < count; i++) {
            x[i] = mk_posting_weight(&s, documents[i], patterns[i]);
        }
    }
    // Apart, so that the quotients are taken several at a time.
    for (size_t i = 0; i < count; i++) {
        scores[i] = mk_score(x[i], s.k1, weight);
    }
}

void mk_score_postings(const mk_scorer *scorer, float weight, const uint32_t *documents,
                       const uint32_t *patterns, size_t count, uint32_t base, const uint64_t *mask,
                       int keeps_best, int32_t *sums) {
    int32_t scores[MK_SCORE_COUNT];
    for (size_t first = 0; first < count; first += MK_SCORE_COUNT) {
        size_t some = count - first < MK_SCORE_COUNT ? count - first : MK_SCORE_COUNT;
        const uint32_t *places = documents + first;
        mk_scores(scorer, weight, places, patterns + first, some, scores);
        for (size_t i = 0; mask && i < some; i++) {
            // Documents that do not count add nothing, and are the best of nothing.
            uint32_t place = places[i] - base;
            scores[i] &= -(int32_t)(mask[place / 64] >> (place % 64) & 1);
        }
        if (keeps_best) {
            for (size_t i = 0; i < some; i++) {
                int32_t *sum = &sums[places[i] - base];
                *sum = *sum > scores[i] ? *sum : scores[i];
            }
        } else {
            // Wraps: the sums of a damaged segment may be anything.
            for (size_t i = 0; i < some; i++) {
                int32_t *sum = &sums[places[i] - base];
                *sum = (int32_t)((uint32_t)*sum + (uint32_t)scores[i]);
            }
        }
    }
}

static const mk_postings_kernels scalar_kernels = {
    mk_scalar_unpack, mk_scalar_unpack_gaps, mk_scalar_collect};

const mk_postings_kernels *mk_postings_scalar(void) { return &scalar_kernels; }

#if defined(__x86_64__)
static const mk_postings_kernels avx2_kernels = {mk_avx2_unpack, mk_avx2_unpack_gaps, mk_avx2_collect};
static const mk_postings_kernels avx512_kernels = {mk_avx2_unpack, mk_avx2_unpack_gaps, mk_avx512_collect};
#elif defined(__aarch64__)
static const mk_postings_kernels neon_kernels = {mk_neon_unpack, mk_neon_unpack_gaps, mk_neon_collect};
#endif

const mk_postings_kernels *mk_postings_at(size_t place) {
    if (place == 0) {
        return &scalar_kernels;
    }
#if defined(__x86_64__)
    if (!__builtin_cpu_supports("avx2") || place > 2) {
        return NULL;
    }
    if (place == 1) {
        return &avx2_kernels;
    }
    return __builtin_cpu_supports("avx512f") ? &avx512_kernels : NULL;
#elif defined(__aarch64__)
    return place == 1 ? &neon_kernels : NULL;
#else
    return NULL;
#endif
}

const mk_postings_kernels *mk_postings_best(void) {
    const mk_postings_kernels *fastest = &scalar_kernels, *next;
    const char *most = getenv("MILLRACE_KERNELS");  // see mk_best_instruction_set
    size_t last = most && !strcmp(most, "scalar") ? 0 : most && !strcmp(most, "avx2") ? 1 : 2;
    for (size_t place = 1; place <= last && (next = mk_postings_at(place)); place++) {
        fastest = next;
    }
    return fastest;
}
