import Corpus
import CorpusSQLite
import EngineSupport
import Foundation
import TestSupport
import Testing
import VectorIndex

@testable import Confluence

/// Where crawls keep what they read, one after another.
private struct CrawlPlace {
    private let folder: TemporaryDirectory
    /// Where the documents are, if not in the folder.
    private let schema: TestSchema?

    init(_ engine: StorageEngine) throws {
        folder = try TemporaryDirectory()
        schema = engine == .postgres ? try TestSchema() : nil
    }

    /// What a crawl is told.
    func arguments(_ server: ConfluenceTestServer) -> [String] {
        [folder.url.path, server.base, server.flavour.rawValue, "GEN"]
            + (schema.map { ["64", $0.url, $0.name] } ?? [])
    }

    /// What all that is stored comes to, as another program reads it.
    func digest() throws -> String {
        let process = Process()
        let output = Pipe()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        let script = Fixtures.checkout.appendingPathComponent("Tests/TestSupport/corpus_digest.py").path
        let place = schema.map { ["\($0.server.port)", $0.name] } ?? [folder.url.path]
        process.arguments = ["python3", script] + place
        process.standardOutput = output
        try process.run()
        try output.fileHandleForWriting.close()
        let text = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        try #require(process.terminationStatus == 0 && !text.isEmpty)
        return String(decoding: text, as: UTF8.self)
    }

    func corpus() async throws -> any CorpusStore {
        if let schema { return try await schema.corpus() }
        return try SQLiteCorpus.open(at: try DataFolder(folder.url))
    }

    func index() throws -> LocalVectorStore {
        try LocalVectorStore(
            directory: folder.url.appendingPathComponent("index", isDirectory: true), dimension: 64,
            metric: .cosine, parameters: HNSWParameters(M: 8, efConstruction: 40))
    }
}

/// The reading of a Confluence in another process; see `Tests/IngestCrashProcess`.
private struct ReadingProcess {
    private let process = Process()
    private let output = Pipe()

    init(_ place: CrawlPlace, _ server: ConfluenceTestServer) throws {
        // The program lies beside the bundle of the tests.
        let bundle = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()
        let program = bundle.appendingPathComponent("IngestCrashProcess")
        try #require(
            FileManager.default.isExecutableFile(atPath: program.path), "no program at \(program.path)")
        process.executableURL = program
        process.arguments = place.arguments(server)
        process.standardOutput = output
        try process.run()
        try output.fileHandleForWriting.close()
    }

    /// Waits until its folder is open, and is killed so many microseconds later unless it is done by then.
    func kill(after microseconds: UInt32) -> (said: String, status: Int32) {
        let first = output.fileHandleForReading.availableData
        usleep(microseconds)
        Glibc.kill(process.processIdentifier, SIGKILL)
        return end(first)
    }

    func end(_ first: Data = Data()) -> (said: String, status: Int32) {
        let said = first + output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return (String(decoding: said, as: UTF8.self), process.terminationStatus)
    }
}

@Suite(.serialized) struct `A crawl that is killed` {
    private func expectLevel(_ place: CrawlPlace) async throws {
        let store = try await place.corpus()
        let index = try place.index()
        try index.verify()
        let stored = try await store.chunkIDs(model: "hashing")
        #expect(Set(index.ids()) == Set(stored.map { UInt64(bitPattern: $0) }))
        let ids = stored.sorted().prefix(50)
        for (id, vector) in try await store.vectors(ids: Array(ids), model: "hashing") {
            // Among that one chunk alone: what is asked is whether its vector is its own.
            let only = VectorFilter.allowed(IDBitmap([UInt64(bitPattern: id)]))
            let found = try index.search(vector, k: 1, efSearch: nil, filter: only)
            let nearest = try #require(found.first)
            #expect(nearest.distance < 1e-3, "chunk \(id)")
        }
    }

    /// How often, for each site and what keeps it. Each kill takes longer over a server, which has a session to end.
    private static let rounds = SyncSetting.all.map { ($0, $0.engine == .sqlite ? 50 : 25) }

    @Test(.timeLimit(.minutes(10)), arguments: Self.rounds)
    func `at random moments ends with the store of one that was not`(
        setting: SyncSetting, count: Int
    ) async throws {
        let server = try ConfluenceTestServer(
            setting.flavour, "--generate", "250", "--body-bytes", "900", "--delay", "1", "--max-limit", "50")
        let whole = try CrawlPlace(setting.engine)
        let (said, status) = try ReadingProcess(whole, server).end()
        try #require(status == 0, "\(said)")
        let wanted = try whole.digest()
        var broken = try CrawlPlace(setting.engine)
        var numbers = SeededGenerator(seed: 5)
        var kills = 0
        var killsOfThis = 0
        var resumed = 0
        while kills < count {
            let pause = UInt32.random(in: 0..<500_000, using: &numbers)
            let (said, status) = try ReadingProcess(broken, server).kill(after: pause)
            if status == SIGKILL {
                kills += 1
                killsOfThis += 1
                continue
            }
            // It came to its end first: the next crawl begins with nothing.
            #expect(status == 0, "seed 5: \(said)")
            #expect(try broken.digest() == wanted, "seed 5, after \(killsOfThis) kills")
            try await expectLevel(broken)
            resumed += said.contains("added 252 ") ? 0 : 1
            killsOfThis = 0
            broken = try CrawlPlace(setting.engine)
        }
        let last = try ReadingProcess(broken, server).end()
        #expect(last.status == 0, "\(last.said)")
        #expect(try broken.digest() == wanted, "seed 5, after \(killsOfThis) kills")
        print(
            "\(setting.testDescription): \(kills) kills, \(resumed) crawls that ended went on from an earlier one"
        )
        try await expectLevel(broken)
        try await expectLevel(whole)
    }
}
