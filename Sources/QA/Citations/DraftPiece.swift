import Models

/// A part of a draft, in the order in which a generator told it.
enum DraftPiece: Sendable, Hashable {
    /// What a model wrote: its markers are read from here and from nowhere else.
    case text(String)
    /// What was taken from a passage: text, whatever it looks like.
    case quotation(Quotation)
}

extension [DraftPiece] {
    /// Adds what was told next; pieces of text that follow each other are one.
    mutating func append(text: String) {
        if case .text(let before)? = last {
            self[count - 1] = .text(before + text)
        } else {
            append(.text(text))
        }
    }
}

/// The numbers that an answer shows for the passages that it cites: consecutive, in order of appearance.
struct CitationNumbers: Sendable, Hashable {
    /// Offsets of the passages, by number from 1.
    private(set) var passages: [Int] = []

    /// The number of the passage with this 1-based marker.
    mutating func number(ofPassage marker: Int) -> Int {
        if let known = passages.firstIndex(of: marker) { return known + 1 }
        passages.append(marker)
        return passages.count
    }
}
