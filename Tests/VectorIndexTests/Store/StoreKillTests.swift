import Foundation
import IndexCrashProcess
import Testing

@testable import VectorIndex

/// A process that changes an index until it is killed; see `Tests/IndexCrashProcess`.
private struct CrashingProcess {
    private let process = Process()
    private let output = Pipe()

    /// - Parameter limit: bytes beyond which its files cannot grow.
    init(_ directory: URL, seed: UInt64, format: VectorFormat, limit: Int? = nil) throws {
        // The program lies beside the bundle of the tests.
        let folder = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()
        let program = folder.appendingPathComponent("IndexCrashProcess")
        try #require(
            FileManager.default.isExecutableFile(atPath: program.path), "no program at \(program.path)")
        process.executableURL = program
        process.arguments =
            [directory.path, "\(seed)", "\(format.rawValue)"] + (limit.map { ["\($0)"] } ?? [])
        process.standardOutput = output
        try process.run()
        try output.fileHandleForWriting.close()
    }

    /// Waits until it has said something: it has the index open then.
    func firstWords() -> Data { output.fileHandleForReading.availableData }

    func kill() { Glibc.kill(process.processIdentifier, SIGKILL) }

    /// Everything else it said until its end.
    func lastWords() -> (said: Data, status: Int32) {
        let said = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return (said, process.terminationStatus)
    }
}

@Suite(.serialized, .timeLimit(.minutes(5))) struct `A store in another process` {
    private static let dimension = JournaledChange.dimension
    private static let query = JournaledChange.vector(id: 1, version: 1)

    private func open(_ directory: URL, _ format: VectorFormat) throws -> LocalVectorStore {
        try StoreSettings(dimension: Self.dimension, metric: .squaredL2, format: format, M: 4).open(directory)
    }

    /// Makes the changes that a journal calls acknowledged.
    ///
    /// - Returns: the change that was begun last, if nothing says what became of it.
    private func replay(_ journal: Data, into content: inout StoreContent) throws -> JournaledChange? {
        var begun: JournaledChange?
        let whole =
            journal.last == UInt8(ascii: "\n") ? journal : journal.prefix(through: lastNewline(journal))
        for line in String(decoding: whole, as: UTF8.self).split(separator: "\n") {
            if line == "full" {
                begun = nil
                continue
            }
            let change = try #require(JournaledChange(line: line.dropFirst(2)), "\(line)")
            begun = line.hasPrefix("?") ? change : nil
            if line.hasPrefix("+") { make(change, in: &content) }
        }
        return begun
    }

    private func lastNewline(_ journal: Data) -> Data.Index {
        journal.lastIndex(of: UInt8(ascii: "\n")) ?? journal.startIndex
    }

    private func make(_ change: JournaledChange, in content: inout StoreContent) {
        switch change {
        case .upsert(let version, let ids):
            content.upsert(
                ids.map { VectorEntry(id: $0, vector: JournaledChange.vector(id: $0, version: version)) })
        case .removal(let ids): content.remove(ids)
        case .generation(let number): content.generation = number
        case .compaction: break
        }
    }

    @Test(
        .timeLimit(.minutes(5)),
        arguments: [(VectorFormat.int8, 100), (.float32, 50), (.float16, 25), (.int4, 25)])
    func `killed again and again loses nothing it had acknowledged`(format: VectorFormat, rounds: Int) throws
    {
        try withTemporaryDirectory { directory in
            var content = StoreContent()
            var numbers = SeededNumbers(seed: 41)
            var acknowledged = 0
            for round in 0..<rounds {
                let note = "seed 41, format \(format), round \(round)"
                let process = try CrashingProcess(directory, seed: UInt64(round), format: format)
                let first = process.firstWords()
                usleep(.random(in: 0..<60_000, using: &numbers))
                process.kill()
                let journal = first + process.lastWords().said
                let inFlight = try replay(journal, into: &content)
                acknowledged += journal.count { $0 == UInt8(ascii: "+") }
                let store = try open(directory, format)
                if let difference = try content.difference(from: store, query: Self.query) {
                    let change = try #require(inFlight, "\(note): \(difference)")
                    make(change, in: &content)
                    let other = try content.difference(from: store, query: Self.query)
                    try #require(other == nil, "\(note): \(difference); with \(change): \(other ?? "")")
                }
                if round % 10 == 0 { try store.verify() }
            }
            #expect(acknowledged > rounds, "\(acknowledged) changes in \(rounds) rounds")
        }
    }

    @Test(arguments: [VectorFormat.int8, .float32], [9000, 40_000])
    func `that runs out of room says so, loses nothing and goes on`(format: VectorFormat, limit: Int) throws {
        try withTemporaryDirectory { directory in
            let process = try CrashingProcess(directory, seed: 42, format: format, limit: limit)
            let (said, status) = process.lastWords()
            #expect(status == 0)
            #expect(said.range(of: Data("full\n".utf8)) != nil)
            var content = StoreContent()
            #expect(try replay(said, into: &content) == nil)
            let store = try open(directory, format)
            #expect(try content.difference(from: store, query: Self.query) == nil)
            try store.verify()
        }
    }

    @Test func `keeps everybody else out until it dies`() throws {
        try withTemporaryDirectory { directory in
            let process = try CrashingProcess(directory, seed: 43, format: .int8)
            _ = process.firstWords()
            let error = VectorIndexError.inUse(directory: directory.path)
            #expect(throws: error) { try open(directory, .int8) }
            #expect(throws: error) { try LocalVectorStore.reset(directory: directory) }
            process.kill()
            _ = process.lastWords()
            #expect(throws: Never.self) { try open(directory, .int8) }
        }
    }
}
