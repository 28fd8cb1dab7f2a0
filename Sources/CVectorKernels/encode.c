// From floats to codes: written once, compiled for each instruction set, so that all give the same bits.
//
// The compiler may use wide instructions for what is here and nothing else: smallest and largest are taken of
// integers, each element's formula is evaluated without fused multiply-adds, and sums of floats are kept in
// LANES separate sums that are added up in one order.
#include "codes.h"
#include <string.h>

#define ALWAYS __attribute__((always_inline)) static inline
#define LANES 16

/// A spread this small (8e-34) counts as none: its reciprocal would leave the range of a float.
static const float smallest_spread = 0x1p-110f;

/// `x` rounded to the nearest whole number, ties to even, for |x| < 2^22.
///
/// 1.5 * 2^23 has a last bit worth 1, so adding it rounds as the hardware does, and leaves the number in the
/// low bits of the sum.
ALWAYS int32_t nearest(float x) {
    const float magic = 12582912.0f;
    float shifted = x + magic;
    int32_t bits, magic_bits;
    memcpy(&bits, &shifted, sizeof bits);
    memcpy(&magic_bits, &magic, sizeof magic_bits);
    return bits - magic_bits;
}

ALWAYS int32_t clamped(int32_t code, int32_t least, int32_t most) {
    code = code < least ? least : code;
    return code > most ? most : code;
}

/// A float as an integer of the same order: bits as they are, the negative ones reversed.
ALWAYS int32_t ordered(int32_t bits) { return bits ^ (int32_t)((uint32_t)(bits >> 31) >> 1); }

ALWAYS int32_t bits_of(const float *v, size_t i) {
    int32_t bits;
    memcpy(&bits, v + i, sizeof bits);
    return bits;
}

