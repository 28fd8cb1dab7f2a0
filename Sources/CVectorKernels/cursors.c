// Posting lists a block at a time, and a query's terms over them; mk_cursors.h has the proof of the bounds.
#include "mk_cursors.h"

// MARK: Lists

/// Reads a number of at most five bytes, which can all be read.
static uint32_t number(const uint8_t *bytes, size_t *offset) {
    uint32_t value = 0;
    for (unsigned shift = 0; shift < 35; shift += 7) {
        uint8_t byte = bytes[(*offset)++];
        value |= (uint32_t)(byte & 0x7f) << shift;
        if (byte < 0x80) {
            break;
        }
    }
    return value;
}

/// Puts numbers larger than any document behind those of a block, so that full and others are searched alike.
static void pad(mk_list *list) {
    for (size_t i = list->size; i <= MK_BLOCK_COUNT; i++) {
        list->documents[i] = UINT32_MAX;
    }
}

int mk_list_open(mk_list *list, const uint8_t *skips, const uint8_t *postings, size_t byte_count,
                 uint32_t count, uint32_t document_end, uint32_t pattern_bits, uint32_t pattern_count,
                 uint32_t *memory) {
    *list = (mk_list){
        .skips = skips,
        .postings = postings,
        .byte_count = byte_count,
        .count = count,
        .block_count = (count - 1) / MK_BLOCK_COUNT + 1,
        .document_end = document_end,
        .pattern_bits = pattern_bits,
        .kernels = mk_postings_best(),
        .documents = memory,
        .patterns = memory + MK_BLOCK_ROOM,
        .block = MK_NO_BLOCK,
    };
    if (skips) {
        return 0;
    }
    if (count == 1) {
        size_t offset = 0;
        uint32_t document = number(postings, &offset), pattern = number(postings, &offset);
        if (offset > byte_count || document >= document_end || pattern >= pattern_count) {
            list->damage = MK_OUTSIDE;
            return 1;
        }
        list->documents[0] = list->only.last = document;
        list->patterns[0] = pattern;
        // Larger than any bound: one posting is cheaper to look at than to bound.
        list->only.bound = 0x714a;
        list->block = 0;
        list->size = list->has_patterns = 1;
        pad(list);
        return 0;
    }
    if (byte_count < 4) {
        list->damage = MK_CUT_SHORT;
        return 1;
    }
    memcpy(&list->only.bound, postings, 2);
    list->only.document_bits = postings[2];
    list->only.pattern_bits = postings[3];
    list->only.postings_offset = 4;
    mk_list_load(list, 0);
    list->only.last = list->documents[list->size - 1];
    return list->damage != MK_SOUND;
}

static size_t byte_count(unsigned bits, size_t count) { return (bits * count + 7) / 8; }

/// Whether a block's bytes lie within the list, its documents below `document_end` and its patterns within the
/// segment's.
static int is_within(const mk_list *list, mk_block head, uint32_t previous, size_t count) {
    if (head.document_bits > 28 || head.pattern_bits > list->pattern_bits ||
        (previous != UINT32_MAX && previous >= list->document_end)) {
        return 0;
    }
    size_t bytes = byte_count(head.document_bits, count) + byte_count(head.pattern_bits, count);
    if (head.postings_offset + bytes > list->byte_count) {
        return 0;
    }
    if (head.document_bits > 24) {
        // 128 gaps of 24 bits after a document, which is below 2^28, do not reach 2^32; only wider need a look.
        uint64_t sum = 0;
        for (size_t i = 0; i < count; i++) {
            sum += mk_packed_number(list->postings + head.postings_offset, head.document_bits, i) + 1;
        }
        return sum <= list->document_end;
    }
    return 1;
}

static void fail(mk_list *list, uint8_t damage, uint32_t block, uint32_t document) {
    list->damage = damage;
    list->damaged_block = block;
    list->damaged_document = document;
    memset(list->documents, 0, list->size * sizeof *list->documents);
    memset(list->patterns, 0, list->size * sizeof *list->patterns);
    list->has_patterns = 1;
    pad(list);
}

