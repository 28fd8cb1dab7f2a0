import Confluence
import Corpus
import CorpusSQLite
import Foundation
import Sourcing
import Transport

/// How fast a Confluence is read that takes its time for each answer: everything up to the documents, nothing of
/// what is done with them.
enum CrawlBenchmark {
    private struct Stats: Decodable { var requests: Int }

    private struct Pass {
        var documents = 0
        var unchanged = 0
        var skipped = 0
        var requests = 0
        var seconds = 0.0
        var processorSeconds = 0.0
        var versions: [String: Int] = [:]
    }

    static func run(arguments: [String]) async throws {
        let arguments = try BenchmarkArguments(
            arguments, names: ["url", "flavour", "connections", "delay-ms", "passes"])
        let address = try arguments.required("url")
        guard let url = URL(string: address) else { throw BenchmarkError("--url \(address) is no address.") }
        let connections = try arguments.integer("connections", or: 16)
        let delay = Double(try arguments.integer("delay-ms", or: 20)) / 1000
        let passes = try arguments.integer("passes", or: 3)
        let flavour: ConfluenceConfiguration.Flavour =
            arguments.text("flavour") == "dc" ? .dataCenter : .cloud
        print(
            "| pass | pages/s | of one request a page | requests | of their ideal | processor s | resident MB |"
        )
        print("|---|---|---|---|---|---|---|")
        var versions: [String: Int] = [:]
        for pass in 1...passes {
            let made = try await read(url, flavour, connections, known: [:])
            versions = made.versions
            try report("full \(pass)", made, connections: connections, delay: delay)
        }
        let again = try await read(url, flavour, connections, known: versions)
        try report("unchanged", again, connections: connections, delay: delay)
    }

    private static func read(
        _ url: URL, _ flavour: ConfluenceConfiguration.Flavour, _ connections: Int, known: [String: Int]
    ) async throws -> Pass {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
        defer { try? FileManager.default.removeItem(at: folder) }
        var http = HTTPClientConfiguration()
        http.maxConnectionsPerHost = connections
        http.proxy = .none
        let client = RetryingHTTPClient(
            PacedHTTPClient(try CurlHTTPClient(configuration: http), advice: AtlassianRateLimits.advice),
            policy: .crawling)
        let source = try ConfluenceSource(
            configuration: ConfluenceConfiguration(
                baseURL: url, flavour: flavour, authentication: .bearer(token: "secret-token"),
                concurrency: connections, pageSize: 250),
            client: client, corpus: try SQLiteCorpus.open(at: try DataFolder(folder)))
        var pass = Pass()
        let before = try await requestCount(url, client)
        let (begin, clock) = (ContinuousClock.now, processorSeconds())
        for try await event in source.events(storedVersion: { known[$0] }) {
            switch event {
            case .document(let document):
                pass.documents += 1
                pass.versions[document.document.id] = document.document.version
            case .unchanged: pass.unchanged += 1
            case .skipped: pass.skipped += 1
            default: continue
            }
        }
        pass.seconds =
            Double((ContinuousClock.now - begin).components.attoseconds) / 1e18
            + Double((ContinuousClock.now - begin).components.seconds)
        pass.processorSeconds = processorSeconds() - clock
        pass.requests = try await requestCount(url, client) - before
        return pass
    }

    private static func report(_ name: String, _ pass: Pass, connections: Int, delay: Double) throws {
        let count = Double(pass.documents + pass.unchanged)
        let onePerPage = count / Double(connections) * delay
        let ideal = Double(pass.requests) / Double(connections) * delay
        func percent(_ value: Double) -> String { "\(Int((value * 100).rounded())) %" }
        let memory = try ResidentMemory.now().total >> 20
        print(
            "| \(name) | \(Int(count / pass.seconds)) | \(percent(onePerPage / pass.seconds)) | \(pass.requests) "
                + "| \(percent(ideal / pass.seconds)) | \(String(format: "%.2f", pass.processorSeconds)) "
                + "| \(memory) |" + (pass.skipped > 0 ? " \(pass.skipped) skipped" : ""))
    }

    private static func requestCount(_ url: URL, _ client: any HTTPClient) async throws -> Int {
        let origin = "\(url.scheme ?? "http")://\(url.host() ?? ""):\(url.port ?? 80)"
        let answer = try await client.send(HTTPRequest(url: origin + "/__control/stats"))
        return try JSONDecoder().decode(Stats.self, from: answer.body).requests
    }

    private static func processorSeconds() -> Double {
        var usage = rusage()
        getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        func seconds(_ time: timeval) -> Double { Double(time.tv_sec) + Double(time.tv_usec) / 1e6 }
        return seconds(usage.ru_utime) + seconds(usage.ru_stime)
    }
}
