import Concurrency
import Foundation
import TestSupport
import Testing

@testable import Transport

/// A request and what botocore's signer made of it; written by `scripts/make-sigv4-fixtures`.
private struct SignedByBotocore: Decodable, Sendable, CustomTestStringConvertible {
    var name: String
    var method: String
    var url: String
    var headers: [[String]]
    var body: Data
    var service: String
    var region: String
    var time: String
    var token: Bool
    var canonicalRequest: [String]
    var authorization: String

    var testDescription: String { name }

    var request: HTTPRequest {
        HTTPRequest(method: method, url: url, headers: headers.map { ($0[0], $0[1]) }, body: body)
    }
}

@Suite struct `Signature Version 4` {
    private static let cases = Result {
        try Fixtures.jsonLines("sigv4/requests.jsonl", as: SignedByBotocore.self)
    }
    private let key = AWSCredentials(
        accessKeyID: "AKIDEXAMPLE", secretAccessKey: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY")
    private let token = "IQoJb3JpZ2luX2VjEXAMPLETOKEN//////////wEaCXVzLWVhc3QtMSJH+/=="

    @Test func `every signature equals botocore's, byte for byte`() throws {
        let cases = try Self.cases.get()
        #expect(cases.count >= 100)
        for expected in cases {
            var credentials = key
            credentials.sessionToken = expected.token ? token : nil
            let signer = SigV4Signer(region: expected.region, service: expected.service)
            let signed = try signer.sign(
                expected.request, credentials: credentials, date: isoDate(expected.time))
            let text = signer.canonicalRequest(signed, try RequestURL(expected.url)).text
            #expect(text == expected.canonicalRequest.joined(separator: "\n"), "\(expected.name)")
            let authorization = signed.headers.filter { $0.name == "Authorization" }.map(\.value)
            #expect(authorization == [expected.authorization], "\(expected.name)")
        }
    }

    /// The fixture's `20260102T030405Z`.
    private func isoDate(_ time: String) throws -> Date {
        let digits = time.filter(\.isNumber)
        let parts = [0..<4, 4..<6, 6..<8, 8..<10, 10..<12, 12..<14].map { range in
            Int(digits.dropFirst(range.lowerBound).prefix(range.count))
        }
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = .gmt
        let components = DateComponents(
            year: parts[0], month: parts[1], day: parts[2], hour: parts[3], minute: parts[4], second: parts[5]
        )
        return try #require(calendar.date(from: components))
    }

    @Test func `a request can be signed again, and the old signature is gone`() throws {
        let signer = SigV4Signer(region: "us-east-1", service: "bedrock")
        let request = HTTPRequest(method: "POST", url: "https://example.com/model/a%3A0/invoke")
        var temporary = key
        temporary.sessionToken = token
        let first = try signer.sign(request, credentials: temporary, date: Date(timeIntervalSince1970: 0))
        let again = try signer.sign(first, credentials: temporary, date: Date(timeIntervalSince1970: 60))
        let fresh = try signer.sign(request, credentials: temporary, date: Date(timeIntervalSince1970: 60))
        #expect(again.headers.map(\.name).sorted() == fresh.headers.map(\.name).sorted())
        #expect(again.headers.last?.value == fresh.headers.last?.value)
        #expect(again.headers.last?.value != first.headers.last?.value)
    }

    @Test func `a body that is not in memory is signed by the hash that is given`() throws {
        let signer = SigV4Signer(region: "eu-west-1", service: "s3")
        let keys = AWSCredentials(accessKeyID: "AKIDEXAMPLE", secretAccessKey: "secret")
        let date = Date(timeIntervalSince1970: 1_700_000_000)
        var request = HTTPRequest(
            method: "PUT", url: "https://b.s3.eu-west-1.amazonaws.com/k", body: Data("hello".utf8))
        let known = try signer.sign(request, credentials: keys, date: date)
        let hash = try #require(known.headers.first { $0.name == "X-Amz-Content-SHA256" })
        request.body = .stream(PulledSequence([Data("hello".utf8)]), length: 5)
        #expect(throws: TransportError.self) { try signer.sign(request, credentials: keys, date: date) }
        request.headers.append(hash)
        let streamed = try signer.sign(request, credentials: keys, date: date)
        #expect(
            streamed.headers.first { $0.name == "Authorization" }?.value
                == known.headers.first { $0.name == "Authorization" }?.value)
        request.headers = [("X-Amz-Content-SHA256", "UNSIGNED-PAYLOAD")]
        let url = try RequestURL(request.url)
        #expect(signer.canonicalRequest(request, url).text.hasSuffix("UNSIGNED-PAYLOAD"))
    }

    @Test(arguments: [
        ("a b", "a%20b"), ("é", "%C3%A9"), ("a/b:c", "a%2Fb%3Ac"), ("~-_.", "~-_."), ("%3A", "%253A"),
    ])
    func `percent-encoding keeps only AWS's unreserved characters`(text: String, encoded: String) {
        #expect(text.percentEncoded() == encoded)
    }
}
