import Concurrency
import Foundation
import TestSupport
import Testing
import Transport

@Suite(.timeLimit(.minutes(2))) struct `A streamed response` {
    let faults: FaultServer
    let client: CurlHTTPClient

    init() throws {
        faults = try FaultServer.shared.get()
        client = try FaultServer.client { $0.streamBufferBytes = 64 << 10 }
    }

    @Test func `a piece arrives although the server has not finished`() async throws {
        let response = try await client.stream(faults.request("/stall"))
        #expect(response.head.status == 200)
        var pieces = response.body.makeAsyncIterator()
        #expect(try await pieces.next() == Data("one piece".utf8))
    }

    @Test func `the pieces of a chunked body are the whole body in order`() async throws {
        let response = try await client.stream(faults.request("/ticks?n=3&ms=10"))
        var text = Data()
        for try await piece in response.body { text += piece }
        #expect(text == Data("tick 0\ntick 1\ntick 2\n".utf8))
    }

    @Test func `a reader that pauses makes the sender wait, and then gets every byte`() async throws {
        let faults = try FaultServer()
        let count = 40 << 20
        let response = try await client.stream(faults.request("/huge?n=\(count)"))
        var pieces = response.body.makeAsyncIterator()
        var received = try #require(try await pieces.next())
        try await Task.sleep(for: .milliseconds(500))
        let sent = String(decoding: try await client.send(faults.request("/sent")).body, as: UTF8.self)
        #expect(
            try #require(Int(sent)) < 20 << 20, "the server could send \(sent) bytes to a sleeping reader")
        while let piece = try await pieces.next() { received += piece }
        #expect(received.count == count)
        let isInOrder = received.withUnsafeBytes { bytes in
            bytes.indices.allSatisfy { bytes[$0] == UInt8(truncatingIfNeeded: $0) }
        }
        #expect(isInOrder)
    }

    @Test func `a long stream outlives its timeout as long as it is not silent`() async throws {
        let request = faults.request("/ticks?n=12&ms=100", timeout: .milliseconds(600))
        let response = try await client.stream(request)
        var count = 0
        for try await piece in response.body { count += piece.count }
        #expect(count == 12 * 7 + 2)
    }

    @Test func `a silence beyond the timeout is an error after what came before it`() async throws {
        let request = faults.request("/stall", timeout: .milliseconds(300))
        let response = try await client.stream(request)
        var pieces = response.body.makeAsyncIterator()
        #expect(try await pieces.next() == Data("one piece".utf8))
        await #expect(throws: TransportError.timedOut(host: faults.authority, after: .milliseconds(300))) {
            try await pieces.next()
        }
        #expect(try await pieces.next() == nil)
    }

    @Test func `a body that breaks off throws after what came`() async throws {
        let response = try await client.stream(faults.request("/drop"))
        var received = Data()
        await #expect(throws: TransportError.self) {
            for try await piece in response.body { received += piece }
        }
        #expect(received == Data(repeating: UInt8(ascii: "x"), count: 500))
    }

    @Test func `dropping the stream closes its connection`() async throws {
        let faults = try FaultServer()
        func begin() async throws {
            let response = try await client.stream(faults.request("/huge?n=1000000000"))
            var pieces = response.body.makeAsyncIterator()
            _ = try await pieces.next()
        }
        try await begin()
        var open = 0
        for _ in 0..<50 {
            try await Task.sleep(for: .milliseconds(50))
            let body = try await client.send(faults.request("/open")).body
            open = try JSONDecoder().decode([String: Int].self, from: body)["open"] ?? 0
            if open == 1 { break }
        }
        #expect(open == 1)
    }

    @Test func `cancelling the reading task ends the read`() async throws {
        let response = try await client.stream(faults.request("/stall"))
        let task = Task { for try await _ in response.body {} }
        try await Task.sleep(for: .milliseconds(100))
        task.cancel()
        // The server would go on for half a minute, and the client wait for twenty seconds.
        let wait = await ContinuousClock().measure { _ = await task.result }
        #expect(wait < .seconds(10))
    }

    @Test func `a failure before the head is thrown by the call`() async throws {
        let request = faults.request("/slow-headers", timeout: .milliseconds(200))
        await #expect(throws: TransportError.timedOut(host: faults.authority, after: .milliseconds(200))) {
            try await client.stream(request)
        }
    }
}
