import Backends
import Foundation
import Moving
import Synchronization
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(3))) struct `A move that is interrupted` {
    private struct Stopped: Error {}

    /// Ends the move, or does something else, with the page of that number.
    private final class Pages: Sendable {
        private let left: Mutex<Int>
        private let act: @Sendable () throws -> Void

        init(_ count: Int, then act: @escaping @Sendable () throws -> Void) {
            left = Mutex(count)
            self.act = act
        }

        @Sendable func note(_ progress: MoveProgress) throws {
            guard progress.phase == .copying else { return }
            let isLast = left.withLock { left in
                left -= 1
                return left == 0
            }
            if isLast { try act() }
        }
    }

    /// - Returns: what came of it, and how many attempts it took.
    private func move(
        _ move: DatabaseMove, pagesAtATime: Int
    ) async throws -> (outcome: MoveOutcome, attempts: Int) {
        for attempt in 1...500 {
            do {
                return (
                    try await move.run(Pages(pagesAtATime) { throw Stopped() }.note), attempt
                )
            } catch is Stopped {}
        }
        throw Stopped()
    }

    @Test func `goes on where it was, in both directions`() async throws {
        let sample = try await SampleFolder()
        let limit = MovePageLimit(rows: 3)
        let shared = try PostgresServer.shared(.v18)
        let whole = try await DatabaseMove(from: .folder(sample.url), to: .server(shared.freshPlace())).run()
        let server = shared.freshPlace()
        let there = try await move(
            DatabaseMove(from: .folder(sample.url), to: .server(server), limit: limit), pagesAtATime: 7)
        #expect(there.attempts > 5 && there.outcome == whole)
        let directory = try TemporaryDirectory()
        let back = try await move(
            DatabaseMove(from: .server(server), to: .folder(directory.url), limit: limit), pagesAtATime: 7)
        #expect(back.attempts > 5 && back.outcome == whole)
        let (before, after) = (try FolderRows(sample.url), try FolderRows(directory.url))
        for table in before.tables.keys { #expect(after.tables[table] == before.tables[table], "\(table)") }
    }

    @Test func `by cancellation ends after a page and can go on`() async throws {
        let sample = try await SampleFolder()
        let server = try PostgresServer.shared(.v18).freshPlace()
        let move = DatabaseMove(
            from: .folder(sample.url), to: .server(server), limit: MovePageLimit(rows: 2))
        let pages = Pages(20) { withUnsafeCurrentTask { $0?.cancel() } }
        let task = Task { try await move.run(pages.note) }
        await #expect(throws: CancellationError.self) { _ = try await task.value }
        let rows = try #require(try server.number("SELECT sum(row_count)::bigint FROM moving_progress"))
        #expect(rows > 0)
        #expect(try await Int64(move.run().rows) > rows)
    }

    @Test func `by the server's end goes on once it is back`() async throws {
        let sample = try await SampleFolder()
        let server = try PostgresServer(.v18)
        let place = server.freshPlace()
        let move = DatabaseMove(
            from: .folder(sample.url), to: .server(place), limit: MovePageLimit(rows: 2))
        await #expect(throws: PostgresError.self) { _ = try await move.run(Pages(20) { server.kill() }.note) }
        server.start()
        let outcome = try await move.run()
        #expect(try place.number("SELECT count(*) FROM document") == Int64(outcome.rows(of: "document")))
        #expect(try await move.check() == outcome)
    }

    @Test func `goes on though pages are of one row and of few bytes`() async throws {
        let sample = try await SampleFolder()
        let server = try PostgresServer.shared(.v18).freshPlace()
        let there = try await DatabaseMove(
            from: .folder(sample.url), to: .server(server), limit: MovePageLimit(rows: 100, bytes: 1)
        ).run()
        let directory = try TemporaryDirectory()
        let back = try await DatabaseMove(
            from: .server(server), to: .folder(directory.url), limit: MovePageLimit(rows: 100, bytes: 1)
        ).run()
        #expect(there == back)
    }
}
