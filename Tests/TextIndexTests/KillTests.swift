import Foundation
import Testing
import TextCrashProcess

@testable import TextIndex

/// A process that changes a text index until it is killed; see `Tests/TextCrashProcess`.
private struct CrashingProcess {
    private let process = Process()
    private let output = Pipe()

    /// - Parameter limit: bytes beyond which its files cannot grow.
    init(_ directory: URL, seed: UInt64, limit: Int? = nil) throws {
        // The program lies beside the bundle of the tests.
        let folder = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()
        let program = folder.appendingPathComponent("TextCrashProcess")
        try #require(
            FileManager.default.isExecutableFile(atPath: program.path), "no program at \(program.path)")
        process.executableURL = program
        process.arguments = [directory.path, "\(seed)"] + (limit.map { ["\($0)"] } ?? [])
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

/// What an index should hold: the version of each id.
private struct Content {
    var versions: [UInt64: UInt64] = [:]
    var generation: UInt64 = 0

    mutating func make(_ change: JournaledChange) {
        switch change {
        case .upsert(let version, let ids): for id in ids { versions[id] = version }
        case .removal(let ids): for id in ids { versions[id] = nil }
        case .generation(let number): generation = number
        case .compaction: break
        }
    }

    /// What a store has otherwise, if anything.
    func difference(from store: LocalTextStore) throws -> String? {
        if Set(store.ids()) != Set(versions.keys) { return "the ids differ" }
        if store.generation != generation { return "generation \(store.generation), not \(generation)" }
        for (id, version) in versions {
            let own = JournaledChange.own(id: id, version: version)
            let found = try store.search(TextQuery(terms: [own]), limit: 2)
            if found.map(\.id) != [id] { return "\(id) is not of version \(version)" }
        }
        let all = TextQuery(groups: [TextQuery.Group([], prefix: TextQuery.Prefix("v", limit: 1024))])
        let even = try store.facets(all, field: "parity").first { $0.value == "0" }?.count ?? 0
        if even != versions.keys.count(where: { $0 % 2 == 0 }) { return "\(even) even ids" }
        return nil
    }
}

@Suite(.serialized, .timeLimit(.minutes(5))) struct `A text index in another process` {
    private func open(_ directory: URL) throws -> LocalTextStore {
        let format = try TextFormat(fields: ["own", "words"])
        return try LocalTextStore(directory: directory, format: format, scoring: .uniform(format))
    }

    /// Makes the changes that a journal calls acknowledged.
    ///
    /// - Returns: the change that was begun last, if nothing says what became of it.
    private func replay(_ journal: Data, into content: inout Content) throws -> JournaledChange? {
        var begun: JournaledChange?
        let end = journal.lastIndex(of: UInt8(ascii: "\n")) ?? journal.startIndex
        for line in String(decoding: journal.prefix(through: end), as: UTF8.self).split(separator: "\n") {
            if line == "full" {
                begun = nil
                continue
            }
            let change = try #require(JournaledChange(line: line.dropFirst(2)), "\(line)")
            begun = line.hasPrefix("?") ? change : nil
            if line.hasPrefix("+") { content.make(change) }
        }
        return begun
    }

    @Test func `killed again and again loses nothing it had acknowledged`() throws {
        try withTemporaryDirectory { directory in
            var content = Content()
            var numbers = SeededNumbers(seed: 41)
            var acknowledged = 0
            let rounds = 80
            for round in 0..<rounds {
                let process = try CrashingProcess(directory, seed: UInt64(round))
                let first = process.firstWords()
                usleep(.random(in: 0..<60_000, using: &numbers))
                process.kill()
                let journal = first + process.lastWords().said
                let inFlight = try replay(journal, into: &content)
                acknowledged += journal.count { $0 == UInt8(ascii: "+") }
                let store = try open(directory)
                if let difference = try content.difference(from: store) {
                    let change = try #require(inFlight, "seed 41, round \(round): \(difference)")
                    content.make(change)
                    let other = try content.difference(from: store)
                    try #require(
                        other == nil, "round \(round): \(difference); with \(change): \(other ?? "")")
                }
                if round % 10 == 0 { try store.verify() }
            }
            #expect(acknowledged > rounds, "\(acknowledged) changes in \(rounds) rounds")
        }
    }

    @Test(arguments: [9000, 40_000])
    func `that runs out of room says so, loses nothing and goes on`(limit: Int) throws {
        try withTemporaryDirectory { directory in
            let process = try CrashingProcess(directory, seed: 42, limit: limit)
            let (said, status) = process.lastWords()
            #expect(status == 0)
            #expect(said.range(of: Data("full\n".utf8)) != nil)
            var content = Content()
            #expect(try replay(said, into: &content) == nil)
            let store = try open(directory)
            #expect(try content.difference(from: store) == nil)
            try store.verify()
        }
    }
}
