import Foundation
import TestSupport
import Testing

@testable import MillraceClient

private typealias Reply = ClientScriptedServer.Reply

/// Uploads that lose their connection, against a server that says what a test has written down.
@Suite(.timeLimit(.minutes(1))) struct `A client that uploads a file` {
    private static let begun = Reply.response(201, "", ["Location: /v1/uploads/u1", "Upload-Offset: 0"])
    private static let job = Reply.response(202, #"{"id":"j1","state":"queued"}"#)
    private let folder: TemporaryDirectory
    private let file: URL

    init() throws {
        folder = try TemporaryDirectory()
        try folder.write("0123456789", to: "notes.md")
        file = folder.url.appendingPathComponent("notes.md")
    }

    private static func state(_ offset: Int, isComplete: Bool = false) -> Reply {
        .response(200, "", ["Upload-Offset: \(offset)", "Upload-Complete: \(isComplete ? "?1" : "?0")"])
    }

    private func client(_ server: ClientScriptedServer) -> MillraceClient {
        MillraceClient(
            baseURL: server.url,
            configuration: ClientConfiguration(
                retries: RetryPolicy(attempts: 3, firstDelay: .milliseconds(1))))
    }

    @Test func `learns its address before the first byte, and sends the rest`() async throws {
        let server = try ClientScriptedServer(Self.begun, Self.job)
        let job = try await client(server).upload(file: file, readers: ["group:staff", "user:ann"])
        #expect(job == AcceptedIngest(id: "j1", state: "queued"))
        #expect(
            server.lines == [
                "POST /v1/ingest/uploads?name=notes.md&readers=group%3Astaff%2Cuser%3Aann",
                "PATCH /v1/uploads/u1",
            ])
        let first = server.requests[0].lowercased()
        #expect(first.contains("upload-complete: ?0") && first.contains("upload-length: 10"))
        let last = server.requests[1].lowercased()
        #expect(last.contains("upload-offset: 0") && last.contains("upload-complete: ?1"))
        #expect(last.contains("content-type: application/partial-upload"))
        #expect(last.hasSuffix("\r\n\r\n0123456789"))
    }

    @Test func `goes on where the server's bytes end`() async throws {
        let server = try ClientScriptedServer(Self.begun, .none, Self.state(4), Self.job)
        #expect(try await client(server).upload(file: file).id == "j1")
        #expect(server.lines.suffix(2) == ["HEAD /v1/uploads/u1", "PATCH /v1/uploads/u1"])
        #expect(server.requests[3].hasSuffix("\r\n\r\n456789"))
        #expect(server.requests[3].lowercased().contains("upload-offset: 4"))
    }

    @Test func `goes on with what another process has begun`() async throws {
        let server = try ClientScriptedServer(Self.state(9), Self.job)
        let upload = UnfinishedUpload(id: "u1", byteCount: 10)
        #expect(try await client(server).upload(file: file, resuming: upload).id == "j1")
        #expect(server.requests[1].hasSuffix("\r\n\r\n9"))
        let other = UnfinishedUpload(id: "u1", byteCount: 11)
        await #expect(throws: MillraceError.self) {
            try await client(server).upload(file: file, resuming: other)
        }
        #expect(server.lines.count == 2)
    }

    @Test func `asks what became of it when the last answer is lost`() async throws {
        let server = try ClientScriptedServer(
            Self.begun, .none, Self.state(10, isComplete: true),
            .response(200, #"{"id":"u1","status":202,"result":{"id":"j1","state":"running"}}"#))
        #expect(try await client(server).upload(file: file).state == "running")
        #expect(server.lines.last == "GET /v1/uploads/u1")
    }

    @Test func `tells what the server has refused, at once`() async throws {
        let server = try ClientScriptedServer(Self.begun, .problem(422, "invalid-parameter"))
        let error = try await #require(throws: MillraceError.self) {
            try await client(server).upload(file: file)
        }
        #expect(error.problem?.status == 422)
        #expect(server.lines.count == 2)
    }

    @Test func `gives up when the server gets no further`() async throws {
        let server = try ClientScriptedServer(
            Self.begun, .none, Self.state(0), .none, Self.state(0), .none)
        await #expect(throws: MillraceError.self) { try await client(server).upload(file: file) }
        #expect(server.lines.filter { $0.hasPrefix("PATCH") }.count == 3)
    }
}
