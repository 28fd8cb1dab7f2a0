import Concurrency
import Crypto
import Foundation
import Synchronization
import TestSupport
import Testing

@testable import Transport

@Suite struct `Uploads` {
    private let faults: FaultServer
    private let client: CurlHTTPClient

    init() throws {
        faults = try FaultServer.shared.get()
        client = try FaultServer.client()
    }

    /// What `/upload` tells of a body.
    private struct Receipt: Decodable {
        var method: String
        var length: Int
        var sha256: String
        var headers: [[String]]
    }

    private func receipt(_ body: HTTPBody, method: String = "PUT", target: String = "/upload") async throws
        -> Receipt
    {
        var request = faults.request(target)
        request.method = method
        request.body = body
        return try JSONDecoder().decode(Receipt.self, from: try await client.send(request).body)
    }

    private func failure(_ body: HTTPBody, target: String = "/upload") async -> TransportError? {
        var request = faults.request(target)
        request.method = "PUT"
        request.body = body
        do throws(TransportError) {
            _ = try await client.send(request)
            return nil
        } catch {
            return error
        }
    }

    /// Bytes that differ from place to place.
    private static func bytes(_ count: Int) -> Data {
        var random = SeededGenerator(seed: 17)
        var data = Data(capacity: count + 8)
        while data.count < count { withUnsafeBytes(of: random.next()) { data.append(contentsOf: $0) } }
        return data.prefix(count)
    }

    private func stream(_ data: Data, piece: Int, length: Int? = nil) -> HTTPBody {
        let pieces = stride(from: 0, to: data.count, by: piece).map {
            data[$0..<min($0 + piece, data.count)]
        }
        return .stream(PulledSequence(pieces), length: length ?? data.count)
    }

    @Test(arguments: [1, 1000, 131_072, 131_073, 5_000_000], ["PUT", "POST"])
    func `a file arrives whole, with its length and no more headers than data has`(
        count: Int, method: String
    ) async throws {
        let folder = try TemporaryDirectory()
        let data = Self.bytes(count)
        let file = folder.url.appendingPathComponent("body")
        try data.write(to: file)
        let body = try HTTPBody.file(at: file.path)
        let told = try await receipt(body, method: method)
        #expect(told.method == method)
        #expect(told.length == count)
        #expect(told.sha256 == SHA256.hash(data: data).hexadecimal)
        #expect(try await body.sha256() == told.sha256)
        let same = try await receipt(.data(data), method: method)
        #expect(told.headers.map { $0[0] }.sorted() == same.headers.map { $0[0] }.sorted())
    }

    @Test(arguments: [1, 7, 4096, 1 << 20])
    func `a stream arrives whole, however its pieces are cut`(piece: Int) async throws {
        let data = Self.bytes(piece == 1 ? 2000 : 300_000)
        let told = try await receipt(stream(data, piece: piece))
        #expect(told.length == data.count)
        #expect(told.sha256 == SHA256.hash(data: data).hexadecimal)
    }

    @Test func `an empty file and an empty stream are empty bodies`() async throws {
        let folder = try TemporaryDirectory()
        let file = folder.url.appendingPathComponent("empty")
        try Data().write(to: file)
        #expect(try await receipt(try .file(at: file.path)).length == 0)
        #expect(try await receipt(.stream(PulledSequence([]), length: 0)).length == 0)
    }

    @Test func `a source that lets one wait is waited for`() async throws {
        let body = HTTPBody.stream(
            PulledSequence {
                var left = 5
                return {
                    try await Task.sleep(for: .milliseconds(30))
                    left -= 1
                    return left >= 0 ? Data("piece".utf8) : nil
                }
            }, length: 25)
        let told = try await receipt(body)
        #expect(told.sha256 == SHA256.hash(data: Data("piecepiecepiecepiecepiece".utf8)).hexadecimal)
    }

    @Test func `a server that does not read stops the source`() async throws {
        let pulled = Mutex(0)
        let piece = Data(count: 1 << 20)
        let body = HTTPBody.stream(
            PulledSequence {
                {
                    pulled.withLock { $0 += 1 }; return piece
                }
            }, length: 512 << 20)
        var request = faults.request("/upload?delay=30000", timeout: .milliseconds(700))
        request.method = "PUT"
        request.body = body
        let asked = request
        await #expect(throws: TransportError.self) { try await client.send(asked) }
        // What the two kernels buffer on loopback, and two pieces.
        #expect(pulled.withLock { $0 } < 32)
    }

    @Test(arguments: [
        (9, 10, "after 9 of the 10"), (11, 10, "longer than the 10"),
        // A piece ends where the body should.
        (12, 8, "longer than the 8"),
    ])
    func `a stream of another length than announced is refused with both numbers`(
        actual: Int, announced: Int, words: String
    ) async throws {
        let error = await failure(stream(Self.bytes(actual), piece: 4, length: announced))
        guard case .unreadableBody(let reason) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(reason.contains(words))
        #expect(error?.isRetryable == false)
    }

