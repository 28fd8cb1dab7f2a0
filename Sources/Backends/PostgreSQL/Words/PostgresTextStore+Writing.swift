import Foundation
import TextIndex

extension PostgresTextStore {
    /// Passages of one statement at most, and bytes of their vectors.
    private static let partSize = 500
    private static let partBytes = 4 << 20

    /// Stores documents in one transaction; those that are there already, unchanged, are left alone.
    public func upsert(_ documents: [TextDocument]) throws(TextIndexError) {
        try checks.check(documents)
        try untold.tell()
        guard !documents.isEmpty else { return }
        let rows = try told { try documents.map { try Row($0) } }.sorted { $0.id < $1.id }
        let parts = Self.parts(of: rows)
        let table = table
        try change { db in
            var (added, written) = (0, 0)
            var growth = [Int64](repeating: 0, count: table.fieldCount)
            for part in parts {
                let row = try db.query(
                    table.storing,
                    [
                        .ints(part.map(\.id)), .texts(part.map(\.vector.literal)),
                        .ints(part.flatMap(\.vector.layout)), .texts(part.map(\.facets)),
                    ]
                ).first
                let (changed, known) = (try row?.int(0) ?? 0, try row?.int(1) ?? 0)
                written += Int(clamping: changed)
                added += Int(clamping: changed - known)
                growth = zip(growth, try row?.ints(2) ?? []).map(+)
            }
            return Change(passages: added, words: growth, isChange: written > 0)
        }
    }

    private static func parts(of rows: [Row]) -> [[Row]] {
        var parts: [[Row]] = []
        var (part, bytes): ([Row], Int) = ([], 0)
        for row in rows {
            let size = row.vector.literal.utf8.count + row.facets.utf8.count
            if !part.isEmpty, part.count == partSize || bytes + size > partBytes {
                parts.append(part)
                (part, bytes) = ([], 0)
            }
            part.append(row)
            bytes += size
        }
        if !part.isEmpty { parts.append(part) }
        return parts
    }

    /// A document as it is sent.
    private struct Row: Sendable {
        let id: Int64
        let vector: TermVector
        /// JSON: a list of pairs of field and value, each once.
        let facets: String

        init(_ document: TextDocument) throws {
            id = Int64(bitPattern: document.id)
            vector = TermVector(document)
            // Byte by byte: what looks alike in two spellings is two values.
            let pairs = document.facets.map { [Row.text($0.field), Row.text($0.value)] }
            let each = Dictionary(pairs.map { (Array($0.joined(separator: "\0").utf8), $0) }) { one, _ in one
            }
            let sorted = each.sorted { $0.key.lexicographicallyPrecedes($1.key) }.map(\.value)
            facets =
                sorted.isEmpty ? "[]" : String(decoding: try JSONEncoder().encode(sorted), as: UTF8.self)
        }

        /// JSON of PostgreSQL cannot hold U+0000 either.
        private static func text(_ text: String) -> String {
            text.utf8.contains(0) ? text.replacing("\0", with: "\u{FFFD}") : text
        }
    }

    public func remove(_ ids: [UInt64]) throws(TextIndexError) {
        try untold.tell()
        guard !ids.isEmpty else { return }
        let numbers = ids.map { Int64(bitPattern: $0) }.sorted()
        let table = table
        try change { db in
            var removed = 0
            var growth = [Int64](repeating: 0, count: table.fieldCount)
            for start in stride(from: 0, to: numbers.count, by: Self.batch) {
                let end = min(start + Self.batch, numbers.count)
                let row = try db.query(table.removal, [.ints(Array(numbers[start..<end]))]).first
                removed += Int(clamping: try row?.int(0) ?? 0)
                growth = zip(growth, try row?.ints(1) ?? []).map(+)
            }
            return Change(passages: -removed, words: growth, isChange: removed > 0)
        }
    }

    /// Notes that everything stored so far belongs to the change `sequence` of the database, which ``level`` gives back
    /// after the next opening, by whichever process.
    public func save(upTo sequence: Int64) throws(TextIndexError) {
        let name = table.name
        try told {
            _ = try pool.waitingTransaction(.write) { db in
                try db.query(PostgresTextTable.noteLevel, [.text(name), .int(sequence)]).changed
            }
        }
    }

    /// By how much passages and the words of each field grew.
    private struct Change: Sendable {
        var passages: Int
        var words: [Int64]
        var isChange: Bool
    }

    /// Makes a change and counts it, in one transaction.
    private func change(
        _ body: @escaping @Sendable (PostgresConnection) throws -> Change
    ) throws(TextIndexError) {
        let name = table.name
        let reading = try told {
            try pool.waitingTransaction(.write) { db in
                guard try db.query(PostgresTextTable.lock, [.text(name)]).first != nil else {
                    throw Self.isGone(name, db)
                }
                let change = try body(db)
                guard change.isChange else { return PostgresTextFigures.Reading?.none }
                let found = try db.query(
                    PostgresTextTable.noting,
                    [.text(name), .int(Int64(change.passages)), .ints(change.words)])
                return try found.first.map { try Self.reading($0) }
            }
        }
        figures.take(reading, endsReading: false)
    }
}
