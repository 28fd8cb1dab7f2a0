import Backends
import Concurrency
import Corpus
import EngineSupport
import Foundation
import Sourcing
import Synchronization
import TestSupport
import Testing

@testable import Documents
@testable import Ingest

/// A store that fails so many times before it gives what it has.
private final class AwayBlobs: StreamedBlobStore {
    private let base: FolderBlobStore
    private let failures: Mutex<Int>
    private let failure: any Error
    private let spared: String?

    /// - Parameter spared: a key that never fails.
    init(_ base: FolderBlobStore, failures: Int, besides spared: String? = nil, _ failure: any Error) {
        self.base = base
        self.failures = Mutex(failures)
        self.failure = failure
        self.spared = spared
    }

    func blob(at key: String) async throws -> Data? { try await base.blob(at: key) }
    func put(_ data: Data, at key: String) async throws { try await base.put(data, at: key) }
    func remove(_ key: String) async throws { try await base.remove(key) }
    func list(under prefix: String) async throws -> [BlobEntry] { try await base.list(under: prefix) }
    func put(_ pieces: PulledSequence<Data>, at key: String) async throws {
        try await base.put(pieces, at: key)
    }

    func fetch(_ key: String, to file: URL) async throws -> Bool {
        let fails = failures.withLock { failures in
            guard key != spared else { return false }
            failures -= 1
            return failures >= 0
        }
        if fails { throw failure }
        return try await base.fetch(key, to: file)
    }
}

/// Files that wait where every process finds them.
private struct SharedDesk {
    let folder: TemporaryDirectory
    let clock = ManualClock()
    private let start: ManualClock.Instant
    private let began = Date()

    static let staff = AccessRule(allOf: [[.group("staff")]])

    init() throws {
        folder = try TemporaryDirectory()
        start = clock.now
    }

    var blobs: FolderBlobStore { FolderBlobStore(folder: folder.url.appendingPathComponent("bucket")) }

    /// The folder of one process.
    func place(_ process: String) -> URL { folder.url.appendingPathComponent(process) }

    /// The time by the clock.
    var now: @Sendable () -> Date {
        let (clock, start, began) = (clock, start, began)
        return { began.addingTimeInterval(start.duration(to: clock.now) / .seconds(1)) }
    }

    /// Jobs that go by the clock.
    func jobs(_ bench: JobBench, _ uploads: UploadSource) -> IngestJobs {
        IngestJobs(
            store: bench.store, sources: [], uploads: uploads, logger: JobBench.logger, now: now,
            pipeline: bench.jobs().pipeline)
    }

    func uploads(_ process: String, blobs: (any StreamedBlobStore)? = nil) -> UploadSource {
        UploadSource(
            blobs: blobs ?? self.blobs, folder: place(process), limitBytes: 1_000,
            attachmentText: AttachmentText(), now: now
        ) { file, _ in
            _ = try Data(contentsOf: file)
            return JobBench.pages(3)
        }
    }

    func files(under url: URL) -> [String] {
        ((try? FileManager.default.subpathsOfDirectory(atPath: url.path)) ?? []).filter {
            var isFolder: ObjCBool = false
            _ = FileManager.default.fileExists(
                atPath: url.appendingPathComponent($0).path, isDirectory: &isFolder)
            return !isFolder.boolValue
        }
    }

    /// What waits.
    var waiting: [String] { files(under: folder.url.appendingPathComponent("bucket")) }
}

extension IngestJobs {
    fileprivate func send(_ text: String, _ name: String) async throws -> IngestJob {
        let isExport = name.hasSuffix(".zip")
        return try await submit(
            upload: PulledSequence(text.utf8.map { Data([$0]) }), named: name,
            readers: isExport ? nil : SharedDesk.staff)
    }
}