    @Test func `a source's failure is the upload's, without its words`() async throws {
        struct Leak: Error { var secret = "hunter2" }
        let body = HTTPBody.stream(PulledSequence(throwing: Leak()), length: 10)
        let error = try #require(await failure(body))
        #expect("\(error)".contains("Leak"))
        #expect(!"\(error)".contains("hunter2"))
    }

    @Test func `a file that shrinks or goes is told`() async throws {
        let folder = try TemporaryDirectory()
        let file = folder.url.appendingPathComponent("body")
        try Self.bytes(1000).write(to: file)
        let body = try HTTPBody.file(at: file.path)
        try Self.bytes(600).write(to: file)
        let shorter = try #require(await failure(body))
        #expect("\(shorter)".contains("600 of its 1000"))
        await #expect(throws: shorter) { try await body.sha256() }
        try FileManager.default.removeItem(at: file)
        guard case .unreadableBody = await failure(body) else {
            Issue.record("the file is gone")
            return
        }
        #expect(throws: TransportError.self) { try HTTPBody.file(at: file.path) }
        #expect(throws: TransportError.self) { try HTTPBody.file(at: folder.url.path) }
    }

    @Test func `a refusal before the end of the body is the response`() async throws {
        let folder = try TemporaryDirectory()
        let file = folder.url.appendingPathComponent("body")
        try Self.bytes(1 << 20).write(to: file)
        var request = faults.request("/refuse-upload")
        request.method = "PUT"
        request.body = try .file(at: file.path)
        do {
            #expect(try await client.send(request).head.status == 413)
        } catch TransportError.protocolError {
            // The server's end of the connection may go before its answer is read.
        }
    }

    @Test func `a cancelled upload ends its source`() async throws {
        let (ended, mark) = AsyncStream<Void>.makeStream()
        let body = HTTPBody.stream(
            PulledSequence {
                {
                    do {
                        try await Task.sleep(for: .seconds(60))
                    } catch {
                        mark.finish()
                        throw error
                    }
                    return Data("x".utf8)
                }
            }, length: 1)
        let task = Task { await failure(body) }
        try await Task.sleep(for: .milliseconds(100))
        task.cancel()
        #expect(await task.value == .cancelled)
        for await _ in ended {}
    }

    @Test func `a file is sent again after a refusal, a stream is not`() async throws {
        let folder = try TemporaryDirectory()
        let data = Self.bytes(1000)
        let file = folder.url.appendingPathComponent("body")
        try data.write(to: file)
        let clock = ManualClock()
        let retrying = RetryingHTTPClient(client, clock: clock)
        var request = faults.request("/flaky/upload-\(UInt32.random(in: .min ... .max))/1")
        request.method = "PUT"
        request.body = try .file(at: file.path)
        #expect(try await retrying.send(request).head.status == 200)
        request.url = faults.request("/flaky/upload-\(UInt32.random(in: .min ... .max))/1").url
        request.body = stream(data, piece: 100)
        #expect(try await retrying.send(request).head.status == 503)
        #expect(clock.sleeps.count == 1)
    }
}

@Suite struct `The feed of an upload` {
    private func taken(_ feed: BodyFeed, _ count: Int) async throws -> Data {
        var data = Data()
        while data.count < count {
            var buffer = [UInt8](repeating: 0, count: count - data.count)
            let portion = buffer.withUnsafeMutableBytes { feed.take($0) }
            switch portion {
            case .bytes(let bytes): data += buffer[..<bytes]
            case .wait: try await Task.sleep(for: .milliseconds(1))
            case .end: return data
            case .failed(let error): throw error
            }
        }
        return data
    }

    @Test func `a file begins anew, as often as libcurl asks`() async throws {
        let folder = try TemporaryDirectory()
        let file = folder.url.appendingPathComponent("body")
        let data = Data((0..<400_000).map { UInt8(truncatingIfNeeded: $0 >> 8) })
        try data.write(to: file)
        let feed = try #require(BodyFeed(try .file(at: file.path)))
        feed.start {}
        for count in [1, 200_000, 399_999, 400_000] {
            #expect(try await taken(feed, count) == data.prefix(count))
            #expect(feed.rewind())
        }
        #expect(try await taken(feed, 500_000) == data)
        feed.stop()
    }

    @Test func `a stream begins anew only while nothing of it was taken`() async throws {
        let feed = try #require(BodyFeed(.stream(PulledSequence([Data("abc".utf8)]), length: 3)))
        feed.start {}
        #expect(feed.rewind())
        #expect(try await taken(feed, 1) == Data("a".utf8))
        #expect(!feed.rewind())
        #expect(try await taken(feed, 9) == Data("bc".utf8))
        feed.stop()
    }
}
