import Corpus
import CorpusSQLite
import Foundation
import TestSupport
import Testing
import VectorIndex

@testable import Confluence

/// The reading of a Confluence in another process; see `Tests/IngestCrashProcess`.
private struct ReadingProcess {
    private let process = Process()
    private let output = Pipe()

    init(_ folder: URL, _ server: ConfluenceTestServer) throws {
        // The program lies beside the bundle of the tests.
        let bundle = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()
        let program = bundle.appendingPathComponent("IngestCrashProcess")
        try #require(
            FileManager.default.isExecutableFile(atPath: program.path), "no program at \(program.path)")
        process.executableURL = program
        process.arguments = [folder.path, server.base, server.flavour.rawValue, "GEN"]
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
    private func digest(_ folder: URL) throws -> String {
        let process = Process()
        let output = Pipe()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        let script = Fixtures.checkout.appendingPathComponent("Tests/TestSupport/corpus_digest.py").path
        process.arguments = ["python3", script, folder.path]
        process.standardOutput = output
        try process.run()
        try output.fileHandleForWriting.close()
        let text = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return String(decoding: text, as: UTF8.self)
    }

    private func expectLevel(_ folder: URL) async throws {
        let store = try SQLiteCorpus.open(at: try DataFolder(folder))
        let index = try LocalVectorStore(
            directory: folder.appendingPathComponent("index", isDirectory: true), dimension: 64,
            metric: .cosine,
            parameters: HNSWParameters(M: 8, efConstruction: 40))
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

    @Test(.timeLimit(.minutes(10)), arguments: `Live Confluence`.flavours)
    func `at 50 random moments ends with the store of one that was not`(
        flavour: ConfluenceConfiguration.Flavour
    ) async throws {
        let server = try ConfluenceTestServer(
            flavour, "--generate", "250", "--body-bytes", "900", "--delay", "1", "--max-limit", "50")
        let whole = try TemporaryDirectory()
        let (said, status) = try ReadingProcess(whole.url, server).end()
        try #require(status == 0, "\(said)")
        let wanted = try digest(whole.url)
        var broken = try TemporaryDirectory()
        var numbers = SeededGenerator(seed: 5)
        var kills = 0
        var killsOfThis = 0
        var resumed = 0
        while kills < 50 {
            let pause = UInt32.random(in: 0..<500_000, using: &numbers)
            let (said, status) = try ReadingProcess(broken.url, server).kill(after: pause)
            if status == SIGKILL {
                kills += 1
                killsOfThis += 1
                continue
            }
            // It came to its end first: the next crawl begins with nothing.
            #expect(status == 0, "seed 5: \(said)")
            #expect(try digest(broken.url) == wanted, "seed 5, after \(killsOfThis) kills")
            try await expectLevel(broken.url)
            resumed += said.contains("added 252 ") ? 0 : 1
            killsOfThis = 0
            broken = try TemporaryDirectory()
        }
        let last = try ReadingProcess(broken.url, server).end()
        #expect(last.status == 0, "\(last.said)")
        #expect(try digest(broken.url) == wanted, "seed 5, after \(killsOfThis) kills")
        print("\(flavour): \(kills) kills, \(resumed) crawls that ended went on from an earlier one")
        try await expectLevel(broken.url)
        try await expectLevel(whole.url)
    }
}
