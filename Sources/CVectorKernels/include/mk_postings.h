/// Posting lists: packed numbers, scores of BM25F, and which of them are large enough.
///
/// `count` numbers of `bits` bits each (0...32) lie one behind the other, lowest bit first, without gaps: number
/// `i` begins at bit `i * bits`. Kernels may read up to MK_POSTINGS_SLACK bytes behind the last one, and write
/// up to the next multiple of 8 numbers.
#pragma once

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#pragma clang assume_nonnull begin

#define MK_POSTINGS_SLACK 32
#define MK_FIELD_LIMIT 8

/// Reads `count` packed numbers.
typedef void (*mk_unpack_function)(const uint8_t *packed, unsigned bits, size_t count, uint32_t *numbers);

/// Reads `count` packed gaps `g`, and writes the numbers `n[i] = n[i - 1] + g[i] + 1`, where `n[-1]` is
/// `previous`; UINT32_MAX is before 0. Sums wrap.
typedef void (*mk_unpack_gaps_function)(const uint8_t *packed, unsigned bits, size_t count,
                                        uint32_t previous, uint32_t *numbers);

/// Writes the positions of those of `count` sums that are at least `least`, ascending, and returns how many
/// they are. `count` is a multiple of 8; `places` has room for all and 8 more.
typedef size_t (*mk_collect_function)(const int32_t *sums, size_t count, int32_t least, uint16_t *places);

/// The kernels of one instruction set.
typedef struct {
    mk_unpack_function unpack;
    mk_unpack_gaps_function unpack_gaps;
    mk_collect_function collect;
} mk_postings_kernels;

/// The fastest kernels of this processor.
const mk_postings_kernels *mk_postings_best(void);
/// Those in plain C, and all that this processor has: NULL from the end on.
const mk_postings_kernels *mk_postings_scalar(void);
const mk_postings_kernels *_Nullable mk_postings_at(size_t place);

/// One packed number.
static inline uint32_t mk_packed_number(const uint8_t *packed, unsigned bits, size_t i) {
    uint64_t word;
    size_t bit = i * bits;
    memcpy(&word, packed + bit / 8, sizeof word);
    return (uint32_t)((word >> (bit % 8)) & ((1ull << bits) - 1));
}

/// Writes `count` numbers that fit in `bits` bits to `(count * bits + 7) / 8` bytes, which must be zero.
void mk_pack(const uint32_t *numbers, size_t count, unsigned bits, uint8_t *packed);

/// What the scores of a segment's postings are made of. A posting's pattern says how often its term stands in
/// each field.
typedef struct {
    size_t field_count;
    /// Of each field, one a document.
    const uint16_t *_Nonnull lengths[MK_FIELD_LIMIT];
    /// Of each field, one a length: weight / (1 - b + b * length / mean).
    const float *_Nonnull norms[MK_FIELD_LIMIT];
    /// Of each pattern: the one field that it has, or MK_FIELD_LIMIT if there are several.
    const uint8_t *pattern_fields;
    /// Of each pattern, `field_count` frequencies.
    const float *frequencies;
    float k1;
} mk_scorer;

/// BM25F's x: the sum over fields, in their order, of frequency times norm, each step rounded to float32.
static inline float mk_posting_weight(const mk_scorer *scorer, uint32_t document, uint32_t pattern) {
#pragma STDC FP_CONTRACT OFF
    const float *frequency = scorer->frequencies + (size_t)pattern * scorer->field_count;
    uint8_t field = scorer->pattern_fields[pattern];
    if (field < MK_FIELD_LIMIT) {
        return frequency[field] * scorer->norms[field][scorer->lengths[field][document]];
    }
    float x = 0;
    for (size_t f = 0; f < scorer->field_count; f++) {
        if (frequency[f] != 0) {
            x += frequency[f] * scorer->norms[f][scorer->lengths[f][document]];
        }
    }
    return x;
}

/// A posting's score in units of the query: at least 1, and at most `weight`, rounded down.
static inline int32_t mk_score(float x, float k1, float weight) {
#pragma STDC FP_CONTRACT OFF
    int32_t score = (int32_t)(x / (k1 + x) * weight);
    return score > 0 ? score : 1;
}

#define MK_SCORE_COUNT 128

/// Writes the scores of `count` <= MK_SCORE_COUNT postings.
void mk_scores(const mk_scorer *scorer, float weight, const uint32_t *documents, const uint32_t *patterns,
               size_t count, int32_t *scores);

/// Scores `count` postings. `sums[document - base]` is raised by the score, or if `keeps_best` to the score.
/// With `mask`, only documents whose bit `document - base` is set.
void mk_score_postings(const mk_scorer *scorer, float weight, const uint32_t *documents,
                       const uint32_t *patterns, size_t count, uint32_t base, const uint64_t *_Nullable mask,
                       int keeps_best, int32_t *sums);

/// The first place from `from` on whose number is at least `least`, of `count` ascending numbers.
static inline size_t mk_lower_bound(const uint32_t *numbers, size_t from, size_t count, uint32_t least) {
    size_t length = count - from;
    const uint32_t *start = numbers + from;
    while (length > 1) {
        size_t half = length / 2;
        start += (start[half - 1] < least) * half;
        length -= half;
    }
    return (size_t)(start - numbers) + (length == 1 && *start < least);
}

#pragma clang assume_nonnull end
