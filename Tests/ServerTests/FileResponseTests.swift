import Concurrency
import Foundation
import HTTPTypes
import Logging
import Synchronization
import TestSupport
import Testing

@testable import Server

/// A file on disk and the operation that serves it.
private final class ServedFile: Sendable {
    let folder: TemporaryDirectory
    let path: String

    init(_ bytes: Data) throws {
        folder = try TemporaryDirectory()
        path = try folder.write(bytes, to: "page.pdf").path
    }

    var operation: Server.Operation {
        let file = FileContent(
            path: path, contentType: "application/pdf", executor: BlockingExecutor(label: "files", width: 1))
        return .scoped(
            .search, "file", .get, "/file", summary: "a file", inputs: .fileConditions,
            responses: [.bytes("application/pdf", "the file"), .part("application/pdf"), .notModified],
            problems: [.notFound, .unsatisfiableRange]
        ) { conditions, _ in try await file.response(to: conditions) }
    }

    /// Descriptors of this process through which it is open.
    var openCount: Int {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")) ?? []
        return names.count { name in
            (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/fd/\(name)")) == path
        }
    }
}

@Suite(.serialized, .timeLimit(.minutes(2))) struct `A file of the disk` {
    private static let bytes = Data((0..<300_000).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 >> 8) })

    /// What is answered to each of `requests`, given by their headers, over one connection.
    private func responses(
        _ file: ServedFile, _ requests: [String], method: String = "GET"
    ) async throws -> [APIResponse] {
        let server = OperationServer(file.operation)
        return try await server.run { port in
            let client = try WireClient(port: port)
            var found: [APIResponse] = []
            for headers in requests {
                await client.send("\(method) /file", headers)
                found.append(try await server.response(to: client, "file", isHead: method == "HEAD"))
            }
            return found
        }
    }

    @Test func `comes whole, again and again over one connection, and is closed after`() async throws {
        let file = try ServedFile(Self.bytes)
        for response in try await responses(file, ["", ""]) {
            #expect(response.status == .ok)
            #expect(response.data == Self.bytes)
            #expect(response.headers[.contentLength] == "300000")
            #expect(response.headers[.acceptRanges] == "bytes")
            #expect(HTTPDate.parse(response.headers[.lastModified] ?? "") != nil)
        }
        #expect(await eventually { file.openCount == 0 })
    }

    @Test func `comes in the ranges asked for`() async throws {
        let file = try ServedFile(Self.bytes)
        let found = try await responses(file, ["Range: bytes=65000-200000\r\n", "Range: bytes=-1,0-1\r\n"])
        #expect(found[0].status == .partialContent)
        #expect(found[0].headers[.contentRange] == "bytes 65000-200000/300000")
        #expect(found[0].data == Self.bytes[65_000...200_000])
        let both = try #require(found[1].data)
        #expect(found[1].headers[.contentType]?.hasPrefix("multipart/byteranges") == true)
        #expect(
            both.firstRange(of: Data("bytes 299999-299999/300000\r\n\r\n".utf8) + Self.bytes.suffix(1)) != nil
        )
        #expect(both.firstRange(of: Data("bytes 0-1/300000\r\n\r\n".utf8) + Self.bytes.prefix(2)) != nil)
    }

    @Test func `is a 304 to a client that has it, by tag or by date`() async throws {
        let file = try ServedFile(Self.bytes)
        let first = try await responses(file, [""])[0].headers
        let tag = try #require(first[.eTag])
        let date = try #require(first[.lastModified])
        let found = try await responses(
            file,
            [
                "If-None-Match: \(tag)\r\n", "If-Modified-Since: \(date)\r\n",
                "If-Modified-Since: Tue, 15 Nov 1994 12:45:26 GMT\r\n", "If-Modified-Since: yesterday\r\n",
                "If-None-Match: \"other\"\r\nIf-Modified-Since: \(date)\r\n",
                "If-Range: \(tag)\r\nRange: bytes=0-0\r\n", "If-Range: \(date)\r\nRange: bytes=0-0\r\n",
            ])
        #expect(found.map(\.status.code) == [304, 304, 200, 200, 200, 206, 200])
    }

    @Test func `has another tag when it is written again`() async throws {
        let file = try ServedFile(Self.bytes)
        let before = try await responses(file, [""])[0].headers[.eTag]
        try Self.bytes.write(to: URL(fileURLWithPath: file.path), options: .atomic)
        #expect(try await responses(file, [""])[0].headers[.eTag] != before)
    }

    @Test func `answers HEAD with its length and no body`() async throws {
        let file = try ServedFile(Self.bytes)
        let found = try await responses(file, ["", "Range: bytes=0-9\r\n"], method: "HEAD")
        // Of a range only GET knows (RFC 9110, section 14.2).
        #expect(found.map { $0.headers[.contentLength] } == ["300000", "300000"])
        #expect(found.map(\.status.code) == [200, 200])
        #expect(file.openCount == 0)
    }

    @Test func `without a byte is whole, and has no ranges`() async throws {
        let found = try await responses(try ServedFile(Data()), ["", "Range: bytes=0-\r\n"])
        #expect(found.map(\.status.code) == [200, 416])
        #expect(found[0].data?.isEmpty == true)
        #expect(found[1].headers[.contentRange] == "bytes */0")
    }

    @Test func `that is missing, or a folder, is a 404 that does not say where it was looked for`()
        async throws
    {
        let file = try ServedFile(Data())
        try FileManager.default.removeItem(atPath: file.path)
        let missing = try await responses(file, [""])[0]
        try FileManager.default.createDirectory(atPath: file.path, withIntermediateDirectories: false)
        let folder = try await responses(file, [""])[0]
        #expect([missing.status, folder.status] == [.notFound, .notFound])
        #expect(!String(decoding: missing.data ?? Data(), as: UTF8.self).contains("millrace-test"))
    }

    @Test func `is closed when its client hangs up in the middle`() async throws {
        let file = try ServedFile(Data(count: 67_108_864))
        let server = OperationServer(file.operation)
        try await server.run { port in
            let client = try WireClient(port: port, buffers: 65_536)
            await client.send("GET /file")
            _ = await client.connection.receiveSome()
            #expect(file.openCount == 1)
            client.connection.hangUp()
            #expect(await eventually { file.openCount == 0 })
            #expect(
                await eventually {
                    server.log.lines.contains { $0.metadata["millrace.stream"] == "cancelled" }
                })
        }
    }

    @Test func `that is written over while it is sent is cut short, not padded`() async throws {
        let file = try ServedFile(Data(count: 67_108_864))
        let server = OperationServer(file.operation)
        try await server.run { port in
            let client = try WireClient(port: port, buffers: 65_536)
            await client.send("GET /file")
            _ = await client.connection.receiveSome()
            #expect(truncate(file.path, 10) == 0)
            await #expect(throws: WireClient.Ended.self) { try await client.response() }
        }
        #expect(server.log.lines.contains { $0.level == .error })
    }
}

