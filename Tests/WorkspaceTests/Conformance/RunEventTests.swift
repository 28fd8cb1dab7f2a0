import Foundation
import Testing
import Workspace

@Suite(.timeLimit(.minutes(1))) struct `Events of runs` {
    @Test(arguments: WorkspaceEngine.all)
    func `are kept without gaps, and read from any position`(engine: WorkspaceEngine) async throws {
        let store = try await engine.open()
        _ = try await store.enqueue(Sample.run("1"), key: nil)
        let lease = try #require(try await store.lease().first).lease
        try await store.append((0..<5).map { Sample.event($0) }, under: lease)
        // A batch that is sent again, longer this time.
        try await store.append((3..<8).map { Sample.event($0) }, under: lease)
        await #expect(throws: WorkspaceError.eventGap(run: "1", expected: 9, actual: 10)) {
            try await store.append([Sample.event(8), Sample.event(10)], under: lease)
        }
        await #expect(throws: WorkspaceError.eventGap(run: "1", expected: 8, actual: .max)) {
            try await store.append([Sample.event(.max)], under: lease)
        }
        try await store.append([], under: lease)
        func read(_ position: Int, _ limit: Int) async throws -> [StoredRunEvent] {
            try await store.events(of: "1", for: Sample.ann, from: position, limit: limit)
        }
        #expect(try await read(0, 99) == (0..<8).map { Sample.event($0) })
        #expect(try await read(3, 2).map(\.position) == [3, 4])
        #expect(try await read(8, 9).isEmpty)
        #expect(try await read(-4, 1).map(\.position) == [0])
        #expect(try await read(.max, .max).isEmpty)
        try await store.end(lease)
        #expect(try await read(6, 9).map(\.position) == [6, 7], "they outlive the run's end")
    }

    @Test(arguments: WorkspaceEngine.all)
    func `of an attempt that is given up make place for the next one's`(engine: WorkspaceEngine) async throws
    {
        let store = try await engine.open()
        for id in ["1", "2"] { _ = try await store.enqueue(Sample.run(id), key: nil) }
        let leases = try await store.lease(2).map(\.lease)
        for lease in leases { try await store.append([Sample.event(0), Sample.event(1)], under: lease) }
        try await store.forgetEvents(under: leases[0])
        #expect(try await store.events(of: "1", for: Sample.ann, from: 0, limit: 9).isEmpty)
        #expect(try await store.events(of: "2", for: Sample.ann, from: 0, limit: 9).count == 2)
        let anew = StoredRunEvent(position: 0, event: Data())
        try await store.append([anew], under: leases[0])
        #expect(try await store.events(of: "1", for: Sample.ann, from: 0, limit: 9) == [anew])
    }

    @Test(arguments: WorkspaceEngine.all)
    func `that are too large are refused`(engine: WorkspaceEngine) async throws {
        let store = try await engine.open()
        _ = try await store.enqueue(Sample.run("1"), key: nil)
        let lease = try #require(try await store.lease().first).lease
        let large = StoredRunEvent(position: 1, event: Data(count: WorkspaceLimits.eventBytes + 1))
        await #expect(throws: WorkspaceError.self) {
            try await store.append([Sample.event(0), large], under: lease)
        }
        #expect(try await store.events(of: "1", for: Sample.ann, from: 0, limit: 9).isEmpty)
    }
}
