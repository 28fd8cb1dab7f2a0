// Codes by AMX: a tile of 16 rows by 64 codes times one of 64 by 16 columns, 16,384 products an instruction.
//
// A block of packed weights is such a tile after tile, row by row, and so are 16 rows of codes.
#if defined(__x86_64__)
#include "kernels.h"
#include <immintrin.h>

#define AMX __attribute__((target("amx-tile,amx-int8,avx512f,avx512bw,avx512vl")))

/// What `ldtilecfg` reads: all eight tiles of 16 rows of 64 bytes.
typedef struct {
    uint8_t palette, start_row, reserved[14];
    uint16_t bytes[16];
    uint8_t rows[16];
} tile_shapes;

static const tile_shapes shapes __attribute__((aligned(64))) = {
    .palette = 1,
    .bytes = {64, 64, 64, 64, 64, 64, 64, 64},
    .rows = {16, 16, 16, 16, 16, 16, 16, 16},
};

AMX static inline void put(
    const int32_t *sums, const float *scales, size_t rows, const float *column_scales,
    const int32_t *corrections, size_t columns, float *y, size_t y_stride, mx_store kind) {
    __mmask16 mask = columns >= 16 ? 0xffff : (__mmask16)((1u << columns) - 1);
    __m512i correction = _mm512_loadu_si512(corrections);
    __m512 scale = _mm512_loadu_ps(column_scales);
    for (size_t r = 0; r < rows; r++) {
        float *out = y + r * y_stride;
        __m512 old = kind == mx_add ? _mm512_maskz_loadu_ps(mask, out) : _mm512_setzero_ps();
        __m512 sum = _mm512_cvtepi32_ps(_mm512_sub_epi32(_mm512_load_si512(sums + r * 16), correction));
        __m512 factor = _mm512_mul_ps(_mm512_set1_ps(scales[r]), scale);
        _mm512_mask_storeu_ps(out, mask, _mm512_fmadd_ps(sum, factor, old));
    }
}

/// Tiles 0–3 are sums, 4 and 5 rows of codes, 6 and 7 weights. 32 rows of codes stay in the first-level cache while all
/// weights pass by, and the rows of results that they make lie near each other.
AMX void mx_amx_multiply_codes(
    const uint8_t *codes, const float *scales, size_t rows, const int8_t *weights, const float *column_scales,
    const int32_t *corrections, size_t inner, size_t outer, float *y, size_t y_stride, mx_store kind) {
    size_t padded = (inner + MX_RUN - 1) / MX_RUN * MX_RUN;
    int32_t sums[4][256] __attribute__((aligned(64)));
    _tile_loadconfig(&shapes);
    for (size_t r = 0; r < rows; r += 32) {
        const uint8_t *upper = codes + r * padded;
        const uint8_t *lower = r + 16 < rows ? upper + 16 * padded : upper;
        for (size_t c = 0; c < outer; c += 32) {
            const int8_t *left = weights + c * padded;
            const int8_t *right = c + 16 < outer ? left + 16 * padded : left;
            _tile_zero(0);
            _tile_zero(1);
            _tile_zero(2);
            _tile_zero(3);
            if (lower != upper) {
                for (size_t k = 0; k < padded; k += 64) {
                    _tile_loadd(6, left + k * 16, 64);
                    _tile_loadd(4, upper + k, padded);
                    _tile_loadd(7, right + k * 16, 64);
                    _tile_loadd(5, lower + k, padded);
                    _tile_dpbusd(0, 4, 6);
                    _tile_dpbusd(1, 4, 7);
                    _tile_dpbusd(2, 5, 6);
                    _tile_dpbusd(3, 5, 7);
                }
            } else {
                for (size_t k = 0; k < padded; k += 64) {
                    _tile_loadd(6, left + k * 16, 64);
                    _tile_loadd(4, upper + k, padded);
                    _tile_loadd(7, right + k * 16, 64);
                    _tile_dpbusd(0, 4, 6);
                    _tile_dpbusd(1, 4, 7);
                }
            }
            _tile_stored(0, sums[0], 64);
            _tile_stored(1, sums[1], 64);
            _tile_stored(2, sums[2], 64);
            _tile_stored(3, sums[3], 64);
            for (size_t i = 0; i < 4; i++) {
                size_t row = r + i / 2 * 16, column = c + i % 2 * 16;
                if (row >= rows || column >= outer) {
                    continue;
                }
                put(sums[i], scales + row, rows - row < 16 ? rows - row : 16, column_scales + column,
                    corrections + column, outer - column, y + row * y_stride + column, y_stride, kind);
            }
        }
    }
    _tile_release();
}
#endif
