import Backends
import Corpus
import CorpusSQLite
import Foundation
import Models
import Text

/// How fast does a corpus take documents in, and give passages out? The same for SQLite and PostgreSQL.
///
///     corpus [--chunks N] [--port PORT] [--reads N] [--keep FOLDER]
///
/// Without the model: vectors are made up, 384 dimensions. Ten chunks a document. With --port (a server on this machine,
/// user `app`, password `secret`, database `postgres`) PostgreSQL is measured in turns with SQLite, a quarter of the
/// documents each time. With --keep the data folder is made there and stays, for `millrace serve` with the local model: what a
/// backup of many chunks is measured with.
enum CorpusBenchmark {
    private struct Contender {
        var name: String
        var corpus: any CorpusStore
        var ingest: Duration = .zero
        var ids: [Int64] = []
    }

    static func run(arguments: [String]) async throws {
        let chunks = number("--chunks", 100_000, arguments)
        let reads = number("--reads", 2_000, arguments)
        let kept = arguments.firstIndex(of: "--keep").map { URL(filePath: arguments[$0 + 1]) }
        let folder =
            kept
            ?? FileManager.default.temporaryDirectory.appending(path: "millrace-corpus-\(UUID().uuidString)")
        defer { if kept == nil { try? FileManager.default.removeItem(at: folder) } }
        var contenders = [
            Contender(name: "SQLite", corpus: try SQLiteCorpus.open(at: DataFolder(folder)))
        ]
        if let port = arguments.firstIndex(of: "--port").flatMap({ Int(arguments[$0 + 1]) }) {
            let settings = PostgresSettings(
                host: "127.0.0.1", port: port, database: "postgres", user: "app", password: { "secret" },
                tls: .disable, schema: "bench\(UInt32.random(in: 0...(.max)))")
            contenders.append(Contender(name: "PostgreSQL", corpus: PostgresCorpus(PostgresPool(settings))))
        }
        for contender in contenders {
            try await contender.corpus.upsert(space: Space(key: "ENG", name: "Engineering", type: "global"))
        }
        let documents = chunks / 10
        for part in 0..<4 {
            for place in contenders.indices {
                for id in (part * documents / 4)..<((part + 1) * documents / 4) {
                    let replacement = replacement(id)
                    let begin = ContinuousClock.now
                    let change = try await contenders[place].corpus.replace(replacement)
                    contenders[place].ingest += ContinuousClock.now - begin
                    contenders[place].ids += change.added
                }
            }
        }
        for contender in contenders {
            let rate = Double(chunks) / (contender.ingest / .seconds(1))
            let times = try await latencies(contender, reads: reads)
            print(
                """
                \(contender.name): \(Int(rate)) chunks/s taken in; ten passages with their pages: \
                p50 \(milliseconds(times, 0.5)) ms, p99 \(milliseconds(times, 0.99)) ms
                """)
        }
        if contenders.count == 2 {
            let ratio = contenders[0].ingest / contenders[1].ingest
            print("PostgreSQL takes in \(String(format: "%.2f", ratio)) of what SQLite does in the same time")
        }
    }

    private static func latencies(_ contender: Contender, reads: Int) async throws -> [Duration] {
        let reader = Reader([.signedIn, .user("ada")])
        var generator = SystemRandomNumberGenerator()
        var times: [Duration] = []
        for _ in 0..<reads {
            let ids = (0..<10).compactMap { _ in contender.ids.randomElement(using: &generator) }
            let begin = ContinuousClock.now
            let found = try await contender.corpus.chunks(ids, scope: contender.corpus.scope(for: reader))
            times.append(ContinuousClock.now - begin)
            guard !found.isEmpty else { throw Missing() }
        }
        return times.sorted()
    }

    private struct Missing: Error, CustomStringConvertible {
        var description: String { "no passage was found of those that were stored" }
    }

    private static let words: [String] = {
        var random = SeededRandom(seed: 5)
        return (0..<20_000).map { _ in
            String(
                (0..<Int.random(in: 3...9, using: &random)).map { _ in
                    "aeioubdfgklmnprst".randomElement(using: &random) ?? "a"
                })
        }
    }()

    /// Words of which few are frequent and most are rare, as in any text.
    private static func text(_ count: Int, _ random: inout SeededRandom) -> String {
        (0..<count).map { _ in
            words[Int(pow(Double(words.count), Double.random(in: 0..<1, using: &random))) - 1]
        }.joined(separator: " ")
    }

    /// Around one of a thousand centres.
    private static func vector(_ random: inout SeededRandom) -> [Float] {
        var centre = SeededRandom(seed: UInt64.random(in: 0..<1_000, using: &random))
        let vector = (0..<384).map { _ in
            Float.random(in: -1...1, using: &centre) + 0.6 * Float.random(in: -1...1, using: &random)
        }
        let length = vector.reduce(0) { $0 + $1 * $1 }.squareRoot()
        return vector.map { $0 / length }
    }

    private static func replacement(_ id: Int) -> DocumentReplacement {
        var random = SeededRandom(seed: UInt64(id))
        let chunks = (0..<10).map { ordinal in
            let body = "\(id) \(ordinal) \(text(90, &random))"
            return Chunk(
                ordinal: ordinal, headingPath: ["Page \(id)", "Part \(ordinal)"], kind: .prose, text: body,
                embeddedText: body, tokenCount: 110, range: (ordinal * 500)..<(ordinal * 500 + 500))
        }
        let document = Document(
            id: "\(id)", kind: .page, spaceKey: "ENG", title: "Page \(id)", labels: ["mill", "spring"],
            author: "Ada", updatedAt: Date(timeIntervalSince1970: Double(id)),
            text: chunks.map(\.text).joined(separator: "\n"),
            readers: AccessRule(allOf: [[.signedIn], [.user("ada"), .group("g\(id % 50)")]]))
        return DocumentReplacement(
            document: document, contentHash: "\(id)", chunkSignature: "bench", chunks: chunks,
            embeddings: chunks.map { _ in vector(&random) }, model: LocalModel.name)
    }

    private static func milliseconds(_ times: [Duration], _ share: Double) -> String {
        guard !times.isEmpty else { return "–" }
        let time = times[min(times.count - 1, Int(Double(times.count) * share))]
        return String(format: "%.2f", time / .milliseconds(1))
    }

    private static func number(_ name: String, _ standard: Int, _ arguments: [String]) -> Int {
        guard let place = arguments.firstIndex(of: name), place + 1 < arguments.count else { return standard }
        return Int(arguments[place + 1]) ?? standard
    }
}
