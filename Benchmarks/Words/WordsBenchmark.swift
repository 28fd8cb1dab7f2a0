import Foundation
import TextIndex
import VectorIndex

/// How fast is a keyword search, and what does its index cost? `Benchmarks/words_peers.py` asks the same of
/// tantivy and SQLite's FTS5, with the same terms.
///
///     words FOLDER [--limit N] [--rounds N] [--batch N]
///
/// FOLDER has `passages.txt`, one passage a line, terms apart by blanks; `questions.txt` and `keywords.txt`,
/// one query a line; `allowed.txt`, the numbers of the passages that a filter allows. One thread; reading
/// files is not measured. Prints JSON.
enum WordsBenchmark {
    struct UsageError: Error, CustomStringConvertible {
        var description: String
    }

    private struct Figures: Encodable {
        var buildSeconds: Double
        var bytesPerPassage: Double
        var logBytes: Int
        /// By set of queries.
        var searches: [String: WordsTiming]
    }

    static func run(arguments: [String]) throws {
        guard let folder = arguments.first else {
            throw UsageError(description: "usage: words FOLDER [--limit N] [--rounds N] [--batch N]")
        }
        func value(_ name: String, _ standard: Int) -> Int {
            guard let i = arguments.firstIndex(of: name), i + 1 < arguments.count else { return standard }
            return Int(arguments[i + 1]) ?? standard
        }
        let data = try WordsData(URL(filePath: folder, directoryHint: .isDirectory))
        let directory = URL(filePath: folder, directoryHint: .isDirectory).appending(path: "index")
        try LocalTextStore.reset(directory: directory)
        let format = try TextFormat(fields: ["body"])
        let store = try LocalTextStore(directory: directory, format: format, scoring: .uniform(format))
        let clock = ContinuousClock()
        let batch = value("--batch", 10_000)
        let build = try clock.measure {
            for first in stride(from: 0, to: data.documents.count, by: batch) {
                try store.upsert(Array(data.documents[first..<min(first + batch, data.documents.count)]))
            }
            try store.compact()
        }
        try store.verify()
        let statistics = store.statistics()
        var searches: [String: WordsTiming] = [:]
        let (limit, rounds) = (value("--limit", 100), value("--rounds", 5))
        for (name, queries) in data.queries {
            searches[name] = try WordsTiming(store, queries, limit: limit, filter: nil, rounds: rounds)
            searches[name + " filtered"] = try WordsTiming(
                store, queries, limit: limit, filter: data.allowed, rounds: rounds)
        }
        let figures = Figures(
            buildSeconds: build / .seconds(1),
            bytesPerPassage: Double(statistics.diskByteCount) / Double(store.count),
            logBytes: statistics.logByteCount, searches: searches)
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
        print(String(decoding: try encoder.encode(figures), as: UTF8.self))
    }
}

/// What the searches of one set took.
struct WordsTiming: Encodable {
    var p50Microseconds: Double
    var p99Microseconds: Double
    /// Ids of each query's results, in ranks, for comparing; of the first queries.
    var results: [[UInt64]]

    init(
        _ store: LocalTextStore, _ queries: [TextQuery], limit: Int, filter: IDBitmap?, rounds: Int
    ) throws {
        // The best of some rounds for each query: what it takes, not what else the machine did.
        var best = [Duration](repeating: .seconds(1000), count: queries.count)
        let clock = ContinuousClock()
        var results: [[UInt64]] = []
        for round in 0..<rounds {
            for (number, query) in queries.enumerated() {
                let start = clock.now
                let found = try store.search(query, limit: limit, filter: filter)
                best[number] = min(best[number], clock.now - start)
                if round == 0, number < 50 { results.append(found.map(\.id)) }
            }
        }
        let sorted = best.map { $0 / .microseconds(1) }.sorted()
        p50Microseconds = sorted[sorted.count / 2]
        p99Microseconds = sorted[min(sorted.count - 1, sorted.count * 99 / 100)]
        self.results = results
    }
}
