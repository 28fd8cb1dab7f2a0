// The kernels in terms of vectors of `LANES` floats, written once; a file that includes this defines LANES, ROWS,
// NAME(x) and, if it needs one, the target attribute that is in force.
//
// The vectors are the compiler's own (vector_size), so that each instruction set gets its own code of the same text.
#include "CMatrixKernels.h"
#include <math.h>
#include <string.h>
#if defined(__x86_64__)
#include <immintrin.h>
#endif

#pragma clang fp contract(fast)

typedef float floats __attribute__((vector_size(LANES * 4)));
typedef int32_t ints __attribute__((vector_size(LANES * 4)));
typedef float floats_at __attribute__((vector_size(LANES * 4), aligned(4)));

#define INLINE static inline __attribute__((always_inline))

INLINE floats load(const float *p) { return *(const floats_at *)p; }
INLINE void store(float *p, floats x) { *(floats_at *)p = x; }
INLINE floats all(float x) { return x - (floats){}; }
INLINE floats choose(ints mask, floats a, floats b) {
    return (floats)((mask & (ints)a) | (~mask & (ints)b));
}
INLINE floats lesser(floats a, floats b) { return choose(a < b, a, b); }
INLINE floats greater(floats a, floats b) { return choose(a > b, a, b); }

/// `count` floats, below LANES, and `rest` in the lanes past them.
INLINE floats load_some(const float *p, size_t count, float rest) {
#if LANES == 16
    // Lanes that a mask leaves out are not read.
    return (floats)_mm512_mask_loadu_ps((__m512)all(rest), (__mmask16)((1u << count) - 1), p);
#else
    floats x = all(rest);
    memcpy(&x, p, count * sizeof(float));
    return x;
#endif
}
INLINE void store_some(float *p, floats x, size_t count) {
#if LANES == 16
    _mm512_mask_storeu_ps(p, (__mmask16)((1u << count) - 1), (__m512)x);
#else
    memcpy(p, &x, count * sizeof(float));
#endif
}

/// The lanes of `x` moved on by `n`, and the lanes of two vectors taken in turn, of their first or second halves.
#if LANES == 16
#define MOVED(x, n)                                                                                          \
    __builtin_shufflevector(                                                                                 \
        x, x, (n) % 16, (1 + n) % 16, (2 + n) % 16, (3 + n) % 16, (4 + n) % 16, (5 + n) % 16, (6 + n) % 16,  \
        (7 + n) % 16, (8 + n) % 16, (9 + n) % 16, (10 + n) % 16, (11 + n) % 16, (12 + n) % 16,               \
        (13 + n) % 16, (14 + n) % 16, (15 + n) % 16)
#define FIRST(a, b) __builtin_shufflevector(a, b, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23)
#define SECOND(a, b)                                                                                         \
    __builtin_shufflevector(a, b, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31)
#elif LANES == 8
#define MOVED(x, n)                                                                                          \
    __builtin_shufflevector(                                                                                 \
        x, x, (n) % 8, (1 + n) % 8, (2 + n) % 8, (3 + n) % 8, (4 + n) % 8, (5 + n) % 8, (6 + n) % 8,         \
        (7 + n) % 8)
#define FIRST(a, b) __builtin_shufflevector(a, b, 0, 8, 1, 9, 2, 10, 3, 11)
#define SECOND(a, b) __builtin_shufflevector(a, b, 4, 12, 5, 13, 6, 14, 7, 15)
#else
#define MOVED(x, n) __builtin_shufflevector(x, x, (n) % 4, (1 + n) % 4, (2 + n) % 4, (3 + n) % 4)
#define FIRST(a, b) __builtin_shufflevector(a, b, 0, 4, 1, 5)
#define SECOND(a, b) __builtin_shufflevector(a, b, 2, 6, 3, 7)
#endif

INLINE float sum_of(floats x) {
#if LANES > 8
    x += MOVED(x, 8);
#endif
#if LANES > 4
    x += MOVED(x, 4);
#endif
    x += MOVED(x, 2);
    x += MOVED(x, 1);
    return x[0];
}
INLINE float greatest_of(floats x) {
#if LANES > 8
    x = greater(x, MOVED(x, 8));
#endif
#if LANES > 4
    x = greater(x, MOVED(x, 4));
#endif
    x = greater(x, MOVED(x, 2));
    x = greater(x, MOVED(x, 1));
    return x[0];
}

