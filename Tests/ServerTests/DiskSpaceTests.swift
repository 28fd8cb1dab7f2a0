import Foundation
import HTTPTypes
import Logging
import Models
import Synchronization
import TestSupport
import Testing
import VectorIndex

@testable import Server

@Suite(.timeLimit(.minutes(1))) struct `A disk that is full` {
    private static let mebibyte = 1 << 20

    /// A disk with so many free MiB.
    private final class Disk: Sendable {
        let free = Mutex<Int?>(nil)
    }

    @Test func `is noticed, and is over only when there is some room more`() {
        let disk = Disk()
        disk.free.withLock { $0 = 1_000 * Self.mebibyte }
        let space = DiskSpace(reserveBytes: 64 * Self.mebibyte) { disk.free.withLock { $0 } }
        #expect(!space.isFull)
        for (mebibytes, isFull) in [(63, true), (64, true), (127, true), (128, false), (64, false)] {
            disk.free.withLock { $0 = mebibytes * Self.mebibyte }
            space.look()
            #expect(space.isFull == isFull, "\(mebibytes) MiB")
        }
        // What cannot be told stops nobody.
        disk.free.withLock { $0 = nil }
        space.look()
        #expect(!space.isFull)
    }

    @Test func `refuses a response that is to be kept, and answers one that is not`() async throws {
        let disk = Disk()
        disk.free.withLock { $0 = 0 }
        let space = DiskSpace(reserveBytes: 64 * Self.mebibyte) { disk.free.withLock { $0 } }
        let fixture = try await ServerFixture()
        let application = Application(
            qa: try fixture.qa(), corpus: fixture.corpus,
            indexCount: { [index = fixture.index] in index.count },
            flows: fixture.flows, configuration: ServerFixture.open(), logger: fixture.log.logger,
            version: "1.2.3", administration: ServedAdministration(disk: space))
        func respond(_ path: String, _ more: String) async -> APIResponse {
            await application.respond(
                to: APIRequest(
                    method: .post, path: path, headers: [.contentType: "application/json"],
                    body: Data(
                        #"{"model": "question-answering", "input": "When do deploys happen?"\#(more)}"#.utf8),
                    id: "test-1"))
        }
        for more in ["", #", "store": true"#, #", "store": null"#] {
            let refused = await respond("/v1/responses", more)
            #expect(refused.status.code == 507, "\(more)")
            #expect(try refused.json["error"]?["code"]?.text == "storage_full")
        }
        #expect(await respond("/v1/responses", #", "store": false"#).status == .ok)
        let langflow = await respond("/api/v1/responses", "")
        #expect(langflow.status.code == 507)
        #expect(
            try langflow.json["error"]?["code"]?.text == "storage_full", "in the form of its other refusals")
        let conversations = await application.respond(
            to: APIRequest(method: .get, path: "/v1/conversations", id: "test-1"))
        #expect(try conversations.json["conversations"] == .list([]))
    }

    @Test func `lets what only reads go on, and refuses what would write`() async throws {
        let disk = Disk()
        disk.free.withLock { $0 = 0 }
        let space = DiskSpace(reserveBytes: 64 * Self.mebibyte) { disk.free.withLock { $0 } }
        let fixture = try await JobFixture()
        let served = ServedIngest(jobs: fixture.jobs, store: fixture.base.corpus, feedback: fixture.workspace)
        let health = HealthOperations(
            corpus: fixture.base.corpus, model: fixture.base.embedder.model.name,
            indexCount: { [index = fixture.base.index] in index.count }, disk: space)
        let application = Application(
            operations: served.operations + health.operations, scopes: fixture.base.corpus,
            configuration: ServerFixture.open(), logger: fixture.base.log.logger, disk: space)
        func respond(_ method: HTTPRequest.Method, _ path: String, _ json: String? = nil) async -> APIResponse
        {
            await application.respond(
                to: APIRequest(
                    method: method, path: path,
                    headers: json == nil ? [:] : [.contentType: "application/json"],
                    body: Data((json ?? "").utf8), id: "test-1"))
        }
        let job = #"{"source": "uploads", "scope": {"site": true}}"#
        let refused = await respond(.post, "/v1/ingest/jobs", job)
        #expect(refused.status.code == 507)
        #expect(try refused.problem == "storage-full")
        #expect(refused.headers[.retryAfter] != nil)
        #expect(await respond(.get, "/v1/documents").status == .ok)
        #expect(await respond(.delete, "/v1/documents/1").status == .noContent)
        #expect(try await respond(.get, "/readyz").json["status"] == .text("read-only"))
        disk.free.withLock { $0 = 1_000 * Self.mebibyte }
        space.look()
        #expect(await respond(.post, "/v1/ingest/jobs", job).status.code != 507)
        #expect(try await respond(.get, "/readyz").json["status"] == .text("ready"))
    }
}
