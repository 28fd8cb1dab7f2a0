import Concurrency
import Foundation
import HTTPTypes
import Logging
import Synchronization
import TestSupport
import Testing

@testable import Server

@Suite(.timeLimit(.minutes(2))) struct `A resumable upload is refused` {
    @Test(arguments: [0, 19, 21])
    func `where it goes on elsewhere than it ended, which is told`(offset: Int) async throws {
        let fixture = try await UploadFixture()
        let address = try await fixture.address()
        _ = try await fixture.append(UploadFixture.text.prefix(UploadFixture.middle), to: address, at: 0)
        let refused = try await fixture.append(Data("x".utf8), to: address, at: offset)
        #expect(refused.status == .conflict)
        #expect(try refused.problem == "mismatching-upload-offset")
        #expect(refused.headers[.uploadOffset] == String(UploadFixture.middle))
        #expect(refused.headers[.uploadComplete] == "?0")
        #expect(try await fixture.offset(of: address) == String(UploadFixture.middle))
    }

    @Test func `without the fields that say what it is`() async throws {
        let fixture = try await UploadFixture()
        let address = try await fixture.address()
        let untyped = try await fixture.append(
            Data("x".utf8), to: address, at: 0, headers: [.contentType: "application/octet-stream"])
        #expect(try untyped.problem == "unsupported-type")
        for (name, value) in [
            (HTTPField.Name.uploadOffset, "-1"), (.uploadOffset, "a"), (.uploadOffset, "1234567890123456"),
            (.uploadComplete, "yes"),
        ] {
            let refused = try await fixture.append(Data("x".utf8), to: address, at: 0, headers: [name: value])
            #expect(try refused.problem == "invalid-parameter")
            #expect(try refused.json["field"] == .text(name.rawName))
        }
        #expect(try await fixture.offset(of: address) == "0")
    }

    @Test func `before any of it comes, where the whole would be at its end`() async throws {
        let fixture = try await UploadFixture()
        func begin(_ target: String, scopes: Set<Scope> = Set(Scope.allCases)) async throws -> APIResponse {
            try await fixture.jobs.respond(
                .post, target, upload: Data(), headers: [.uploadComplete: "?0"], scopes: scopes)
        }
        #expect(
            try await begin("/v1/ingest/uploads?name=a.exe&readers=anyone").problem == "invalid-parameter")
        #expect(try await begin("/v1/ingest/uploads?name=a.md").problem == "invalid-parameter")
        #expect(try await begin(UploadFixture.target, scopes: [.ingest]).problem == "insufficient-scope")
        #expect(!FileManager.default.fileExists(atPath: fixture.folder.path))
    }

    @Test func `in what it goes on with, from whoever may not begin it`() async throws {
        let fixture = try await UploadFixture()
        let address = try await fixture.address()
        let refused = try await fixture.jobs.respond(
            .patch, address, upload: Data("x".utf8),
            headers: [
                .contentType: UploadFields.contentType, .uploadOffset: "0", .uploadComplete: "?1",
            ], scopes: [.ingest])
        #expect(try refused.problem == "insufficient-scope")
    }

    @Test func `when it says that it is too large, with the limit`() async throws {
        let fixture = try await UploadFixture()
        let refused = try await fixture.begin(headers: [
            .uploadComplete: "?0", .uploadLength: String(JobFixture.uploadLimitBytes + 1),
        ])
        #expect(refused.status == .contentTooLarge)
        #expect(refused.headers[.uploadLimit] == "max-size=\(JobFixture.uploadLimitBytes)")
    }

    @Test func `when it grows too large, and is gone`() async throws {
        let fixture = try await UploadFixture()
        let address = try await fixture.address()
        let half = Data(count: JobFixture.uploadLimitBytes / 2 + 1)
        #expect(try await fixture.append(half, to: address, at: 0).status == .noContent)
        let refused = try await fixture.append(half, to: address, at: half.count)
        #expect(refused.status == .contentTooLarge)
        #expect(refused.headers[.uploadLimit] == "max-size=\(JobFixture.uploadLimitBytes)")
        #expect(try await fixture.jobs.respond(.get, address).problem == "no-such-thing")
    }

    @Test func `when its lengths differ`() async throws {
        let fixture = try await UploadFixture()
        let twofold = try await fixture.begin(
            Data("abc".utf8),
            headers: [.uploadComplete: "?1", .uploadLength: "4", .contentLength: "3"])
        #expect(try twofold.problem == "inconsistent-upload-length")
        let address = try await fixture.address()
        let first = try await fixture.append(
            Data("# H".utf8), to: address, at: 0, headers: [.uploadLength: "10"])
        #expect(first.status == .noContent)
        let other = try await fixture.append(
            Data("x".utf8), to: address, at: 3, headers: [.uploadLength: "11"])
        #expect(try other.problem == "inconsistent-upload-length")
        let short = try await fixture.append(Data("x".utf8), to: address, at: 3, isLast: true)
        #expect(try short.problem == "inconsistent-upload-length")
        #expect(try await fixture.offset(of: address) == "4")
        let long = try await fixture.append(Data(count: 7), to: address, at: 4)
        #expect(try long.problem == "inconsistent-upload-length")
        #expect(try await fixture.jobs.respond(.get, address).problem == "no-such-thing")
    }

    @Test func `after its end`() async throws {
        let fixture = try await UploadFixture()
        let address = try await fixture.address()
        let count = UploadFixture.text.count
        _ = try await fixture.append(UploadFixture.text, to: address, at: 0, isLast: true)
        let empty = try await fixture.append(
            Data(), to: address, at: count, isLast: true, headers: [.contentLength: "0"])
        #expect(empty.status == .gone)
        #expect(try empty.problem == "completed-upload")
        let more = try await fixture.append(
            Data("x".utf8), to: address, at: count, isLast: true, headers: [.contentLength: "1"])
        #expect(try more.problem == "inconsistent-upload-length")
    }

    @Test func `in a packed body, whose bytes are others than those that are counted`() async throws {
        let fixture = try await UploadFixture()
        let packed: HTTPFields = [.uploadComplete: "?0", .contentEncoding: "gzip"]
        #expect(try await fixture.begin(headers: packed).problem == "unsupported-content-coding")
    }

    @Test func `beside too many others, or too many bytes, of the same caller`() async throws {
        let fixture = try await UploadFixture {
            $0.perOwner = 2
            $0.bytesPerOwner = 100
        }
        let ann = "user:ann"
        _ = try await fixture.begin(headers: [
            .uploadComplete: "?0", .uploadLength: "60", .principals: ann,
        ])
        let large = try await fixture.begin(headers: [
            .uploadComplete: "?0", .uploadLength: "41", .principals: ann,
        ])
        #expect(try large.problem == "too-many")
        let open = try await fixture.address(as: ann)
        let third = try await fixture.begin(headers: [.uploadComplete: "?0", .principals: ann])
        #expect(try third.problem == "too-many")
        let grown = try await fixture.append(
            Data(count: 41), to: open, at: 0, headers: .principals(ann))
        #expect(try grown.problem == "too-many")
        // Others have room of their own.
        #expect(try await fixture.address(as: "user:bob").hasPrefix("/v1/uploads/"))
    }

    @Test func `for good by what it is for, or so that its end may be tried again`() async throws {
        let folder = try TemporaryDirectory()
        let log = CapturedLog()
        let uploads = ResumableUploads(
            folder: folder.url, limits: .init(bytesPerOwner: 1_000), logger: log.logger)
        let attempts = Mutex(0)
        let target: Server.Operation = .resumable(
            uploads, .search, "take", .post, "/take", summary: "takes bytes",
            inputs: .stream(limitBytes: 100, "bytes"),
            responses: [ResponseDeclaration(status: 204, summary: "taken", content: .none)],
            problems: [.busy]
        ) { pieces, _ in
            var count = 0
            for try await piece in pieces { count += piece.count }
            guard count == 3 else { throw RequestFault.invalidField(name: "bytes", reason: "are not three") }
            let isFirst = attempts.withLock {
                $0 += 1
                return $0 == 1
            }
            if isFirst { throw RequestFault.busy(running: 1, waiting: 0, retryAfterSeconds: 1) }
            return APIResponse(status: .noContent)
        }
        let application = Application(
            operations: [target] + UploadOperations(uploads: uploads).operations,
            scopes: try await JobFixture().base.corpus, configuration: ServerFixture.open(),
            logger: log.logger)
        func send(_ method: HTTPRequest.Method, _ path: String, _ body: String, _ headers: HTTPFields) async
            -> APIResponse
        {
            await application.respond(
                to: APIRequest(method: method, path: path, headers: headers, id: "test-1"),
                body: BodySource(whole: { Data() }, pieces: { _ in PulledSequence([Data(body.utf8)]) }))
        }
        let type: HTTPFields = [.contentType: "application/octet-stream", .uploadComplete: "?1"]
        let busy = await send(.post, "/take", "abc", type)
        #expect(try busy.problem == "busy")
        #expect(busy.headers[.uploadComplete] == nil)
        let address = try #require(busy.headers[.location])
        let again = await send(
            .patch, address, "",
            [.contentType: UploadFields.contentType, .uploadComplete: "?1", .uploadOffset: "3"])
        #expect(again.status == .noContent)
        #expect(again.headers[.uploadComplete] == "?1")
        let wrong = await send(.post, "/take", "abcd", type)
        #expect(try wrong.problem == "invalid-field")
        #expect(wrong.headers[.uploadComplete] == "?1")
        #expect(wrong.headers[.location] == nil)
    }
}
