import Concurrency
import Corpus
import Foundation
import HTTPTypes
import Synchronization
import TestSupport
import Testing

@testable import Server

@Suite(.timeLimit(.minutes(2))) struct `A resumable upload` {
    @Test func `that comes in pieces is ingested as one that comes whole`() async throws {
        let fixture = try await UploadFixture()
        let begun = try await fixture.begin(headers: [
            .uploadComplete: "?0", .uploadLength: String(UploadFixture.text.count),
        ])
        #expect(begun.status == .created)
        #expect(begun.headers[.uploadOffset] == "0")
        #expect(begun.headers[.uploadComplete] == "?0")
        #expect(begun.headers[.uploadLimit] == "max-size=\(JobFixture.uploadLimitBytes), max-age=86400")
        let address = try #require(begun.headers[.location])
        let first = try await fixture.append(
            UploadFixture.text.prefix(UploadFixture.middle), to: address, at: 0)
        #expect(first.status == .noContent)
        #expect(first.headers[.uploadComplete] == "?0")
        #expect(try await fixture.offset(of: address) == String(UploadFixture.middle))
        let last = try await fixture.append(
            UploadFixture.text.dropFirst(UploadFixture.middle), to: address, at: UploadFixture.middle,
            isLast: true)
        #expect(last.status == .accepted)
        #expect(last.headers[.uploadComplete] == "?1")
        let whole = try await fixture.jobs.respond(.post, UploadFixture.target, upload: UploadFixture.text)
        #expect(whole.status == last.status)
        #expect(try last.json.keys == whole.json.keys)
        #expect(try last.json["scope"] == whole.json["scope"])
        let id = try #require(try last.json["id"]?.text)
        #expect(last.headers[.location] == "/v1/ingest/jobs/\(id)")
        let job = try #require(try await fixture.jobs.runNext())
        #expect(job.state == .finished)
        #expect(job.counts.stored == 1)
        let stored = try await fixture.jobs.respond(.get, "/v1/documents/upload:harbour.md")
        #expect(stored.said.contains("Harbour"))
    }

    @Test func `keeps what came before its connection was lost`() async throws {
        let fixture = try await UploadFixture()
        let address = try await fixture.address()
        let cut = try await fixture.append(
            Data(), to: address, at: 0, isLast: true,
            pieces: UploadFixture.cut(after: UploadFixture.text.prefix(UploadFixture.middle)))
        #expect(try cut.problem == "body-cut-off")
        #expect(try await fixture.offset(of: address) == String(UploadFixture.middle))
        let rest = try await fixture.append(
            UploadFixture.text.dropFirst(UploadFixture.middle), to: address, at: UploadFixture.middle,
            isLast: true)
        #expect(rest.status == .accepted)
        #expect(try await fixture.jobs.runNext()?.counts.stored == 1)
    }

    @Test func `that is cut off where it begins says where it goes on`() async throws {
        let fixture = try await UploadFixture()
        let cut = try await fixture.jobs.respond(
            .post, UploadFixture.target,
            pieces: UploadFixture.cut(after: UploadFixture.text.prefix(UploadFixture.middle)),
            headers: [.uploadComplete: "?1", .contentType: "application/octet-stream"])
        #expect(try cut.problem == "body-cut-off")
        let address = try #require(cut.headers[.location])
        #expect(try await fixture.offset(of: address) == String(UploadFixture.middle))
    }

    @Test func `that comes whole is answered at once, and tells afterwards what became of it`() async throws {
        let fixture = try await UploadFixture()
        let response = try await fixture.begin(UploadFixture.text, headers: [.uploadComplete: "?1"])
        #expect(response.status == .accepted)
        #expect(response.headers[.uploadComplete] == "?1")
        let names = try FileManager.default.contentsOfDirectory(atPath: fixture.folder.path)
        let address = "/v1/uploads/\(try #require(names.first))"
        let head = try await fixture.jobs.respond(.head, address)
        #expect(head.headers[.uploadComplete] == "?1")
        #expect(head.headers[.uploadOffset] == String(UploadFixture.text.count))
        #expect(head.headers[.cacheControl] == "no-store")
        let told = try await fixture.jobs.respond(.get, address).json
        #expect(told["complete"] == .flag(true))
        #expect(told["status"] == .number(202))
        #expect(try told["result"]?["id"] == response.json["id"])
        #expect(told["location"]?.text == response.headers[.location])
        // The bytes are the job's by then.
        #expect(
            !FileManager.default.fileExists(
                atPath: fixture.folder.appendingPathComponent("\(names[0])/content").path))
    }

    @Test func `outlives its process, and loses what nobody was told to be there`() async throws {
        var fixture = try await UploadFixture()
        let address = try await fixture.address()
        _ = try await fixture.append(
            UploadFixture.text.prefix(UploadFixture.middle), to: address, at: 0)
        let id = try #require(address.split(separator: "/").last)
        let content = fixture.folder.appendingPathComponent("\(id)/content")
        try (Data(contentsOf: content) + Data("torn".utf8)).write(to: content)
        fixture.restart()
        #expect(try await fixture.offset(of: address) == String(UploadFixture.middle))
        let rest = try await fixture.append(
            UploadFixture.text.dropFirst(UploadFixture.middle), to: address, at: UploadFixture.middle,
            isLast: true)
        #expect(rest.status == .accepted)
        let place = try #require(
            FileManager.default.contentsOfDirectory(atPath: fixture.jobs.folder.url.path).first)
        let kept = fixture.jobs.folder.url.appendingPathComponent("\(place)/harbour.md")
        #expect(try Data(contentsOf: kept) == UploadFixture.text)
    }

    @Test func `is gone a day after the last of it came`() async throws {
        let fixture = try await UploadFixture()
        let address = try await fixture.address()
        fixture.clock.advance(by: .seconds(86_000))
        _ = try await fixture.append(Data("# H".utf8), to: address, at: 0)
        fixture.clock.advance(by: .seconds(86_000))
        #expect(
            try await fixture.jobs.respond(.head, address).headers[.uploadLimit]
                == "max-size=\(JobFixture.uploadLimitBytes), max-age=400")
        fixture.clock.advance(by: .seconds(400))
        #expect(try await fixture.jobs.respond(.get, address).problem == "no-such-thing")
        #expect(
            try await fixture.append(Data("x".utf8), to: address, at: 3).problem == "no-such-thing")
        await fixture.jobs.resumable?.sweep()
        #expect(try FileManager.default.contentsOfDirectory(atPath: fixture.folder.path).isEmpty)
    }

    @Test func `is another's secret`() async throws {
        let fixture = try await UploadFixture()
        let address = try await fixture.address(as: "user:ann")
        let bob: HTTPFields = .principals("user:bob")
        #expect(try await fixture.jobs.respond(.get, address, headers: bob).problem == "no-such-thing")
        #expect(try await fixture.jobs.respond(.delete, address, headers: bob).problem == "no-such-thing")
        let foreign = try await fixture.append(Data("x".utf8), to: address, at: 0, headers: bob)
        #expect(try foreign.problem == "no-such-thing")
        let ann: HTTPFields = .principals("user:ann")
        #expect(try await fixture.jobs.respond(.get, address, headers: ann).json["offset"] == .number(0))
        for id in ["..", "1", "00000000-0000-0000-0000-000000000000"] {
            #expect(try await fixture.jobs.respond(.get, "/v1/uploads/\(id)").problem == "no-such-thing")
        }
    }

    @Test func `is given up with DELETE`() async throws {
        let fixture = try await UploadFixture()
        let address = try await fixture.address()
        #expect(try await fixture.jobs.respond(.delete, address).status == .noContent)
        #expect(try await fixture.jobs.respond(.get, address).problem == "no-such-thing")
        #expect(try FileManager.default.contentsOfDirectory(atPath: fixture.folder.path).isEmpty)
    }

    @Test func `takes one request at a time, and HEAD ends one that hangs`() async throws {
        let fixture = try await UploadFixture()
        let address = try await fixture.address()
        let hasCome = Mutex(false)
        let hanging = PulledSequence<Data>(unfolding: {
            var isFirst = true
            return {
                if isFirst {
                    isFirst = false
                    return UploadFixture.text.prefix(UploadFixture.middle)
                }
                hasCome.withLock { $0 = true }
                try await Gate().wait()
                return nil
            }
        })
        async let first = fixture.append(Data(), to: address, at: 0, pieces: hanging)
        #expect(await eventually { hasCome.withLock { $0 } })
        let second = try await fixture.append(Data("x".utf8), to: address, at: 0)
        #expect(second.status == .conflict)
        #expect(try second.problem == "upload-in-use")
        #expect(try await fixture.offset(of: address) == String(UploadFixture.middle))
        #expect(try await first.problem == "upload-in-use")
        let rest = try await fixture.append(
            UploadFixture.text.dropFirst(UploadFixture.middle), to: address, at: UploadFixture.middle,
            isLast: true)
        #expect(rest.status == .accepted)
    }
}
