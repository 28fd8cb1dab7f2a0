import Models

/// A draft under way, as it is shown while it is written: text, and the numbers of what it cites.
///
/// The numbers are those of the finished answer, unless a sentence turns out not to be borne out by what it cites.
struct ToldAnswer: Sendable {
    enum Piece: Sendable, Hashable {
        case text(String)
        case citation(number: Int, passage: Int)
    }

    private(set) var pieces: [DraftPiece] = []
    private let passageCount: Int
    private var numbers = CitationNumbers()
    private var markers = MarkerStream()
    private var isBehindLine = false

    /// - Parameter passages: how many the generator was given.
    init(passages: Int) {
        passageCount = passages
    }

    mutating func take(_ text: String) -> [Piece] {
        pieces.append(text: text)
        isBehindLine = text.hasSuffix("\n")
        return markers.take(text).compactMap { shown($0) }
    }

    mutating func take(_ quotation: Quotation) -> [Piece] {
        let held = end()
        let lead = pieces.isEmpty ? "" : isBehindLine || quotation.isLine ? "\n" : " "
        isBehindLine = quotation.isLine
        pieces.append(.quotation(quotation))
        return held + [.text(lead + quotation.text + " ")]
            + [shown(.marker(quotation.marker))].compactMap { $0 }
    }

    /// What was held back because it could have become a marker.
    mutating func end() -> [Piece] { markers.end().compactMap { shown($0) } }

    private mutating func shown(_ piece: MarkerStream.Piece) -> Piece? {
        switch piece {
        case .text(let text): .text(QuotedBrackets.restored(text))
        case .marker(let marker):
            (1...max(passageCount, 1)).contains(marker) && passageCount > 0
                ? .citation(number: numbers.number(ofPassage: marker), passage: marker) : nil
        }
    }
}