/// Writes the LANES columns of LANES rows as rows, `to_stride` apart.
INLINE void transpose(const float *from, size_t stride, float *to, size_t to_stride) {
    floats a[LANES], b[LANES];
#pragma clang loop unroll(full)
    for (int i = 0; i < LANES; i++) {
        a[i] = load(from + i * stride);
    }
    // Taking the lanes of rows i and i + LANES / 2 in turn, as often as LANES can be halved, is a transposition.
#pragma clang loop unroll(full)
    for (int round = LANES; round > 1; round /= 2) {
#pragma clang loop unroll(full)
        for (int i = 0; i < LANES / 2; i++) {
            b[2 * i] = FIRST(a[i], a[i + LANES / 2]);
            b[2 * i + 1] = SECOND(a[i], a[i + LANES / 2]);
        }
#pragma clang loop unroll(full)
        for (int i = 0; i < LANES; i++) {
            a[i] = b[i];
        }
    }
#pragma clang loop unroll(full)
    for (int i = 0; i < LANES; i++) {
        store(to + i * to_stride, a[i]);
    }
}

/// e^x for x ≤ 0, to 4e-6 relative; 1e-38 for x below −87.
///
/// e^x = 2^n 2^f with n the integer nearest to x log2(e). Adding 1.5 · 2^23 leaves n in the low bits of the sum,
/// whence a shift by 23 adds it to the exponent of 2^f, a polynomial of degree 5.
INLINE floats exp_of(floats x) {
    floats y = greater(x, all(-87)) * 1.44269504f;
    floats shifted = y + 12582912.0f;
    floats f = y - (shifted - 12582912.0f);
    floats p = all(1.3276482e-3f);
    p = p * f + 9.6755465e-3f;
    p = p * f + 5.5507135e-2f;
    p = p * f + 0.2402212f;
    p = p * f + 0.69314694f;
    p = p * f + 1.0000001f;
    return (floats)((ints)p + ((ints)shifted << 23));
}

/// Φ(x) − ½ is an odd polynomial of degree 19 on [−4.5, 4.5], fitted by weighted least squares to the smallest
/// largest error of x Φ(x); past the ends it is constant. Error at most 5e-5 for every negative x, and relative to
/// x for positive ones.
INLINE floats gelu_of(floats x) {
    floats low = greater(x, all(-4.5f));
    floats clamped = lesser(low, all(4.5f));
    floats t = clamped * clamped;
    floats p = all(-1.400043e-12f);
    p = p * t + 1.6972808e-10f;
    p = p * t + -9.193657e-9f;
    p = p * t + 2.9588787e-7f;
    p = p * t + -6.3652301e-6f;
    p = p * t + 9.7871154e-5f;
    p = p * t + -1.12267747e-3f;
    p = p * t + 9.8331822e-3f;
    p = p * t + -6.6337056e-2f;
    p = p * t + 0.39888379f;
    return low * (clamped * p + 0.5f);
}

/// x/2 (1 + tanh y) = x (1 − 1 / (e^2y + 1)), with tanh(−y) = −tanh y so that the exponential is of what is not
/// positive.
INLINE floats gelu_tanh_of(floats x) {
    floats y = x * (0.79788456f + 0.035677408f * x * x);
    floats e = exp_of(lesser(y, -y) * 2);
    floats half = e / (e + 1);
    return x * choose(y > 0, 1 - half, half);
}

INLINE floats activation_of(floats x, mx_activation activation) {
    switch (activation) {
    case mx_gelu: return gelu_of(x);
    case mx_gelu_tanh: return gelu_tanh_of(x);
    case mx_relu: return greater(x, all(0));
    }
    return x;
}

INLINE void activate_as(
    float *x, size_t stride, size_t rows, size_t columns, const float *bias, mx_activation activation) {
    size_t whole = columns / LANES * LANES, rest = columns - whole;
    for (size_t r = 0; r < rows; r++) {
        float *row = x + r * stride;
        for (size_t j = 0; j < whole; j += LANES) {
            store(row + j, activation_of(load(row + j) + load(bias + j), activation));
        }
        if (rest > 0) {
            floats sum = load_some(row + whole, rest, 0) + load_some(bias + whole, rest, 0);
            store_some(row + whole, activation_of(sum, activation), rest);
        }
    }
}

void NAME(activate)(
    float *x, size_t stride, size_t rows, size_t columns, const float *bias, mx_activation activation) {
    switch (activation) {
    case mx_gelu: return activate_as(x, stride, rows, columns, bias, mx_gelu);
    case mx_gelu_tanh: return activate_as(x, stride, rows, columns, bias, mx_gelu_tanh);
    case mx_relu: return activate_as(x, stride, rows, columns, bias, mx_relu);
    }
}

