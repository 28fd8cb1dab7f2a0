import Text

extension EvidencePassage {
    /// What is embedded of a chunk, with the units of its text, which stands at the end, as parts.
    public init(_ chunk: Chunk) {
        let text = chunk.embeddedText
        let start = text.utf8.count - chunk.text.utf8.count
        let isSuffix = text.hasSuffix(chunk.text)
        let units = EvidenceUnits.all(of: chunk.text, isCode: chunk.kind == .code)
        self.init(
            text: text,
            units: units.map { unit in
                isSuffix ? (start + unit.range.lowerBound)..<(start + unit.range.upperBound) : 0..<0
            })
    }
}
