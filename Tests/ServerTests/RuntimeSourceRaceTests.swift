import Corpus
import Foundation
import HTTPTypes
import Ingest
import Sourcing
import Synchronization
import TestSupport
import Testing
import Workspace
import WorkspaceSQLite

@testable import Server

/// What a reading that waits tells a test, and the test it.
private final class HeldReading: Sendable {
    let begun = AsyncStream<Void>.makeStream()
    /// Gives nothing, and ends with the task that waits for it.
    let never = AsyncStream<Void>.makeStream()
    let isOpened = Mutex(false)
    /// Whether the source was gone before the end of its job was told.
    let wasGone = Mutex(false)

    func beginning() async {
        for await _ in begun.stream { return }
    }
}

/// A source whose reading goes on until it is cancelled.
private struct HeldSource: JobSource {
    let id: String
    let jobs: IngestJobs
    let reading: HeldReading

    static let address = "https://wiki.example.org/wiki"

    var description: JobSourceDescription {
        JobSourceDescription(
            kind: "confluence", dialect: "cloud", baseURL: Self.address,
            ledger: RuntimeSources.ledger(of: id, baseURL: Self.address), spaces: [], excludedSpaces: [])
    }

    func check() async -> SourceCheck { SourceCheck() }
    func spaces() async throws -> [SourceSpace] { [] }
    func check(_ scope: IngestJob.Scope, isDryRun: Bool) throws(IngestJobError) {}

    func documents(of scope: IngestJob.Scope, isDryRun: Bool) async throws -> any DocumentSource {
        HeldDocuments(reading: reading)
    }

    func ended(_ job: IngestJob) async {
        // Enough for a deletion that does not wait to get ahead.
        for _ in 0..<5_000 {
            if !jobs.sources.contains(where: { $0.id == id }) {
                reading.wasGone.withLock { $0 = true }
                return
            }
            await Task.yield()
        }
    }
}

private struct HeldDocuments: DocumentSource {
    let name = "held"
    let reading: HeldReading

    func events(
        storedVersion: @escaping @Sendable (_ id: String) async -> Int?
    ) -> AsyncThrowingStream<SourceEvent, any Error> {
        AsyncThrowingStream { [reading] in
            let isFirst = reading.isOpened.withLock { isOpened in
                defer { isOpened = true }
                return !isOpened
            }
            if isFirst { return .space(Space(key: "HELD", name: "Held")) }
            reading.begun.continuation.yield()
            for await _ in reading.never.stream {}
            throw CancellationError()
        }
    }
}