void mk_list_load(mk_list *list, uint32_t block) {
    mk_block head = mk_list_head(list, block);
    uint32_t rest = list->count - block * MK_BLOCK_COUNT;
    list->size = rest < MK_BLOCK_COUNT ? rest : MK_BLOCK_COUNT;
    list->block = block;
    list->has_patterns = 0;
    list->pattern_source = list->postings;
    list->pattern_source_bits = 0;
    uint32_t previous = block == 0 ? UINT32_MAX : mk_list_last(list, block - 1);
    if (!is_within(list, head, previous, list->size)) {
        fail(list, MK_OUTSIDE, block, 0);
        return;
    }
    list->kernels->unpack_gaps(list->postings + head.postings_offset, head.document_bits, list->size, previous,
                               list->documents);
    // Gaps are at least 1 and their sum does not wrap, so all documents are below the last.
    uint32_t last = list->documents[list->size - 1];
    if (last >= list->document_end || (list->skips && head.last != last)) {
        fail(list, MK_WRONG_DOCUMENT, block, last);
        return;
    }
    list->pattern_source = list->postings + head.postings_offset + byte_count(head.document_bits, list->size);
    list->pattern_source_bits = head.pattern_bits;
    pad(list);
}

void mk_list_load_patterns(mk_list *list) {
    list->kernels->unpack(list->pattern_source, list->pattern_source_bits, list->size, list->patterns);
    list->has_patterns = 1;
}

uint32_t mk_list_seek(const mk_list *list, uint32_t from, uint32_t document) {
    uint32_t end = list->block_count, block = from;
    // Mostly one of the next; else in leaps that double, then by halves.
    for (unsigned step = 0; step < 4; step++, block++) {
        if (block >= end || mk_list_last(list, block) >= document) {
            return block;
        }
    }
    uint32_t leap = 4;
    while (leap < end - block && mk_list_last(list, block + leap) < document) {
        block += leap;
        leap *= 2;
    }
    uint32_t high = leap < end - block ? block + leap : end;
    while (block < high) {
        uint32_t middle = block + (high - block) / 2;
        if (mk_list_last(list, middle) < document) {
            block = middle + 1;
        } else {
            high = middle;
        }
    }
    return block;
}

// MARK: Cursors

void mk_cursor_start(mk_cursor *cursor, const mk_scorer *scorer, float weight, float growth) {
    cursor->scorer = scorer;
    cursor->weight = weight;
    cursor->growth = growth;
    cursor->block = 0;
    cursor->bound_block = MK_NO_BLOCK;
    cursor->bound = 0;
}

static inline int32_t wrapping_sum(int32_t a, int32_t b) { return (int32_t)((uint32_t)a + (uint32_t)b); }

/// The most that a posting with a bound can score.
static int32_t most(const mk_cursor *cursor, uint16_t bound) {
    uint32_t bits = (uint32_t)bound << 16;
    float x;
    memcpy(&x, &bits, sizeof x);
    x *= cursor->growth;
    // Also what a damaged segment says, which may be no number.
    x = x < 1e30f ? x : 1e30f;
    // One more, as rounding may differ, but never more than the weight allows.
    return wrapping_sum(mk_score(x, cursor->scorer->k1, cursor->weight), 1);
}

static int32_t block_bound(mk_cursor *cursor, uint32_t block) {
    if (cursor->bound_block != block) {
        cursor->bound_block = block;
        cursor->bound = most(cursor, mk_list_bound(&cursor->list, block));
    }
    return cursor->bound;
}

static inline void seek(mk_cursor *cursor, uint32_t document) {
    uint32_t block = cursor->block;
    if (block < cursor->list.block_count && mk_list_last(&cursor->list, block) < document) {
        cursor->block = mk_list_seek(&cursor->list, block + 1, document);
    }
}

int32_t mk_cursor_bound(mk_cursor *cursor, uint32_t first, uint32_t end) {
    seek(cursor, first);
    const mk_list *list = &cursor->list;
    uint16_t greatest = 0;
    for (uint32_t block = cursor->block; block < list->block_count; block++) {
        // The block begins behind the last document of the one before.
        if (block > cursor->block && mk_list_last(list, block - 1) >= end - 1) {
            break;
        }
        uint16_t bound = mk_list_bound(list, block);
        greatest = bound > greatest ? bound : greatest;
    }
    // A list of one block is read already, so that it is known whether there is anything.
    if (cursor->block >= list->block_count ||
        (list->block_count == 1 && list->block == 0 && list->documents[0] >= end)) {
        return 0;
    }
    return most(cursor, greatest);
}

