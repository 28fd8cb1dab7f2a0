// Posting lists with AVX2: eight numbers a step.
//
// Eight numbers of `bits` bits are `bits` bytes, so every step begins at a byte. Its two halves begin 0 or 4
// bits into a byte; each is brought into lanes by one shuffle, and shifted lane by lane.
#if defined(__x86_64__)
#include "postings.h"
#include <immintrin.h>

#define AVX2 __attribute__((target("avx2")))

typedef struct {
    __m256i bytes, shifts, mask;
    size_t second;
} spread8;

AVX2 static inline spread8 spread_for(unsigned bits) {
    const mk_spread *low = &mk_spreads[bits][0];
    const mk_spread *high = &mk_spreads[bits][4 * bits % 8 ? 1 : 0];
    return (spread8){
        .bytes = _mm256_loadu2_m128i((const __m128i *)high->bytes, (const __m128i *)low->bytes),
        .shifts = _mm256_loadu2_m128i((const __m128i *)high->shifts, (const __m128i *)low->shifts),
        .mask = _mm256_set1_epi32((int)((1u << bits) - 1)),
        .second = 4 * bits / 8,
    };
}

// Reads 16 bytes from the start of each half: at most 16 behind the step's first byte plus `second` <= 12.
AVX2 static inline __m256i eight(const uint8_t *packed, spread8 s) {
    __m256i both = _mm256_loadu2_m128i((const __m128i *)(packed + s.second), (const __m128i *)packed);
    return _mm256_and_si256(_mm256_srlv_epi32(_mm256_shuffle_epi8(both, s.bytes), s.shifts), s.mask);
}

AVX2 void mk_avx2_unpack(const uint8_t *packed, unsigned bits, size_t count, uint32_t *numbers) {
    if (bits > MK_VECTOR_BITS) {
        mk_scalar_unpack(packed, bits, count, numbers);
        return;
    }
    spread8 s = spread_for(bits);
    for (size_t i = 0; i < count; i += 8, packed += bits) {
        _mm256_storeu_si256((__m256i *)(numbers + i), eight(packed, s));
    }
}

AVX2 void mk_avx2_unpack_gaps(const uint8_t *packed, unsigned bits, size_t count, uint32_t previous,
                              uint32_t *numbers) {
    if (bits > MK_VECTOR_BITS) {
        mk_scalar_unpack_gaps(packed, bits, count, previous, numbers);
        return;
    }
    spread8 s = spread_for(bits);
    __m256i last = _mm256_set1_epi32((int)previous), seven = _mm256_set1_epi32(7);
    __m256i one = _mm256_set1_epi32(1);
    for (size_t i = 0; i < count; i += 8, packed += bits) {
        __m256i sum = _mm256_add_epi32(eight(packed, s), one);
        sum = _mm256_add_epi32(sum, _mm256_slli_si256(sum, 4));
        sum = _mm256_add_epi32(sum, _mm256_slli_si256(sum, 8));
        __m256i low = _mm256_shuffle_epi32(_mm256_permute2x128_si256(sum, sum, 0x08), 0xff);
        sum = _mm256_add_epi32(_mm256_add_epi32(sum, low), last);
        _mm256_storeu_si256((__m256i *)(numbers + i), sum);
        last = _mm256_permutevar8x32_epi32(sum, seven);
    }
}

AVX2 static inline uint64_t reaching(const int32_t *sums, __m256i below) {
    __m256i some = _mm256_cmpgt_epi32(_mm256_loadu_si256((const __m256i *)sums), below);
    return (unsigned)_mm256_movemask_ps(_mm256_castsi256_ps(some));
}

// 64 sums a step, so that there is one guess for all of them whether any is large enough.
AVX2 size_t mk_avx2_collect(const int32_t *sums, size_t count, int32_t least, uint16_t *places) {
    if (least == INT32_MIN) {
        return mk_scalar_collect(sums, count, least, places);
    }
    __m256i below = _mm256_set1_epi32(least - 1);
    size_t found = 0;
    for (size_t i = 0; i < count; i += 64) {
        uint64_t bits = 0;
        for (size_t lane = 0; lane < 64 && i + lane < count; lane += 8) {
            bits |= reaching(sums + i + lane, below) << lane;
        }
        for (; bits; bits &= bits - 1) {
            places[found++] = (uint16_t)(i + (size_t)__builtin_ctzll(bits));
        }
    }
    return found;
}
#endif
