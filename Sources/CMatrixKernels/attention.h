// Attention in terms of the products and exponentials above it; the end of vectors.h.

/// Queries of a text that are scored together, so that scores stay in the cache.
#define QUERIES (4 * ROWS)

/// As `attend` says.
void NAME(attend)(
    const float *qkv, size_t stride, size_t count, size_t heads, size_t width, const float *distances,
    size_t distance_stride, float *context, size_t context_stride, float *scratch) {
    size_t panels = (count + MX_PANEL - 1) / MX_PANEL, padded = panels * MX_PANEL;
    size_t value_panels = (width + MX_PANEL - 1) / MX_PANEL, hidden = heads * width;
    float *keys = scratch, *values = keys + width * padded;
    float *scores = values + value_panels * MX_PANEL * count, *scales = scores + QUERIES * padded;
    for (size_t head = 0; head < heads; head++) {
        const float *query = qkv + head * width, *key = query + hidden, *value = key + hidden;
        memset(keys + (panels - 1) * width * MX_PANEL, 0, width * MX_PANEL * sizeof(float));
        size_t whole = count / LANES * LANES, even = width / LANES * LANES;
        for (size_t c = 0; c < count; c++) {
            // A panel is a multiple of LANES keys wide, so that no square of them crosses into another.
            float *column = keys + c / MX_PANEL * width * MX_PANEL + c % MX_PANEL;
            size_t first = 0;
            if (c < whole) {
                for (; c % LANES == 0 && first < even; first += LANES) {
                    transpose(key + c * stride + first, stride, column + first * MX_PANEL, MX_PANEL);
                }
                first = even;
            }
            for (size_t d = first; d < width; d++) {
                column[d * MX_PANEL] = key[c * stride + d];
            }
        }
        for (size_t p = 0; p < value_panels; p++) {
            size_t columns = width - p * MX_PANEL < MX_PANEL ? width - p * MX_PANEL : MX_PANEL;
            for (size_t c = 0; c < count; c++) {
                float *row = values + (p * count + c) * MX_PANEL;
                const float *from = value + c * stride + p * MX_PANEL;
                // Of a length that the compiler knows, this is a few moves and no call.
                if (columns == MX_PANEL) {
                    memcpy(row, from, MX_PANEL * sizeof(float));
                    continue;
                }
                memcpy(row, from, columns * sizeof(float));
                memset(row + columns, 0, (MX_PANEL - columns) * sizeof(float));
            }
        }
        size_t blocks = (count + QUERIES - 1) / QUERIES;
        for (size_t block = 0; block < blocks; block++) {
            size_t first = count * block / blocks, rows = count * (block + 1) / blocks - first;
            NAME(multiply)(
                query + first * stride, stride, rows, keys, width, count, scores, padded, mx_replace);
            if (distances) {
                for (size_t r = 0; r < rows; r++) {
                    const float *bias = distances + head * distance_stride - (first + r);
                    for (size_t c = 0; c < count; c++) {
                        scores[r * padded + c] += bias[c];
                    }
                }
            }
            NAME(exponentials)(scores, padded, rows, count, count, scales);
            float *mixed = context + first * context_stride + head * width;
            NAME(multiply)(
                scores, padded, rows, values, count, width, mixed, context_stride, mx_replace);
            for (size_t r = 0; r < rows; r++) {
                for (size_t d = 0; d < width; d++) {
                    mixed[r * context_stride + d] *= scales[r];
                }
            }
        }
    }
}
