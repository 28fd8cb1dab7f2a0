import Concurrency
import Crypto
import Foundation
import TestSupport
import Testing
import Transport

@testable import AWSServices

/// Changes the last byte of what is read on its way.
private struct DamagingClient: HTTPClient {
    let next: any HTTPClient

    func send(_ request: HTTPRequest) async throws(TransportError) -> HTTPResponse {
        var response = try await next.send(request)
        if request.method == "GET", let last = response.body.indices.last { response.body[last] ^= 1 }
        return response
    }

    func stream(_ request: HTTPRequest) async throws(TransportError) -> HTTPStreamedResponse {
        try await next.stream(request)
    }
}

@Suite(.timeLimit(.minutes(5))) struct `S3, played by moto` {
    private func bytes(_ count: Int, seed: UInt64 = 1) -> Data {
        var state = seed
        return Data(
            (0..<count).map { _ in
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                return UInt8(truncatingIfNeeded: state >> 33)
            })
    }

    @Test(arguments: ["plain.txt", "a b/é(1)+=%~*'!.txt", "//double//slash", "日本語/😀", "50%", "=&$@:,;"])
    func `gives back what was put under any key`(key: String) async throws {
        let moto = try Moto()
        let (s3, bucket) = try await moto.bucket(moto.account())
        var options = S3WriteOptions()
        options.contentType = "text/plain"
        options.metadata = ["author": "nobody"]
        let data = Data("hello \(key)".utf8)
        let receipt = try await s3.put(bucket, key, .data(data), options: options)
        let (facts, read) = try await s3.get(bucket, key)
        #expect(read == data)
        #expect(facts.eTag == receipt.eTag && facts.length == data.count)
        #expect(facts.contentType == "text/plain" && facts.metadata["author"] == "nobody")
        #expect(facts.checksums[.crc32] == S3Checksum.crc32.of(data))
        #expect(try await s3.head(bucket, key).eTag == receipt.eTag)
        let (streamed, body) = try await s3.stream(bucket, key)
        var whole = Data()
        for try await piece in body { whole += piece }
        #expect(whole == data && streamed.length == data.count)
        #expect(try await s3.objects(bucket).reduce(into: []) { $0.append($1.key) } == [key])
        try await s3.delete(bucket, key)
        let error = await #expect(throws: AWSError.self) { try await s3.get(bucket, key) }
        #expect(error?.kind == .notFound && error?.code == "NoSuchKey")
        #expect(error?.description.contains("s3://\(bucket)/\(key)") == true)
        try await s3.delete(bucket, key)
    }

    @Test func `gives an object that is kept compressed as it is kept`() async throws {
        let moto = try Moto()
        let (s3, bucket) = try await moto.bucket(moto.account())
        // `printf hello | gzip -n`
        let packed = try #require(Data(base64Encoded: "H4sIAAAAAAAAA8tIzcnJBwCGphA2BQAAAA=="))
        _ = try await s3.service.send(
            s3.operation(
                "PutObject", "PUT", bucket, "k", headers: [("Content-Encoding", "gzip")],
                input: .body(.data(packed))))
        let (facts, data) = try await s3.get(bucket, "k")
        #expect(data == packed && facts.length == packed.count)
    }

    @Test func `reads ranges, and refuses those past the end`() async throws {
        let moto = try Moto()
        let (s3, bucket) = try await moto.bucket(moto.account())
        let data = bytes(1000)
        _ = try await s3.put(bucket, "k", .data(data))
        let (facts, part) = try await s3.get(bucket, "k", range: 10..<20)
        #expect(part == data[10..<20] && facts.length == 1000)
        #expect(try await s3.get(bucket, "k", range: 990..<2000).data == data[990...])
        let error = await #expect(throws: AWSError.self) { try await s3.get(bucket, "k", range: 1000..<1001) }
        #expect(error?.code == "InvalidRange")
        await #expect(throws: AWSError.self) { try await s3.get(bucket, "k", range: 5..<5) }
    }

    @Test func `writes only under the condition`() async throws {
        let moto = try Moto()
        let (s3, bucket) = try await moto.bucket(moto.account())
        var first = S3WriteOptions()
        first.condition = .isAbsent
        let receipt = try await s3.put(bucket, "k", .data(Data("1".utf8)), options: first)
        let again = await #expect(throws: AWSError.self) {
            try await s3.put(bucket, "k", .data(Data("2".utf8)), options: first)
        }
        #expect(again?.kind == .conflict)
        await #expect(throws: AWSError.self) { try await s3.get(bucket, "k", ifMatch: "\"other\"") }
        #expect(try await s3.get(bucket, "k", ifMatch: receipt.eTag).data == Data("1".utf8))
    }

    @Test func `lists by pages, prefixes and delimiters`() async throws {
        let moto = try Moto()
        let (s3, bucket) = try await moto.bucket(moto.account())
        let keys = ["a b/1", "a b/2", "a+b", "é/x", "z"]
        for key in keys { _ = try await s3.put(bucket, key, .data(Data("x".utf8))) }
        var found: [String] = []
        var pages = 0
        var continuation: String?
        repeat {
            let page = try await s3.list(bucket, limit: 2, continuation: continuation)
            found += page.objects.map(\.key)
            continuation = page.continuation
            pages += 1
        } while continuation != nil
        #expect(Set(found) == Set(keys) && found.count == keys.count && pages == 3)
        let top = try await s3.list(bucket, delimiter: "/")
        #expect(Set(top.prefixes) == ["a b/", "é/"])
        #expect(try await s3.list(bucket, prefix: "a b/").objects.map(\.key) == ["a b/1", "a b/2"])
        let failed = try await s3.delete(bucket, keys: keys)
        #expect(failed.isEmpty)
        #expect(try await s3.list(bucket).objects.isEmpty)
    }

    @Test(arguments: [(S3Checksum.crc32, false), (.crc32, true), (.sha256, false)])
    func `uploads and downloads in parts`(checksum: S3Checksum, sumsWhole: Bool) async throws {
        let moto = try Moto()
        let (s3, bucket) = try await moto.bucket(moto.account())
        let folder = try TemporaryDirectory()
        let data = bytes(12_000_000)
        let file = try folder.write(data, to: "up")
        var options = S3WriteOptions()
        options.checksum = checksum
        options.sumsWhole = sumsWhole
        let parts = S3Parts(partBytes: 5 << 20, width: 2)
        let receipt = try await s3.upload(bucket, "big", fileAt: file.path, options: options, parts: parts)
        #expect(receipt.eTag.contains("-3"))
        let down = folder.path("down")
        let facts = try await s3.download(bucket, "big", to: down, parts: parts)
        #expect(facts.length == data.count)
        #expect(try Data(contentsOf: URL(fileURLWithPath: down)) == data)
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: folder.url.path).sorted() == ["down", "up"])
        let (told, read) = try await s3.get(bucket, "big")
        #expect(read == data && told.isChecksumOfWhole == sumsWhole)
        #expect(told.composite?.count == (sumsWhole ? nil : 3))
        let (_, body) = try await s3.stream(bucket, "big")
        #expect(try await body.reduce(into: Data()) { $0 += $1 } == data)
        // The same with a byte of the third part changed on the way.
        let damaged = try S3(try await moto.account(http: DamagingClient(next: moto.http)))
        let error = await #expect(throws: AWSError.self) { try await damaged.get(bucket, "big") }
        #expect(error?.description.contains("its \(checksum.rawValue) differs") == true)
        let again = folder.path("again")
        await #expect(throws: AWSError.self) {
            try await damaged.download(bucket, "big", to: again, parts: parts)
        }
        #expect(!FileManager.default.fileExists(atPath: again))
    }

    @Test func `uploads what comes in pieces, whatever their sizes`() async throws {
        let moto = try Moto()
        let (s3, bucket) = try await moto.bucket(moto.account())
        let data = bytes(6 << 20)
        for (key, sizes) in [("small", [3, 0, 7]), ("none", []), ("two", [1 << 20, 5 << 20])] {
            var start = 0
            var pieces: [Data] = []
            for size in sizes {
                pieces.append(Data(data[start..<start + size]))
                start += size
            }
            _ = try await s3.upload(bucket, key, PulledSequence(pieces), parts: S3Parts(partBytes: 5 << 20))
            #expect(try await s3.get(bucket, key).data == data[..<start])
        }
    }

    @Test func `gives up an upload whose source breaks, and leaves no part`() async throws {
        struct Broken: Error {}
        let moto = try Moto()
        let (s3, bucket) = try await moto.bucket(moto.account())
        let piece = bytes(6 << 20)
        let source = PulledSequence<Data> {
            let count = Counter()
            return {
                guard count.next() < 3 else { throw Broken() }
                return piece
            }
        }
        await #expect(throws: AWSError.self) {
            try await s3.upload(bucket, "k", source, parts: S3Parts(partBytes: 5 << 20, width: 2))
        }
        let answer = try await s3.service.send(
            s3.operation("ListMultipartUploads", "GET", bucket, parameters: "?uploads"))
        let uploads = try s3.service.xml(answer, "ListMultipartUploads")
        #expect(uploads.all("Upload").isEmpty)
        #expect(try await s3.list(bucket).objects.isEmpty)
    }

    @Test func `retries a part by itself`() async throws {
        let moto = try Moto()
        let plain = try await moto.account()
        let (_, bucket) = try await moto.bucket(plain)
        let faulty = FaultyClient(moto.http, faults: [503, 500])
        let s3 = try S3(try await moto.account(http: faulty, attempts: 3))
        _ = try await s3.put(bucket, "k", .data(Data("x".utf8)))
        #expect(faulty.sent == 3)
    }

    @Test func `encrypts with a key of KMS`() async throws {
        let moto = try Moto()
        let account = try await moto.account()
        let (s3, bucket) = try await moto.bucket(account)
        let key = try await KMS(account).createKey("test")
        var options = S3WriteOptions()
        options.encryption = .kms(keyID: key)
        _ = try await s3.put(bucket, "k", .data(Data("x".utf8)), options: options)
        let facts = try await s3.head(bucket, "k")
        #expect(facts.encryption == "aws:kms" && facts.encryptionKeyID == key)
    }

    @Test func `presigns reading and writing`() async throws {
        let moto = try Moto()
        let (s3, bucket) = try await moto.bucket(moto.account())
        let put = try await s3.presign("PUT", bucket, "a b/é", expires: .seconds(60))
        let written = try await moto.http.send(HTTPRequest(method: "PUT", url: put, body: Data("x".utf8)))
        #expect(written.head.status == 200)
        let get = try await s3.presign("GET", bucket, "a b/é", expires: .seconds(60))
        let read = try await moto.http.send(HTTPRequest(url: get))
        #expect(read.head.status == 200 && read.body == Data("x".utf8))
    }

    @Test(arguments: [
        "", "ab", "UPPER", "a..b", "-a-", "a/b", "a b", "evil.example.com/x",
        String(repeating: "a", count: 64),
    ])
    func `refuses what is no bucket's name before it is sent`(bucket: String) async throws {
        let s3 = try S3(try await Moto().account())
        let error = await #expect(throws: AWSError.self) { try await s3.head(bucket, "k") }
        guard case .invalidOperation = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }

    @Test func `tells a bucket that is not there`() async throws {
        let moto = try Moto()
        let s3 = try S3(try await moto.account())
        let gone = await #expect(throws: AWSError.self) { try await s3.list("no-such-bucket-here") }
        #expect(gone?.code == "NoSuchBucket" && gone?.kind == .notFound)
    }
}

@Suite struct `Checksums of S3` {
    @Test(arguments: 0..<20)
    func `are zlib's and FIPS 180's, however the bytes are cut`(length: Int) {
        let data = Data((0..<length).map { UInt8(truncatingIfNeeded: $0 &* 37 &+ 11) })
        var byBit: UInt32 = ~0
        for byte in data {
            byBit ^= UInt32(byte)
            for _ in 0..<8 { byBit = byBit & 1 == 1 ? 0xEDB8_8320 ^ (byBit >> 1) : byBit >> 1 }
        }
        for cut in 0...length {
            var sum = CRC32()
            sum.update(Data(data[..<cut]))
            sum.update(data[cut...])
            #expect(sum.value == ~byBit)
        }
        #expect(S3Checksum.sha256.of(data) == Data(SHA256.hash(data: data)).base64EncodedString())
        #expect(S3Checksum.crc32.of(Data("123456789".utf8)) == "y/Q5Jg==")
    }
}
