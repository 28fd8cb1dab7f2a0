import Text

/// Where each section of a page begins and ends: the parents of its chunks.
struct SectionRanges {
    private let units: [RenderedText.Unit]
    /// By number; a section without units is not asked for.
    private var ranges: [Range<Int>]

    init(_ page: RenderedText, _ text: ChunkerText) {
        units = page.units
        ranges = Array(repeating: 0..<0, count: page.sections.count)
        var end = 0
        for unit in units {
            if ranges[unit.section].isEmpty {
                // What stands between the last unit of the section before and this one is its heading.
                let gap = text.trimmed(end..<unit.range.lowerBound)
                let start = gap.isEmpty ? unit.range.lowerBound : gap.lowerBound
                ranges[unit.section] = start..<unit.range.upperBound
            } else {
                ranges[unit.section] = ranges[unit.section].lowerBound..<unit.range.upperBound
            }
            end = unit.range.upperBound
        }
    }

    /// The chunks with the sections that they begin and end in. Chunks are in order, and so are units.
    func assigned(to chunks: [Chunk]) -> [Chunk] {
        var first = 0
        return chunks.map { chunk in
            var chunk = chunk
            while first < units.count, units[first].range.upperBound <= chunk.range.lowerBound { first += 1 }
            var last = first
            while last + 1 < units.count, units[last + 1].range.lowerBound < chunk.range.upperBound {
                last += 1
            }
            guard first < units.count else { return chunk }
            let (start, end) = (ranges[units[first].section], ranges[units[last].section])
            chunk.section =
                min(start.lowerBound, chunk.range.lowerBound)..<max(end.upperBound, chunk.range.upperBound)
            // A chunk may begin before the end of the one before it.
            if first > 0 { first -= 1 }
            return chunk
        }
    }
}
