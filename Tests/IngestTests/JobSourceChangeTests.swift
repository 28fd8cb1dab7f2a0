import Corpus
import EngineSupport
import Foundation
import Sourcing
import Synchronization
import Testing

@testable import Ingest

/// A source that takes one job and is switched off then.
private final class FickleSource: JobSource {
    let id = "wiki"
    private let isOff = Mutex(false)

    var description: JobSourceDescription {
        JobSourceDescription(
            kind: "scripted", dialect: "", baseURL: "", ledger: "scripted", spaces: [], excludedSpaces: [])
    }

    func check() async -> SourceCheck { SourceCheck() }
    func spaces() async throws -> [SourceSpace] { [] }

    func check(_ scope: IngestJob.Scope, isDryRun: Bool) throws(IngestJobError) {
        let wasOff = isOff.withLock { isOff in
            defer { isOff = true }
            return isOff
        }
        guard !wasOff else { throw .sourceDisabled(id: id) }
    }

    func documents(of scope: IngestJob.Scope, isDryRun: Bool) async throws -> any DocumentSource {
        JobBench.pages(1)
    }
}

@Suite(.timeLimit(.minutes(1))) struct `A job of a source that changes` {
    @Test(arguments: StorageEngine.allCases)
    func `does not wait when the source was switched off while the job was stored`(engine: StorageEngine)
        async throws
    {
        let bench = try await JobBench(engine)
        let jobs = bench.jobs(FickleSource())
        await #expect(throws: IngestJobError.sourceDisabled(id: "wiki")) {
            try await jobs.submit(source: "wiki", scope: .site)
        }
        let all = try await jobs.jobs(source: "wiki", states: [], before: nil, limit: 9)
        #expect(all.map(\.state) == [.cancelled])
    }

    @Test(arguments: StorageEngine.allCases)
    func `reads it as it is when its turn comes`(engine: StorageEngine) async throws {
        let bench = try await JobBench(engine)
        let old = ScriptedSource { _ in throw IngestJobError.sourceDisabled(id: "wiki") }
        let jobs = bench.jobs(old)
        try await jobs.submit(source: "wiki", scope: .site)
        jobs.add(ScriptedSource { _ in JobBench.pages(3) })
        #expect(await jobs.runNext(of: old)?.state == .finished)
        #expect(try await bench.documentCount == 3)
    }

    @Test(arguments: StorageEngine.allCases)
    func `is not begun once the source is gone`(engine: StorageEngine) async throws {
        let bench = try await JobBench(engine)
        let old = ScriptedSource { _ in JobBench.pages(3) }
        let jobs = bench.jobs(old)
        let id = try await jobs.submit(source: "wiki", scope: .site).id
        let turn = try #require(jobs.turn(of: "wiki"))
        // It waits for its turn while the source goes.
        let running = try await turn.hold {
            let running = Task { await jobs.runNext(of: old) }
            // It asks for the turn before the source goes, or finds none after that: it is not begun in either case.
            for _ in 0..<100 { await Task.yield() }
            jobs.remove(source: "wiki")
            return running
        }
        #expect(await running.value == nil)
        #expect(try await jobs.job(id).state == .queued)
    }
}
