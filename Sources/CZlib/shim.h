// What zlib offers as macros, which Swift cannot see. Both speak gzip (RFC 1952): a window of 15 bits, plus 16.
#pragma once
#include <zlib.h>

static inline int millrace_gzip_begin(z_stream *stream, int level) {
    return deflateInit2(stream, level, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY);
}
static inline int millrace_gunzip_begin(z_stream *stream) { return inflateInit2(stream, 15 + 16); }
