import Corpus
import EngineSupport
import Foundation
import Synchronization
import Testing

/// A site that answers who may read what, and counts how often it is asked.
private final class AskedSite: Sendable {
    struct State {
        var readers: [String: Set<String>] = [:]
        var asked: [String] = []
    }

    let state = Mutex(State())

    init(_ readers: [String: Set<String>]) {
        state.withLock { $0.readers = readers }
    }

    var asked: [String] { state.withLock(\.asked) }

    struct Silent: Error {}

    func mayRead(_ document: String, _ account: String) throws -> Bool {
        try state.withLock { state in
            state.asked.append(document)
            guard let readers = state.readers[document] else { throw Silent() }
            return readers.contains(account)
        }
    }
}

/// Documents of two spaces, one of which is of a source that is asked.
private struct AskedCorpus {
    let corpus: any CorpusStore
    let verifier = ReadVerifier()
    let shown: VerifiedCorpus
    let ids: [String: Int64]

    init(_ engine: StorageEngine) async throws {
        corpus = try await engine.corpus()
        let sample = try await SampleCorpus(corpus)
        var ids: [String: Int64] = [:]
        for (id, space) in [("1", "ENG"), ("2", "ENG"), ("3", "HR")] {
            ids[id] = try await sample.put(id, ["words of \(id)"], space: space).added[0]
        }
        self.ids = ids
        shown = VerifiedCorpus(corpus, verifier: verifier)
        verifier.note(space: "ENG", ofLedger: "wiki")
    }

    func ask(_ site: AskedSite) {
        verifier.set({ try site.mayRead($0, $1) }, forLedger: "wiki")
    }

    func read(_ reader: Reader) async throws -> [String] {
        let all = ["1", "2", "3"].compactMap { ids[$0] }
        return try await shown.chunks(all, scope: shown.scope(for: reader)).map(\.documentID)
    }
}

@Suite(.timeLimit(.minutes(1))) struct `A corpus whose sources are asked` {
    @Test(arguments: StorageEngine.allCases)
    func `shows what they allow, and asks each once`(engine: StorageEngine) async throws {
        let asked = try await AskedCorpus(engine)
        let site = AskedSite(["1": ["ann"], "2": ["bob"]])
        asked.ask(site)
        #expect(try await asked.read(Reader([.user("ann")])) == ["1", "3"])
        #expect(try await asked.read(Reader([.user("ann")])) == ["1", "3"])
        #expect(site.asked.sorted() == ["1", "2"])
        #expect(try await asked.read(Reader([.user("bob")])) == ["2", "3"])
        #expect(asked.verifier.counts.allowed == 2)
        #expect(asked.verifier.counts.refused == 2)
    }

    @Test(arguments: StorageEngine.allCases)
    func `is closed to whoever no source knows, and never asks for them`(engine: StorageEngine) async throws {
        let asked = try await AskedCorpus(engine)
        let site = AskedSite(["1": ["ann", "bob"], "2": ["ann", "bob"]])
        asked.ask(site)
        #expect(try await asked.read(.anonymous) == ["3"])
        #expect(try await asked.read(Reader([.group("staff")])) == ["3"])
        #expect(try await asked.read(Reader([.user("ann"), .user("bob")])) == ["3"])
        #expect(site.asked.isEmpty)
    }

    @Test(arguments: StorageEngine.allCases)
    func `is closed where a source fails or does not answer in time`(engine: StorageEngine) async throws {
        let asked = try await AskedCorpus(engine)
        asked.ask(AskedSite(["1": ["ann"]]))
        #expect(try await asked.read(Reader([.user("ann")])) == ["1", "3"])
        #expect(asked.verifier.counts.failed >= 1)
        let slow = ReadVerifier(limit: .milliseconds(500))
        slow.note(space: "ENG", ofLedger: "wiki")
        slow.set(
            { document, _ in
                if document == "2" { try await Task.sleep(for: .seconds(600)) }
                return true
            }, forLedger: "wiki")
        let closed = VerifiedCorpus(asked.corpus, verifier: slow)
        let all = ["1", "2", "3"].compactMap { asked.ids[$0] }
        let found = try await closed.chunks(all, scope: closed.scope(for: Reader([.user("ann")])))
        #expect(found.map(\.documentID) == ["1", "3"])
    }

    @Test(arguments: StorageEngine.allCases)
    func `believes an answer for a minute`(engine: StorageEngine) async throws {
        let asked = try await AskedCorpus(engine)
        let start = ContinuousClock.now
        let passed = Mutex(Duration.zero)
        let verifier = ReadVerifier(now: { start.advanced(by: passed.withLock { $0 }) })
        let shown = VerifiedCorpus(asked.corpus, verifier: verifier)
        let site = AskedSite(["1": ["ann"], "2": []])
        verifier.note(space: "ENG", ofLedger: "wiki")
        verifier.set({ try site.mayRead($0, $1) }, forLedger: "wiki")
        let scope = shown.scope(for: Reader([.user("ann")]))
        #expect(try await shown.document("1", scope: scope) != nil)
        site.state.withLock { $0.readers["1"] = [] }
        passed.withLock { $0 = ReadVerifier.freshness - .seconds(1) }
        #expect(try await shown.document("1", scope: scope) != nil)
        passed.withLock { $0 = ReadVerifier.freshness + .seconds(1) }
        #expect(try await shown.document("1", scope: scope) == nil)
    }

    @Test(arguments: StorageEngine.allCases)
    func `shows documents, their texts and passages in no other way`(engine: StorageEngine) async throws {
        let asked = try await AskedCorpus(engine)
        asked.ask(AskedSite(["1": ["ann"], "2": []]))
        let scope = asked.shown.scope(for: Reader([.user("ann")]))
        #expect(try await asked.shown.document("2", scope: scope) == nil)
        #expect(try await asked.shown.text(ofDocument: "2", scope: scope) == nil)
        #expect(try await asked.shown.chunks(ofDocument: "2", from: 0, limit: 9, scope: scope) == nil)
        #expect(
            try await asked.shown.access(toDocument: "2", of: Reader([.user("bob")]), scope: scope) == nil)
        let second = try #require(asked.ids["2"])
        #expect(try await asked.shown.context(ofChunk: second, scope: scope) == nil)
        let first = try #require(asked.ids["1"])
        #expect(try await asked.shown.context(ofChunk: first, scope: scope) != nil)
        let listed = try await asked.shown.documents(matching: .everything, after: "", limit: 2, scope: scope)
        #expect(listed.map(\.id) == ["1", "3"])
        let facts = try await asked.shown.withSnapshot(for: scope) { snapshot in
            try snapshot.facts(ofDocuments: ["1", "2", "3"]).map(\.id).sorted()
        }
        #expect(facts == ["1", "3"])
        let titles = try await asked.shown.withSnapshot(for: scope) { try $0.recentTitles(limit: 9) }
        #expect(titles.isEmpty)
    }

    @Test(arguments: StorageEngine.allCases)
    func `tells two people apart who satisfy the same rules`(engine: StorageEngine) async throws {
        let asked = try await AskedCorpus(engine)
        asked.ask(AskedSite(["1": ["ann", "bob"], "2": []]))
        let (ann, bob) = (Reader([.user("ann")]), Reader([.user("bob")]))
        let classes = try await [ann, bob, ann].asyncMap { reader in
            try await asked.shown.withSnapshot(for: asked.shown.scope(for: reader)) { $0.classes }
        }
        #expect(classes[0] != classes[1])
        #expect(classes[0] == classes[2])
    }

    @Test(arguments: StorageEngine.allCases)
    func `is as it is where none is to be asked`(engine: StorageEngine) async throws {
        let asked = try await AskedCorpus(engine)
        #expect(try await asked.read(.anonymous) == ["1", "2", "3"])
        asked.ask(AskedSite(["1": []]))
        asked.verifier.set(nil, forLedger: "wiki")
        #expect(try await asked.read(.anonymous) == ["1", "2", "3"])
    }
}