@Suite(.timeLimit(.minutes(2))) struct `Changes of one source at once` {
    /// A fixture whose sources are read until they are cancelled.
    private static func held() async throws -> (fixture: JobFixture, reading: HeldReading) {
        var fixture = try await JobFixture()
        let (reading, jobs) = (HeldReading(), fixture.jobs)
        fixture.sources = RuntimeSources(
            store: fixture.workspace, jobs: jobs, corpus: fixture.base.corpus,
            seal: VariableSeal(SealKeys()), logger: fixture.base.log.logger, checkedAddress: { $0 }
        ) { stored, _ in HeldSource(id: stored.id, jobs: jobs, reading: reading) }
        return (fixture, reading)
    }

    private static func body(_ name: String, more: String = "") -> String {
        """
        {"name": "\(name)", "kind": "cloud", "base_url": "\(HeldSource.address)",
         "auth": {"type": "bearer", "secret": "x"}, "spaces": {"included": []}\(more)}
        """
    }

    @Test func `happen one after another, and none is lost`() async throws {
        let fixture = try await Self.held().fixture
        for round in 1...10 {
            let id = try await fixture.add(Self.body("Round \(round)"))
            let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
                for number in 1...8 {
                    group.addTask {
                        try await fixture.change(id, #"{"name": "R\#(round) N\#(number)"}"#).status.code
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(statuses == Array(repeating: 200, count: 8))
            let kept = try await fixture.workspace.source(id)
            #expect(kept.revision == 9)
            #expect(try #require(fixture.sources).stored(id) == kept)
        }
    }

    @Test func `that begin from one revision are one, and others are told so`() async throws {
        let fixture = try await Self.held().fixture
        let id = try await fixture.add(Self.body("Wiki"))
        let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
            for number in 1...8 {
                group.addTask {
                    try await fixture.change(id, #"{"name": "N\#(number)"}"#, tag: "\"1\"").status.code
                }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(statuses.sorted() == [200] + Array(repeating: 412, count: 7))
    }

    @Test func `do not bring back what is deleted meanwhile`() async throws {
        let fixture = try await Self.held().fixture
        for round in 1...20 {
            let id = try await fixture.add(Self.body("Round \(round)"))
            async let changed = fixture.change(id, #"{"name": "Anew \#(round)"}"#)
            async let deleted = fixture.respond(.delete, "/v1/sources/\(id)?documents=keep")
            let statuses = try await (changed.status, deleted.status)
            #expect([.ok, .notFound, .conflict].contains(statuses.0), "\(statuses.0)")
            #expect(statuses.1 == .noContent)
            #expect(try #require(fixture.sources).stored(id) == nil)
        }
        #expect(fixture.jobs.sources.isEmpty)
        #expect(try await fixture.workspace.sources().isEmpty)
    }

    @Test func `end what is read of a source before it is gone`() async throws {
        let (fixture, reading) = try await Self.held()
        let id = try await fixture.add(Self.body("Wiki"))
        _ = try await fixture.change(id, #"{"enabled": true}"#)
        let running = Task { try await fixture.runNext() }
        await reading.beginning()
        let waiting = try await fixture.jobs.submit(source: id, scope: .space("HELD"))
        #expect(try await fixture.respond(.delete, "/v1/sources/\(id)?documents=keep").status == .noContent)
        let job = try #require(try await running.value)
        #expect(job.state == .cancelled)
        #expect(!reading.wasGone.withLock { $0 })
        #expect(try await fixture.jobs.job(waiting.id).state == .cancelled)
        #expect(fixture.jobs.sources.isEmpty)
        // What it was reading is nobody's again.
        let ledger = RuntimeSources.ledger(of: id, baseURL: HeldSource.address)
        #expect(try await fixture.jobs.claims.spaces(of: ledger).isEmpty)
    }

    @Test func `go to their end though whoever asked has gone`() async throws {
        let fixture = try await Self.held().fixture
        let id = try await fixture.add(Self.body("Wiki"))
        let sources = try #require(fixture.sources)
        let asking = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            _ = try await sources.change(
                id, if: .any, fields: ["enabled"], isEnabled: true, secret: nil, by: "ann"
            ) { $0.syncMinutes = 5 }
        }
        _ = try? await asking.value
        let state = try await fixture.workspace.source(id).state
        let open = try await fixture.jobs.jobs(source: id, states: [.queued], before: nil, limit: 9)
        // Both or neither.
        #expect((state == .enabled) == (open.count == 1))
    }
}

@Suite(.timeLimit(.minutes(1))) struct `A source that is asked before its documents are shown` {
    @Test func `is not deleted without them, for nobody could be asked any more`() async throws {
        let verifier = ReadVerifier()
        let (fixture, site) = try await JobFixture.withSources(verifier: verifier)
        let id = try await fixture.add(JobFixture.body(site, more: #", "permissions": "verify""#))
        let refused = try await fixture.respond(.delete, "/v1/sources/\(id)?documents=keep")
        #expect(refused.status == .conflict)
        #expect(try refused.problem == "wrong-state")
        #expect(refused.said.contains("documents=remove") && refused.said.contains("permissions"))
        // It is as it was, and asked as before.
        #expect(try await fixture.workspace.source(id).state == .draft)
        #expect(fixture.jobs.sources.map(\.id) == [id])
        #expect(try await fixture.respond(.delete, "/v1/sources/\(id)?documents=remove").status == .accepted)
        // Not even while it is on its way out.
        #expect(
            try await fixture.respond(.delete, "/v1/sources/\(id)?documents=keep").problem == "wrong-state")
        try await fixture.runNext()
        #expect(fixture.jobs.sources.isEmpty)
    }

    @Test func `is deleted without them once it is not asked any more`() async throws {
        let (fixture, site) = try await JobFixture.withSources(verifier: ReadVerifier())
        let id = try await fixture.add(JobFixture.body(site, more: #", "permissions": "verify""#))
        #expect(try await fixture.change(id, #"{"permissions": "sync"}"#).status == .ok)
        #expect(try await fixture.respond(.delete, "/v1/sources/\(id)?documents=keep").status == .noContent)
    }
}