void NAME(normalize)(
    float *x, size_t stride, size_t rows, size_t columns, const float *bias, const float *gain,
    const float *shift, float epsilon) {
    size_t whole = columns / LANES * LANES, rest = columns - whole;
    for (size_t r = 0; r < rows; r++) {
        float *row = x + r * stride;
        floats sum = {}, squares = {};
        for (size_t j = 0; j < whole; j += LANES) {
            floats value = load(row + j) + load(bias + j);
            store(row + j, value);
            sum += value;
            squares += value * value;
        }
        if (rest > 0) {
            floats value = load_some(row + whole, rest, 0) + load_some(bias + whole, rest, 0);
            store_some(row + whole, value, rest);
            sum += value;
            squares += value * value;
        }
        float mean = sum_of(sum) / (float)columns;
        float variance = sum_of(squares) / (float)columns - mean * mean;
        float scale = 1 / sqrtf((variance > 0 ? variance : 0) + epsilon);
        for (size_t j = 0; j < whole; j += LANES) {
            store(row + j, (load(row + j) - mean) * scale * load(gain + j) + load(shift + j));
        }
        if (rest > 0) {
            floats value = (load_some(row + whole, rest, 0) - mean) * scale;
            value = value * load_some(gain + whole, rest, 0) + load_some(shift + whole, rest, 0);
            store_some(row + whole, value, rest);
        }
    }
}

void NAME(exponentials)(
    float *x, size_t stride, size_t rows, size_t count, size_t columns, float *scales) {
    size_t whole = count / LANES * LANES, rest = count - whole;
    for (size_t r = 0; r < rows; r++) {
        float *row = x + r * stride;
        floats most = all(-3.4e38f);
        for (size_t j = 0; j < whole; j += LANES) {
            most = greater(load(row + j), most);
        }
        if (rest > 0) {
            most = greater(load_some(row + whole, rest, -3.4e38f), most);
        }
        float top = greatest_of(most);
        floats sum = {};
        for (size_t j = 0; j < whole; j += LANES) {
            floats value = exp_of(load(row + j) - top);
            sum += value;
            store(row + j, value);
        }
        float total = sum_of(sum);
        if (rest > 0) {
            floats value = exp_of(load_some(row + whole, rest, top) - top);
            store_some(row + whole, value, rest);
            for (size_t i = 0; i < rest; i++) {
                total += value[i];
            }
        }
        for (size_t j = count; j < columns; j++) {
            row[j] = 0;
        }
        scales[r] = 1 / total;
    }
}

/// Weights ahead of what is multiplied that are asked for; best of 256 to 2,048 for 8 to 16 rows.
#define PREFETCHED 1024

/// LANES halves (IEEE 754 binary16) as floats, exactly.
INLINE floats load_halves(const uint16_t *p) {
#if LANES == 16
    return (floats)_mm512_cvtph_ps(_mm256_loadu_si256((const __m256i *)p));
#elif LANES == 8
    return (floats)_mm256_cvtph_ps(_mm_loadu_si128((const __m128i *)p));
#else
    floats x;
    for (int i = 0; i < LANES; i++) {
        // The exponent's bias differs by 112; a product with 2^112 moves it, and makes subnormal halves normal.
        union {
            uint32_t bits;
            float value;
        } half = {.bits = (uint32_t)(p[i] & 0x7fff) << 13};
        half.value *= 0x1p112f;
        half.bits |= (uint32_t)(p[i] & 0x8000) << 16;
        x[i] = half.value;
    }
    return x;
#endif
}

/// VECTORS vectors of a panel's columns for `rows` rows; `rows` and `halved` are constants where this is inlined.
/// `panel` is of floats, or of halves if `halved`.
INLINE void multiply_tile(
    const float *x, size_t x_stride, int rows, const void *panel, int halved, size_t inner, float *y,
    size_t y_stride, size_t columns, mx_store kind) {
    floats sums[ROWS][VECTORS];
#pragma clang loop unroll(full)
    for (int r = 0; r < rows; r++) {
#pragma clang loop unroll(full)
        for (int v = 0; v < VECTORS; v++) {
            sums[r][v] = (floats){};
        }
    }
    for (size_t k = 0; k < inner; k++) {
        floats w[VECTORS];
#pragma clang loop unroll(full)
        for (int v = 0; v < VECTORS; v++) {
            size_t place = k * MX_PANEL + v * LANES;
            // With few rows the weights come from memory, and the processor's own prefetching stops at pages.
            if (halved) {
                w[v] = load_halves((const uint16_t *)panel + place);
                if (v % 2 == 0 || LANES > 16) {
                    __builtin_prefetch((const uint16_t *)panel + place + PREFETCHED);
                }
            } else {
                w[v] = load((const float *)panel + place);
                __builtin_prefetch((const float *)panel + place + PREFETCHED);
            }
        }
#pragma clang loop unroll(full)
        for (int r = 0; r < rows; r++) {
            float value = x[r * x_stride + k];
#pragma clang loop unroll(full)
            for (int v = 0; v < VECTORS; v++) {
                sums[r][v] += value * w[v];
            }
        }
    }
#pragma clang loop unroll(full)
    for (int r = 0; r < rows; r++) {
#pragma clang loop unroll(full)
        for (int v = 0; v < VECTORS; v++) {
            float *out = y + r * y_stride + v * LANES;
            size_t left = columns > (size_t)(v * LANES) ? columns - v * LANES : 0;
            if (left >= LANES) {
                store(out, kind == mx_add ? load(out) + sums[r][v] : sums[r][v]);
            } else if (left > 0) {
                floats old = kind == mx_add ? load_some(out, left, 0) : (floats){};
                store_some(out, old + sums[r][v], left);
            }
        }
    }
}

