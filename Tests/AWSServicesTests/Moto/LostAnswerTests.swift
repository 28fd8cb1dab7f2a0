import Concurrency
import Foundation
import Synchronization
import TestSupport
import Testing
import Transport

@testable import AWSServices

/// Loses the answers of the first calls of a kind: the server has done what they ask for.
private final class LosingClient: HTTPClient {
    private let next: any HTTPClient
    private let isLost: @Sendable (HTTPRequest) -> Bool
    private let left: Mutex<Int>
    /// Done between the lost attempt and the next.
    private let meanwhile: @Sendable () async throws -> Void

    init(
        _ next: any HTTPClient, losing count: Int = 1,
        meanwhile: @escaping @Sendable () async throws -> Void = {},
        _ isLost: @escaping @Sendable (HTTPRequest) -> Bool
    ) {
        self.next = next
        self.isLost = isLost
        left = Mutex(count)
        self.meanwhile = meanwhile
    }

    func send(_ request: HTTPRequest) async throws(TransportError) -> HTTPResponse {
        let response = try await next.send(request)
        guard isLost(request) else { return response }
        let isDue = left.withLock { left in
            left -= 1
            return left >= 0
        }
        guard isDue else { return response }
        do {
            try await meanwhile()
        } catch {
            throw .invalidRequest(reason: "\(error)")
        }
        throw .protocolError(host: "moto", reason: "the connection ended")
    }

    func stream(_ request: HTTPRequest) async throws(TransportError) -> HTTPStreamedResponse {
        try await next.stream(request)
    }
}

@Suite(.timeLimit(.minutes(2))) struct `Writes whose answer is lost` {
    private let moto: Moto
    private let plain: S3
    private let bucket: String
    private let isAbsent: S3WriteOptions

    init() async throws {
        moto = try Moto()
        (plain, bucket) = try await moto.bucket(try await moto.account())
        var options = S3WriteOptions()
        options.condition = .isAbsent
        options.metadata = ["author": "me"]
        isAbsent = options
    }

    private func s3(_ client: any HTTPClient) async throws -> S3 {
        try S3(try await moto.account(http: client, attempts: 3))
    }

    @Test func `are ours when the repeated one is refused for the first`() async throws {
        let s3 = try await s3(LosingClient(moto.http) { $0.method == "PUT" })
        let receipt = try await s3.put(bucket, "k", .data(Data("mine".utf8)), options: isAbsent)
        let facts = try await plain.head(bucket, "k")
        #expect(facts.eTag == receipt.eTag && facts.metadata == ["author": "me"])
        // It is there now, and somebody's write is refused as ever.
        let error = await #expect(throws: AWSError.self) {
            try await s3.put(bucket, "k", .data(Data("mine".utf8)), options: isAbsent)
        }
        #expect(error?.kind == .conflict)
    }

    @Test func `are not ours when somebody else wrote, were it the same`() async throws {
        let s3 = try await s3(
            LosingClient(
                FaultyClient(moto.http, faults: [503]),
                meanwhile: { [plain, bucket] in
                    _ = try await plain.put(bucket, "k", .data(Data("mine".utf8)))
                }
            ) { $0.method == "PUT" })
        let error = await #expect(throws: AWSError.self) {
            try await s3.put(bucket, "k", .data(Data("mine".utf8)), options: isAbsent)
        }
        #expect(error?.kind == .conflict, "\(String(describing: error))")
    }

    @Test func `of several parts are ours when their upload is not known any more`() async throws {
        let isJoining: @Sendable (HTTPRequest) -> Bool = {
            $0.method == "POST" && $0.url.contains("uploadId=")
        }
        // What S3 says of an upload that it has joined and forgotten.
        let joins = Counter()
        let forgetting = ScriptedClient(moto.http) { _, request in
            guard isJoining(request), joins.next() > 0 else { return nil }
            let body = "<Error><Code>NoSuchUpload</Code><RequestId>R</RequestId></Error>"
            return HTTPResponse(head: HTTPResponseHead(status: 404, headers: []), body: Data(body.utf8))
        }
        let s3 = try await s3(LosingClient(forgetting, isJoining))
        let data = Data((0..<11_000_000).map { UInt8(truncatingIfNeeded: $0 &* 31) })
        let receipt = try await s3.upload(bucket, "large", PulledSequence([data]))
        #expect(joins.value == 2)
        let (facts, read) = try await plain.get(bucket, "large")
        #expect(facts.eTag == receipt.eTag && read == data && facts.metadata.isEmpty)
        // An upload that nobody has joined is none.
        let again = try await self.s3(
            ScriptedClient(moto.http) { _, request in
                guard isJoining(request) else { return nil }
                let body = "<Error><Code>NoSuchUpload</Code></Error>"
                return HTTPResponse(head: HTTPResponseHead(status: 404, headers: []), body: Data(body.utf8))
            })
        let error = await #expect(throws: AWSError.self) {
            try await again.upload(bucket, "large", PulledSequence([data]))
        }
        #expect(error?.code == "NoSuchUpload")
    }
}

@Suite(.timeLimit(.minutes(2))) struct `Keys and parts that S3 is asked for` {
    @Test func `have no character less than they have`() async throws {
        let (s3, bucket) = try await Moto().bucket(try await Moto().account())
        let client = ScriptedClient { _, _ in
            HTTPResponse(
                head: HTTPResponseHead(status: 200, headers: []), body: Data("<DeleteResult/>".utf8))
        }
        let recorded = try S3(try await Moto().account(http: client))
        #expect(try await recorded.delete(bucket, keys: ["ab", "a\u{1}b", "a\u{FFFE}b", "a\tb"]).isEmpty)
        let sent = client.requests.map { "\($0.method) \($0.url)" }
        #expect(sent.count == 3 && sent.filter { $0.hasPrefix("DELETE ") }.count == 2, "\(sent)")
        #expect(sent.contains { $0.hasSuffix("/a%01b") } && sent.contains { $0.hasSuffix("/a%EF%BF%BEb") })
        let text = try #require(client.requests.first { $0.method == "POST" }).text
        #expect(text.components(separatedBy: "<Key>").count == 3 && text.contains("a&#9;b"))
        _ = try await s3.put(bucket, "ab", .data(Data("stays".utf8)))
        #expect(try await s3.delete(bucket, keys: ["a\u{1}b"]).isEmpty)
        #expect(try await s3.get(bucket, "ab").data == Data("stays".utf8))
    }

    @Test func `are some bytes each`() async throws {
        let (s3, bucket) = try await Moto().bucket(try await Moto().account())
        let folder = try TemporaryDirectory()
        let data = Data((0..<1_000).map { UInt8(truncatingIfNeeded: $0) })
        _ = try await s3.put(bucket, "k", .data(data))
        for bytes in [0, -1, .min] {
            var parts = S3Parts()
            parts.partBytes = bytes
            await #expect(throws: AWSError.self) {
                try await s3.download(bucket, "k", to: folder.path("k"), parts: parts)
            }
            await #expect(throws: AWSError.self) { try await s3.data(bucket, "k", parts: parts) }
        }
        for bytes in [1, 7, 999, 1_000, .max] {
            let parts = S3Parts(partBytes: bytes, width: 3)
            #expect(try await s3.data(bucket, "k", parts: parts).data == data)
        }
        _ = try await s3.put(bucket, "empty", .data(Data()))
        #expect(try await s3.data(bucket, "empty").data.isEmpty)
    }
}
