import Foundation
import JSONValue
import Synchronization
import TestSupport
import Testing

@testable import Backends
@testable import VectorCollections

@Suite(.timeLimit(.minutes(5))) struct `Shared collections of which one is a newer version's` {
    private let shared: SharedCollections

    init() throws {
        shared = try SharedCollections()
    }

    /// As a newer version writes one of the name, in the place of what is there.
    private func rewrite(_ name: String, _ settings: String) async throws {
        let changed = try await shared.pool().transaction(.write) { db in
            try db.query(
                "UPDATE collection SET settings = $2 WHERE name = $1", [.text(name), .text(settings)]
            ).changed
        }
        #expect(changed == 1)
    }

    private static let newer = #"{"dimension":4,"metric":"cosine","spread":9,"version":2}"#

    @Test func `serve the others, and say which it is and of what version`() async throws {
        let one = try shared.open("one")
        try await shared.make(one)
        _ = try await shared.put([try SharedCollections.point(1)], one)
        let settings = CollectionSettings(dimension: 4, metric: .dot)
        _ = try await one.create("newer", settings, tenant: shared.tenant)
        _ = try await one.upsert(
            [try SharedCollections.point(1)], into: "newer", tenant: shared.tenant)
        try await rewrite("newer", Self.newer)
        let fault = CollectionError.newerCollection(name: "newer", found: 2, supported: 1)
        // One that had it open, and one that never had it.
        for side in [one, try shared.open("other")] {
            #expect(try await side.list(tenant: shared.tenant).map(\.name) == [shared.name])
            #expect(try await shared.all(side).map(\.id) == [.integer(1)])
            #expect(try await shared.put([try SharedCollections.point(1, 3)], side).replaced == 1)
            #expect(side.unreadable == [fault])
            #expect(await collectionRefusal { try await side.info("newer", tenant: shared.tenant) } == fault)
            #expect(await collectionRefusal { try await side.count("newer", tenant: shared.tenant) } == fault)
            let refused = await collectionRefusal {
                try await side.upsert(
                    [try SharedCollections.point(2)], into: "newer", tenant: shared.tenant)
            }
            #expect(refused == fault)
            let made = await collectionRefusal {
                try await side.create("newer", settings, tenant: shared.tenant)
            }
            #expect(made == fault)
        }
        // Whoever knows its name may do without it.
        try await one.delete("newer", tenant: shared.tenant)
        #expect(one.unreadable.isEmpty)
        #expect(try await one.create("newer", settings, tenant: shared.tenant).isNew)
    }

    @Test func `are told of it once, and follow the others`() async throws {
        let (one, other) = (try shared.open("one"), try shared.open("other"))
        try await shared.make(one)
        _ = try await one.create("newer", CollectionSettings(dimension: 4), tenant: shared.tenant)
        try await rewrite("newer", Self.newer)
        let faults = Mutex<[CollectionError]>([])
        let follower = Task {
            await other.follow(
                pause: .milliseconds(50), told: { if let error = $0 { Issue.record(error) } },
                toldUnreadable: { fault in faults.withLock { $0.append(fault) } })
        }
        while try shared.copies("other").isEmpty { try await Task.sleep(for: .milliseconds(20)) }
        _ = try await shared.put([try SharedCollections.point(1)], one)
        while try await other.count(shared.name, tenant: shared.tenant) == 0 {
            try await Task.sleep(for: .milliseconds(20))
        }
        follower.cancel()
        await follower.value
        #expect(
            faults.withLock { $0 } == [.newerCollection(name: "newer", found: 2, supported: 1)])
    }

    @Test(arguments: [#"{"dimension":4,"metric":"hyperbolic"}"#, "no object", #"{"dimension":0}"#])
    func `serve the others beside one whose settings nobody knows`(settings: String) async throws {
        let one = try shared.open("one")
        try await shared.make(one)
        _ = try await one.create("odd", CollectionSettings(dimension: 4), tenant: shared.tenant)
        try await rewrite("odd", settings)
        #expect(try await one.list(tenant: shared.tenant).map(\.name) == [shared.name])
        let refused = await collectionRefusal { try await one.count("odd", tenant: shared.tenant) }
        guard case .damaged(let file, _)? = refused else {
            Issue.record("\(String(describing: refused))")
            return
        }
        #expect(file.contains("“odd”"))
    }

    @Test func `take and give the others, and leave it where it is`() async throws {
        let one = try shared.open("one")
        try await shared.make(one)
        _ = try await one.create("newer", CollectionSettings(dimension: 4), tenant: shared.tenant)
        try await rewrite("newer", Self.newer)
        let back = try VectorCollections.open(at: shared.folder("back"))
        let fault = CollectionError.newerCollection(name: "newer", found: 2, supported: 1)
        #expect(
            try await back.take(from: shared.journal()).map(\.outcome)
                == [.unreadable(fault), .moved(points: 0)])
    }
}

