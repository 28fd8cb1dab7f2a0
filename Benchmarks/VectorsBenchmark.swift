import Backends
import Foundation
import VectorIndex

/// What does our way of asking pgvector add to its own search?
///
///     vectors --port PORT [--vectors N] [--dimension N] [--searches N]
///
/// PostgreSQL on this machine (user `app`, password `secret`, database `postgres`). The same questions go in turns to
/// the store and, over a session of the same driver, as one bare statement; then to the store among a tenth and nine
/// tenths of the vectors.
enum VectorsBenchmark {
    static func run(arguments: [String]) async throws {
        guard let port = value("--port", arguments) else { throw NoServer() }
        let (count, searches) = (
            value("--vectors", arguments) ?? 50_000, value("--searches", arguments) ?? 1_000
        )
        let dimension = value("--dimension", arguments) ?? 384
        let schema = "bench\(UInt32.random(in: 0...(.max)))"
        let settings = PostgresSettings(
            host: "127.0.0.1", port: port, database: "postgres", user: "app", password: { "secret" },
            tls: .disable, schema: schema)
        var options = PostgresVectorOptions()
        options.indexFrom = .max
        let store = try await PostgresVectorStore.open(
            PostgresPool(settings, size: 1), model: "bench", dimension: dimension, options: options)
        let taken = try ContinuousClock().measure {
            for start in stride(from: 0, to: count, by: 1_000) {
                let ids = start..<min(start + 1_000, count)
                try store.upsert(ids.map { VectorEntry(id: UInt64($0), vector: vector($0, dimension)) })
            }
        }
        let built = try await ContinuousClock().measure { try await store.buildIndex() }
        print("\(Int(Double(count) / (taken / .seconds(1)))) vectors/s stored, index built in \(built)")
        let (own, bare) = try compared(store, try PostgresConnection(settings, password: "secret"), searches)
        let ratio = median(own) / median(bare)
        print(
            "nearest ten: p50 \(milliseconds(own)) ms, bare statement \(milliseconds(bare)) ms, ratio "
                + String(format: "%.2f", ratio))
        for share in [10, 2] {
            let allowed = IDBitmap((0..<UInt64(count)).filter { ($0 % 10 == 0) == (share == 10) })
            let times = try (0..<searches).map { number in
                try timed {
                    _ = try store.search(
                        vector(count + number, dimension), k: 10, efSearch: 100, filter: .allowed(allowed))
                }
            }
            print("nearest ten among \(allowed.count): p50 \(milliseconds(times)) ms")
        }
    }

    /// In turns, so that both find the server equally warm.
    private static func compared(
        _ store: PostgresVectorStore, _ connection: PostgresConnection, _ searches: Int
    ) throws -> (own: [Duration], bare: [Duration]) {
        let table = try connection.query("SELECT name FROM vector_table").first?.text(0) ?? ""
        let type = "public.halfvec(\(store.dimension))"
        let statement =
            "SELECT id FROM \(table) ORDER BY vector OPERATOR(public.<=>) $1::real[]::\(type) LIMIT 10"
        try connection.query("SELECT set_config('hnsw.ef_search', '100', false)")
        var (own, bare): ([Duration], [Duration]) = ([], [])
        for number in 0..<searches {
            let query = vector(-number - 1, store.dimension)
            own.append(try timed { _ = try store.search(query, k: 10, efSearch: 100, filter: nil) })
            bare.append(try timed { _ = try connection.query(statement, [.floats(query)]).count })
        }
        return (own, bare)
    }

    /// Around one of a hundred centres.
    private static func vector(_ number: Int, _ dimension: Int) -> [Float] {
        let centre = Double((number % 100 + 100) % 100)
        return (0..<dimension).map { place in
            let place = Double(place)
            return Float(
                sin(centre * 12.9898 + place * 78.233) + 0.4 * sin(Double(number) * 3.7 + place * place))
        }
    }

    private static func timed(_ body: () throws -> Void) rethrows -> Duration {
        try ContinuousClock().measure(body)
    }

    private static func median(_ times: [Duration]) -> Duration {
        times.isEmpty ? .zero : times.sorted()[times.count / 2]
    }

    private static func milliseconds(_ times: [Duration]) -> String {
        String(format: "%.2f", median(times) / .milliseconds(1))
    }

    private static func value(_ name: String, _ arguments: [String]) -> Int? {
        guard let place = arguments.firstIndex(of: name), place + 1 < arguments.count else { return nil }
        return Int(arguments[place + 1])
    }

    private struct NoServer: Error, CustomStringConvertible {
        var description: String { "name a server on this machine with --port" }
    }
}
