import Dispatch
import Foundation
import GRDB
import Synchronization
import TestSupport
import Testing
import Workspace

@testable import WorkspaceSQLite

@Suite(.timeLimit(.minutes(1))) struct `Writes that come at once` {
    private final class Commits: Sendable {
        let count = Mutex(0)
        let hasBegun = Mutex(false)
    }

    @Test func `are on the disk together, and each is answered after that`() async throws {
        let folder = try TemporaryDirectory()
        let workspace = try SQLiteWorkspace.open(at: folder.url)
        let commits = Commits()
        try await workspace.write { db in
            db.trace { event in
                guard case .statement(let statement) = event, statement.sql.hasPrefix("COMMIT") else {
                    return
                }
                commits.count.withLock { $0 += 1 }
            }
        }
        let reader = try SQLiteWorkspace.open(at: folder.url)
        // The first one holds the writer until all the others wait behind it.
        let first = Task {
            try await workspace.write { _ in
                commits.hasBegun.withLock { $0 = true }
                while workspace.writes.waitingCount < 300 { usleep(100) }
            }
        }
        while !commits.hasBegun.withLock({ $0 }) { await Task.yield() }
        let before = commits.count.withLock { $0 }
        try await atOnce(0..<300) { number in
            try await workspace.append([Sample.message("\(number)", in: Sample.key("s\(number)"), "x")])
            // Another connection sees it as soon as the caller is answered.
            #expect(try await reader.conversation(Sample.key("s\(number)")).messageCount == 1)
        }
        try await first.value
        let after = commits.count.withLock { $0 }
        #expect(after - before <= 3, "the first one, 256 and 44")
    }

    @Test(arguments: [false, true])
    func `fail each by itself, and take nothing of the others back`(isInFolder: Bool) async throws {
        let folder = try TemporaryDirectory()
        let workspace = try isInFolder ? SQLiteWorkspace.open(at: folder.url) : SQLiteWorkspace.inMemory()
        try await workspace.append([Sample.message("taken", in: Sample.key("t"), "x")])
        try await atOnce(0..<400) { number in
            let own = Sample.message("\(number)", in: Sample.key("s"), "x")
            if number % 4 > 0 { return try await workspace.append([own]) }
            // The second of its messages is refused after the first one was written.
            await #expect(throws: WorkspaceError.nameTaken(kind: "message", name: "taken")) {
                try await workspace.append([own, Sample.message("taken", in: Sample.key("s"), "x")])
            }
        }
        let kept = try await workspace.messages(of: Sample.key("s"), before: nil, limit: 999)
        #expect(Set(kept.map(\.id)) == Set((0..<400).filter { $0 % 4 > 0 }.map { "\($0)" }))
        #expect(try await workspace.conversation(Sample.key("s")).messageCount == 300)
    }

    @Test func `fit on the disk or not, each for itself`() async throws {
        let folder = try TemporaryDirectory()
        let workspace = try SQLiteWorkspace.open(at: folder.url)
        _ = try await workspace.limitPages(beyondUsed: 100)
        try await atOnce(0..<50) { number in
            let isLarge = number == 25
            let text = String(repeating: "x", count: isLarge ? 2_000_000 : 10)
            do throws(WorkspaceError) {
                try await workspace.append([Sample.message("\(number)", in: Sample.key("s"), text)])
                #expect(!isLarge)
            } catch {
                #expect(isLarge && error == .diskFull(path: workspace.path), "\(number): \(error)")
            }
        }
        #expect(try await workspace.conversation(Sample.key("s")).messageCount == 49)
    }

    @Test func `of a caller who is cancelled are carried out all the same`() async throws {
        let workspace = try SQLiteWorkspace.inMemory()
        let task = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            try await workspace.append([Sample.message("1", in: Sample.key("s"), "x")])
        }
        try await task.value
        #expect(try await workspace.conversation(Sample.key("s")).messageCount == 1)
    }

    @Test func `wait for another process, and tell when it takes too long`() async throws {
        let folder = try TemporaryDirectory()
        let workspace = try SQLiteWorkspace.open(at: folder.url)
        let other = try DatabaseQueue(path: folder.path(SQLiteWorkspace.fileName))
        // It holds the lock until a write of ours waits for it.
        let waits = DispatchSemaphore(value: 0)
        let holds = DispatchSemaphore(value: 0)
        let holder = Thread {
            try? other.write { db in
                try db.execute(sql: "INSERT INTO owner (tenant, name) VALUES ('t', 'n')")
                holds.signal()
                waits.wait()
            }
        }
        holder.start()
        await Task.detached { _ = holds.wait(timeout: .now() + 10) }.value
        async let written: Void = workspace.append([Sample.message("1", in: Sample.key("s"), "x")])
        waits.signal()
        try await written
        #expect(try await workspace.conversation(Sample.key("s")).messageCount == 1)
        #expect("\(WorkspaceError(DatabaseError(resultCode: .SQLITE_BUSY), path: "p"))".contains("Try again"))
    }
}