#define TILE(N)                                                                                              \
    case N: multiply_tile(a, x_stride, N, p, halved, inner, c, y_stride, columns, kind); break;

INLINE void multiply_as(
    const float *x, size_t x_stride, size_t rows, const void *weights, int halved, size_t inner, size_t outer,
    float *y, size_t y_stride, mx_store kind) {
    size_t size = halved ? sizeof(uint16_t) : sizeof(float);
    // Tiles of nearly equal height, so that none is left with a few rows only.
    size_t tiles = (rows + ROWS - 1) / ROWS;
    for (size_t first = 0; first < outer; first += MX_PANEL) {
        const char *panel = (const char *)weights + first * inner * size;
        for (size_t tile = 0; tile < tiles; tile++) {
            size_t start = rows * tile / tiles, height = rows * (tile + 1) / tiles - start;
            for (size_t v = 0; v < MX_PANEL && first + v < outer; v += VECTORS * LANES) {
                const float *a = x + start * x_stride;
                const void *p = panel + v * size;
                float *c = y + start * y_stride + first + v;
                size_t columns = outer - first - v;
                switch (height) {
                    TILE(1) TILE(2) TILE(3) TILE(4) TILE(5) TILE(6)
#if ROWS > 6
                    TILE(7) TILE(8) TILE(9) TILE(10) TILE(11) TILE(12)
#endif
#if ROWS > 12
                    TILE(13) TILE(14)
#endif
                }
            }
        }
    }
}

void NAME(multiply)(
    const float *x, size_t x_stride, size_t rows, const float *weights, size_t inner, size_t outer, float *y,
    size_t y_stride, mx_store kind) {
    multiply_as(x, x_stride, rows, weights, 0, inner, outer, y, y_stride, kind);
}

void NAME(multiply_halves)(
    const float *x, size_t x_stride, size_t rows, const uint16_t *weights, size_t inner, size_t outer,
    float *y, size_t y_stride, mx_store kind) {
    multiply_as(x, x_stride, rows, weights, 1, inner, outer, y, y_stride, kind);
}

typedef uint8_t bytes __attribute__((vector_size(LANES)));

/// round(x · factor) + 128, ties to even.
INLINE bytes codes_of(floats x, float factor) {
    // Adding 1.5 · 2^23 rounds to the nearest integer, ties to even, and leaves it in the low bits.
#pragma clang fp contract(off)
    floats scaled = x * factor;
    ints bits = (ints)(scaled + 12582912.0f);
    return __builtin_convertvector((bits + 128) & 255, bytes);
}

/// As `quantize` says. The scale's reciprocal is taken once, so that every instruction set rounds alike.
void NAME(quantize)(
    const float *x, size_t stride, size_t rows, size_t inner, uint8_t *codes, float *scales) {
    size_t padded = (inner + MX_RUN - 1) / MX_RUN * MX_RUN, whole = inner / LANES * LANES;
    for (size_t r = 0; r < rows; r++) {
        const float *row = x + r * stride;
        uint8_t *code = codes + r * padded;
        floats most = {};
        for (size_t j = 0; j < whole; j += LANES) {
            most = greater(greater(load(row + j), -load(row + j)), most);
        }
        float top = greatest_of(most);
        for (size_t j = whole; j < inner; j++) {
            float value = fabsf(row[j]);
            top = value > top ? value : top;
        }
        // Below this the reciprocal would be infinite, and nothing is lost.
        float factor = top > 1e-30f ? 127 / top : 0;
        scales[r] = top > 1e-30f ? top / 127 : 0;
        for (size_t j = 0; j < whole; j += LANES) {
            bytes low = codes_of(load(row + j), factor);
            memcpy(code + j, &low, LANES);
        }
        if (whole < inner) {
            bytes low = codes_of(load_some(row + whole, inner - whole, 0), factor);
            memcpy(code + whole, &low, inner - whole);
        }
        memset(code + inner, 128, padded - inner);
    }
    size_t filled = (rows + 15) / 16 * 16;
    memset(codes + rows * padded, 128, (filled - rows) * padded);
}

#include "attention.h"
