import Foundation
import TextIndex

/// A document as PostgreSQL keeps it: a `tsvector` of the analyzer's own terms, and where its fields lie in it.
///
/// The weights A to D are the fields in their order. A `tsvector` has one row of positions, so that the fields lie behind
/// each other, ``gap`` apart, the shortest first: no phrase reaches from one into the next, and what is beyond the last
/// position is the end of the longest. What a `tsvector` cannot hold is left out without a word, as `to_tsvector` does
/// (PostgreSQL's documentation, “Text Search Limitations”).
struct TermVector: Sendable, Hashable {
    /// In the form of PostgreSQL's input: `'gate':1A,9C 'wheel''s':2A`.
    var literal: String
    /// For each field where it begins, 0 for one without terms; then for each how many words it has.
    var layout: [Int64]

    /// Weights are four.
    static let fieldLimit = 4
    /// Positions between two fields.
    static let gap = 64
    /// A longer term is in no vector (`MAXSTRLEN`).
    static let termByteLimit = 2_046
    /// Where the last position is (`MAXENTRYPOS`); what is behind it stands there as well.
    static let lastPosition = 16_383
    /// Of one term (`MAXNUMPOS`); the first are kept.
    static let positionLimit = 255
    /// Of all terms and positions (`MAXSTRPOS`), less what the form of each may need beside them.
    static let byteLimit = 1 << 20 - 64

    private static let weights = ["A", "B", "C", "D"]
    private static let quote = UInt8(ascii: "'")
    private static let backslash = UInt8(ascii: "\\")

    /// What stands for a term; `nil` for one that is in no vector.
    static func bytes(of term: String) -> [UInt8]? {
        // As every text of ours goes to PostgreSQL.
        let bytes = Array((term.utf8.contains(0) ? term.replacing("\0", with: "\u{FFFD}") : term).utf8)
        return bytes.count <= termByteLimit ? bytes : nil
    }

    /// In quotes nothing is an operator; a quote and a backslash stand twice.
    static func quoted(_ term: [UInt8]) -> String {
        // Byte by byte: a quote with an accent over it is another character to Swift, and a quote to the server.
        var bytes: [UInt8] = [quote]
        bytes.reserveCapacity(term.count + 2)
        for byte in term {
            if byte == quote || byte == backslash { bytes.append(byte) }
            bytes.append(byte)
        }
        bytes.append(quote)
        return String(decoding: bytes, as: UTF8.self)
    }

    /// - Parameter document: checked, of at most ``fieldLimit`` fields.
    init(_ document: TextDocument) {
        let extents = document.fields.map { field in
            Int(field.occurrences.reduce(UInt32(0)) { max($0, $1.position) })
                + (field.occurrences.isEmpty ? 0 : 1)
        }
        var starts = [Int](repeating: 0, count: extents.count)
        var next = 1
        let order = extents.indices.sorted { (extents[$0], $0) < (extents[$1], $1) }
        for field in order where extents[field] > 0 {
            starts[field] = min(next, Self.lastPosition + 1)
            next += extents[field] + Self.gap
        }
        var places: [[UInt8]: [Place]] = [:]
        for (field, content) in document.fields.enumerated() {
            for occurrence in content.occurrences {
                guard let term = Self.bytes(of: occurrence.term) else { continue }
                let position = min(starts[field] + Int(occurrence.position), Self.lastPosition)
                places[term, default: []].append(Place(position: position, field: field))
            }
        }
        literal = Self.literal(places)
        layout = starts.map { Int64($0) } + document.fields.map { Int64($0.length) }
    }

    private struct Place {
        var position: Int
        var field: Int
    }

    /// The terms that come first go first: where not all fit, the beginning of the document is found.
    private static func literal(_ places: [[UInt8]: [Place]]) -> String {
        var terms = places.map { term, places in
            var places = places.sorted { ($0.position, $0.field) < ($1.position, $1.field) }
            var last = 0
            places.removeAll { place in
                defer { last = place.position }
                return place.position == last
            }
            return (term: term, places: Array(places.prefix(positionLimit)))
        }
        terms.sort { one, other in
            let (first, second) = (one.places.first?.position ?? 0, other.places.first?.position ?? 0)
            return first != second ? first < second : one.term.lexicographicallyPrecedes(other.term)
        }
        var parts: [String] = []
        var byteCount = 0
        for (term, places) in terms {
            byteCount += term.count + 4 + 2 * places.count
            if byteCount > byteLimit { break }
            let list = places.map { "\($0.position)\(weights[$0.field])" }.joined(separator: ",")
            parts.append("\(quoted(term)):\(list)")
        }
        return parts.joined(separator: " ")
    }
}

extension TermVector {
    /// Where some terms stand in a document, as the server tells it.
    struct Excerpt: Sendable {
        /// Positions of each term, ascending.
        let positions: [[UInt8]: [Int]]
        private let starts: [Int]
        /// Words of each field.
        let lengths: [Int]

        /// - Parameters:
        ///   - bytes: a `tsvector` in binary form.
        ///   - layout: as the table has it.
        init?(_ bytes: UnsafeRawBufferPointer, layout: [Int64]) {
            guard layout.count.isMultiple(of: 2), let positions = Self.positions(bytes) else { return nil }
            let half = layout.count / 2
            starts = layout.prefix(half).map { Int(clamping: $0) }
            lengths = layout.suffix(half).map { Int(clamping: $0) }
            self.positions = positions
        }

        /// A count of terms; each with a zero byte behind it, a count of positions, and these, with two bits of weight above
        /// each (`tsvectorsend`). None of its lengths is believed: each is held against what is there.
        private static func positions(_ bytes: UnsafeRawBufferPointer) -> [[UInt8]: [Int]]? {
            var place = 0
            func number() -> Int? {
                guard place + 2 <= bytes.count else { return nil }
                defer { place += 2 }
                return Int(bytes[place]) << 8 | Int(bytes[place + 1])
            }
            guard let high = number(), let low = number() else { return nil }
            var positions: [[UInt8]: [Int]] = [:]
            for _ in 0..<(high << 16 | low) {
                guard let end = bytes[place...].firstIndex(of: 0) else { return nil }
                let term = Array(bytes[place..<end])
                place = end + 1
                guard let count = number() else { return nil }
                var list: [Int] = []
                list.reserveCapacity(count)
                for _ in 0..<count {
                    guard let entry = number() else { return nil }
                    list.append(entry & lastPosition)
                }
                positions[term] = list
            }
            return positions
        }

        func has(_ term: [UInt8]) -> Bool { positions[term] != nil }

        /// Where any of some terms stands: of each field the places in it, ascending.
        func places(of terms: some Sequence<[UInt8]>) -> [[Int]] {
            var places = [Set<Int>](repeating: [], count: starts.count)
            for term in terms {
                for position in positions[term] ?? [] {
                    guard let field = field(at: position) else { continue }
                    places[field].insert(position - starts[field])
                }
            }
            return places.map { $0.sorted() }
        }

        /// How often a term stands in each field.
        func counts(of term: [UInt8]) -> [Int] {
            var counts = [Int](repeating: 0, count: starts.count)
            for position in positions[term] ?? [] {
                if let field = field(at: position) { counts[field] += 1 }
            }
            return counts
        }

        /// The field that begins last before a position.
        private func field(at position: Int) -> Int? {
            var found: Int?
            for field in starts.indices where starts[field] > 0 && starts[field] <= position {
                if found.map({ starts[$0] < starts[field] }) ?? true { found = field }
            }
            return found
        }
    }
}
