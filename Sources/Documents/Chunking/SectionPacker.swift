import Text

/// A chunk while it is being filled.
struct ChunkDraft {
    /// Indices of the pieces it holds.
    var pieces: Range<Int>
    /// Where its text begins: its first piece, or earlier by what it repeats of the chunk before.
    var start: Int
    var section: Int
    var headingPath: [String]
    /// Headings in front of the first piece that the contextual header no longer names; ends a line.
    var prefix = ""
    var lead: ChunkLead
    /// Tokens of prefix, lead, repeated sentences, pieces and gaps.
    var tokens: Int
    /// Of these, the pieces with the gaps between them.
    var bodyTokens: Int
}

extension Chunker {
    /// Fills chunks section by section.
    func packed(
        _ pieces: [ChunkPiece], page: RenderedText, text: ChunkerText, headers: inout ChunkHeaders
    ) -> [ChunkDraft] {
        var drafts: [ChunkDraft] = []
        var start = 0
        while start < pieces.count {
            let section = pieces[start].section
            var end = start + 1
            while end < pieces.count, pieces[end].section == section { end += 1 }
            let path = page.sections[section].headingPath
            var packer = SectionPacker(
                pieces: pieces, text: text, path: path, room: room(under: path, &headers),
                configuration: configuration)
            packer.pack(start..<end)
            drafts += packer.drafts
            start = end
        }
        return drafts
    }
}

/// Fills the chunks of one section.
private struct SectionPacker {
    let pieces: [ChunkPiece]
    let text: ChunkerText
    let path: [String]
    /// Tokens of a chunk without its header.
    let room: Int
    let configuration: ChunkerConfiguration
    var drafts: [ChunkDraft] = []
    private var current: ChunkDraft?

    init(
        pieces: [ChunkPiece], text: ChunkerText, path: [String], room: Int,
        configuration: ChunkerConfiguration
    ) {
        self.pieces = pieces
        self.text = text
        self.path = path
        self.room = room
        self.configuration = configuration
    }

    mutating func pack(_ section: Range<Int>) {
        var start = section.lowerBound
        while start < section.upperBound {
            var end = start + 1
            if let group = pieces[start].group {
                while end < section.upperBound, pieces[end].group == group { end += 1 }
            }
            add(atom: start..<end)
            start = end
        }
        close()
    }

    /// Adds a whole table, list or block of code, or a single paragraph.
    private mutating func add(atom: Range<Int>) {
        let inner = bodyTokens(atom)
        let first = pieces[atom.lowerBound]
        if let draft = current, draft.tokens + first.gapTokens + inner <= room {
            extend(to: atom.upperBound, by: first.gapTokens + inner)
        } else if first.lead.tokens + inner <= room, isWorthClosing(for: first) {
            open(atom, bodyTokens: inner)
        } else {
            for index in atom { add(piece: index) }
        }
    }

    /// Whether an atom that fits a chunk of its own gets one, or else is cut to fill this one up. Tables and
    /// code always stay whole; a single paragraph has nothing to cut.
    private func isWorthClosing(for first: ChunkPiece) -> Bool {
        guard let draft = current, first.kind == .list else { return true }
        return draft.tokens >= configuration.mergeBelowTokens
    }

    private mutating func add(piece index: Int) {
        let piece = pieces[index]
        if let draft = current, draft.tokens + piece.gapTokens + piece.tokens <= room {
            extend(to: index + 1, by: piece.gapTokens + piece.tokens)
        } else {
            open(index..<index + 1, bodyTokens: piece.tokens)
        }
    }

    private func bodyTokens(_ range: Range<Int>) -> Int {
        range.reduce(0) { sum, index in
            sum + pieces[index].tokens + (index == range.lowerBound ? 0 : pieces[index].gapTokens)
        }
    }

    private mutating func extend(to end: Int, by tokens: Int) {
        guard var draft = current else { return }
        draft.pieces = draft.pieces.lowerBound..<end
        draft.tokens += tokens
        draft.bodyTokens += tokens
        current = draft
    }

    private mutating func open(_ range: Range<Int>, bodyTokens: Int) {
        close()
        let first = pieces[range.lowerBound]
        var draft = ChunkDraft(
            pieces: range, start: first.range.lowerBound, section: first.section, headingPath: path,
            lead: first.lead, tokens: first.lead.tokens + bodyTokens, bodyTokens: bodyTokens)
        if first.isPlainProse, first.lead.text.isEmpty, let previous = drafts.last,
            let overlap = overlap(after: previous, room: room - draft.tokens - first.gapTokens)
        {
            draft.start = overlap.start
            draft.tokens += overlap.tokens + first.gapTokens
        }
        current = draft
    }

    private mutating func close() {
        if let draft = current { drafts.append(draft) }
        current = nil
    }

    /// The last one or two sentences of a chunk, within the configured overlap.
    private func overlap(after draft: ChunkDraft, room: Int) -> (start: Int, tokens: Int)? {
        let last = pieces[draft.pieces.upperBound - 1]
        let limit = min(configuration.overlapTokens, room)
        guard last.isPlainProse, limit > 0 else { return nil }
        var result: (start: Int, tokens: Int)?
        for sentence in text.sentences(in: last.range).suffix(2).reversed() {
            let tokens = text.count(sentence)
            let total = tokens + (result?.tokens ?? 0)
            // A chunk that is wholly repeated by the next one would only be found twice.
            guard total <= limit, sentence.lowerBound > draft.start else { break }
            result = (sentence.lowerBound, total)
        }
        return result
    }
}