size_t mk_cursor_postings(mk_cursor *cursor, uint32_t first, uint32_t end, size_t most) {
    seek(cursor, first);
    const mk_list *list = &cursor->list;
    size_t count = 0;
    for (uint32_t block = cursor->block; block < list->block_count && count <= most; block++) {
        if (block > cursor->block && mk_list_last(list, block - 1) >= end - 1) {
            break;
        }
        uint32_t rest = list->count - block * MK_BLOCK_COUNT;
        count += rest < MK_BLOCK_COUNT ? rest : MK_BLOCK_COUNT;
    }
    return count;
}

/// Reads block `cursor->block`, and finds the postings in it with documents of `first..<end`.
static inline int read_within(mk_cursor *cursor, uint32_t first, uint32_t end, size_t *from, size_t *to) {
    mk_list *list = &cursor->list;
    size_t size = mk_list_read(list, cursor->block);
    const uint32_t *documents = list->documents;
    *from = documents[0] >= first ? 0 : mk_lower_bound(documents, 0, size, first);
    *to = documents[size - 1] < end ? size : mk_lower_bound(documents, *from, size, end);
    return *from < *to;
}

void mk_cursor_add(mk_cursor *cursor, uint32_t first, uint32_t end, const uint64_t *mask, int keeps_best,
                   int32_t needed, int32_t *sums) {
    seek(cursor, first);
    mk_list *list = &cursor->list;
    size_t from, to;
    for (; cursor->block < list->block_count; cursor->block++) {
        if ((needed <= 1 || block_bound(cursor, cursor->block) >= needed) &&
            read_within(cursor, first, end, &from, &to)) {
            mk_list_read_patterns(list);
            mk_score_postings(cursor->scorer, cursor->weight, list->documents + from, list->patterns + from,
                              to - from, first, mask, keeps_best, sums);
        }
        if (mk_list_last(list, cursor->block) >= end - 1) {
            return;
        }
    }
}

/// Leaves only those of `count` postings whose documents count.
static size_t masked(const uint32_t *documents, const uint32_t *patterns, size_t count, uint32_t first,
                     const uint64_t *mask, uint32_t *some_documents, uint32_t *some_patterns) {
    size_t kept = 0;
    for (size_t i = 0; i < count; i++) {
        uint32_t place = documents[i] - first;
        some_documents[kept] = documents[i];
        some_patterns[kept] = patterns[i];
        kept += mask[place / 64] >> (place % 64) & 1;
    }
    return kept;
}

size_t mk_cursor_add_sparse(mk_cursor *cursor, uint32_t first, uint32_t end, const uint64_t *mask,
                            int keeps_best, int32_t *sums, uint16_t *places, size_t found) {
    seek(cursor, first);
    mk_list *list = &cursor->list;
    size_t from, to;
    for (; cursor->block < list->block_count; cursor->block++) {
        if (read_within(cursor, first, end, &from, &to)) {
            mk_list_read_patterns(list);
            const uint32_t *documents = list->documents + from, *patterns = list->patterns + from;
            size_t count = to - from;
            int32_t scores[MK_SCORE_COUNT];
            uint32_t some_documents[MK_BLOCK_COUNT], some_patterns[MK_BLOCK_COUNT];
            if (mask) {
                count = masked(documents, patterns, count, first, mask, some_documents, some_patterns);
                documents = some_documents;
                patterns = some_patterns;
            }
            mk_scores(cursor->scorer, cursor->weight, documents, patterns, count, scores);
            for (size_t i = 0; i < count; i++) {
                uint32_t place = documents[i] - first;
                int32_t sum = sums[place];
                places[found] = (uint16_t)place;
                found += sum == 0;
                sums[place] = !keeps_best ? wrapping_sum(sum, scores[i]) : sum > scores[i] ? sum : scores[i];
            }
        }
        if (mk_list_last(list, cursor->block) >= end - 1) {
            return found;
        }
    }
    return found;
}

/// The place of the first of a block's documents that is not before `document`, in seven steps whatever the
/// block is: no branch for the processor to guess wrong.
static inline uint32_t place_in_block(const uint32_t *documents, uint32_t document) {
    uint32_t place = (documents[63] < document) * 64;
    place += (documents[place + 31] < document) * 32;
    place += (documents[place + 15] < document) * 16;
    place += (documents[place + 7] < document) * 8;
    place += (documents[place + 3] < document) * 4;
    place += (documents[place + 1] < document) * 2;
    // Bounds: place <= 126 here.
    return place + (documents[place] < document);
}

