import Concurrency
import Corpus
import Foundation
import Sourcing
import TestSupport
import Testing

@testable import Documents
@testable import Ingest

@Suite(.timeLimit(.minutes(1))) struct `Uploaded files` {
    private let folder: TemporaryDirectory
    private let bench: JobBench
    private let uploads: UploadSource
    private let jobs: IngestJobs
    private static let staff = AccessRule(allOf: [[.group("staff")]])

    init() throws {
        folder = try TemporaryDirectory()
        bench = try JobBench()
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

    private func send(
        _ text: String, _ name: String, readers: AccessRule? = Self.staff
    ) async throws -> IngestJob {
        let pieces = text.utf8.map { Data([$0]) }
        return try await jobs.submit(upload: PulledSequence(pieces), named: name, readers: readers)
    }

    private var keptFiles: [String] {
        let place = folder.url.appendingPathComponent("uploads")
        return (try? FileManager.default.subpathsOfDirectory(atPath: place.path)) ?? []
    }

    @Test func `become documents of those readers that were named, and are removed`() async throws {
        let job = try await send("# Guide\n\nHow to sail a boat.", "C:\\docs\\guide.md")
        #expect(job.source == "uploads")
        #expect(keptFiles.contains { $0.hasSuffix("guide.md") })
        #expect(await jobs.runNext(of: uploads)?.state == .finished)
        #expect(keptFiles.isEmpty)
        #expect(try await bench.store.storedDocument(id: "upload:guide.md")?.readers == Self.staff)
        let scope = bench.store.scope(for: Reader([.group("staff")]))
        let stored = try #require(try await bench.store.document("upload:guide.md", scope: scope))
        #expect(stored.title == "Guide")
        #expect(stored.spaceKey == UploadSource.spaceKey)
        #expect(stored.url == nil)
        let others = bench.store.scope(for: Reader([.user("ann")]))
        #expect(try await bench.store.document("upload:guide.md", scope: others) == nil)
        #expect(try await bench.isLevel)
    }

    @Test func `leave each other alone, and replace one of the same name`() async throws {
        for (name, text) in [("a.txt", "one"), ("b.html", "<p>two</p>"), ("a.txt", "three")] {
            _ = try await send(text, name)
            #expect(await jobs.runNext(of: uploads)?.counts.failed == 0)
        }
        let ids = Set(try await bench.store.storedVersions().keys)
        #expect(ids == ["upload:a.txt", "upload:b.html"])
        let reader = Reader([.group("staff")])
        let scope = bench.store.scope(for: reader)
        let text = try await bench.store.text(ofDocument: "upload:a.txt", scope: scope)
        #expect(text?.contains("three") == true)
    }

    @Test func `that come while an earlier process is tidied up after are not taken for its own`()
        async throws
    {
        let upload = try await uploads.keep(
            PulledSequence([Data("text".utf8)]), as: "own", named: "a.txt", readers: Self.staff)
        let left = folder.url.appendingPathComponent("uploads/left")
        try FileManager.default.createDirectory(at: left, withIntermediateDirectories: true)
        // As the jobs were read before this one was stored.
        await uploads.removeAll(besides: [])
        #expect(keptFiles.contains("own/a.txt"))
        #expect(!keptFiles.contains("left"))
        await uploads.remove(upload)
        #expect(keptFiles.isEmpty)
    }

    @Test func `that are exports are read as such`() async throws {
        _ = try await send("PK", "space.zip", readers: nil)
        let ended = try #require(await jobs.runNext(of: uploads))
        #expect(ended.counts.stored == 3)
        #expect(keptFiles.isEmpty)
    }

    @Test(arguments: [
        ("", "name"), ("notes", "name"), (".md", "name"), ("run.exe", "name"), ("a\u{0}b.md", "name"),
        ("folder/", "name"), (String(repeating: "x", count: 300) + ".md", "name"),
    ])
    func `of other names are refused`(name: String, field: String) async throws {
        do {
            _ = try await send("text", name)
            Issue.record("\(name) was taken")
        } catch let IngestJobError.badUpload(found, _) {
            #expect(found == field)
        }
        #expect(keptFiles.isEmpty)
    }

    @Test func `need readers if they are documents, and none if they are exports`() async throws {
        for (name, readers) in [("a.md", nil), ("a.zip", Self.staff)] {
            do {
                _ = try await send("text", name, readers: readers)
                Issue.record("\(name) was taken")
            } catch let IngestJobError.badUpload(field, _) {
                #expect(field == "readers")
            }
        }
        #expect(keptFiles.isEmpty)
    }

    @Test func `that are empty, too large or broken off leave nothing behind`() async throws {
        struct Broken: Error {}
        await #expect(throws: IngestJobError.self) { try await send("", "a.md") }
        await #expect(throws: IngestJobError.self) {
            try await send(String(repeating: "x", count: 1_001), "a.md")
        }
        await #expect(throws: Broken.self) {
            _ = try await jobs.submit(
                upload: PulledSequence(throwing: Broken()), named: "a.md", readers: .everybody)
        }
        #expect(keptFiles.isEmpty)
        #expect(try await jobs.jobs(source: nil, states: [], before: nil, limit: 9).isEmpty)
        _ = try await send(String(repeating: "x", count: 1_000), "a.md")
    }

    @Test func `go with a job that is cancelled, and with a restart that knows no job of theirs`()
        async throws
    {
        let id = try await send("text", "a.md").id
        try await jobs.cancel(id)
        #expect(keptFiles.isEmpty)
        _ = try await send("text", "b.md")
        let stray = try folder.write("left", to: "uploads/stray/c.md")
        await bench.jobs(uploads: uploads).recover()
        #expect(!FileManager.default.fileExists(atPath: stray.path))
        #expect(keptFiles.contains { $0.hasSuffix("b.md") })
        let next = bench.jobs(uploads: uploads)
        #expect(await next.runNext(of: uploads)?.state == .finished)
    }

    @Test func `that are gone make their job fail and say so`() async throws {
        _ = try await send("text", "a.md")
        try FileManager.default.removeItem(at: folder.url.appendingPathComponent("uploads"))
        let ended = try #require(await jobs.runNext(of: uploads))
        #expect(ended.state == .failed)
        #expect(ended.reason?.contains("send it again") == true)
    }
}
