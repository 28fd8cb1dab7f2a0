import Text

/// The smallest thing the packer moves: a unit, or a part of one that was over budget.
struct ChunkPiece: Hashable {
    /// UTF-8 bytes of the page's text.
    var range: Range<Int>
    var tokens: Int
    /// Tokens of what stands between the piece before and this one: a heading, a table's header row.
    var gapTokens: Int
    var kind: Chunk.Kind
    var section: Int
    var group: Int?
    /// What a chunk that begins here repeats.
    var lead: ChunkLead

    /// Whether it is prose of its own, whose sentences a following chunk may repeat.
    var isPlainProse: Bool { kind == .prose && group == nil }
}

/// What a page's chunks may repeat, each counted once.
private struct KnownLeads {
    private var known: [String: ChunkLead] = [:]
    private var latest = ChunkLead.none

    mutating func lead(_ text: String, _ counter: any TokenCounter) -> ChunkLead {
        // Mostly that of the unit before: the rows of a table share one.
        if latest.text == text { return latest }
        if let counted = known[text] {
            latest = counted
        } else {
            latest = ChunkLead(text: text, tokens: counter.count(text[...]))
            known[text] = latest
        }
        return latest
    }
}

extension Chunker {
    /// The page's units as pieces, each of which fits into a chunk with its header and its lead.
    func pieces(of page: RenderedText, text: ChunkerText, headers: inout ChunkHeaders) -> [ChunkPiece] {
        var result: [ChunkPiece] = []
        result.reserveCapacity(page.units.count)
        var leads = KnownLeads()
        for unit in page.units {
            let room = room(under: page.sections[unit.section].headingPath, &headers)
            let lead = lead(of: unit, room: room, &leads)
            let start = result.count
            append(unit, lead: lead, room: room - lead.tokens, text: text, to: &result)
            if start > 0, start < result.count {
                let gap = result[start - 1].range.upperBound..<result[start].range.lowerBound
                result[start].gapTokens = text.countOfGap(gap)
            }
        }
        return result
    }

    func room(under path: [String], _ headers: inout ChunkHeaders) -> Int {
        configuration.maxTokens - headers[path].tokens
    }

    /// A lead may take half the room, so that a chunk never repeats more than it tells.
    private func lead(of unit: RenderedText.Unit, room: Int, _ known: inout KnownLeads) -> ChunkLead {
        guard !unit.lead.isEmpty else { return .none }
        let whole = known.lead(unit.lead, counter)
        return whole.tokens <= room / 2 ? whole : ChunkHeaders.cut(unit.lead, to: room / 2, counter: counter)
    }

    private func append(
        _ unit: RenderedText.Unit, lead: ChunkLead, room: Int, text: ChunkerText,
        to result: inout [ChunkPiece]
    ) {
        let range = unit.kind == .code ? text.trimmedKeepingIndentation(unit.range) : text.trimmed(unit.range)
        guard !range.isEmpty else { return }
        let tokens = text.count(range)
        var piece = ChunkPiece(
            range: range, tokens: tokens, gapTokens: 0, kind: unit.kind, section: unit.section,
            group: unit.group, lead: lead)
        guard tokens > room else {
            result.append(piece)
            return
        }
        for part in ChunkerSplitter(text: text, room: room).parts(range, levels: Self.levels(of: unit.kind)) {
            piece.range = part.range
            piece.tokens = part.tokens
            result.append(piece)
        }
    }

    private static func levels(of kind: Chunk.Kind) -> ArraySlice<ChunkerSplitter.Level> {
        switch kind {
        case .prose: [.sentences, .words, .characters]
        case .list: [.lines, .sentences, .words, .characters]
        case .table: [.lines, .cells, .sentences, .words, .characters]
        case .code: [.blankLines, .lines, .words, .characters]
        }
    }
}

extension ChunkerText {
    /// `range` from the beginning of its first line that is not blank to its last visible character.
    func trimmedKeepingIndentation(_ range: Range<Int>) -> Range<Int> {
        let inner = trimmed(range)
        var lower = inner.lowerBound
        while lower > range.lowerBound, bytes[lower - 1] != UInt8(ascii: "\n") { lower -= 1 }
        return inner.isEmpty ? inner : lower..<inner.upperBound
    }
}
