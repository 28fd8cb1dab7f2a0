import Foundation
import TestSupport
import Testing
import Workspace
import WorkspaceSQLite

/// A process that uses a workspace until it is killed; see `Tests/WorkspaceCrashProcess`.
private struct CrashingProcess {
    private let process = Process()
    private let output = Pipe()

    init(_ directory: URL, name: String) throws {
        // The program lies beside the bundle of the tests.
        let folder = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()
        let program = folder.appendingPathComponent("WorkspaceCrashProcess")
        try #require(
            FileManager.default.isExecutableFile(atPath: program.path), "no program at \(program.path)")
        process.executableURL = program
        process.arguments = [directory.path, name]
        process.standardOutput = output
        try process.run()
        try output.fileHandleForWriting.close()
    }

    /// Waits until it has said something: it has the workspace open then.
    func firstWords() -> Data { output.fileHandleForReading.availableData }

    func kill() { Glibc.kill(process.processIdentifier, SIGKILL) }

    /// Everything else it said until its end.
    func lastWords() -> (said: Data, reason: Process.TerminationReason) {
        let said = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return (said, process.terminationReason)
    }
}

/// What processes said was acknowledged.
private struct Acknowledged {
    var queued: Set<String> = []
    var ended: [String] = []
    var said: Set<String> = []

    mutating func read(_ journal: Data) {
        // The last line may be cut off.
        let whole = journal.prefix(through: journal.lastIndex(of: UInt8(ascii: "\n")) ?? journal.startIndex)
        for line in String(decoding: whole, as: UTF8.self).split(separator: "\n") {
            let words = line.split(separator: " ").map(String.init)
            switch (words.first, words.last) {
            case ("queued", let id?): queued.insert(id)
            case ("ended", let id?): ended.append(id)
            case ("said", let id?): said.insert(id)
            default: break
            }
        }
    }
}

@Suite(.serialized, .timeLimit(.minutes(5))) struct `A workspace of processes that are killed` {
    private let owner = Owner(name: "user:crash")

    @Test func `loses nothing it had acknowledged, and ends no run twice`() async throws {
        let folder = try TemporaryDirectory()
        var acknowledged = Acknowledged()
        var numbers = SeededGenerator(seed: 13)
        // Two at a time over one database, each killed at a moment of its own: 30 kills.
        for round in 0..<15 {
            let processes = try (0..<2).map {
                try CrashingProcess(folder.url, name: "round-\(round)-\($0)")
            }
            var journals = processes.map { $0.firstWords() }
            for index in processes.indices.shuffled(using: &numbers) {
                usleep(.random(in: 0..<80_000, using: &numbers))
                processes[index].kill()
                let (said, reason) = processes[index].lastWords()
                journals[index] += said
                #expect(reason == .uncaughtSignal, "round \(round): it ended by itself")
            }
            for journal in journals { acknowledged.read(journal) }
        }
        let workspace = try SQLiteWorkspace.open(at: folder.url)
        try await checkRuns(of: workspace, acknowledged)
        try await checkMessages(of: workspace, acknowledged)
    }

    private func checkRuns(of workspace: SQLiteWorkspace, _ acknowledged: Acknowledged) async throws {
        #expect(acknowledged.queued.count > 30 && acknowledged.ended.count > 30)
        #expect(Set(acknowledged.ended).count == acknowledged.ended.count, "a run was ended twice")
        for id in acknowledged.ended {
            #expect(try await workspace.run(id, for: owner).state == .finished, "\(id)")
        }
        // What was left is carried out by whoever comes later.
        let later = Date() + 3_600
        while case let leased = try await workspace.lease(
            100, by: "last", for: .seconds(60), at: later, attempts: 1_000), !leased.isEmpty
        {
            for (run, lease) in leased {
                let key = ConversationKey(owner: owner, flow: "flow", session: run.id)
                let said = Sample.message("\(run.id)/\(lease.number)", in: key, "at last")
                try await workspace.forgetEvents(under: lease)
                try await workspace.append((0..<3).map { Sample.event($0) }, under: lease)
                try await workspace.end(
                    lease, .finished, result: nil, failure: nil, messages: [said], at: later)
            }
        }
        for id in acknowledged.queued {
            #expect(try await workspace.run(id, for: owner).state == .finished, "\(id)")
            let key = ConversationKey(owner: owner, flow: "flow", session: id)
            #expect(try await workspace.messages(of: key, before: nil, limit: 9).count == 1, "\(id)")
            let events = try await workspace.events(of: id, for: owner, from: 0, limit: 9)
            #expect(events.map(\.position) == [0, 1, 2], "\(id)")
        }
    }

    private func checkMessages(of workspace: SQLiteWorkspace, _ acknowledged: Acknowledged) async throws {
        let key = ConversationKey(owner: owner, flow: "flow", session: "talk")
        let kept = try await workspace.messages(of: key, before: nil, limit: WorkspaceLimits.page).map(\.id)
        #expect(acknowledged.said.count > 15)
        #expect(acknowledged.said.isSubset(of: kept))
        #expect(try await workspace.conversation(key).messageCount == kept.count)
    }
}
