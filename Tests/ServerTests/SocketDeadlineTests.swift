import Foundation
import HTTPTypes
import Synchronization
import Testing

@testable import Server

@Suite(.serialized, .timeLimit(.minutes(2))) struct `The times of a connection` {
    @Test func `end a header that comes byte by byte with 408`() async throws {
        let server = SocketOperations().server { $0.headerTimeout = .milliseconds(400) }
        try await server.run { port in
            let connection = try RawConnection(port: port)
            for byte in "GET /hit" {
                await connection.send(String(byte))
                try await Task.sleep(for: .milliseconds(20))
            }
            let text = await connection.receive()
            #expect(text.hasPrefix("HTTP/1.1 408"))
            #expect(text.contains("urn:millrace:problem:headers-too-slow"))
            #expect(text.lowercased().contains("connection: close"))
        }
    }

    @Test func `end a connection on which nothing comes without a word`() async throws {
        let server = SocketOperations().server { $0.headerTimeout = .milliseconds(300) }
        try await server.run { port in
            let connection = try RawConnection(port: port)
            #expect(await connection.receive().isEmpty)
        }
    }

    @Test func `leave a connection between two requests alone`() async throws {
        let server = SocketOperations().server { $0.headerTimeout = .milliseconds(200) }
        try await server.run { port in
            let client = try WireClient(port: port)
            for _ in 0..<2 {
                await client.send("GET /hit")
                #expect(try await client.response().status == .ok)
                await client.send(
                    "POST /length", "Content-Type: application/json\r\nContent-Length: 14\r\n",
                    body: #"{"text": "ab"}"#)
                #expect(try await client.response().status == .ok)
                try await Task.sleep(for: .milliseconds(500))
            }
        }
    }

    @Test func `hold for the header of a later request as well`() async throws {
        let server = SocketOperations().server { $0.headerTimeout = .milliseconds(300) }
        try await server.run { port in
            let client = try WireClient(port: port)
            await client.send("GET /hit")
            #expect(try await client.response().status == .ok)
            await client.connection.send("GET /hit HT")
            #expect(try await client.response().status == .requestTimeout)
            #expect(await client.isAtEnd())
        }
    }

    @Test func `do not run while a response is awaited`() async throws {
        let operations = SocketOperations()
        let server = operations.server { $0.headerTimeout = .milliseconds(200) }
        try await server.run { port in
            let client = try WireClient(port: port)
            await client.send("GET /wait")
            #expect(await eventually { operations.hits.withLock { $0 } == 1 })
            try await Task.sleep(for: .milliseconds(500))
            operations.gate.open()
            #expect(try await client.response().status == .ok)
        }
    }

    @Test func `end a body that comes byte by byte, whole or in pieces, with 408`() async throws {
        let server = SocketOperations().server { $0.bodyTimeout = .milliseconds(300) }
        for (path, type) in [("/length", "application/json"), ("/upload", "application/octet-stream")] {
            let text = try await server.run { port in
                let connection = try RawConnection(port: port)
                await connection.send(
                    "POST \(path) HTTP/1.1\r\nHost: localhost\r\nContent-Type: \(type)\r\n"
                        + "Content-Length: 1000\r\n\r\n")
                // Each byte comes in its time; all of them together do not.
                let dripping = Task {
                    while !Task.isCancelled {
                        await connection.send(" ")
                        try await Task.sleep(for: .milliseconds(50))
                    }
                }
                defer { dripping.cancel() }
                // Reading on another connection's thread would wait for the sending.
                try await Task.sleep(for: .milliseconds(2_000))
                dripping.cancel()
                return await connection.receive()
            }
            #expect(text.hasPrefix("HTTP/1.1 408"))
            #expect(text.contains("urn:millrace:problem:body-too-slow"))
        }
    }

    @Test func `end a body that nobody reads and that never ends`() async throws {
        let server = SocketOperations().server { $0.bodyTimeout = .milliseconds(300) }
        try await server.run { port in
            let client = try WireClient(port: port)
            await client.send("POST /nowhere", "Content-Type: application/json\r\nContent-Length: 1000\r\n")
            #expect(try await client.response().status == .notFound)
            #expect(await client.isAtEnd())
        }
    }

    @Test func `end a response of which the client takes nothing`() async throws {
        let server = SocketOperations().server { $0.writeTimeout = .milliseconds(400) }
        try await server.run { [log = server.log] port in
            let client = try WireClient(port: port, buffers: 65_536)
            await client.send("GET /zeros")
            #expect(
                await eventually { log.lines.contains { $0.metadata["millrace.stream"] == "cancelled" } })
        }
    }

    @Test func `let a client read as slowly as it likes`() async throws {
        let server = SocketOperations().server { $0.writeTimeout = .seconds(3) }
        try await server.run { [log = server.log] port in
            let client = try WireClient(port: port, buffers: 65_536)
            await client.send("GET /zeros")
            // The kernel tells the other side of room only once there is a whole segment's, some pieces later.
            for _ in 0..<60 {
                #expect(await !client.connection.receiveSome().isEmpty)
                try await Task.sleep(for: .milliseconds(100))
            }
            #expect(!log.lines.contains { $0.metadata["millrace.stream"] != nil })
        }
    }
}