@Suite(.timeLimit(.minutes(5))) struct `Collections that are put into the database by a process that is ended`
{
    private let shared: SharedCollections

    init() throws {
        shared = try SharedCollections()
    }

    /// Gives until the journal has committed, and no further.
    private func giveAndEnd(_ alone: VectorCollections) async {
        let ending = JournalProxy(shared.journal(), afterCreate: { throw JournalProxy.Ended() })
        let lost = await collectionRefusal { try await alone.give(to: ending, named: "here") }
        guard case .outcomeUnknown? = lost else {
            Issue.record("\(String(describing: lost))")
            return
        }
    }

    private func alone() async throws -> VectorCollections {
        let alone = try VectorCollections.open(at: shared.folder("alone"))
        try await shared.make(alone)
        _ = try await shared.put([try SharedCollections.point(5, 1, ["a": 1])], alone)
        return alone
    }

    @Test func `are found there again by the next attempt, once and as they are`() async throws {
        var alone = try await alone()
        await giveAndEnd(alone)
        await alone.close()
        let one = try shared.open("one")
        #expect(try await shared.put([try SharedCollections.point(6)], one).created == 1)
        alone = try VectorCollections.open(at: shared.folder("alone"))
        let journal = shared.journal()
        #expect(
            try await alone.give(to: journal, named: "here").map(\.outcome) == [.moved(points: 2)])
        #expect(try await alone.give(to: journal, named: "here").map(\.outcome) == [.wasMoved])
        #expect(try await journal.collections().count == 1)
        #expect(try await shared.all(one).map(\.id) == [.integer(5), .integer(6)])
    }

    @Test func `do not come back when they were deleted before the next attempt`() async throws {
        let alone = try await alone()
        await giveAndEnd(alone)
        let journal = shared.journal()
        try await journal.delete(shared.name, tenant: shared.tenant)
        try await journal.sweep()
        for _ in 0..<2 {
            #expect(try await alone.give(to: journal, named: "here").map(\.outcome) == [.wasMoved])
        }
        #expect(try await journal.collections().isEmpty)
        // Into another database they go as ever.
        let elsewhere = try SharedCollections()
        #expect(
            try await alone.give(to: elsewhere.journal(), named: "there").map(\.outcome)
                == [.moved(points: 1)])
    }

    @Test func `are put there by the next attempt when the first had not committed`() async throws {
        let alone = try await alone()
        // As a process leaves it that is ended before its commit: begun, and nothing there.
        let folder = try #require(try shared.copies("alone").first)
        let note = MoveNote(CollectionFolder(shared.folder("alone"), folder), "here")
        let first = try note.begin()
        #expect(try note.begin() == first)
        #expect(try !note.isDone)
        let journal = shared.journal()
        #expect(
            try await alone.give(to: journal, named: "here").map(\.outcome) == [.moved(points: 1)])
        #expect(try note.isDone)
        #expect(try await journal.collections().map(\.id.incarnation) == [first])
    }

    @Test func `stay where they are when another has taken the name meanwhile`() async throws {
        let alone = try await alone()
        let one = try shared.open("one")
        try await shared.make(one, dimension: 2)
        let journal = shared.journal()
        for _ in 0..<2 {
            #expect(try await alone.give(to: journal, named: "here").map(\.outcome) == [.nameTaken])
        }
        try await one.delete(shared.name, tenant: shared.tenant)
        #expect(
            try await alone.give(to: journal, named: "here").map(\.outcome) == [.moved(points: 1)])
    }
}
