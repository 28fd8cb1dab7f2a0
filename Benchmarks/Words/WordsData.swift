import Foundation
import TextIndex
import VectorIndex

/// Passages and queries of ``WordsBenchmark``.
struct WordsData {
    let documents: [TextDocument]
    let queries: [(name: String, queries: [TextQuery])]
    let allowed: IDBitmap

    init(_ folder: URL) throws {
        func lines(_ name: String) throws -> [Substring] {
            try String(contentsOf: folder.appending(path: name), encoding: .utf8).split(separator: "\n")
        }
        documents = try lines("passages.txt").enumerated().map { number, line in
            let terms = line.split(separator: " ").enumerated().map { place, term in
                TermOccurrence(String(term), at: UInt32(place))
            }
            return TextDocument(id: UInt64(number), fields: [TextField(terms, length: terms.count)])
        }
        queries = try ["questions", "keywords"].map { name in
            let queries = try lines(name + ".txt").map { line in
                TextQuery(terms: line.split(separator: " ").map(String.init))
            }
            return (name, queries)
        }
        allowed = IDBitmap(try lines("allowed.txt").compactMap { UInt64($0) })
    }
}