extension Array {
    fileprivate func asyncMap<Value>(_ body: (Element) async throws -> Value) async rethrows -> [Value] {
        var values: [Value] = []
        for element in self { values.append(try await body(element)) }
        return values
    }
}

@Suite(.timeLimit(.minutes(1))) struct `The catalog of members` {
    @Test(arguments: StorageEngine.allCases)
    func `lists who is known, by parts of their names, a page at a time`(engine: StorageEngine) async throws {
        let corpus = try await engine.corpus()
        let catalog = try #require(corpus as? any MemberCatalog)
        try await corpus.setMembers([.user("Ann"), .user("bob")], of: .group("staff"))
        try await corpus.setMembers([.user("Ann")], of: .group("leads"))
        let all = try await catalog.knownMembers(nil, matching: "", after: "", limit: 9)
        #expect(all.map(\.principal.description) == ["group:leads", "group:staff", "user:Ann", "user:bob"])
        #expect(all.map(\.count) == [1, 2, 2, 1])
        let page = try await catalog.knownMembers(nil, matching: "", after: "group:leads", limit: 2)
        #expect(page.map(\.principal.description) == ["group:staff", "user:Ann"])
        let found = try await catalog.knownMembers(.user, matching: "aNN", after: "", limit: 9)
        #expect(found.map(\.principal) == [.user("Ann")])
        #expect(try await catalog.groups(of: .user("Ann"), limit: 9) == [.group("leads"), .group("staff")])
        #expect(try await catalog.members(of: .group("staff"), limit: 1) == [.user("Ann")])
    }

    @Test(arguments: StorageEngine.allCases)
    func `counts what somebody may read, space by space`(engine: StorageEngine) async throws {
        let corpus = try await engine.corpus()
        let catalog = try #require(corpus as? any MemberCatalog)
        let sample = try await SampleCorpus(corpus)
        try await sample.put("1", ["one"])
        try await sample.put("2", ["two"], readers: AccessRule(allOf: [[.group("staff")]]))
        try await sample.put("3", ["three"], space: "HR", readers: AccessRule(allOf: [[.user("bob")]]))
        try await corpus.setMembers([.user("ann")], of: .group("staff"))
        let spaces = try await catalog.readableSpaces(for: Reader([.user("ann")]))
        #expect(
            spaces == [
                ReadableSpace(key: "ENG", name: "Engineering", documents: 2, total: 2),
                ReadableSpace(key: "HR", name: "People", documents: 0, total: 1),
            ])
    }
}
