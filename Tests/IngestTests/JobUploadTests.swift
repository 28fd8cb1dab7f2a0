import Concurrency
import Corpus
import EngineSupport
import Foundation
import Sourcing
import TestSupport
import Testing

@testable import Documents
@testable import Ingest

/// Jobs that read what somebody sends.
private struct UploadDesk {
    let folder: TemporaryDirectory
    let bench: JobBench
    let uploads: UploadSource
    let jobs: IngestJobs
    static let staff = AccessRule(allOf: [[.group("staff")]])

    init(_ engine: StorageEngine = .sqlite) async throws {
        folder = try TemporaryDirectory()
        bench = try await JobBench(engine)
        uploads = UploadSource(
            folder: folder.url.appendingPathComponent("uploads"), limitBytes: 1_000,
            attachmentText: AttachmentText()
        ) { file, _ in
            // The bytes of an export are the confluence module's to read.
            _ = try Data(contentsOf: file)
            return JobBench.pages(3)
        }
        jobs = bench.jobs(uploads: uploads)
    }

    func send(
        _ text: String, _ name: String, readers: AccessRule? = Self.staff
    ) async throws -> IngestJob {
        let pieces = text.utf8.map { Data([$0]) }
        return try await jobs.submit(upload: PulledSequence(pieces), named: name, readers: readers)
    }

    var keptFiles: [String] {
        let place = folder.url.appendingPathComponent("uploads")
        return (try? FileManager.default.subpathsOfDirectory(atPath: place.path)) ?? []
    }
}

