// The result formula of codes.h for four rows at once, in instructions every 64-bit x86 processor has.
#pragma once

#include "codes.h"
#include <immintrin.h>

/// Writes the results of four rows; lane `j` of `products` belongs to `header[j]`.
///
/// Each lane does what `mk_code_result` does, in the same order.
static inline void mk_code_results_of_four(const mk_code_query *query, const mk_code_header *const header[4],
                                           __m128i products, float *results) {
    // Loaded as four floats and transposed: the fourth keeps the bits of the integer sum.
    __m128 scale = _mm_loadu_ps((const float *)header[0]), offset = _mm_loadu_ps((const float *)header[1]);
    __m128 norm = _mm_loadu_ps((const float *)header[2]), sum = _mm_loadu_ps((const float *)header[3]);
    _MM_TRANSPOSE4_PS(scale, offset, norm, sum);
    __m128 sums = _mm_cvtepi32_ps(_mm_castps_si128(sum));
    __m128 codes = _mm_add_ps(_mm_mul_ps(_mm_set1_ps(query->scale), _mm_cvtepi32_ps(products)),
                              _mm_mul_ps(_mm_set1_ps(query->offset), sums));
    __m128 dot = _mm_add_ps(_mm_mul_ps(scale, codes), _mm_mul_ps(offset, _mm_set1_ps(query->total)));
    __m128 biased = _mm_add_ps(_mm_set1_ps(query->bias), _mm_mul_ps(_mm_set1_ps(query->dot_weight), dot));
    _mm_storeu_ps(results, _mm_add_ps(biased, _mm_mul_ps(_mm_set1_ps(query->norm_weight), norm)));
}
