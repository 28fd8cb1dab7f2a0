import Concurrency
import Foundation
import HTTPTypes
import Synchronization

@testable import Server

/// Operations for tests of what comes before any operation.
final class SocketOperations: Sendable {
    struct Count: ResponseDocument {
        var count: Int
        static var schema: JSONSchema { .object(required: ["count": .integer]) }
    }

    struct Text: RequestDocument {
        var text: String
        static var schema: JSONSchema { .object(required: ["text": .text]) }
        static var summary: String { "a text" }
    }

    /// Requests to `/hit` and `/wait` that have reached their operation.
    let hits = Mutex(0)
    /// What `/wait` waits for.
    let gate = Gate()

    /// Counts, and answers at once.
    var hit: Server.Operation {
        .open(
            "hit", .get, "/hit", summary: "counts", inputs: .none,
            responses: [.json(Count.self, "how often it was asked")]
        ) { [self] _ in
            try .json(
                Count(
                    count: hits.withLock {
                        $0 += 1; return $0
                    }))
        }
    }

    /// Counts, and answers when the gate opens.
    var wait: Server.Operation {
        .open(
            "wait", .get, "/wait", summary: "waits", inputs: .none,
            responses: [.json(Count.self, "how often it was asked")]
        ) { [self] _ in
            let count = hits.withLock {
                $0 += 1; return $0
            }
            try await gate.wait()
            return try .json(Count(count: count))
        }
    }

    /// Takes a body whole, and gives its length.
    var length: Server.Operation {
        .open(
            "length", .post, "/length", summary: "counts letters", inputs: .json(Text.self),
            responses: [.json(Count.self, "how many")]
        ) { text in try .json(Count(count: text.text.count)) }
    }

    /// Takes a body in pieces, and gives its length.
    var upload: Server.Operation {
        .open(
            "upload", .post, "/upload", summary: "counts bytes",
            inputs: .stream(limitBytes: 4_194_304, "any bytes"),
            responses: [.json(Count.self, "how many")]
        ) { pieces in
            var count = 0
            for try await piece in pieces { count += piece.count }
            return try .json(Count(count: count))
        }
    }

    /// Bytes without end.
    var zeros: Server.Operation {
        .open(
            "zeros", .get, "/zeros", summary: "zeros", inputs: .none,
            responses: [.bytes("application/octet-stream", "zeros")]
        ) { _ in
            let pieces = PulledSequence<Data>(unfolding: { { Data(count: 65_536) } })
            return APIResponse(
                headers: [.contentType: "application/octet-stream"], body: .bytes(ByteStream(pieces)))
        }
    }

    /// A server of all of them.
    func server(_ configure: (inout ServerConfiguration) -> Void = { _ in }) -> OperationServer {
        var server = OperationServer(hit, wait, length, upload, zeros)
        configure(&server.configuration)
        return server
    }

    /// What a server says to `bytes`, to the end of the connection.
    func exchange(_ bytes: Data) async throws -> String {
        try await server().run { port in
            let connection = try RawConnection(port: port)
            await connection.send(bytes)
            return await connection.receive()
        }
    }
}