@Suite(.timeLimit(.minutes(1))) struct `Uploaded files` {
    @Test(arguments: StorageEngine.allCases)
    func `become documents of those readers that were named, and are removed`(engine: StorageEngine)
        async throws
    {
        let desk = try await UploadDesk(engine)
        let job = try await desk.send("# Guide\n\nHow to sail a boat.", "C:\\docs\\guide.md")
        #expect(job.source == "uploads")
        #expect(desk.keptFiles.contains { $0.hasSuffix("guide.md") })
        #expect(await desk.jobs.runNext(of: desk.uploads)?.state == .finished)
        #expect(desk.keptFiles.isEmpty)
        #expect(try await desk.bench.store.storedDocument(id: "upload:guide.md")?.readers == UploadDesk.staff)
        let scope = desk.bench.store.scope(for: Reader([.group("staff")]))
        let stored = try #require(try await desk.bench.store.document("upload:guide.md", scope: scope))
        #expect(stored.title == "Guide")
        #expect(stored.spaceKey == UploadSource.spaceKey)
        #expect(stored.url == nil)
        let others = desk.bench.store.scope(for: Reader([.user("ann")]))
        #expect(try await desk.bench.store.document("upload:guide.md", scope: others) == nil)
        #expect(try await desk.bench.isLevel)
    }

    @Test(arguments: StorageEngine.allCases)
    func `leave each other alone, and replace one of the same name`(engine: StorageEngine) async throws {
        let desk = try await UploadDesk(engine)
        for (name, text) in [("a.txt", "one"), ("b.html", "<p>two</p>"), ("a.txt", "three")] {
            _ = try await desk.send(text, name)
            #expect(await desk.jobs.runNext(of: desk.uploads)?.counts.failed == 0)
        }
        let ids = Set(try await desk.bench.store.storedVersions().keys)
        #expect(ids == ["upload:a.txt", "upload:b.html"])
        let reader = Reader([.group("staff")])
        let scope = desk.bench.store.scope(for: reader)
        let text = try await desk.bench.store.text(ofDocument: "upload:a.txt", scope: scope)
        #expect(text?.contains("three") == true)
    }

    @Test func `that come while an earlier process is tidied up after are not taken for its own`()
        async throws
    {
        let desk = try await UploadDesk()
        let upload = try await desk.uploads.keep(
            PulledSequence([Data("text".utf8)]), as: "own", named: "a.txt", readers: UploadDesk.staff)
        let left = desk.folder.url.appendingPathComponent("uploads/left")
        try FileManager.default.createDirectory(at: left, withIntermediateDirectories: true)
        // As the jobs were read before this one was stored.
        await desk.uploads.removeAll(besides: [])
        #expect(desk.keptFiles.contains("own/a.txt"))
        #expect(!desk.keptFiles.contains("left"))
        await desk.uploads.remove(upload)
        #expect(desk.keptFiles.isEmpty)
    }

    @Test(arguments: StorageEngine.allCases)
    func `that are exports are read as such`(engine: StorageEngine) async throws {
        let desk = try await UploadDesk(engine)
        _ = try await desk.send("PK", "space.zip", readers: nil)
        let ended = try #require(await desk.jobs.runNext(of: desk.uploads))
        #expect(ended.counts.stored == 3)
        #expect(desk.keptFiles.isEmpty)
    }

    @Test(arguments: [
        ("", "name"), ("notes", "name"), (".md", "name"), ("run.exe", "name"), ("a\u{0}b.md", "name"),
        ("folder/", "name"), (String(repeating: "x", count: 300) + ".md", "name"),
    ])
    func `of other names are refused`(name: String, field: String) async throws {
        let desk = try await UploadDesk()
        do {
            _ = try await desk.send("text", name)
            Issue.record("\(name) was taken")
        } catch let IngestJobError.badUpload(found, _) {
            #expect(found == field)
        }
        #expect(desk.keptFiles.isEmpty)
    }

    @Test func `need readers if they are documents, and none if they are exports`() async throws {
        let desk = try await UploadDesk()
        for (name, readers) in [("a.md", nil), ("a.zip", UploadDesk.staff)] {
            do {
                _ = try await desk.send("text", name, readers: readers)
                Issue.record("\(name) was taken")
            } catch let IngestJobError.badUpload(field, _) {
                #expect(field == "readers")
            }
        }
        #expect(desk.keptFiles.isEmpty)
    }

    @Test(arguments: StorageEngine.allCases)
    func `that are empty, too large or broken off leave nothing behind`(engine: StorageEngine) async throws {
        let desk = try await UploadDesk(engine)
        struct Broken: Error {}
        await #expect(throws: IngestJobError.self) { try await desk.send("", "a.md") }
        await #expect(throws: IngestJobError.self) {
            try await desk.send(String(repeating: "x", count: 1_001), "a.md")
        }
        await #expect(throws: Broken.self) {
            _ = try await desk.jobs.submit(
                upload: PulledSequence(throwing: Broken()), named: "a.md", readers: .everybody)
        }
        #expect(desk.keptFiles.isEmpty)
        #expect(try await desk.jobs.jobs(source: nil, states: [], before: nil, limit: 9).isEmpty)
        _ = try await desk.send(String(repeating: "x", count: 1_000), "a.md")
    }

    @Test(arguments: StorageEngine.allCases)
    func `go with a job that is cancelled, and with a restart that knows no job of theirs`(
        engine: StorageEngine
    ) async throws {
        let desk = try await UploadDesk(engine)
        let id = try await desk.send("text", "a.md").id
        try await desk.jobs.cancel(id)
        #expect(desk.keptFiles.isEmpty)
        _ = try await desk.send("text", "b.md")
        let stray = try desk.folder.write("left", to: "uploads/stray/c.md")
        await desk.bench.jobs(uploads: desk.uploads).recover()
        #expect(!FileManager.default.fileExists(atPath: stray.path))
        #expect(desk.keptFiles.contains { $0.hasSuffix("b.md") })
        let next = desk.bench.jobs(uploads: desk.uploads)
        #expect(await next.runNext(of: desk.uploads)?.state == .finished)
    }

    @Test(arguments: StorageEngine.allCases)
    func `that are gone make their job fail and say so`(engine: StorageEngine) async throws {
        let desk = try await UploadDesk(engine)
        _ = try await desk.send("text", "a.md")
        try FileManager.default.removeItem(at: desk.folder.url.appendingPathComponent("uploads"))
        let ended = try #require(await desk.jobs.runNext(of: desk.uploads))
        #expect(ended.state == .failed)
        #expect(ended.reason?.contains("send it again") == true)
    }
}
