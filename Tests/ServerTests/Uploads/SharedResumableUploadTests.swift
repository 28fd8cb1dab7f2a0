import Concurrency
import Corpus
import Foundation
import HTTPTypes
import Synchronization
import TestSupport
import Testing
import Workspace

@testable import Server

/// Several processes that see the same uploads, on a clock that a test moves.
private struct SharingServers {
    var jobs: JobFixture
    let clock = ManualClock()
    private let start: ManualClock.Instant
    private let began = Date()
    private let place: TemporaryDirectory

    init() async throws {
        jobs = try await JobFixture()
        start = clock.now
        place = try TemporaryDirectory()
    }

    var blobs: FolderBlobStore { FolderBlobStore(folder: place.url.appendingPathComponent("bucket")) }

    /// What lies there, of a kind.
    func keys(_ kind: String) async throws -> [String] { try await blobs.list(under: kind).map(\.key) }

    /// What a process has on its disk.
    func spooled(_ name: String) -> [String] {
        (try? FileManager.default.contentsOfDirectory(atPath: place.url.appendingPathComponent(name).path))
            ?? []
    }

    /// A process, as it begins.
    func process(
        _ name: String, _ change: (inout ResumableUploads.Limits) -> Void = { _ in }
    ) -> JobFixture {
        var limits = ResumableUploads.Limits(bytesPerOwner: 2 * JobFixture.uploadLimitBytes)
        change(&limits)
        let (clock, start, began) = (clock, start, began)
        var process = jobs
        process.resumable = ResumableUploads(
            blobs: blobs, spool: place.url.appendingPathComponent(name), limits: limits,
            logger: jobs.base.log.logger,
            now: { began.addingTimeInterval(start.duration(to: clock.now) / .seconds(1)) })
        return process
    }
}

extension JobFixture {
    fileprivate func begin(as reader: String = "user:ann") async throws -> String {
        let response = try await respond(
            .post, UploadFixture.target, upload: Data(),
            headers: [.uploadComplete: "?0", .principals: reader])
        #expect(response.status == .created, "\(response.said)")
        return response.headers[.location] ?? ""
    }

    fileprivate func append(
        _ body: Data, to address: String, at offset: Int, isLast: Bool = false,
        pieces: PulledSequence<Data>? = nil
    ) async throws -> APIResponse {
        try await respond(
            .patch, address, upload: body, pieces: pieces,
            headers: [
                .contentType: UploadFields.contentType, .uploadOffset: String(offset),
                .uploadComplete: isLast ? "?1" : "?0", .principals: "user:ann",
            ])
    }

    fileprivate func ask(_ method: HTTPRequest.Method, _ address: String) async throws -> APIResponse {
        try await respond(method, address, headers: .principals("user:ann"))
    }

    fileprivate func offset(of address: String) async throws -> String? {
        try await ask(.head, address).headers[.uploadOffset]
    }
}

