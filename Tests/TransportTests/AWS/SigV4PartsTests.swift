import Crypto
import Foundation
import TestSupport
import Testing

@testable import Transport

@Suite struct `The parts of a signature` {
    @Test func `have the time that a calendar tells`() {
        let formatter = DateFormatter()
        formatter.locale = Locale(identifier: "en_US_POSIX")
        formatter.timeZone = .gmt
        formatter.dateFormat = "yyyyMMdd'T'HHmmss'Z'"
        var random = SeededGenerator(seed: 4)
        for _ in 0..<2_000 {
            // The years 1900 to 9999.
            let date = Date(
                timeIntervalSince1970: Double.random(in: -2_208_988_800..<253_402_300_800, using: &random))
            let whole = Date(timeIntervalSince1970: date.timeIntervalSince1970.rounded(.down))
            #expect(SigV4Time(date).text == formatter.string(from: whole))
        }
        for (seconds, text) in [
            (0.0, "19700101T000000Z"), (951_782_399.9, "20000228T235959Z"), (951_782_400, "20000229T000000Z"),
            (-1, "19691231T235959Z"), (1e30, "19700101T000000Z"), (.nan, "19700101T000000Z"),
            (1e12, "99991231T235959Z"), (-1e12, "00000101T000000Z"),
        ] {
            #expect(SigV4Time(Date(timeIntervalSince1970: seconds)).text == text)
        }
        #expect(SigV4Time(Date(timeIntervalSince1970: 0)).day == "19700101")
    }

    @Test func `are signed by a key of their own day and secret, of which few are kept`() {
        let cache = SigV4KeyCache()
        func derived(_ secret: String, _ day: String) -> [UInt8] {
            var key = SymmetricKey(data: Data("AWS4\(secret)".utf8))
            for part in [day, "eu-west-1", "sqs", "aws4_request"] {
                key = SymmetricKey(
                    data: HMAC<SHA256>.authenticationCode(for: Data(part.utf8), using: key))
            }
            return Array(HMAC<SHA256>.authenticationCode(for: Data("text".utf8), using: key))
        }
        func kept(_ secret: String, _ day: String) -> [UInt8] {
            var code = cache.code(secret, day: day[...], region: "eu-west-1", service: "sqs")
            code.update(data: Data("text".utf8))
            return Array(code.finalize())
        }
        for _ in 0..<2 {
            #expect(kept("one", "20260102") == derived("one", "20260102"))
            #expect(kept("two", "20260102") == derived("two", "20260102"))
            #expect(kept("one", "20260103") == derived("one", "20260103"))
        }
        #expect(cache.count == 3)
        for number in 0..<50 { _ = kept("\(number)", "20260102") }
        #expect(cache.count == SigV4KeyCache.capacity)
        #expect(kept("one", "20260102") == derived("one", "20260102"))
    }

    @Test func `are the same however many sign at once`() async throws {
        let signer = SigV4Signer(region: "us-east-1", service: "bedrock")
        let request = HTTPRequest(method: "POST", url: "https://example.com/model/m/invoke")
        let date = Date(timeIntervalSince1970: 1_700_000_000)
        func signature(_ number: Int) throws -> String? {
            let keys = AWSCredentials(accessKeyID: "AKID", secretAccessKey: "secret \(number % 12)")
            return try signer.sign(request, credentials: keys, date: date).headers.last?.value
        }
        let expected = try (0..<12).map(signature)
        #expect(Set(expected).count == 12)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<8 {
                group.addTask {
                    for number in 0..<240 {
                        let value = try signature(number)
                        #expect(value == expected[number % 12])
                    }
                }
            }
            try await group.waitForAll()
        }
    }

    @Test(arguments: [
        ("", "/"), ("/", "/"), ("/a/", "/a/"), ("//a//b", "/a/b"), ("/a/./b", "/a/b"), ("/a/../b", "/b"),
        ("/..", "/"), ("/a/..", "/"), ("/a/../", "/"), ("/a%3A0/b", "/a%253A0/b"), ("/a/.", "/a"),
    ])
    func `have paths without dots and doubled slashes, encoded once more`(path: String, signed: String) throws
    {
        let request = HTTPRequest(url: "https://example.com\(path)")
        let url = try RequestURL(request.url)
        let text = SigV4Signer(region: "r", service: "sqs").canonicalRequest(request, url).text
        #expect(text.hasPrefix("GET\n\(signed)\n\nhost:example.com\n\nhost\n"))
        let kept = SigV4Signer(region: "r", service: "s3").canonicalRequest(request, url).text
        #expect(kept.hasPrefix("GET\n\(path.isEmpty ? "/" : path)\n"))
    }

    @Test func `have headers in order, trimmed, and repeats in one line`() throws {
        let request = HTTPRequest(
            url: "https://example.com/?b=2&a&b=1",
            headers: [
                ("X-B", " two  words\t"), ("x-a", ""), ("X-b", "more"), ("X-A", "v"), ("User-Agent", "u"),
                ("Host", "other"),
            ])
        let canonical = SigV4Signer(region: "r", service: "sqs").canonicalRequest(
            request, try RequestURL(request.url))
        #expect(canonical.signedNames == "host;x-a;x-b")
        let hash = SHA256.hash(data: Data()).hexadecimal
        #expect(
            canonical.text
                == "GET\n/\na=&b=1&b=2\nhost:other\nx-a:,v\nx-b:two words,more\n\nhost;x-a;x-b\n\(hash)")
    }

    @Test(
        arguments: [
            ("https://Example.com", "example.com", nil, "", nil), ("http://h:81/p?", "h", 81, "/p", ""),
            ("http://h?a=/b#f", "h", nil, "", "a=/b"), ("http://[::1]:9/x", "[::1]", 9, "/x", nil),
            ("HTTP://h/a?b?c", "h", nil, "/a", "b?c"),
        ] as [(String, String, Int?, String, String?)])
    func `are taken from a URL as it stands`(
        text: String, host: String, port: Int?, path: String, query: String?
    ) throws {
        let url = try RequestURL(text)
        #expect(url.host == host && url.port == port && url.path == path && url.query == query)
    }

    @Test(arguments: [
        "", "h", "mailto:a", "http:/h", "ftp://h", "http://", "http://u:p@h/", "http://h:0/", "http://h:x/",
        "http://h/ö", "http://h/a b", "http://h:99999/",
    ])
    func `are refused of a URL that is none`(text: String) {
        #expect(throws: TransportError.self) { try RequestURL(text) }
    }

    @Test func `name headers without case`() {
        let head = HTTPResponseHead(status: 200, headers: [("X-Amzn-RequestId", "7"), ("ETag", "e")])
        #expect(head["x-amzn-requestid"] == "7" && head["ETAG"] == "e" && head["e-tag"] == nil)
        // These differ by the bit that tells the cases of letters apart, and are no letters.
        #expect(!"a@".isHeader("a`") && !"a[".isHeader("a{"))
    }
}
