/// Terms of a query as a search goes through the documents of a segment: raw memory of a posting list, read a
/// block at a time into memory of the caller's, and nothing that counts references.
///
/// Bounds: `mk_list_open` is given bytes that its caller found to lie within the segment, behind which
/// MK_POSTINGS_SLACK more can be read. What these bytes say (where a block begins, how many bits it has, which
/// document is its last) is compared with the list's end and with `document_end` before a block is read, in
/// `mk_list_load`. So documents of a block ascend and are below `document_end`, and patterns have no more than
/// `pattern_bits` bits, whatever the bytes are; a block of which that is not true reads as document 0 and
/// pattern 0 throughout, and leaves `damage` behind.
#pragma once

#include "mk_postings.h"

#pragma clang assume_nonnull begin

#define MK_BLOCK_COUNT 128
/// A block's numbers, and as many more as kernels write too far.
#define MK_BLOCK_ROOM (MK_BLOCK_COUNT + 8)
#define MK_SKIP_BYTES 16
/// The number of no block.
#define MK_NO_BLOCK UINT32_MAX

/// What a segment says of a block of postings; see BlockEntry.
typedef struct {
    uint32_t last, postings_offset, positions_offset;
    uint16_t bound;
    uint8_t document_bits, pattern_bits;
} mk_block;

/// What is wrong with a list.
enum {
    MK_SOUND,
    /// A block's bytes, or one posting's, lie outside.
    MK_OUTSIDE,
    /// A block ends with another document than it should, which is in `damaged_document`.
    MK_WRONG_DOCUMENT,
    /// A list of one block ends amid what is said of it.
    MK_CUT_SHORT,
};

/// A term's postings in one segment, and the block of them that was read last.
typedef struct {
    /// MK_SKIP_BYTES a block; NULL if there is only one, which is `only`.
    const uint8_t *_Nullable skips;
    const uint8_t *postings;
    size_t byte_count;
    uint32_t count, block_count;
    uint32_t document_end;
    uint32_t pattern_bits;
    mk_block only;
    const mk_postings_kernels *kernels;
    /// MK_BLOCK_ROOM numbers each, of the block that was read last; behind its documents UINT32_MAX.
    uint32_t *documents;
    uint32_t *patterns;
    /// That block, or MK_NO_BLOCK, and the number of its postings.
    uint32_t block, size;
    /// Where its patterns lie, and how many bits each has.
    const uint8_t *pattern_source;
    uint32_t pattern_source_bits;
    uint32_t damaged_block, damaged_document;
    uint8_t damage;
    /// Whether `patterns` holds the block's.
    uint8_t has_patterns;
} mk_list;

/// Makes a list of `count` >= 1 postings readable.
///
/// - Parameters:
///   - skips: an entry a block; NULL for at most MK_BLOCK_COUNT postings.
///   - pattern_count: of the segment, which names patterns with `pattern_bits` bits.
///   - memory: 2 * MK_BLOCK_ROOM numbers, of the list's own for as long as it is used.
/// - Returns: whether something is wrong; `damage` says what.
int mk_list_open(mk_list *list, const uint8_t *_Nullable skips, const uint8_t *postings, size_t byte_count,
                 uint32_t count, uint32_t document_end, uint32_t pattern_bits, uint32_t pattern_count,
                 uint32_t *memory);

/// Reads the documents of a block.
void mk_list_load(mk_list *list, uint32_t block);
/// Reads the patterns of the block that was read last.
void mk_list_load_patterns(mk_list *list);

/// What is said of block `block` < `block_count`.
static inline mk_block mk_list_head(const mk_list *list, uint32_t block) {
    if (!list->skips) {
        return list->only;
    }
    mk_block head;
    _Static_assert(sizeof head == MK_SKIP_BYTES, "a skip entry is a block as it lies in memory");
    memcpy(&head, list->skips + (size_t)block * MK_SKIP_BYTES, MK_SKIP_BYTES);
    return head;
}

/// The last document of a block.
static inline uint32_t mk_list_last(const mk_list *list, uint32_t block) {
    if (!list->skips) {
        return list->only.last;
    }
    uint32_t last;
    memcpy(&last, list->skips + (size_t)block * MK_SKIP_BYTES, sizeof last);
    return last;
}

