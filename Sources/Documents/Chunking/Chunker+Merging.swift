import Text

extension Chunker {
    /// Joins neighboring sections that are too small to say much alone, under the headings they share.
    ///
    /// Only siblings, a section with its own subsections, and a subsection with what follows its parent are
    /// joined; and only sections that are one chunk each.
    func mergingSmallSections(
        _ drafts: [ChunkDraft], pieces: [ChunkPiece], headers: inout ChunkHeaders
    ) -> [ChunkDraft] {
        var result: [ChunkDraft] = []
        // Whether the last of `result` holds whole sections only: what was cut stays as it was cut.
        var isLastWhole = false
        for (index, draft) in drafts.enumerated() {
            let isWhole =
                (index == 0 || drafts[index - 1].section != draft.section)
                && (index + 1 == drafts.count || drafts[index + 1].section != draft.section)
            if isWhole, isLastWhole, let previous = result.last,
                isSmall(previous) || isLeftOver(index, drafts),
                let merged = merged(previous, draft, pieces, &headers)
            {
                result[result.count - 1] = merged
            } else {
                result.append(draft)
                isLastWhole = isWhole
            }
        }
        return result
    }

    private func isSmall(_ draft: ChunkDraft) -> Bool {
        draft.bodyTokens < configuration.mergeBelowTokens
    }

    /// Whether a small section is too much for the next one, or the page's last.
    private func isLeftOver(_ index: Int, _ drafts: [ChunkDraft]) -> Bool {
        guard isSmall(drafts[index]) else { return false }
        guard index + 1 < drafts.count else { return true }
        return drafts[index].bodyTokens + drafts[index + 1].bodyTokens > configuration.maxTokens * 3 / 4
    }

    private func merged(
        _ first: ChunkDraft, _ second: ChunkDraft, _ pieces: [ChunkPiece], _ headers: inout ChunkHeaders
    ) -> ChunkDraft? {
        let common = Array(zip(first.headingPath, second.headingPath).prefix { $0 == $1 }.map(\.0))
        guard common.count + 1 >= min(first.headingPath.count, second.headingPath.count) else { return nil }
        let gap = pieces[second.pieces.lowerBound].gapTokens
        // The second heading stands in the gap; without it the passage would lose what it is about.
        guard gap > 0 || second.headingPath == common else { return nil }
        var merged = first
        merged.headingPath = common
        if first.headingPath.count > common.count {
            let heading = ChunkHeaders.relativeHeading(first.headingPath, below: common)
            merged.prefix = heading + "\n" + first.prefix
            merged.tokens += counter.count(heading[...])
        }
        merged.tokens += gap + second.bodyTokens
        merged.bodyTokens += gap + second.bodyTokens
        merged.pieces = first.pieces.lowerBound..<second.pieces.upperBound
        return merged.tokens <= room(under: common, &headers) ? merged : nil
    }
}
