// Any processor: vectors of four floats, which every 64-bit instruction set has, and the plain sum of codes.
#define LANES 4
#if defined(__aarch64__)
#define VECTORS 4
#else
#define VECTORS 2
#endif
#define ROWS 6
#define NAME(x) mx_scalar_##x
#include "kernels.h"
#include "vectors.h"

void mx_scalar_multiply_codes(
    const uint8_t *codes, const float *scales, size_t rows, const int8_t *weights, const float *column_scales,
    const int32_t *corrections, size_t inner, size_t outer, float *y, size_t y_stride, mx_store kind) {
    size_t padded = (inner + MX_RUN - 1) / MX_RUN * MX_RUN;
    for (size_t c = 0; c < outer; c++) {
        const int8_t *column = weights + c / MX_BLOCK * padded * MX_BLOCK + c % MX_BLOCK * 4;
        for (size_t r = 0; r < rows; r++) {
            const uint8_t *code = codes + r * padded;
            int32_t sum = -corrections[c];
            for (size_t k = 0; k < padded; k++) {
                sum += code[k] * column[k / 4 * MX_BLOCK * 4 + k % 4];
            }
            float *out = y + r * y_stride + c;
            *out = fmaf((float)sum, scales[r] * column_scales[c], kind == mx_add ? *out : 0);
        }
    }
}