ALWAYS float float_of(int32_t bits) {
    float value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

typedef struct {
    float least, most;
} range;

ALWAYS range range_of(const float *v, size_t length) {
    int32_t least = INT32_MAX, most = INT32_MIN;
    for (size_t i = 0; i < length; i++) {
        int32_t value = ordered(bits_of(v, i));
        least = value < least ? value : least;
        most = value > most ? value : most;
    }
    return length ? (range){float_of(ordered(least)), float_of(ordered(most))} : (range){0, 0};
}

ALWAYS double total_of(const double lanes[LANES]) {
    double total = 0;
    for (size_t j = 0; j < LANES; j++) {
        total += lanes[j];
    }
    return total;
}

/// The sum of `FORMULA` (of `i`) for all `i` below `length`, in doubles, always in the same order.
#define SUM(TOTAL, FORMULA)                                                                                  \
    do {                                                                                                     \
        double lanes[LANES] = {0};                                                                           \
        size_t first = 0;                                                                                    \
        for (; first + LANES <= length; first += LANES) {                                                    \
            for (size_t j = 0; j < LANES; j++) {                                                             \
                size_t i = first + j;                                                                        \
                lanes[j] += (FORMULA);                                                                       \
            }                                                                                                \
        }                                                                                                    \
        for (size_t i = first; i < length; i++) {                                                            \
            lanes[i - first] += (FORMULA);                                                                   \
        }                                                                                                    \
        TOTAL = total_of(lanes);                                                                             \
    } while (0)

ALWAYS float encode_query(const float *v, size_t length, size_t padded, int8_t *codes) {
    int32_t largest = 0;
    for (size_t i = 0; i < length; i++) {
        int32_t magnitude = bits_of(v, i) & INT32_MAX;
        largest = magnitude > largest ? magnitude : largest;
    }
    float most = float_of(largest);
    if (most < smallest_spread) {
        memset(codes, 0, padded);
        return 0;
    }
    float factor = 127 / most;
    for (size_t i = 0; i < length; i++) {
        codes[i] = (int8_t)clamped(nearest(v[i] * factor), -127, 127);
    }
    memset(codes + length, 0, padded - length);
    return most / 127;
}

ALWAYS void encode_row7(const float *v, size_t length, size_t padded, mk_code_header *header,
                        uint8_t *codes) {
    double norm;
    SUM(norm, (double)v[i] * v[i]);
    range all = range_of(v, length);
    float spread = all.most - all.least;
    *header = (mk_code_header){.scale = 0, .offset = all.least, .norm = (float)norm, .sum = 0};
    if (spread < smallest_spread) {
        memset(codes, 0, padded);
        return;
    }
    float factor = 127 / spread;
    int32_t sum = 0;
    for (size_t i = 0; i < length; i++) {
        int32_t code = clamped(nearest((v[i] - all.least) * factor), 0, 127);
        codes[i] = (uint8_t)code;
        sum += code;
    }
    memset(codes + length, 0, padded - length);
    header->scale = spread / 127;
    header->sum = sum;
}

/// The 4-bit code of `x`. Clipped before it is rounded, so that any `x` may come.
ALWAYS float level(float x, float least, float factor) {
    float steps = (x - least) * factor;
    steps = steps < 0 ? 0 : steps;
    return (float)nearest(steps > 15 ? 15 : steps);
}

/// The squared error of coding `x`, in steps: the square of `x` itself may leave the range of a float.
ALWAYS float squared_miss(float x, float least, float factor) {
    float miss = (x - least) * factor - level(x, least, factor);
    return miss * miss;
}

/// The squared error of coding `v` between the ends of `clip`; infinite for a clip too narrow to divide by.
ALWAYS double squared_error(const float *v, size_t length, range clip) {
    float spread = clip.most - clip.least;
    if (spread < smallest_spread) {
        return __builtin_inf();
    }
    float factor = 15 / spread;
    double sum;
    SUM(sum, squared_miss(v[i], clip.least, factor));
    double step = (double)spread / 15;
    return sum * step * step;
}

/// The clip with the least squared error: a fraction of the whole range, shrunk to its middle or to zero.
ALWAYS range best_clip(const float *v, size_t length, range all) {
    range best = all;
    double least_error = squared_error(v, length, all);
    float middle = all.least + (all.most - all.least) / 2;
    for (int percent = 95; percent >= 55; percent -= 5) {
        float fraction = (float)percent / 100, half = (all.most - all.least) / 2 * fraction;
        const range candidates[2] = {{middle - half, middle + half},
                                     {all.least * fraction, all.most * fraction}};
        for (size_t k = 0; k < 2; k++) {
            double error = squared_error(v, length, candidates[k]);
            best = error < least_error ? candidates[k] : best;
            least_error = error < least_error ? error : least_error;
        }
    }
    return best;
}

ALWAYS void encode_row4(const float *v, size_t length, size_t padded, mk_code_header *header,
                        uint8_t *packed) {
    double norm, floats;
    SUM(norm, (double)v[i] * v[i]);
    range all = range_of(v, length);
    *header = (mk_code_header){.scale = 0, .offset = all.least, .norm = (float)norm, .sum = 0};
    memset(packed, 0, padded / 2);
    if (all.most - all.least < smallest_spread) {
        return;
    }
    range clip = best_clip(v, length, all);
    float spread = clip.most - clip.least, factor = 15 / spread, step = spread / 15;
    double codes, product;
    SUM(floats, (double)v[i]);
    SUM(codes, (double)level(v[i], clip.least, factor));
    SUM(product, (double)v[i] * (double)level(v[i], clip.least, factor));
    for (size_t i = 0; i < length; i++) {
        uint8_t code = (uint8_t)level(v[i], clip.least, factor);
        packed[i / 128 * 64 + i % 64] |= (uint8_t)(i % 128 < 64 ? code : code << 4);
    }
    // The dot product of the vector with its own decoding, made to equal its squared length.
    double self = (double)clip.least * floats + (double)step * product;
    double correction = self > 0 ? norm / self : 1;
    header->scale = (float)(step * correction);
    header->offset = (float)(clip.least * correction);
    header->sum = (int32_t)codes;
}

ALWAYS void unpack_row4(const uint8_t *packed, size_t length, int8_t *codes) {
    for (size_t group = 0; group < length; group += 128) {
        for (size_t j = 0; j < 64; j++) {
            uint8_t pair = packed[group / 2 + j];
            codes[group + j] = (int8_t)(pair & 15);
            codes[group + 64 + j] = (int8_t)(pair >> 4);
        }
    }
}

#define DEFINE(SET, ATTRIBUTE)                                                                               \
    ATTRIBUTE float mk_##SET##_encode_query(const float *v, size_t length, size_t padded, int8_t *codes) {   \
        return encode_query(v, length, padded, codes);                                                       \
    }                                                                                                        \
    ATTRIBUTE void mk_##SET##_encode_row7(const float *v, size_t length, size_t padded,                      \
                                          mk_code_header *header, uint8_t *codes) {                          \
        encode_row7(v, length, padded, header, codes);                                                       \
    }                                                                                                        \
    ATTRIBUTE void mk_##SET##_encode_row4(const float *v, size_t length, size_t padded,                      \
                                          mk_code_header *header, uint8_t *packed) {                         \
        encode_row4(v, length, padded, header, packed);                                                      \
    }                                                                                                        \
    ATTRIBUTE void mk_##SET##_unpack_row4(const uint8_t *packed, size_t length, int8_t *codes) {             \
        unpack_row4(packed, length, codes);                                                                  \
    }

DEFINE(scalar, )
#if defined(__x86_64__)
DEFINE(avx2, __attribute__((target("avx2,fma"))))
DEFINE(avx512, __attribute__((target("avx512f,avx512bw,avx512vl,avx512dq"))))
#elif defined(__aarch64__)
DEFINE(neon, )
#endif
