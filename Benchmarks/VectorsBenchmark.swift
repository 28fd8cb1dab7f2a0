import Backends
import Foundation
import VectorIndex

/// What does our way of asking pgvector add to its own search?
///
///     vectors --port PORT [--vectors N] [--dimension N] [--searches N]
///
/// With MILLRACE_PGBENCH, the path of pgbench, that asks the same in prepared statements as well, for as long as the store was asked.
///
/// PostgreSQL on this machine (user `app`, password `secret`, database `postgres`). Each question goes to the store and,
/// over sessions of the same driver, as one bare statement, once with as many candidates as the store asks for and once
/// with pgvector's own number; who is first takes turns, as the first brings what a question needs into the processor's
/// cache. Then questions go to the store among a tenth and nine tenths of the vectors.
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
        let (own, bare, standard) = try compared(store, settings, searches)
        print(
            "nearest ten: p50 \(milliseconds(own)) ms; bare statement \(milliseconds(bare)) ms with as many candidates, "
                + "ratio \(ratio(own, bare)); \(milliseconds(standard)) ms with pgvector's own, ratio \(ratio(own, standard))"
        )
        if let pgbench = ProcessInfo.processInfo.environment["MILLRACE_PGBENCH"] {
            try beside(pgbench, settings, store, searches)
        }
        for share in [10, 2] {
            let allowed = IDBitmap((0..<UInt64(count)).filter { ($0 % 10 == 0) == (share == 10) })
            let times = try (0..<searches).map { number in
                try timed {
                    _ = try store.search(
                        vector(count + number, dimension), k: 10, efSearch: candidates,
                        filter: .allowed(allowed))
                }
            }
            print("nearest ten among \(allowed.count): p50 \(milliseconds(times)) ms")
        }
    }

    /// - Returns: the times of the store, of the bare statement, and of that with pgvector's own number of candidates.
    private static func compared(
        _ store: PostgresVectorStore, _ settings: PostgresSettings, _ searches: Int
    ) throws -> (own: [Duration], bare: [Duration], standard: [Duration]) {
        let sessions = try (0..<2).map { _ in try PostgresConnection(settings, password: "secret") }
        let table = try sessions[0].query("SELECT name FROM vector_table").first?.text(0) ?? ""
        let type = "public.halfvec(\(store.dimension))"
        let statement =
            "SELECT id FROM \(table) ORDER BY vector OPERATOR(public.<=>) $1::real[]::\(type) LIMIT 10"
        try sessions[0].query("SELECT set_config('hnsw.ef_search', '\(candidates)', false)")
        var times = [[Duration]](repeating: [], count: 3)
        for number in 0..<searches {
            let query = vector(-number - 1, store.dimension)
            for turn in 0..<3 {
                let place = (number + turn) % 3
                let time = try timed {
                    if place == 0 {
                        _ = try store.search(query, k: 10, efSearch: candidates, filter: nil)
                    } else {
                        _ = try sessions[place - 1].query(statement, [.floats(query)]).count
                    }
                }
                times[place].append(time)
            }
        }
        return (times[0], times[1], times[2])
    }

    /// The store and pgbench in turns, three times, by the mean, which is what pgbench tells.
    private static func beside(
        _ pgbench: String, _ settings: PostgresSettings, _ store: PostgresVectorStore, _ searches: Int
    ) throws {
        let session = try PostgresConnection(settings, password: "secret")
        let table = try session.query("SELECT name FROM vector_table").first?.text(0) ?? ""
        let type = "public.halfvec(\(store.dimension))"
        try session.query("CREATE TABLE bench_query (id integer PRIMARY KEY, vector \(type))")
        for number in 0..<searches {
            try session.query(
                "INSERT INTO bench_query VALUES (\(number), $1::real[]::\(type))",
                [.floats(vector(-number - 1, store.dimension))])
        }
        let script = FileManager.default.temporaryDirectory.appendingPathComponent(
            "millrace-pgbench-\(getpid()).sql")
        defer { try? FileManager.default.removeItem(at: script) }
        let schema = settings.schema ?? "public"
        try """
        \\set number random(0, \(searches - 1))
        SELECT id FROM \(schema).\(table) ORDER BY vector OPERATOR(public.<=>)
            (SELECT vector FROM \(schema).bench_query WHERE id = :number) LIMIT 10;
        """.write(to: script, atomically: true, encoding: .utf8)
        for _ in 0..<3 {
            let start = ContinuousClock.now
            for number in 0..<searches {
                _ = try store.search(
                    vector(-number - 1, store.dimension), k: 10, efSearch: candidates, filter: nil)
            }
            let own = (ContinuousClock.now - start) / .milliseconds(1) / Double(searches)
            let theirs = try latency(pgbench, script.path, settings, searches)
            print(
                String(
                    format: "nearest ten, mean: %.3f ms; pgbench, as many candidates, %.3f ms, ratio %.2f",
                    own, theirs, own / theirs))
        }
    }

    /// Mean milliseconds of a transaction of pgbench.
    private static func latency(
        _ pgbench: String, _ script: String, _ settings: PostgresSettings, _ searches: Int
    ) throws -> Double {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: pgbench)
        process.arguments = [
            "-h", "127.0.0.1", "-p", String(settings.hosts.first?.port ?? 5432), "-U", settings.user, "-n",
            "-M", "prepared",
            "-c", "1", "-t", String(searches), "-f", script, settings.database,
        ]
        process.environment = ProcessInfo.processInfo.environment.merging([
            "PGPASSWORD": "secret", "PGOPTIONS": "-c hnsw.ef_search=\(candidates)",
        ]) { $1 }
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let told = String(
            decoding: try output.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
        process.waitUntilExit()
        let line = told.split(separator: "\n").first { $0.hasPrefix("latency average = ") }
        guard let line, let value = Double(line.split(separator: " ")[3]) else { throw NoLatency() }
        return value
    }

    private struct NoLatency: Error, CustomStringConvertible {
        var description: String { "pgbench told no average latency" }
    }

    private static let candidates = 100

    private static func ratio(_ one: [Duration], _ other: [Duration]) -> String {
        String(format: "%.2f", median(one) / median(other))
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