@Suite(.timeLimit(.minutes(2))) struct `Uploads that all processes share` {
    @Test(arguments: ["guide.md", "space.zip"])
    func `are read by another process than the one that took them, which is gone`(name: String) async throws {
        let database = try SharedDatabase()
        let desk = try SharedDesk()
        let first = try await database.process()
        let taking = first.bench.jobs([], uploads: desk.uploads("first"), leases: first.corpus)
        let job = try await taking.send("# Guide\n\nHow to sail a boat.", name)
        #expect(desk.waiting.count == 1)
        #expect(desk.files(under: desk.place("first")).isEmpty)

        let second = try await database.process()
        let uploads = desk.uploads("second")
        let reading = second.bench.jobs([], uploads: uploads, leases: second.corpus)
        await reading.recover()
        let ended = try #require(await reading.runNext(of: uploads))
        #expect(ended.id == job.id)
        #expect(ended.state == .finished, "\(ended.reason ?? "")")
        #expect(ended.counts.stored == (name == "guide.md" ? 1 : 3))
        #expect(desk.waiting.isEmpty)
        #expect(desk.files(under: desk.place("second")).isEmpty)
        #expect(try await taking.job(job.id).state == .finished)
    }

    @Test func `are read anew after the process that read them was lost`() async throws {
        let database = try SharedDatabase()
        let desk = try SharedDesk()
        let first = try await database.process()
        let taking = first.bench.jobs([], uploads: desk.uploads("first"), leases: first.corpus)
        let job = try await taking.send("text", "a.md")
        // As a process leaves it that is killed: begun, fetched, and neither ended nor removed.
        #expect(try await first.corpus.takeIngestJob(source: "uploads-shared", at: Date()) != nil)
        guard case .upload(let upload) = job.scope else {
            Issue.record("\(job.scope)")
            return
        }
        _ = try await desk.uploads("first").documents(of: .upload(upload), isDryRun: false)
        #expect(desk.files(under: desk.place("first")).count == 1)

        let second = try await database.process()
        let uploads = desk.uploads("second")
        let reading = second.bench.jobs([], uploads: uploads, leases: second.corpus)
        #expect(await reading.runNext(of: uploads)?.state == .finished)
        #expect(desk.waiting.isEmpty)
        // The lost one comes back: what it had fetched is of no use.
        await first.bench.jobs([], uploads: desk.uploads("first"), leases: first.corpus).recover()
        #expect(desk.files(under: desk.place("first")).isEmpty)
    }

    @Test func `go with a job that is cancelled by a process that did not take them`() async throws {
        let database = try SharedDatabase()
        let desk = try SharedDesk()
        let (first, second) = (try await database.process(), try await database.process())
        let taking = first.bench.jobs([], uploads: desk.uploads("first"), leases: first.corpus)
        let other = second.bench.jobs([], uploads: desk.uploads("second"), leases: second.corpus)
        let job = try await taking.send("text", "a.md")
        #expect(try await other.cancel(job.id).state == .cancelled)
        #expect(desk.waiting.isEmpty)
    }

    @Test func `that no job names are removed after a week, and those of open jobs never`() async throws {
        let desk = try SharedDesk()
        let bench = try await JobBench(.sqlite)
        let jobs = bench.jobs([], uploads: desk.uploads("one"))
        let job = try await jobs.send("text", "a.md")
        try await desk.blobs.put(Data("left".utf8), at: "files/left")
        try await desk.clock.sleep(for: .seconds(6 * 86_400))
        await jobs.tidy()
        #expect(desk.waiting.count == 2)
        try await desk.clock.sleep(for: .seconds(2 * 86_400))
        await jobs.tidy()
        guard case .upload(let upload) = job.scope else {
            Issue.record("\(job.scope)")
            return
        }
        #expect(desk.waiting == ["files/\(upload.id)"])
    }

    @Test func `that are empty, too large or broken off leave nothing behind, and say why`() async throws {
        let desk = try SharedDesk()
        let jobs = try await JobBench(.sqlite).jobs([], uploads: desk.uploads("one"))
        struct Broken: Error {}
        for text in ["", String(repeating: "x", count: 1_001)] {
            do {
                _ = try await jobs.send(text, "a.md")
                Issue.record("\(text.count) bytes were taken")
            } catch let IngestJobError.badUpload(field, _) {
                #expect(field == "name")
            }
        }
        await #expect(throws: Broken.self) {
            _ = try await jobs.submit(
                upload: PulledSequence(throwing: Broken()), named: "a.md", readers: .everybody)
        }
        #expect(desk.waiting.isEmpty)
        #expect(try await jobs.jobs(source: nil, states: [], before: nil, limit: 9).isEmpty)
    }

    @Test func `are refused where they cannot be kept, and no job is made`() async throws {
        let desk = try SharedDesk()
        // A file is where the bucket's folder should be.
        try Data().write(to: desk.folder.url.appendingPathComponent("bucket"))
        let jobs = try await JobBench(.sqlite).jobs([], uploads: desk.uploads("one"))
        do {
            _ = try await jobs.send("text", "a.md")
            Issue.record("it was taken")
        } catch let IngestJobError.storage(reason) {
            #expect(reason.contains("bucket"), "\(reason)")
        }
        #expect(try await jobs.jobs(source: nil, states: [], before: nil, limit: 9).isEmpty)
    }

    @Test func `that are gone or cut make their job fail and say so`() async throws {
        let desk = try SharedDesk()
        let uploads = desk.uploads("one")
        let jobs = try await JobBench(.sqlite).jobs([], uploads: uploads)
        for isCut in [false, true] {
            _ = try await jobs.send("text", "a.md")
            let key = try #require(try await desk.blobs.list(under: "files").first?.key)
            if isCut {
                try await desk.blobs.put(Data("te".utf8), at: key)
            } else {
                try await desk.blobs.remove(key)
            }
            let ended = try #require(await jobs.runNext(of: uploads))
            #expect(ended.state == .failed)
            #expect(ended.reason?.lowercased().contains("send it again") == true, "\(ended.reason ?? "")")
            #expect(isCut == (ended.reason?.contains("2 bytes of the 4") == true))
            #expect(desk.waiting.isEmpty)
        }
    }

    @Test(arguments: StorageEngine.allCases)
    func `are asked for again while their store is away, for an hour`(engine: StorageEngine) async throws {
        struct Away: Error {}
        for failures in [3, 1_000] {
            let desk = try SharedDesk()
            let uploads = desk.uploads("one", blobs: AwayBlobs(desk.blobs, failures: failures, Away()))
            let jobs = desk.jobs(try await JobBench(engine), uploads)
            let id = try await jobs.send("text", "a.md").id
            var pauses: [Double] = []
            var ended = try await jobs.job(id)
            while !ended.state.isFinal, pauses.count < 200 {
                ended = try #require(await jobs.runNext(of: uploads))
                guard ended.state == .queued else { break }
                #expect(ended.reason?.contains("Away") == true && ended.attempts == 0)
                #expect(desk.files(under: desk.place("one")).isEmpty)
                let until = try #require(ended.heldUntil)
                pauses.append(until.timeIntervalSince(desk.now()).rounded())
                // Nobody takes it before.
                #expect(await jobs.runNext(of: uploads) == nil)
                try await desk.clock.sleep(for: .seconds(pauses.last ?? 0) + .milliseconds(1))
            }
            #expect(ended.state == (failures == 3 ? .finished : .failed), "\(ended.reason ?? "")")
            #expect(pauses.prefix(3) == [5, 10, 20])
            if failures == 3 {
                #expect(pauses.count == 3 && ended.attempts == 1 && ended.reason == nil)
            } else {
                #expect(ended.reason?.contains("Away") == true, "\(ended.reason ?? "")")
                let waited = pauses.reduce(0, +)
                #expect(waited >= 3_600 && waited < 3_660)
            }
            #expect(desk.waiting.isEmpty)
        }
    }

    @Test(arguments: StorageEngine.allCases)
    func `hold up no other while they cannot be fetched`(engine: StorageEngine) async throws {
        struct Away: Error {}
        let desk = try SharedDesk()
        let bench = try await JobBench(engine)
        let taking = desk.jobs(bench, desk.uploads("one"))
        let first = try await taking.send("first", "first.md")
        let second = try await taking.send("second", "second.md")
        guard case .upload(let spared) = second.scope else {
            Issue.record("\(second.scope)")
            return
        }
        let away = AwayBlobs(desk.blobs, failures: 1, besides: "files/\(spared.id)", Away())
        let uploads = desk.uploads("one", blobs: away)
        let jobs = desk.jobs(bench, uploads)
        let held = try #require(await jobs.runNext(of: uploads))
        #expect(held.id == first.id && held.state == .queued)
        let other = try #require(await jobs.runNext(of: uploads))
        #expect(other.id == second.id && other.state == .finished)
        #expect(await jobs.runNext(of: uploads) == nil)
        try await desk.clock.sleep(for: .seconds(6))
        let last = try #require(await jobs.runNext(of: uploads))
        #expect(last.id == first.id && last.state == .finished, "\(last.reason ?? "")")
        #expect(desk.waiting.isEmpty)
        #expect(Set(try await bench.store.storedVersions().keys) == ["upload:first.md", "upload:second.md"])
    }

    @Test func `can be cancelled and paused while they wait for their store`() async throws {
        struct Away: Error {}
        let desk = try SharedDesk()
        let uploads = desk.uploads("one", blobs: AwayBlobs(desk.blobs, failures: 2, Away()))
        let jobs = desk.jobs(try await JobBench(.sqlite), uploads)
        let (paused, cancelled) = (
            try await jobs.send("text", "a.md"), try await jobs.send("text", "b.md")
        )
        for _ in 0..<2 { #expect(await jobs.runNext(of: uploads)?.state == .queued) }
        try await jobs.pause(paused.id)
        let ended = try await jobs.cancel(cancelled.id)
        #expect(ended.state == .cancelled && ended.heldUntil == nil)
        #expect(ended.reason == nil, "it is not tried again")
        try await desk.clock.sleep(for: .seconds(6))
        #expect(await jobs.runNext(of: uploads) == nil)
        try await jobs.resume(paused.id)
        #expect(await jobs.runNext(of: uploads)?.state == .finished)
        #expect(desk.waiting.isEmpty)
    }

    @Test func `that are damaged are not asked for again`() async throws {
        let desk = try SharedDesk()
        let damaged = DamagedBlob(place: "s3://bucket/a", setting: nil, reason: "its sum differs")
        let uploads = desk.uploads("one", blobs: AwayBlobs(desk.blobs, failures: 1, damaged))
        let jobs = try await JobBench(.sqlite).jobs([], uploads: uploads)
        _ = try await jobs.send("text", "a.md")
        let ended = try #require(await jobs.runNext(of: uploads))
        #expect(ended.state == .failed && ended.reason?.contains("its sum differs") == true)
        #expect(ended.heldUntil == nil)
    }

    @Test func `leave the process's own of before to be read, and show neither as a source`() async throws {
        let desk = try SharedDesk()
        let bench = try await JobBench(.sqlite)
        let own = UploadSource(
            folder: desk.place("own"), limitBytes: 1_000, attachmentText: AttachmentText()
        ) { _, _ in JobBench.pages(1) }
        let old = try await bench.jobs([], uploads: own).send("old", "old.md")
        let shared = desk.uploads("one")
        let jobs = IngestJobs(
            store: bench.store, sources: [], uploads: shared, earlierUploads: own, logger: JobBench.logger,
            pipeline: bench.jobs().pipeline)
        #expect(jobs.sources.isEmpty)
        await jobs.recover()
        #expect(desk.files(under: desk.place("own")).count == 1)
        let new = try await jobs.send("new", "new.md")
        #expect(old.source == "uploads" && new.source == "uploads-shared")
        #expect(await jobs.runNext(of: own)?.id == old.id)
        #expect(await jobs.runNext(of: shared)?.id == new.id)
        let ids = Set(try await bench.store.storedVersions().keys)
        #expect(ids == ["upload:old.md", "upload:new.md"])
        #expect(desk.files(under: desk.place("own")).isEmpty && desk.waiting.isEmpty)
    }
}