/// The upper half of a float not below any x of a block. Larger numbers are larger floats.
static inline uint16_t mk_list_bound(const mk_list *list, uint32_t block) {
    if (!list->skips) {
        return list->only.bound;
    }
    uint16_t bound;
    memcpy(&bound, list->skips + (size_t)block * MK_SKIP_BYTES + 12, sizeof bound);
    return bound;
}

/// Reads the documents of a block, if they are not what was read last, and says how many they are.
static inline uint32_t mk_list_read(mk_list *list, uint32_t block) {
    if (block != list->block) {
        mk_list_load(list, block);
    }
    return list->size;
}

static inline void mk_list_read_patterns(mk_list *list) {
    if (!list->has_patterns) {
        mk_list_load_patterns(list);
    }
}

/// One pattern of the block that was read last.
static inline uint32_t mk_list_pattern(const mk_list *list, uint32_t place) {
    return list->has_patterns ? list->patterns[place]
                              : mk_packed_number(list->pattern_source, list->pattern_source_bits, place);
}

/// The first block from `from` on whose last document is not before `document`; `block_count` if there is none.
uint32_t mk_list_seek(const mk_list *list, uint32_t from, uint32_t document);

/// A term of a query, walking through a list. All functions want documents that ascend from call to call.
typedef struct {
    mk_list list;
    const mk_scorer *scorer;
    /// The most that the term can score, in units.
    float weight;
    /// What bounds are to be multiplied with to hold under the settings of now.
    float growth;
    /// The first block whose last document is not before where the walk is.
    uint32_t block;
    /// The bound of the block that was asked for last.
    uint32_t bound_block;
    int32_t bound;
} mk_cursor;

/// Puts a cursor, whose list is open, before the first document.
void mk_cursor_start(mk_cursor *cursor, const mk_scorer *scorer, float weight, float growth);

/// The most that a document of `first..<end` can score; 0 if none of them can have the term.
int32_t mk_cursor_bound(mk_cursor *cursor, uint32_t first, uint32_t end);

/// The postings of the blocks that have documents of `first..<end`; at most `most`, or more than that.
size_t mk_cursor_postings(mk_cursor *cursor, uint32_t first, uint32_t end, size_t most);

/// Adds the scores of the documents of `first..<end` to `sums`, of which the first belongs to document `first`.
///
/// - Parameters:
///   - mask: bits from `first` on: which documents count.
///   - keeps_best: whether a sum becomes the greater of itself and the score instead.
///   - needed: blocks whose postings cannot score as much may be left out.
void mk_cursor_add(mk_cursor *cursor, uint32_t first, uint32_t end, const uint64_t *_Nullable mask,
                   int keeps_best, int32_t needed, int32_t *sums);

/// The same, and appends the place of each sum that was 0 to `places`, which have `found` already; without
/// leaving out any block.
///
/// - Returns: how many places there are then; at most one more for each posting.
size_t mk_cursor_add_sparse(mk_cursor *cursor, uint32_t first, uint32_t end, const uint64_t *_Nullable mask,
                            int keeps_best, int32_t *sums, uint16_t *places, size_t found);

/// Adds to the sums of the `found` ascending places what the best of `count` cursors scores there, and keeps
/// the places whose sums are at least `least` then.
///
/// - Returns: how many were kept.
size_t mk_cursors_look(mk_cursor *cursors, size_t count, uint32_t first, int32_t least, int32_t *sums,
                       uint16_t *places, size_t found);

/// A number that at least `count` of the sums at `found` places reach, and not many more: 0 if `found` is less.
int32_t mk_floor_of_best(const int32_t *sums, const uint16_t *places, size_t found, size_t count);

/// Keeps the places, of `found`, whose sums are at least `least`.
///
/// - Returns: how many were kept.
size_t mk_keep(const int32_t *sums, uint16_t *places, size_t found, int32_t least);

/// The places, of `found`, whose sums are at least `least`; the other sums become 0.
///
/// - Returns: how many were put into `kept`, which may be `places`.
size_t mk_drain(int32_t *sums, const uint16_t *places, size_t found, int32_t least, uint16_t *kept);

#pragma clang assume_nonnull end