@Suite(.serialized, .timeLimit(.minutes(2))) struct `A response that is made while it is sent` {
    private final class Maker: Sendable {
        let made = Mutex(0)
        let isPausing = Mutex(false)
        let hasEnded = Mutex(false)

        /// Bytes without end: 64 KiB at a time, or one and then none.
        func operation(pauses: Bool) -> Server.Operation {
            .scoped(
                .search, "bytes", .get, "/bytes", summary: "zeros", inputs: .none,
                responses: [.bytes("application/octet-stream", "zeros")]
            ) { [self] _, _ in
                let pieces = PulledSequence<Data>(unfolding: {
                    {
                        if pauses, self.made.withLock({ $0 > 0 }) {
                            defer { self.hasEnded.withLock { $0 = true } }
                            self.isPausing.withLock { $0 = true }
                            try await Task.sleep(for: .seconds(600))
                        }
                        self.made.withLock { $0 += 65_536 }
                        return Data(count: 65_536)
                    }
                })
                return APIResponse(
                    headers: [.contentType: "application/octet-stream"], body: .bytes(ByteStream(pieces)))
            }
        }

        var events: Server.Operation {
            .scoped(
                .search, "events", .get, "/events", summary: "events", inputs: .none,
                responses: [.events([.init(name: "zeros", schema: .text)], "zeros")]
            ) { [self] _, _ in
                .events(
                    EventStream { send in
                        while !Task.isCancelled {
                            await send(.event(name: "zeros", data: Data(repeating: 0x30, count: 65_536)))
                            self.made.withLock { $0 += 65_536 }
                        }
                        self.hasEnded.withLock { $0 = true }
                        return .cancelled
                    })
            }
        }
    }

    /// What is made for a client that takes nothing, once it has come to a stop.
    private func madeForSlowClient(_ operation: Server.Operation, _ path: String, _ maker: Maker) async throws
        -> Int
    {
        let server = OperationServer(operation)
        return try await server.run { port in
            let client = try WireClient(port: port, buffers: 65_536)
            await client.send("GET \(path)")
            var last = -1
            while last != maker.made.withLock({ $0 }) {
                last = maker.made.withLock { $0 }
                try await Task.sleep(for: .milliseconds(300))
            }
            client.connection.hangUp()
            return last
        }
    }

    @Test func `waits for a client that takes nothing`() async throws {
        let bytes = Maker()
        let events = Maker()
        // What the kernel and the connection keep, and no more.
        let limit = 16_777_216
        let bytesMade = try await madeForSlowClient(bytes.operation(pauses: false), "/bytes", bytes)
        #expect((1...limit).contains(bytesMade))
        let eventsMade = try await madeForSlowClient(events.events, "/events", events)
        #expect((1...limit).contains(eventsMade))
        #expect(await eventually { events.hasEnded.withLock { $0 } })
    }

    @Test func `is given up when its client hangs up while nothing is made`() async throws {
        let maker = Maker()
        let server = OperationServer(maker.operation(pauses: true))
        try await server.run { port in
            let client = try WireClient(port: port)
            await client.send("GET /bytes")
            _ = await client.connection.receiveSome()
            // Hung up before, the first piece could not be written, and none is asked for after it.
            #expect(await eventually { maker.isPausing.withLock { $0 } })
            client.connection.hangUp()
            #expect(await eventually { maker.hasEnded.withLock { $0 } })
        }
    }
}
