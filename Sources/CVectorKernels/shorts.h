// 16-bit floats, one at a time: what plain C uses for all, and the other sets for the last few of a vector.
#pragma once

#include "kernels.h"
#include <string.h>

static inline float mk_float_of_bits(uint32_t bits) {
    float value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

static inline uint32_t mk_bits_of_float(float value) {
    uint32_t bits;
    memcpy(&bits, &value, sizeof bits);
    return bits;
}

static inline float mk_from_half(uint16_t half) {
    uint32_t sign = (uint32_t)(half & 0x8000) << 16, exponent = half >> 10 & 31, mantissa = half & 0x3ff;
    if (exponent == 31) {
        // A NaN comes out quiet, as from the processors' own conversions.
        return mk_float_of_bits(sign | 0x7f800000 | mantissa << 13 | (mantissa ? 0x400000 : 0));
    }
    if (exponent == 0) {
        float magnitude = (float)mantissa * 0x1p-24f;
        return sign ? -magnitude : magnitude;
    }
    return mk_float_of_bits(sign | (exponent + 112) << 23 | mantissa << 13);
}

static inline uint16_t mk_to_half(float value) {
    uint32_t bits = mk_bits_of_float(value), magnitude = bits & 0x7fffffff, half;
    if (magnitude > 0x7f800000) {
        half = 0x7e00 | (magnitude >> 13 & 0x3ff);
    } else if (magnitude >= 0x477ff000) { // 65,520: halfway from the greatest half to the next power of two
        half = 0x7c00;
    } else if (magnitude < 0x38800000) { // 2^-14: below, halves are multiples of 2^-24, the last bit of 0.5
        half = mk_bits_of_float(mk_float_of_bits(magnitude) + 0.5f) - mk_bits_of_float(0.5f);
    } else {
        half = (magnitude + 0xfff + (magnitude >> 13 & 1) - 0x38000000) >> 13;
    }
    return (uint16_t)(bits >> 16 & 0x8000) | (uint16_t)half;
}

static inline float mk_from_bfloat(uint16_t bfloat) { return mk_float_of_bits((uint32_t)bfloat << 16); }

static inline uint16_t mk_to_bfloat(float value) {
    uint32_t bits = mk_bits_of_float(value);
    // Rounding could carry a NaN over to infinity or zero, so it is cut short and made quiet instead.
    uint32_t is_nan = (bits & 0x7fffffff) > 0x7f800000;
    uint32_t rounded = (bits + 0x7fff + (bits >> 16 & 1)) >> 16;
    return (uint16_t)(is_nan ? bits >> 16 | 0x40 : rounded);
}
