// Codes by VNNI: four products of an unsigned and a signed byte added to 32 bits, exactly, a lane and step.
#if defined(__x86_64__)
#include "kernels.h"
#include <immintrin.h>
#include <string.h>

#define VNNI512 __attribute__((target("avx512f,avx512bw,avx512vl,avx512vnni")))
#define VNNI256 __attribute__((target("avx2,fma,avxvnni")))
#define INLINE static inline __attribute__((always_inline))

/// The four codes at `p` as one number, for broadcasting.
INLINE int32_t four(const uint8_t *p) {
    int32_t value;
    memcpy(&value, p, 4);
    return value;
}

#define HEIGHT 8

VNNI512 INLINE void tile512(
    const uint8_t *codes, const float *scales, int rows, const int8_t *block, const float *column_scales,
    const int32_t *corrections, size_t padded, size_t columns, float *y, size_t y_stride, mx_store kind) {
    __m512i sums[HEIGHT][2];
    // The second block of a pair; where there is none the first one is taken twice, and not stored.
    const int8_t *second = columns > MX_BLOCK ? block + padded * MX_BLOCK : block;
#pragma clang loop unroll(full)
    for (int r = 0; r < rows; r++) {
        sums[r][0] = sums[r][1] = _mm512_setzero_si512();
    }
    for (size_t k = 0; k < padded; k += 4) {
        __m512i a = _mm512_loadu_si512(block + k * MX_BLOCK), b = _mm512_loadu_si512(second + k * MX_BLOCK);
#pragma clang loop unroll(full)
        for (int r = 0; r < rows; r++) {
            __m512i code = _mm512_set1_epi32(four(codes + r * padded + k));
            sums[r][0] = _mm512_dpbusd_epi32(sums[r][0], code, a);
            sums[r][1] = _mm512_dpbusd_epi32(sums[r][1], code, b);
        }
    }
#pragma clang loop unroll(full)
    for (int v = 0; v < 2; v++) {
        if (columns <= (size_t)v * MX_BLOCK) {
            break;
        }
        size_t left = columns - v * MX_BLOCK;
        __mmask16 mask = left >= MX_BLOCK ? 0xffff : (__mmask16)((1u << left) - 1);
        __m512i correction = _mm512_loadu_si512(corrections + v * MX_BLOCK);
        __m512 scale = _mm512_loadu_ps(column_scales + v * MX_BLOCK);
#pragma clang loop unroll(full)
        for (int r = 0; r < rows; r++) {
            float *out = y + r * y_stride + v * MX_BLOCK;
            __m512 old = kind == mx_add ? _mm512_maskz_loadu_ps(mask, out) : _mm512_setzero_ps();
            __m512 sum = _mm512_cvtepi32_ps(_mm512_sub_epi32(sums[r][v], correction));
            __m512 factor = _mm512_mul_ps(_mm512_set1_ps(scales[r]), scale);
            _mm512_mask_storeu_ps(out, mask, _mm512_fmadd_ps(sum, factor, old));
        }
    }
}

VNNI256 INLINE void tile256(
    const uint8_t *codes, const float *scales, int rows, const int8_t *block, const float *column_scales,
    const int32_t *corrections, size_t padded, size_t columns, float *y, size_t y_stride, mx_store kind) {
    __m256i sums[HEIGHT][2];
#pragma clang loop unroll(full)
    for (int r = 0; r < rows; r++) {
        sums[r][0] = sums[r][1] = _mm256_setzero_si256();
    }
    for (size_t k = 0; k < padded; k += 4) {
        __m256i a = _mm256_loadu_si256((const __m256i *)(block + k * MX_BLOCK));
        __m256i b = _mm256_loadu_si256((const __m256i *)(block + k * MX_BLOCK + 32));
#pragma clang loop unroll(full)
        for (int r = 0; r < rows; r++) {
            __m256i code = _mm256_set1_epi32(four(codes + r * padded + k));
            sums[r][0] = _mm256_dpbusd_avx_epi32(sums[r][0], code, a);
            sums[r][1] = _mm256_dpbusd_avx_epi32(sums[r][1], code, b);
        }
    }
#pragma clang loop unroll(full)
    for (int v = 0; v < 2; v++) {
        __m256i correction = _mm256_loadu_si256((const __m256i *)(corrections + v * 8));
        __m256 scale = _mm256_loadu_ps(column_scales + v * 8);
#pragma clang loop unroll(full)
        for (int r = 0; r < rows; r++) {
            float *out = y + r * y_stride + v * 8;
            float values[8] = {0};
            size_t left = columns > (size_t)v * 8 ? columns - v * 8 : 0;
            left = left > 8 ? 8 : left;
            if (kind == mx_add) {
                memcpy(values, out, left * 4);
            }
            __m256 sum = _mm256_cvtepi32_ps(_mm256_sub_epi32(sums[r][v], correction));
            __m256 factor = _mm256_mul_ps(_mm256_set1_ps(scales[r]), scale);
            _mm256_storeu_ps(values, _mm256_fmadd_ps(sum, factor, _mm256_loadu_ps(values)));
            memcpy(out, values, left * 4);
        }
    }
}

#define TILE(SIZE, N)                                                                                        \
    case N:                                                                                                  \
        tile##SIZE(                                                                                          \
            codes + start * padded, scales + start, N, block, column_scales + first, corrections + first,    \
            padded, outer - first, y + start * y_stride + first, y_stride, kind);                            \
        break;

#define DEFINE(SET, TARGET, SIZE, WIDTH, MOST)                                                               \
    TARGET void mx_##SET##_multiply_codes(                                                                   \
        const uint8_t *codes, const float *scales, size_t rows, const int8_t *weights,                       \
        const float *column_scales, const int32_t *corrections, size_t inner, size_t outer, float *y,        \
        size_t y_stride, mx_store kind) {                                                                    \
        size_t padded = (inner + MX_RUN - 1) / MX_RUN * MX_RUN, tiles = (rows + MOST - 1) / MOST;            \
        for (size_t first = 0; first < outer; first += WIDTH) {                                              \
            const int8_t *block = weights + first * padded;                                                  \
            for (size_t tile = 0; tile < tiles; tile++) {                                                    \
                size_t start = rows * tile / tiles, height = rows * (tile + 1) / tiles - start;              \
                switch (height) {                                                                            \
                    TILE(SIZE, 1) TILE(SIZE, 2) TILE(SIZE, 3) TILE(SIZE, 4) TILE(SIZE, 5) TILE(SIZE, 6)      \
                    TILE(SIZE, 7) TILE(SIZE, 8)                                                              \
                }                                                                                            \
            }                                                                                                \
        }                                                                                                    \
    }

DEFINE(avx512_vnni, VNNI512, 512, 32, HEIGHT)
DEFINE(avx_vnni, VNNI256, 256, 16, 6)
#endif
