// Posting lists with AVX-512: only what is done to whole windows. To unpack 16 numbers a step, the loads that fill 16
// lanes take as long as two steps of 8.
#if defined(__x86_64__)
#include "postings.h"
#include <immintrin.h>

// The numbers of the lanes that are large enough move together, and all 16 places are written: no branch.
__attribute__((target("avx512f,avx2"))) size_t mk_avx512_collect(const int32_t *sums, size_t count,
                                                                 int32_t least, uint16_t *places) {
    __m512i enough = _mm512_set1_epi32(least), sixteen = _mm512_set1_epi32(16);
    __m512i lanes = _mm512_set_epi32(15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0);
    size_t found = 0, i = 0;
    for (; i + 16 <= count; i += 16) {
        __mmask16 some = _mm512_cmpge_epi32_mask(_mm512_loadu_si512(sums + i), enough);
        __m512i moved = _mm512_maskz_compress_epi32(some, lanes);
        // Bounds: no more were found than were looked at, so that this ends where the 16 sums do.
        _mm256_storeu_si256((__m256i *)(places + found), _mm512_cvtepi32_epi16(moved));
        found += (size_t)__builtin_popcount(some);
        lanes = _mm512_add_epi32(lanes, sixteen);
    }
    for (; i < count; i++) {
        places[found] = (uint16_t)i;
        found += sums[i] >= least;
    }
    return found;
}
#endif
