import Corpus
import EngineSupport
import Sourcing
import Testing

@testable import Ingest

/// A source of one space, with a ledger of its own.
private struct SiteSource: JobSource {
    var id: String
    var pages: [TestPage]
    var space = "OPS"

    var description: JobSourceDescription {
        JobSourceDescription(
            name: "The site \(id)", kind: "scripted", dialect: "", baseURL: "", ledger: "ledger-\(id)",
            spaces: [], excludedSpaces: [])
    }

    func check() async -> SourceCheck { SourceCheck() }
    func spaces() async throws -> [SourceSpace] { [] }
    func check(_ scope: IngestJob.Scope, isDryRun: Bool) throws(IngestJobError) {}

    func documents(of scope: IngestJob.Scope, isDryRun: Bool) async throws -> any DocumentSource {
        ListedSource(
            events: [.space(Space(key: space, name: space))] + pages.map(\.event)
                + [.listed(spaceKey: space)])
    }
}

@Suite(.timeLimit(.minutes(1))) struct `Two sources with the same keys and ids` {
    private let secret = AccessRule(allOf: [[.group("board")]])

    private func sync(_ source: SiteSource, _ jobs: IngestJobs) async throws -> IngestJob {
        try await jobs.submit(source: source.id, scope: .site)
        return try #require(await jobs.runNext(of: source))
    }

    @Test(arguments: StorageEngine.allCases)
    func `leave each other's documents and their readers alone`(engine: StorageEngine) async throws {
        let bench = try await JobBench(engine)
        let one = SiteSource(id: "one", pages: [TestPage(id: "7", body: "<p>board</p>", readers: secret)])
        let two = SiteSource(id: "two", pages: [TestPage(id: "7", body: "<p>open</p>")])
        let jobs = bench.jobs(one, two)
        #expect(try await sync(one, jobs).counts.stored == 1)
        let other = try await sync(two, jobs)
        #expect(other.counts.stored == 0)
        #expect(other.counts.failed == 1)
        #expect(other.failures.first?.id == "space:OPS")
        #expect(other.failures.first?.reason.contains("The site one") == true)
        let stored = try #require(try await bench.store.storedDocument(id: "7"))
        #expect(stored.readers == secret)
        #expect(try await sync(one, jobs).counts.unchanged == 1)
    }

    @Test(arguments: StorageEngine.allCases)
    func `never take a page of one for the other's, though the spaces differ`(engine: StorageEngine)
        async throws
    {
        let bench = try await JobBench(engine)
        let one = SiteSource(id: "one", pages: [TestPage(id: "7", body: "<p>board</p>", readers: secret)])
        let two = SiteSource(
            id: "two",
            pages: [
                TestPage(id: "7", space: "DEV", body: "<p>open</p>"),
                TestPage(id: "8", space: "DEV", body: "<p>its own</p>"),
            ], space: "DEV")
        let jobs = bench.jobs(one, two)
        _ = try await sync(one, jobs)
        let other = try await sync(two, jobs)
        #expect(other.counts.stored == 1)
        #expect(other.failures.map(\.id) == ["7"])
        #expect(try await bench.store.storedDocument(id: "7")?.readers == secret)
    }

    @Test(arguments: StorageEngine.allCases)
    func `hand a space on when the one that has it lets it go or is there no more`(engine: StorageEngine)
        async throws
    {
        let bench = try await JobBench(engine)
        let one = SiteSource(id: "one", pages: [TestPage(id: "7", body: "<p>one</p>", readers: secret)])
        let two = SiteSource(id: "two", pages: [TestPage(id: "7", body: "<p>two</p>")])
        let jobs = bench.jobs(one, two)
        _ = try await sync(one, jobs)
        #expect(try await jobs.claims.spaces(of: "ledger-one") == ["OPS"])
        try await jobs.claims.release(space: "OPS", of: "ledger-one")
        #expect(try await sync(two, jobs).counts.stored == 1)
        #expect(try await bench.store.storedDocument(id: "7")?.readers == .everybody)
        jobs.remove(source: "two")
        #expect(try await sync(one, jobs).counts.stored == 1)
    }

    @Test(arguments: StorageEngine.allCases)
    func `know whose a space is after a restart`(engine: StorageEngine) async throws {
        let bench = try await JobBench(engine)
        let one = SiteSource(id: "one", pages: [TestPage(id: "7", body: "<p>one</p>", readers: secret)])
        let two = SiteSource(id: "two", pages: [TestPage(id: "7", body: "<p>two</p>")])
        let before = bench.jobs(one, two)
        _ = try await sync(one, before)
        let after = bench.jobs(one, two)
        #expect(try await sync(two, after).counts.failed == 1)
        #expect(try await bench.store.storedDocument(id: "7")?.readers == secret)
    }

    @Test(arguments: StorageEngine.allCases)
    func `are taken out by themselves`(engine: StorageEngine) async throws {
        let bench = try await JobBench(engine)
        let one = SiteSource(id: "one", pages: [TestPage(id: "7", body: "<p>one</p>")])
        let two = SiteSource(
            id: "two", pages: [TestPage(id: "8", space: "DEV", body: "<p>two</p>")], space: "DEV")
        let jobs = bench.jobs(one, two)
        _ = try await sync(one, jobs)
        _ = try await sync(two, jobs)
        let removal = RemovalSource(
            name: "one", ledger: "ledger-one", claims: jobs.claims, store: bench.store)
        let pipeline = try await jobs.pipeline(false)
        let report = await pipeline.run(removal)
        #expect(report.pages.removed == 1)
        try await removal.forget()
        #expect(Set(try await bench.store.storedVersions().keys) == ["8"])
        #expect(try await jobs.claims.spaces(of: "ledger-one").isEmpty)
        #expect(try await bench.isLevel)
    }
}
