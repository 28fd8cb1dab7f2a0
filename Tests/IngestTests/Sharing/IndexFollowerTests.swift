import Corpus
import EngineSupport
import Foundation
import Models
import Sourcing
import Synchronization
import TestSupport
import Testing
import VectorIndex

@testable import Ingest

@Suite(.timeLimit(.minutes(2))) struct `Indexes that follow what another process stores` {
    /// Two processes over one database.
    private static func pair(_ engine: StorageEngine) async throws -> (writer: JobBench, reader: JobBench) {
        let store = try await engine.corpus()
        return (try JobBench(store: store), try JobBench(store: store))
    }

    private static func take(_ pages: [TestPage], _ bench: JobBench) async throws {
        let events =
            [SourceEvent.space(Space(key: "OPS", name: "Operations"))] + pages.map(\.event)
            + [.listed(spaceKey: "OPS")]
        let source = ScriptedSource { _ in ListedSource(events: events) }
        let jobs = bench.jobs(source)
        try await jobs.submit(source: "wiki", scope: .site)
        #expect(await jobs.runNext(of: source)?.state == .finished)
    }

    @Test(arguments: StorageEngine.allCases)
    func `hold what comes, and lose what goes`(engine: StorageEngine) async throws {
        let (writer, reader) = try await Self.pair(engine)
        let follower = reader.follower()
        #expect(try await follower.follow() == 0)
        try await Self.take(
            [
                TestPage(id: "1", body: "<p>The wheel turns.</p>"),
                TestPage(id: "2", body: "<p>The race.</p>"),
            ],
            writer)
        #expect(reader.index.count == 0)
        #expect(try await follower.follow() > 0)
        #expect(try await reader.isLevel)
        #expect(try await reader.areWordsLevel)
        #expect(try reader.found("wheel").count == 1)
        try await Self.take([TestPage(id: "1", version: 2, body: "<p>The dam holds.</p>")], writer)
        #expect(try await follower.follow() > 0)
        #expect(try await reader.isLevel)
        #expect(try await reader.areWordsLevel)
        #expect(try reader.found("wheel").isEmpty)
        #expect(try reader.found("race").isEmpty)
        #expect(try reader.found("dam").count == 1)
        #expect(try await follower.follow() == 0)
    }

    @Test(arguments: StorageEngine.allCases)
    func `tell with which change they are level, and whether the database has gone on since`(
        engine: StorageEngine
    ) async throws {
        let (writer, reader) = try await Self.pair(engine)
        let told = Mutex<[(sequence: Int64, isLast: Bool)]>([])
        let follower = IndexFollower(
            store: reader.store, vectors: reader.index, words: reader.words,
            model: reader.embedder.model.name, logger: JobBench.logger,
            levelled: { sequence, isLast in
                let isLast = try await isLast()
                told.withLock { $0.append((sequence, isLast)) }
            })
        try await follower.follow()
        try await Self.take([TestPage(id: "1", body: "<p>The wheel turns.</p>")], writer)
        try await follower.follow()
        try await follower.follow()
        let now = try await reader.store.changeSequence()
        #expect(told.withLock { $0.map(\.sequence) } == [0, now, now])
        #expect(told.withLock { $0.allSatisfy(\.isLast) })
    }

    @Test(arguments: StorageEngine.allCases)
    func `know labels that changed without the text`(engine: StorageEngine) async throws {
        let (writer, reader) = try await Self.pair(engine)
        let follower = reader.follower()
        try await Self.take([TestPage(id: "1", body: "<p>The wheel.</p>", labels: ["water"])], writer)
        try await follower.follow()
        #expect(try reader.found("water").count == 1)
        try await Self.take([TestPage(id: "1", body: "<p>The wheel.</p>", labels: ["grain"])], writer)
        try await follower.follow()
        #expect(try reader.found("water").isEmpty)
        #expect(try reader.found("grain").count == 1)
    }

    @Test(arguments: StorageEngine.allCases)
    func `are levelled as a whole when they begin behind`(engine: StorageEngine) async throws {
        let (writer, reader) = try await Self.pair(engine)
        try await Self.take([TestPage(id: "1", body: "<p>The wheel turns.</p>")], writer)
        let follower = reader.follower()
        #expect(try await follower.follow() > 0)
        #expect(try await reader.isLevel)
        #expect(try await reader.areWordsLevel)
    }

    @Test(arguments: StorageEngine.allCases)
    func `embed nothing`(engine: StorageEngine) async throws {
        let (writer, reader) = try await Self.pair(engine)
        let follower = reader.follower()
        try await follower.follow()
        try await Self.take((0..<40).map { TestPage(id: "\($0)", body: "<p>Words of \($0)</p>") }, writer)
        try await follower.follow()
        #expect(reader.index.count == writer.index.count)
        for id in writer.index.ids() { #expect(reader.index.contains(id)) }
    }

    @Test(arguments: StorageEngine.allCases)
    func `leave alone what their own process has taken in already`(engine: StorageEngine) async throws {
        let (writer, reader) = try await Self.pair(engine)
        let follower = reader.follower()
        try await follower.follow()
        try await Self.take([TestPage(id: "1", body: "<p>The wheel turns.</p>")], reader)
        try await Self.take(
            [
                TestPage(id: "1", body: "<p>The wheel turns.</p>"),
                TestPage(id: "2", body: "<p>The race.</p>"),
            ],
            writer)
        try await follower.follow()
        #expect(try await reader.isLevel)
        #expect(try await reader.areWordsLevel)
    }
}

@Suite(.timeLimit(.minutes(3))) struct `Indexes over a database on a server` {
    @Test func `follow what another process stores, through forty changes`() async throws {
        let database = try SharedDatabase()
        let (writer, reader) = (try await database.process(), try await database.process())
        let follower = reader.follower()
        try await follower.follow()
        var generator = SeededGenerator(seed: 7)
        var pages: [Int: Int] = [:]
        for round in 1...40 {
            for _ in 0..<3 {
                let id = Int.random(in: 0..<12, using: &generator)
                pages[id] = Bool.random(using: &generator) ? round : nil
            }
            var events: [SourceEvent] = [.space(Space(key: "OPS", name: "Operations"))]
            for (id, version) in pages.sorted(by: { $0.key < $1.key }) {
                events.append(
                    TestPage(id: "\(id)", version: version, body: "<p>Page \(id) of round \(version).</p>")
                        .event)
            }
            events.append(.listed(spaceKey: "OPS"))
            let source = ScriptedSource { [events] _ in ListedSource(events: events) }
            let jobs = writer.jobs(source)
            try await jobs.submit(source: "wiki", scope: .site)
            await jobs.runNext(of: source)
            if round.isMultiple(of: 3) {
                try await follower.follow()
                #expect(try await reader.bench.isLevel)
                #expect(try await reader.bench.areWordsLevel)
            }
        }
        try await follower.follow()
        #expect(try await reader.bench.isLevel)
        #expect(try await reader.bench.areWordsLevel)
        #expect(reader.bench.index.count == writer.bench.index.count)
    }
}
