import Foundation
import TestSupport
import Testing

@testable import Corpus

@Suite(.timeLimit(.minutes(2))) struct `What a sync remembers` {
    private let start = Date(timeIntervalSince1970: 1_790_000_000)

    private func listed(_ id: String, version: Int = 1, restriction: String? = nil, parent: String? = nil)
        -> SyncEntry
    {
        SyncEntry(
            id: id, spaceKey: "DOC", parent: parent, title: "Page \(id)", version: version,
            restriction: restriction, facts: "{}")
    }

    @Test(arguments: CorpusEngine.all)
    func `a first sync is full whatever is asked, and a later one as asked`(engine: CorpusEngine) async throws
    {
        let store = try await engine.open()
        let first = try await store.beginSync(source: "s", space: "DOC", isFull: false, at: start)
        #expect(first.isFull && first.phase == .listing && first.highWater == nil)
        #expect(try await store.syncedSpaces(source: "s").isEmpty)
        try await store.finishSync(SyncMark(source: "s", spaceKey: "DOC", run: first.run))
        let second = try await store.beginSync(source: "s", space: "DOC", isFull: false, at: start + 60)
        #expect(!second.isFull && second.run > first.run)
        #expect(second.highWater == start, "the time before the listing, not after it")
        #expect(try await store.syncedSpaces(source: "s") == ["DOC"])
        #expect(try await store.syncedSpaces(source: "other").isEmpty)
    }

    @Test(arguments: CorpusEngine.all)
    func `the end of an older sync does not end the one that runs`(engine: CorpusEngine) async throws {
        let store = try await engine.open()
        let old = try await store.beginSync(source: "s", space: "DOC", isFull: true, at: start)
        let new = try await store.beginSync(source: "s", space: "DOC", isFull: true, at: start + 9)
        try await store.finishSync(SyncMark(source: "s", spaceKey: "DOC", run: old.run))
        #expect(try await store.syncState(source: "s", space: "DOC")?.phase == .listing)
        try await store.finishSync(SyncMark(source: "s", spaceKey: "DOC", run: new.run))
        #expect(try await store.syncState(source: "s", space: "DOC")?.phase == .finished)
    }

    @Test(arguments: CorpusEngine.all)
    func `a listing keeps what is known, but another version makes what hangs below due`(engine: CorpusEngine)
        async throws
    {
        let store = try await engine.open()
        try await store.putSyncEntries([listed("1", restriction: "r")], source: "s", run: 1)
        try await store.replaceSyncEntries(below: "1", by: [], source: "s", run: 1)
        try await store.putSyncEntries([listed("1")], source: "s", run: 2)
        let same = try #require(try await store.syncEntry("1", source: "s"))
        #expect(same.entry.restriction == "r" && same.restrictionRun == 1 && same.belowRun == 1)
        #expect(same.listedRun == 2)
        try await store.putSyncEntries([listed("1", version: 2)], source: "s", run: 3)
        #expect(try await store.syncEntry("1", source: "s")?.belowRun == 0)
    }

    @Test(arguments: CorpusEngine.all)
    func `what a finished listing no longer had goes, with what hung below it`(engine: CorpusEngine)
        async throws
    {
        let store = try await engine.open()
        let first = try await store.beginSync(source: "s", space: "DOC", isFull: true, at: start)
        try await store.putSyncEntries([listed("1"), listed("2")], source: "s", run: first.run)
        var comment = listed("9")
        comment.owner = "1"
        try await store.replaceSyncEntries(below: "1", by: [comment], source: "s", run: first.run)
        let second = try await store.beginSync(source: "s", space: "DOC", isFull: true, at: start)
        try await store.putSyncEntries([listed("2")], source: "s", run: second.run)
        #expect(try await store.syncEntry("9", source: "s") != nil)
        try await store.finishSync(SyncMark(source: "s", spaceKey: "DOC", run: second.run))
        for id in ["1", "9"] { #expect(try await store.syncEntry(id, source: "s") == nil, "\(id)") }
        #expect(try await store.syncEntry("2", source: "s") != nil)
    }

    @Test(arguments: CorpusEngine.all)
    func `descendants are found through a circle, and parts of a listing in order`(engine: CorpusEngine)
        async throws
    {
        let store = try await engine.open()
        try await store.putSyncEntries(
            [
                listed("1", parent: "3"), listed("2", parent: "1"),
                listed("3", restriction: "r", parent: "2"),
                listed("4"),
            ], source: "s", run: 1)
        #expect(try await store.syncDescendants(of: "1", source: "s") == ["2", "3"])
        #expect(try await store.syncChildren(of: "1", source: "s") == ["2"])
        let part = try await store.syncEntries(source: "s", space: "DOC", run: 1, after: "1", limit: 2)
        #expect(part.map(\.entry.id) == ["2", "3"])
        let open = try await store.syncEntries(
            source: "s", space: "DOC", run: 1, after: "", limit: 9, lacksRestriction: true)
        #expect(open.map(\.entry.id) == ["1", "2", "4"])
    }

    @Test(arguments: CorpusEngine.all)
    func `descendants are found below what no listing has`(engine: CorpusEngine) async throws {
        let sample = try await SampleCorpus(engine)
        func put(_ id: String, _ kind: Document.Kind, below ancestors: [String]) async throws {
            _ = try await sample.store.replace(
                Document(
                    id: id, kind: kind, spaceKey: "ENG", title: id,
                    ancestors: ancestors.map { Ancestor(id: $0, title: "Above") }, text: "",
                    readers: .everybody),
                contentHash: "", chunkSignature: "", chunks: [], embeddings: [], model: "m")
        }
        // Between 2 and 1 there is a folder, which is in no listing; 3 is a comment, 4 of another source.
        try await put("2", .page, below: ["1", "folder"])
        try await put("3", .comment, below: ["1", "folder", "2"])
        try await put("4", .page, below: ["1"])
        try await put("5", .page, below: ["11"])
        try await sample.store.putSyncEntries(
            [
                listed("1"), listed("2", parent: "folder"), listed("3", parent: nil),
                listed("5", parent: "11"), listed("6", parent: "1"),
            ], source: "s", run: 1)
        #expect(try await sample.store.syncDescendants(of: "1", source: "s") == ["2", "6"])
        #expect(try await sample.store.syncDescendants(of: "folder", source: "s") == ["2"])
        #expect(try await sample.store.syncDescendants(of: "1", source: "other").isEmpty)
    }

    @Test(arguments: CorpusEngine.all)
    func `a request that comes again while it is worked on is not lost`(engine: CorpusEngine) async throws {
        let store = try await engine.open()
        try await store.requestRefresh(["content:1", "content:1", "content:2"], at: start)
        let due = try await store.dueRefreshes(at: start, limit: 9)
        #expect(due.map(\.target) == ["content:1", "content:2"])
        try await store.requestRefresh(["content:2"], at: start)
        try await store.finishRefreshes(due)
        #expect(try await store.dueRefreshes(at: start, limit: 9).map(\.target) == ["content:2"])
        let left = try await store.dueRefreshes(at: start, limit: 9)
        try await store.postponeRefreshes(left, until: start + 5, limit: 2)
        #expect(try await store.dueRefreshes(at: start + 4, limit: 9).isEmpty)
        #expect(try await store.dueRefreshes(at: start + 5, limit: 9).first?.attempts == 1)
        try await store.postponeRefreshes(left, until: start + 9, limit: 2)
        #expect(try await store.dueRefreshes(at: start + 99, limit: 9).isEmpty, "it was given up")
    }
}

@Suite(.timeLimit(.minutes(2))) struct `Members of groups` {
    @Test(arguments: CorpusEngine.all)
    func `a user alone reads as a member, one that brings groups does not`(engine: CorpusEngine) async throws
    {
        let sample = try await SampleCorpus(engine)
        try await sample.put("secret", ["the dam"], readers: AccessRule(allOf: [[.group("staff")]]))
        func finds(_ principals: Principal...) async throws -> Bool {
            try await !sample.find("dam", Reader(principals)).isEmpty
        }
        #expect(try await !finds(.user("ann")))
        let generation = try await sample.store.generation
        try await sample.store.setMembers([.user("ann"), .user("bob")], of: .group("staff"))
        #expect(try await sample.store.generation > generation)
        #expect(try await finds(.user("ann")))
        #expect(try await finds(.user("cat"), .user("bob")))
        #expect(try await !finds(.user("cat")))
        #expect(try await !finds(.signedIn))
        #expect(try await !finds(.anyone))
        #expect(try await !finds())
        #expect(try await !finds(.user("ann"), .group("other")))
        try await sample.store.setMembers([.user("bob")], of: .group("staff"))
        #expect(try await !finds(.user("ann")))
        #expect(try await finds(.user("bob")))
        #expect(try await sample.store.knownGroups() == [.group("staff")])
        #expect(try await sample.store.groupsInRules() == [.group("staff")])
        #expect(try await sample.store.groupsInRules(source: "s").isEmpty, "it read no space")
        _ = try await sample.store.beginSync(source: "s", space: "ENG", isFull: true, at: Date())
        try await sample.put("other", ["x"], space: "HR", readers: AccessRule(allOf: [[.group("hr")]]))
        #expect(try await sample.store.groupsInRules(source: "s") == [.group("staff")])
        #expect(try await sample.store.groupsInRules() == [.group("staff"), .group("hr")])
        #expect(try await !sample.store.setMembers([.user("bob")], of: .group("staff")), "nothing changed")
    }
}