@Suite(.timeLimit(.minutes(2))) struct `A resumable upload that all processes see` {
    private static let text = UploadFixture.text
    private static let middle = UploadFixture.middle

    @Test func `is begun, gone on with, asked for and ended by any of them`() async throws {
        let servers = try await SharingServers()
        let (one, two, three) = (servers.process("1"), servers.process("2"), servers.process("3"))
        let address = try await one.begin()
        #expect(
            try await two.append(Self.text.prefix(Self.middle), to: address, at: 0).status == .noContent)
        #expect(try await three.offset(of: address) == String(Self.middle))
        let more = try await one.append(
            Self.text.dropFirst(Self.middle).prefix(3), to: address, at: Self.middle)
        #expect(more.headers[.uploadOffset] == String(Self.middle + 3))
        let last = try await three.append(
            Self.text.dropFirst(Self.middle + 3), to: address, at: Self.middle + 3, isLast: true)
        #expect(last.status == .accepted, "\(last.said)")
        let kept = try #require(
            FileManager.default.subpathsOfDirectory(atPath: servers.jobs.folder.url.path).first {
                $0.hasSuffix("harbour.md")
            })
        #expect(
            try Data(contentsOf: servers.jobs.folder.url.appendingPathComponent(kept)) == Self.text)
        // What became of it is told by whom it was not ended by; the bytes are the job's.
        let told = try await two.ask(.get, address).json
        #expect(told["complete"] == .flag(true) && told["status"] == .number(202))
        #expect(try told["result"]?["id"] == last.json["id"])
        #expect(
            try await two.append(Data("x".utf8), to: address, at: Self.text.count).problem
                == "inconsistent-upload-length")
        for kind in ["parts", "open"] { #expect(try await servers.keys(kind).isEmpty) }
        for name in ["1", "2", "3"] { #expect(servers.spooled(name).isEmpty) }
    }

    @Test func `keeps what came before its connection was lost`() async throws {
        let servers = try await SharingServers()
        let (one, two) = (servers.process("1"), servers.process("2"))
        let address = try await one.begin()
        let cut = try await one.append(
            Data(), to: address, at: 0, isLast: true,
            pieces: UploadFixture.cut(after: Self.text.prefix(Self.middle)))
        #expect(try cut.problem == "body-cut-off")
        #expect(try await two.offset(of: address) == String(Self.middle))
        let rest = try await two.append(
            Self.text.dropFirst(Self.middle), to: address, at: Self.middle, isLast: true)
        #expect(rest.status == .accepted, "\(rest.said)")
    }

    /// A body whose first piece comes, and whose rest when the gate is opened.
    private static func hanging(_ gate: Gate, _ hasCome: @escaping @Sendable () -> Void) -> PulledSequence<
        Data
    > {
        PulledSequence(unfolding: {
            var number = 0
            return {
                number += 1
                switch number {
                case 1: return Self.text.prefix(Self.middle)
                case 2:
                    hasCome()
                    try await gate.wait()
                    return Self.text.dropFirst(Self.middle)
                default: return nil
                }
            }
        })
    }

    @Test func `takes one request of all at a time, and HEAD ends another process's for good`() async throws {
        let servers = try await SharingServers()
        let (one, two) = (servers.process("1"), servers.process("2"))
        let address = try await one.begin()
        let gate = Gate()
        let hasCome = Mutex(false)
        let body = Self.hanging(gate) { hasCome.withLock { $0 = true } }
        async let first = one.append(Data(), to: address, at: 0, isLast: true, pieces: body)
        #expect(await eventually { hasCome.withLock { $0 } })
        #expect(try await two.append(Data("x".utf8), to: address, at: 0).problem == "upload-in-use")
        // What the other has not stored yet does not count.
        #expect(try await two.offset(of: address) == "0")
        let other = Data("# Other\n\nwords".utf8)
        #expect(try await two.append(other.prefix(4), to: address, at: 0).status == .noContent)
        gate.open()
        #expect(try await first.problem == "upload-in-use")
        #expect(try await one.offset(of: address) == "4")
        #expect(
            try await two.append(other.dropFirst(4), to: address, at: 4, isLast: true).status == .accepted)
        let kept = try #require(
            FileManager.default.subpathsOfDirectory(atPath: servers.jobs.folder.url.path).first {
                $0.hasSuffix("harbour.md")
            })
        #expect(try Data(contentsOf: servers.jobs.folder.url.appendingPathComponent(kept)) == other)
    }

    @Test func `is gone on with a minute after the process was lost that appended`() async throws {
        let servers = try await SharingServers()
        let (one, two) = (servers.process("1"), servers.process("2"))
        let address = try await one.begin()
        // As a killed process leaves it: its name stands in the record.
        let id = try #require(address.split(separator: "/").last.map(String.init))
        let record = try #require(try await one.resumable?.place.load(id, of: annsOwner(servers)))
        let hold = try await one.resumable?.place.open(record)
        try await hold?.append(Data("lost".utf8))
        let text = Self.text
        #expect(try await two.append(text, to: address, at: 0).problem == "upload-in-use")
        try await servers.clock.sleep(for: .seconds(61))
        #expect(try await two.append(text.prefix(4), to: address, at: 0).status == .noContent)
        // The lost one comes back, and may not do anything any more.
        var stale = record
        stale.offset = 4
        do {
            try await hold?.settle(&stale, isLast: false)
            Issue.record("it was taken")
        } catch UploadFault.inUse {}
        await hold?.release()
        #expect(try await one.offset(of: address) == "4")
    }

    @Test func `says no more to be there than is, when a part could not be stored`() async throws {
        let servers = try await SharingServers()
        let (one, two) = (servers.process("1"), servers.process("2"))
        let address = try await one.begin()
        _ = try await one.append(Self.text.prefix(Self.middle), to: address, at: 0)
        let id = try #require(address.split(separator: "/").last.map(String.init))
        var upload = try #require(try await one.resumable?.place.load(id, of: annsOwner(servers)))
        let hold = try #require(try await one.resumable?.place.open(upload))
        try await hold.append(Self.text.dropFirst(Self.middle))
        upload.offset = Self.text.count
        // For a moment a file is where parts are.
        let files = FileManager.default
        let parts = servers.blobs.folder.appendingPathComponent("parts")
        let aside = servers.blobs.folder.appendingPathComponent("aside")
        try files.moveItem(at: parts, to: aside)
        try Data().write(to: parts)
        do {
            try await hold.settle(&upload, isLast: false)
            Issue.record("it was stored")
        } catch UploadFault.unreachable {}
        try files.removeItem(at: parts)
        try files.moveItem(at: aside, to: parts)
        // As a request does that ends with that.
        try await hold.settle(&upload, isLast: true)
        #expect(try await two.offset(of: address) == String(Self.middle))
        let rest = try await two.append(
            Self.text.dropFirst(Self.middle), to: address, at: Self.middle, isLast: true)
        #expect(rest.status == .accepted, "\(rest.said)")
        let kept = try #require(
            FileManager.default.subpathsOfDirectory(atPath: servers.jobs.folder.url.path).first {
                $0.hasSuffix("harbour.md")
            })
        #expect(try Data(contentsOf: servers.jobs.folder.url.appendingPathComponent(kept)) == Self.text)
    }

    private func annsOwner(_ servers: SharingServers) async throws -> Owner {
        let key = try #require(try await servers.keys("open").first)
        return try #require(UploadBlobs.decode(try await servers.blobs.blob(at: key))).owner
    }

    @Test func `that is worked on as a whole is left to its end by the others`() async throws {
        let servers = try await SharingServers()
        let (one, two) = (servers.process("1"), servers.process("2"))
        let address = try await one.begin()
        _ = try await one.append(Self.text, to: address, at: 0)
        let id = try #require(address.split(separator: "/").last.map(String.init))
        let record = try #require(try await one.resumable?.place.load(id, of: annsOwner(servers)))
        let hold = try #require(try await one.resumable?.place.open(record))
        try await hold.beginCompletion()
        #expect(try await two.offset(of: address) == String(Self.text.count))
        #expect(try await two.ask(.delete, address).problem == "upload-in-use")
        let again = try await two.append(Data(), to: address, at: Self.text.count, isLast: true)
        #expect(try again.problem == "upload-in-use")
        await hold.release()
        let end = try await two.append(Data(), to: address, at: Self.text.count, isLast: true)
        #expect(end.status == .accepted, "\(end.said)")
    }

    @Test func `is another's secret, and leaves nothing when it is given up`() async throws {
        let servers = try await SharingServers()
        let (one, two) = (servers.process("1"), servers.process("2"))
        let address = try await one.begin()
        _ = try await one.append(Self.text, to: address, at: 0)
        for method in [HTTPRequest.Method.get, .delete] {
            let foreign = try await two.respond(method, address, headers: .principals("user:bob"))
            #expect(try foreign.problem == "no-such-thing")
        }
        for id in ["..", "1", "00000000-0000-0000-0000-000000000000"] {
            #expect(try await two.ask(.get, "/v1/uploads/\(id)").problem == "no-such-thing")
        }
        #expect(try await two.ask(.delete, address).status == .noContent)
        #expect(try await one.ask(.get, address).problem == "no-such-thing")
        #expect(try await one.append(Data("x".utf8), to: address, at: 0).problem == "no-such-thing")
        for kind in ["open", "parts", "ended"] { #expect(try await servers.keys(kind).isEmpty) }
    }

    @Test func `counts among a caller's others, whichever process has taken them`() async throws {
        let servers = try await SharingServers()
        let change: (inout ResumableUploads.Limits) -> Void = {
            $0.perOwner = 2
            $0.bytesPerOwner = 100
            $0.inAll = 3
        }
        let (one, two) = (servers.process("1", change), servers.process("2", change))
        let first = try await one.begin()
        _ = try await two.begin()
        func begin(_ process: JobFixture, _ reader: String) async throws -> APIResponse {
            try await process.respond(
                .post, UploadFixture.target, upload: Data(),
                headers: [.uploadComplete: "?0", .principals: reader])
        }
        #expect(try await begin(two, "user:ann").problem == "too-many")
        #expect(try await two.append(Data(count: 101), to: first, at: 0).problem == "too-many")
        #expect(try await begin(one, "user:bob").status == .created)
        #expect(try await begin(two, "user:cid").problem == "too-many")
        #expect(try await servers.keys("open").count == 3)
    }

    @Test func `goes a day after the last of it came, and so do outcomes and parts that nobody names`()
        async throws
    {
        let servers = try await SharingServers()
        let (one, two) = (servers.process("1"), servers.process("2"))
        let address = try await one.begin()
        _ = try await one.append(Self.text.prefix(4), to: address, at: 0)
        let ended = try await one.begin()
        _ = try await one.append(Self.text, to: ended, at: 0, isLast: true)
        try await servers.blobs.put(Data("x".utf8), at: "parts/0123/4567/0-left")
        try await servers.clock.sleep(for: .seconds(86_000))
        await two.resumable?.sweep()
        #expect(try await two.ask(.get, address).status == .ok)
        #expect(try await two.ask(.get, ended).status == .ok)
        try await servers.clock.sleep(for: .seconds(500))
        #expect(try await two.ask(.get, address).problem == "no-such-thing")
        await two.resumable?.sweep()
        for kind in ["open", "parts", "ended"] {
            #expect(try await servers.keys(kind).isEmpty, "\(kind)")
        }
    }

    @Test func `comes in parts of any number, in their order`() async throws {
        let servers = try await SharingServers()
        let processes = (1...3).map { servers.process(String($0)) }
        let address = try await processes[0].begin()
        let text = Self.text + Data(String(repeating: "And another line.\n", count: 40).utf8)
        var offset = 0
        while offset < text.count {
            let piece = text.dropFirst(offset).prefix(37)
            let answer = try await processes[offset % 3].append(piece, to: address, at: offset)
            #expect(answer.status == .noContent)
            offset += piece.count
        }
        #expect(try await servers.keys("parts").count == (text.count + 36) / 37)
        let end = try await processes[1].append(Data(), to: address, at: offset, isLast: true)
        #expect(end.status == .accepted, "\(end.said)")
        let kept = try #require(
            FileManager.default.subpathsOfDirectory(atPath: servers.jobs.folder.url.path).first {
                $0.hasSuffix("harbour.md")
            })
        #expect(try Data(contentsOf: servers.jobs.folder.url.appendingPathComponent(kept)) == text)
    }
}
