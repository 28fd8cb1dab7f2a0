import Concurrency
import Foundation
import HTTPTypes
import HummingbirdCore
import NIOCore
import Testing

@testable import Server

/// What HTTP/2 lets through once a client was answered (``BodyLengthWatch``) is not taken for a whole body.
@Suite struct `A body that ends where its client stopped` {
    private func body(_ text: String, declared: String?) -> BodySource {
        var head = HTTPRequest(method: .post, scheme: "https", authority: "localhost", path: "/upload")
        head.headerFields[.contentLength] = declared
        let request = Request(head: head, body: RequestBody(buffer: ByteBuffer(string: text)))
        return IncomingBody(request, limitBytes: 1_000, timeout: .seconds(10)).source
    }

    @Test(arguments: ["6", "999"]) func `is cut off, whole or in pieces`(declared: String) async throws {
        await #expect(throws: RequestFault.bodyCutOff) {
            try await body("bytes", declared: declared).whole()
        }
        await #expect(throws: RequestFault.bodyCutOff) {
            for try await _ in body("bytes", declared: declared).pieces(1_000) {}
        }
    }

    @Test(arguments: ["5", nil] as [String?]) func `is not, where nothing is missing`(
        declared: String?
    ) async throws {
        #expect(try await body("bytes", declared: declared).whole() == Data("bytes".utf8))
        var count = 0
        for try await piece in body("bytes", declared: declared).pieces(1_000) { count += piece.count }
        #expect(count == 5)
    }
}
