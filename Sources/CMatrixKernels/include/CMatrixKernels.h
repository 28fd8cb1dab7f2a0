// The arithmetic of a transformer encoder: products with packed weights, and the steps between them.
//
// One table of functions an instruction set, chosen at run time. Matrices are row-major; `stride` is the distance
// between rows in elements. Nothing is allocated here, and no memory is touched but what each function names.
#ifndef C_MATRIX_KERNELS_H
#define C_MATRIX_KERNELS_H

#include <stddef.h>
#include <stdint.h>

/// What a product does with what is there already.
typedef enum {
    mx_replace = 0,
    mx_add = 1,
} mx_store;

typedef enum {
    /// x Φ(x), Φ the normal distribution function, to 5e-5.
    mx_gelu = 0,
    /// x/2 (1 + tanh(√(2/π) (x + 0.044715 x³))).
    mx_gelu_tanh = 1,
    mx_relu = 2,
} mx_activation;

typedef enum {
    mx_scalar = 0,
    mx_avx2,
    mx_avx_vnni,
    mx_avx512,
    mx_avx512_vnni,
    mx_amx,
} mx_instruction_set;

/// Floats of a packed panel: `inner` runs of this many columns, the panels one after another.
#define MX_PANEL 32
/// Columns of a packed block of bytes.
#define MX_BLOCK 16
/// Codes are multiplied in runs of this many, so `inner` is rounded up to a multiple of it.
#define MX_RUN 64

/// Floats that attention over `count` tokens works in: keys and values in panels, 56 rows of scores, their scales.
static inline size_t mx_attention_scratch(size_t count, size_t width) {
    size_t padded = (count + MX_PANEL - 1) / MX_PANEL * MX_PANEL;
    return (width + 56) * padded + (width + MX_PANEL - 1) / MX_PANEL * MX_PANEL * count + 56;
}

typedef struct {
    mx_instruction_set set;

    /// y = x W or y += x W. `weights` has ⌈outer / MX_PANEL⌉ panels of `inner` × MX_PANEL floats, zero past
    /// `outer`. Each row's result depends on that row alone, to the bit.
    void (*multiply)(
        const float *x, size_t x_stride, size_t rows, const float *weights, size_t inner, size_t outer,
        float *y, size_t y_stride, mx_store store);

    /// The same with weights of halves (IEEE 754 binary16), in panels of the same shape.
    void (*multiply_halves)(
        const float *x, size_t x_stride, size_t rows, const uint16_t *weights, size_t inner, size_t outer,
        float *y, size_t y_stride, mx_store store);

    /// Codes of each row: round(x · 127 / max|x|) + 128, ties to even, and its scale max|x| / 127; a row of
    /// zeros has the scale 0. `codes` has `rows` rounded up to 16 rows of `inner` rounded up to MX_RUN bytes,
    /// all of which are written. Not a number makes the row's codes and scale of no meaning.
    void (*quantize)(
        const float *x, size_t stride, size_t rows, size_t inner, uint8_t *codes, float *scales);

    /// y = or += scales[row] · column_scales[column] · Σ (code − 128) weight, the sum exact.
    ///
    /// `weights` has ⌈outer / MX_BLOCK⌉ blocks of inner' / 4 × MX_BLOCK × 4 bytes (inner' is `inner` rounded up
    /// to MX_RUN): four successive weights of a column side by side, zeros past both ends, none −128.
    /// `column_scales` and `corrections` (128 times the column's sum) have ⌈outer / MX_BLOCK⌉ MX_BLOCK entries.
    /// `codes` is what `quantize` wrote. inner' is at most 65,536, so that no sum leaves 32 bits.
    void (*multiply_codes)(
        const uint8_t *codes, const float *scales, size_t rows, const int8_t *weights,
        const float *column_scales, const int32_t *corrections, size_t inner, size_t outer, float *y,
        size_t y_stride, mx_store store);

    /// x = f(x + bias), each row.
    void (*activate)(
        float *x, size_t stride, size_t rows, size_t columns, const float *bias, mx_activation activation);

    /// x = (x + bias − mean) / √(variance + epsilon) · gain + shift, mean and variance of each row.
    void (*normalize)(
        float *x, size_t stride, size_t rows, size_t columns, const float *bias, const float *gain,
        const float *shift, float epsilon);

    /// For each head: context = softmax(Q Kᵀ + distances) V, among the `count` tokens of one text.
    ///
    /// A row of `qkv` is all heads' queries, keys and values, each `heads` × `width`; a row of `context` all
    /// heads' results. `distances`, if any, points to the bias of distance 0 of the first head, has those of
    /// key − query from 1 − count to count − 1 around it, and the next head's `distance_stride` on.
    /// `scratch` has mx_attention_scratch(count, width) floats.
    void (*attend)(
        const float *qkv, size_t stride, size_t count, size_t heads, size_t width, const float *distances,
        size_t distance_stride, float *context, size_t context_stride, float *scratch);

    /// The first `count` of each row become exp(x − max), the rest up to `columns` zero; scales[row] = 1 / sum.
    void (*exponentials)(
        float *x, size_t stride, size_t rows, size_t count, size_t columns, float *scales);
} mx_kernels;

/// The functions of `set`, or NULL if this processor or its system does not have it.
const mx_kernels *mx_kernels_for(mx_instruction_set set);

/// The functions that are fastest here.
const mx_kernels *mx_best_kernels(void);

#endif
