import Foundation
import JSONValue
import TestSupport
import Testing

@testable import Backends
@testable import VectorCollections

@Suite(.timeLimit(.minutes(5))) struct `Shared collections when something fails` {
    private let shared: SharedCollections

    init() throws {
        shared = try SharedCollections()
    }

    @Test func `store a change once when its connection is killed in the middle`() async throws {
        let (one, other) = (try shared.open("one"), try shared.open("other"))
        try await shared.make(one)
        _ = try await shared.put([try SharedCollections.point(1)], one)
        let pool = shared.pool()
        let held = try await HeldTransaction(pool, "SELECT 1 FROM collection FOR UPDATE")
        let write = Task { [shared] in
            try await shared.put([try SharedCollections.point(2), try SharedCollections.point(3)], one)
        }
        // It waits for the row; then its session ends.
        let killing = """
            SELECT pg_terminate_backend(pid) FROM pg_stat_activity
            WHERE wait_event_type = 'Lock' AND query LIKE '%FROM collection%' AND pid <> pg_backend_pid()
                AND pid IN (
                    SELECT l.pid FROM pg_locks l JOIN pg_class c ON c.oid = l.relation
                    JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = '\(shared.schema)')
            """
        while try await pool.transaction(.snapshot, { try $0.query(killing).count }) == 0 {
            try await Task.sleep(for: .milliseconds(20))
        }
        try await held.end()
        #expect(try await write.value == ChangeReport(created: 2))
        #expect(try await shared.all(other).count == 3)
        #expect(try await other.info(shared.name, tenant: shared.tenant).points == 3)
        #expect(try await shared.places(one) == shared.places(other))
    }

    @Test func `answer from their copies while the database is away, and write nothing`() async throws {
        let server = try PostgresServer(.v18)
        let shared = try SharedCollections(server)
        let one = try shared.open("one", patience: .milliseconds(300))
        try await shared.make(one)
        _ = try await shared.put([try SharedCollections.point(1)], one)
        server.kill()
        let refused = await collectionRefusal {
            try await shared.put([try SharedCollections.point(1, 5), try SharedCollections.point(2)], one)
        }
        #expect(refused?.isUnavailable == true, "\(String(describing: refused))")
        let made = await collectionRefusal {
            try await one.create("more", CollectionSettings(dimension: 2), tenant: shared.tenant)
        }
        #expect(made?.isUnavailable == true)
        let unknown = await collectionRefusal { try await one.count("more", tenant: shared.tenant) }
        #expect(unknown?.isUnavailable == true, "nobody knows whether it is there")
        let answer = try await one.query(
            [CollectionQuery(vector: [0, 1, 2, 3], k: 5)], of: shared.name, tenant: shared.tenant)
        #expect(answer.results.first?.map(\.id) == [.integer(1)])
        #expect(try await shared.all(one).map(\.vector) == [[0, 1, 2, 3]])
        #expect(try await one.list(tenant: shared.tenant).map(\.points) == [1])
        server.start()
        #expect(try await shared.put([try SharedCollections.point(2)], one) == ChangeReport(created: 1))
        #expect(try await shared.all(one).count == 2)
    }

    @Test func `open without the database as they were, and go on when it is back`() async throws {
        let server = try PostgresServer(.v18)
        let shared = try SharedCollections(server)
        var one = try shared.open("one")
        try await shared.make(one)
        _ = try await shared.put([try SharedCollections.point(1)], one)
        await one.close()
        server.kill()
        one = try shared.open("one", patience: .milliseconds(300))
        #expect(try await shared.all(one).count == 1)
        server.start()
        #expect(try await shared.put([try SharedCollections.point(2)], one) == ChangeReport(created: 1))
    }

    @Test func `go on from wherever a process was`() async throws {
        let one = try shared.open("one")
        try await shared.make(one)
        _ = try await shared.put(try (1...30).map { try SharedCollections.point($0) }, one)
        var other = try shared.open("other")
        #expect(try await shared.all(other).count == 30)
        await other.close()
        _ = try await shared.put(try (20...40).map { try SharedCollections.point($0, 3) }, one)
        _ = try await one.remove((1...10).map { .integer($0) }, from: shared.name, tenant: shared.tenant)
        let before = try shared.copies("other")
        other = try shared.open("other")
        #expect(try await shared.all(other) == shared.all(one))
        #expect(try await shared.places(other) == shared.places(one))
        // The same copy, brought level.
        #expect(try shared.copies("other") == before)
    }

    @Test func `are read anew by whoever was away for longer than removals are remembered`() async throws {
        let one = try shared.open("one", keptRemovals: 5)
        try await shared.make(one)
        _ = try await shared.put(try (1...60).map { try SharedCollections.point($0) }, one)
        var other = try shared.open("other", keptRemovals: 5)
        let open = try shared.open("open", keptRemovals: 5)
        #expect(try await shared.all(other).count == 60)
        #expect(try await shared.all(open).count == 60)
        await other.close()
        for id in UInt64(1)...40 {
            _ = try await one.remove([.integer(id)], from: shared.name, tenant: shared.tenant)
        }
        let remembered = try await shared.pool().transaction(.snapshot) { db in
            try db.int("SELECT count(*) FROM collection_point WHERE vector IS NULL")
        }
        #expect((5...11).contains(remembered ?? 0))
        let before = try shared.copies("other")
        other = try shared.open("other", keptRemovals: 5)
        #expect(try await shared.all(other) == shared.all(one))
        #expect(try shared.copies("other") != before)
        // One that is open finds out with its next look, and is made anew for the one after it.
        let late = await collectionRefusal { try await shared.level(open) }
        guard case .busy? = late else {
            Issue.record("\(String(describing: late))")
            return
        }
        #expect(try await shared.all(open) == shared.all(one))
        #expect(try await shared.put([try SharedCollections.point(1)], open) == ChangeReport(created: 1))
        #expect(try shared.copies("open").count == 1)
    }

    @Test func `show a change of others as a whole, however it is read`() async throws {
        let one = try shared.open("one")
        try await shared.make(one)
        _ = try await shared.put(try (1...3).map { try SharedCollections.point($0) }, one)
        let journal = shared.journal()
        let id = try #require(try await journal.collections().first?.id)
        for change in 0..<4 {
            _ = try await shared.put(
                try (1...7).map { try SharedCollections.point($0 + UInt64(5 * change)) }, one)
        }
        var reader = JournalReader(journal, id, after: 1, pageSize: 3)
        var ends: [Int64] = []
        var seen: [Int64: Int] = [:]
        reading: while true {
            switch try await reader.next() {
            case .rows(let rows, let end, _):
                for row in rows {
                    #expect(row.sequence > ends.last ?? 1 && row.sequence <= end)
                    seen[row.sequence, default: 0] += 1
                }
                ends.append(end)
            case .end: break reading
            case .gap:
                Issue.record("nothing was forgotten")
                break reading
            }
        }
        // Two of each were written again by the next.
        #expect(seen == [2: 5, 3: 5, 4: 5, 5: 7])
        #expect(ends.last == 5 && ends == ends.sorted())
    }

    @Test func `are put into the database by the process that had them, once`() async throws {
        let alone = try VectorCollections.open(at: shared.folder("alone"))
        try await shared.make(alone)
        _ = try await shared.put(
            [try SharedCollections.point(5, 1, ["a": 1]), Point(id: .name("text"), vector: [1, 1, 1, 1])],
            alone)
        let journal = shared.journal()
        var moved = try await alone.give(to: journal, named: "here")
        #expect(moved.map(\.outcome) == [.moved(points: 2)])
        let one = try shared.open("one")
        #expect(try await shared.all(one) == shared.all(alone))
        try await one.delete(shared.name, tenant: shared.tenant)
        // What was deleted there does not come back.
        moved = try await alone.give(to: journal, named: "here")
        #expect(moved.map(\.outcome) == [.wasMoved])
        try await shared.make(one)
        moved = try await alone.give(to: journal, named: "elsewhere")
        #expect(moved.map(\.outcome) == [.nameTaken])
        #expect(try await one.list(tenant: shared.tenant).map(\.points) == [0])
        _ = try await shared.put([try SharedCollections.point(8)], one)
        let back = try VectorCollections.open(at: shared.folder("back"))
        #expect(try await back.take(from: journal).map(\.outcome) == [.moved(points: 1)])
        #expect(try await shared.all(back) == shared.all(one))
        await back.close()
        let again = try VectorCollections.open(at: shared.folder("back"))
        #expect(try await shared.put([try SharedCollections.point(9)], again) == ChangeReport(created: 1))
    }

    @Test func `are no copies in a folder that has collections of its own`() async throws {
        let alone = try VectorCollections.open(at: shared.folder("alone"))
        try await shared.make(alone)
        await alone.close()
        let refused = await collectionRefusal { try shared.open("alone") }
        guard case .storage? = refused else {
            Issue.record("\(String(describing: refused))")
            return
        }
        let again = try VectorCollections.open(at: shared.folder("alone"))
        #expect(try await again.list(tenant: shared.tenant).count == 1)
    }
}
