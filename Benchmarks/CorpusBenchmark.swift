import Backends
import Corpus
import CorpusSQLite
import Foundation
import Text

/// How fast does a corpus take documents in, and give passages out? The same for SQLite and PostgreSQL.
///
///     corpus [--chunks N] [--port PORT] [--reads N]
///
/// Without the model: vectors are made up, 384 dimensions. Ten chunks a document. With --port (a server on this machine,
/// user `app`, password `secret`, database `postgres`) PostgreSQL is measured in turns with SQLite, a quarter of the
/// documents each time.
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
        let folder = FileManager.default.temporaryDirectory.appending(
            path: "millrace-corpus-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
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
                let begin = ContinuousClock.now
                for id in (part * documents / 4)..<((part + 1) * documents / 4) {
                    let change = try await contenders[place].corpus.replace(replacement(id))
                    contenders[place].ids += change.added
                }
                contenders[place].ingest += ContinuousClock.now - begin
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

    private static func replacement(_ id: Int) -> DocumentReplacement {
        let words = "The intake screen of the mill is cleaned before the spring flood comes down the race. "
        let text = String(repeating: words, count: 60)
        let chunks = (0..<10).map { ordinal in
            let body = "\(id) \(ordinal) \(String(repeating: words, count: 6))"
            return Chunk(
                ordinal: ordinal, headingPath: ["Page \(id)", "Part \(ordinal)"], kind: .prose, text: body,
                embeddedText: body, tokenCount: 110, range: (ordinal * 500)..<(ordinal * 500 + 500))
        }
        let vectors = chunks.map { chunk in (0..<384).map { Float(sin(Double(id * 7 + chunk.ordinal + $0))) }
        }
        let document = Document(
            id: "\(id)", kind: .page, spaceKey: "ENG", title: "Page \(id)", labels: ["mill", "spring"],
            author: "Ada", updatedAt: Date(timeIntervalSince1970: Double(id)), text: text,
            readers: AccessRule(allOf: [[.signedIn], [.user("ada"), .group("g\(id % 50)")]]))
        return DocumentReplacement(
            document: document, contentHash: "\(id)", chunkSignature: "bench", chunks: chunks,
            embeddings: vectors, model: "bench")
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
