// What the files of this folder know of each other.
#ifndef MX_KERNELS_H
#define MX_KERNELS_H

#include "CMatrixKernels.h"

#define DECLARE(SET)                                                                                         \
    void mx_##SET##_multiply(                                                                                \
        const float *, size_t, size_t, const float *, size_t, size_t, float *, size_t, mx_store);            \
    void mx_##SET##_multiply_halves(                                                                         \
        const float *, size_t, size_t, const uint16_t *, size_t, size_t, float *, size_t, mx_store);         \
    void mx_##SET##_quantize(const float *, size_t, size_t, size_t, uint8_t *, float *);                     \
    void mx_##SET##_activate(float *, size_t, size_t, size_t, const float *, mx_activation);                 \
    void mx_##SET##_normalize(                                                                               \
        float *, size_t, size_t, size_t, const float *, const float *, const float *, float);                \
    void mx_##SET##_attend(                                                                                  \
        const float *, size_t, size_t, size_t, size_t, const float *, size_t, float *, size_t, float *);     \
    void mx_##SET##_exponentials(float *, size_t, size_t, size_t, size_t, float *);

#define DECLARE_CODES(SET)                                                                                   \
    void mx_##SET##_multiply_codes(                                                                          \
        const uint8_t *, const float *, size_t, const int8_t *, const float *, const int32_t *, size_t,      \
        size_t, float *, size_t, mx_store);

DECLARE(scalar)
DECLARE_CODES(scalar)
#if defined(__x86_64__)
DECLARE(avx2)
DECLARE(avx512)
DECLARE_CODES(avx_vnni)
DECLARE_CODES(avx512_vnni)
DECLARE_CODES(amx)
#endif

#endif