/// Goes to the block that may have a document and reads it; no if there is none, or if nothing in it could score
/// `needed`.
static inline int reads(mk_cursor *cursor, uint32_t document, int32_t needed) {
    seek(cursor, document);
    uint32_t block = cursor->block;
    if (block >= cursor->list.block_count || (needed > 1 && block_bound(cursor, block) < needed)) {
        return 0;
    }
    mk_list_read(&cursor->list, block);
    return 1;
}

/// What the term scores in a document, of which the block that was read last is; 0 without the term.
static inline int32_t score_of(const mk_cursor *cursor, uint32_t document) {
    const mk_list *list = &cursor->list;
    uint32_t place = place_in_block(list->documents, document);
    // Scored either way: half of the documents have the term, and to guess which costs more. A place behind the
    // block's end is one whose document is not looked for.
    uint32_t safe = place < list->size ? place : 0;
    int32_t score = mk_score(mk_posting_weight(cursor->scorer, document, mk_list_pattern(list, safe)),
                             cursor->scorer->k1, cursor->weight);
    return list->documents[place] == document ? score : 0;
}

static size_t look_one(mk_cursor *cursor, uint32_t first, int32_t least, int32_t *sums, uint16_t *places,
                       size_t found) {
    size_t kept = 0;
    for (size_t i = 0; i < found; i++) {
        uint16_t place = places[i];
        int32_t sum = sums[place], needed = wrapping_sum(least, -sum);
        int32_t score = reads(cursor, first + place, needed) ? score_of(cursor, first + place) : 0;
        sums[place] = wrapping_sum(sum, score);
        places[kept] = place;
        kept += score >= needed;
    }
    return kept;
}

size_t mk_cursors_look(mk_cursor *cursors, size_t count, uint32_t first, int32_t least, int32_t *sums,
                       uint16_t *places, size_t found) {
    if (count == 1) {
        return look_one(cursors, first, least, sums, places, found);
    }
    size_t kept = 0;
    for (size_t i = 0; i < found; i++) {
        uint16_t place = places[i];
        int32_t sum = sums[place], needed = wrapping_sum(least, -sum), best = 0;
        for (size_t c = 0; c < count; c++) {
            if (reads(&cursors[c], first + place, best > needed ? best : needed)) {
                int32_t score = score_of(&cursors[c], first + place);
                best = score > best ? score : best;
            }
        }
        sums[place] = wrapping_sum(sum, best);
        places[kept] = place;
        kept += best >= needed;
    }
    return kept;
}

int32_t mk_floor_of_best(const int32_t *sums, const uint16_t *places, size_t found, size_t count) {
    enum { classes = 512 };
    if (found < count || count == 0) {
        return 0;
    }
    int32_t greatest = 0;
    for (size_t i = 0; i < found; i++) {
        int32_t sum = sums[places[i]];
        greatest = sum > greatest ? sum : greatest;
    }
    unsigned shift = 0;
    while (greatest >> shift >= classes) {
        shift++;
    }
    uint32_t counts[classes] = {0};
    for (size_t i = 0; i < found; i++) {
        int32_t sum = sums[places[i]];
        counts[sum > 0 ? sum >> shift : 0]++;
    }
    size_t reached = 0;
    for (unsigned class = classes; class-- > 0;) {
        reached += counts[class];
        if (reached >= count) {
            return (int32_t)class << shift;
        }
    }
    return 0;
}

size_t mk_keep(const int32_t *sums, uint16_t *places, size_t found, int32_t least) {
    size_t count = 0;
    for (size_t i = 0; i < found; i++) {
        places[count] = places[i];
        count += sums[places[i]] >= least;
    }
    return count;
}

size_t mk_drain(int32_t *sums, const uint16_t *places, size_t found, int32_t least, uint16_t *kept) {
    size_t count = 0;
    for (size_t i = 0; i < found; i++) {
        uint16_t place = places[i];
        kept[count] = place;
        count += sums[place] >= least;
        // Those that are not kept are done with.
        sums[place] = sums[place] >= least ? sums[place] : 0;
    }
    return count;
}
