import Concurrency
import Foundation
import HTTPTypes
import TestSupport
import Testing

@testable import Server

/// What is said on the wire before the response.
@Suite(.serialized, .timeLimit(.minutes(2))) struct `An upload's interim response` {
    private let folder: TemporaryDirectory
    private let uploads: ResumableUploads

    init() throws {
        folder = try TemporaryDirectory()
        uploads = ResumableUploads(
            folder: folder.url, limits: .init(bytesPerOwner: 1_000), logger: CapturedLog().logger)
    }

    /// What a server says to a whole body of three bytes.
    private func exchange(_ headers: String, version: String = "1.1") async throws -> String {
        let operation: Server.Operation = .resumable(
            uploads, .search, "take", .post, "/take", summary: "takes bytes",
            inputs: .stream(limitBytes: 100, "bytes"),
            responses: [ResponseDeclaration(status: 204, summary: "taken", content: .none)]
        ) { pieces, _ in
            for try await _ in pieces {}
            return APIResponse(status: .noContent)
        }
        return try await OperationServer(operation).run { port in
            let connection = try RawConnection(port: port)
            await connection.send(
                "POST /take HTTP/\(version)\r\nHost: localhost\r\nConnection: close\r\n\(headers)"
                    + "Content-Type: application/octet-stream\r\nContent-Length: 3\r\n\r\nabc")
            return await connection.receive()
        }
    }

    @Test(arguments: [
        "Upload-Complete: ?1\r\nUpload-Draft-Interop-Version: 6\r\n",
        "Upload-Complete: ?1\r\nUpload-Draft-Interop-Version: 8\r\n",
        "Upload-Incomplete: ?0\r\nUpload-Draft-Interop-Version: 3\r\n",
    ])
    func `names where the upload is resumed, in the client's version`(headers: String) async throws {
        let said = try await exchange(headers)
        let parts = said.components(separatedBy: "\r\n\r\n")
        let (interim, last) = (parts[0].lowercased(), parts.dropFirst().first?.lowercased() ?? "")
        #expect(interim.hasPrefix("http/1.1 104 upload resumption supported\r\n"))
        #expect(interim.contains(/location: \/v1\/uploads\/[0-9a-f-]{36}/))
        // Counted from its beginning, a moment ago.
        #expect(interim.contains(/upload-limit: max-size=100, max-age=(86400|863\d\d)/))
        let version = headers.split(separator: " ").last?.trimmingCharacters(in: .newlines) ?? ""
        #expect(interim.contains("upload-draft-interop-version: \(version)"))
        #expect(!interim.contains("transfer-encoding") && !interim.contains("content-length"))
        #expect(last.hasPrefix("http/1.1 204"))
        #expect(last.contains("upload-complete: ?1"))
    }

    @Test(arguments: [
        "Upload-Complete: ?1\r\n", "Upload-Complete: ?1\r\nUpload-Draft-Interop-Version: 9\r\n", "",
    ])
    func `is kept from clients that do not say that they know of it`(headers: String) async throws {
        #expect(try await exchange(headers).hasPrefix("HTTP/1.1 204"))
    }

    @Test func `is kept from HTTP/1.0`() async throws {
        let said = try await exchange(
            "Upload-Complete: ?1\r\nUpload-Draft-Interop-Version: 6\r\n", version: "1.0")
        #expect(said.contains(/^HTTP\/1\.[01] 204\b/))
    }
}
