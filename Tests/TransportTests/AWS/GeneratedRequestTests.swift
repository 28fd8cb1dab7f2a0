import Foundation
import TestSupport
import Testing

@testable import Transport

/// A call with random parameters, and the whole request that a client of botocore's sends for it.
private struct GeneratedRequest: Decodable {
    struct Wire: Decodable {
        var method: String
        var url: String
        /// Without those that signing adds.
        var headers: [[String]]
        /// Base64.
        var body: Data
        var authorization: String
    }

    private struct Rest: Decodable {
        var endpointPrefix: String
        var region: String
        var signingName: String
        var token: Bool
        var expected: Wire
    }

    var call: KnownCall
    var endpointPrefix: String
    var region: String
    var signingName: String
    var token: Bool
    var expected: Wire

    init(from decoder: any Decoder) throws {
        call = try KnownCall(from: decoder)
        let rest = try Rest(from: decoder)
        endpointPrefix = rest.endpointPrefix
        region = rest.region
        signingName = rest.signingName
        token = rest.token
        expected = rest.expected
    }
}

/// A URL that botocore presigned.
private struct KnownPresigned: Decodable {
    var region: String
    var bucket: String
    var key: String
    var method: String
    var token: Bool
    var query: [[String]]
    var url: String
}

@Suite struct `AWS requests made from botocore's models` {
    /// The moment at which the fixtures are signed.
    private static let moment = Date(timeIntervalSince1970: 1_767_323_045)

    private func keys(token: Bool) -> StaticCredentials {
        StaticCredentials(
            AWSCredentials(
                accessKeyID: "AKIDEXAMPLE", secretAccessKey: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
                sessionToken: token
                    ? "IQoJb3JpZ2luX2VjEXAMPLETOKEN//////////wEaCXVzLWVhc3QtMSJH+/==" : nil))
    }

    private func service(_ known: GeneratedRequest) throws -> AWSService {
        try AWSService(
            AWSServiceDescription(
                endpointPrefix: known.endpointPrefix, signingName: known.signingName,
                apiProtocol: try #require(known.call.apiProtocol)),
            region: known.region, credentials: keys(token: known.token), http: ReplayHTTPClient([]),
            now: { Self.moment })
    }

    /// Headers that a rule of botocore's adds to a call, not its serializer: of checksums, and of DynamoDB's version.
    private func isAdded(_ name: String) -> Bool {
        name == "content-md5" || name.hasPrefix("x-amz-checksum-") || name == "x-amz-sdk-checksum-algorithm"
            || name == "x-amz-api-version"
    }

    /// The bucket goes to the host where its name allows, as ``S3`` does it.
    private func operation(_ known: GeneratedRequest) throws -> AWSOperation {
        var operation = try known.call.made()
        let given = Set(operation.headers.map { $0.name.lowercased() })
        operation.headers += known.expected.headers.filter {
            isAdded($0[0].lowercased()) && !given.contains($0[0].lowercased())
        }.map { ($0[0], $0[1]) }
        if known.call.service == "s3", let bucket = operation.labels["Bucket"] {
            if bucket.contains(".") {
                operation.path = "/{Bucket}" + (operation.path == "/" ? "" : operation.path)
            } else {
                operation.hostPrefix = bucket + "."
            }
        }
        return operation
    }

    @Test func `equal the client's in URL, headers, body and signature`() async throws {
        let known = try Fixtures.jsonLines("aws/generated.jsonl", as: GeneratedRequest.self)
        #expect(known.count >= 500)
        #expect(Set(known.map(\.call.service)).count >= 20)
        for known in known {
            let name: Comment = "\(known.call.service) \(known.call.operation)"
            let service = try service(known)
            var signed = try await service.signedRequest(operation(known)).request
            if known.call.xml != nil {
                // botocore leaves the type of XML to its HTTP layer, and so signs none.
                signed.headers.removeAll { $0.name == "Content-Type" }
                signed = try await service.signer.sign(
                    signed, credentials: keys(token: known.token).credentials(), date: Self.moment)
            }
            #expect(signed.method == known.expected.method, name)
            #expect(signed.url == known.expected.url, name)
            let body = try #require(signed.body.data)
            #expect(
                String(decoding: body, as: UTF8.self)
                    == String(decoding: known.expected.body, as: UTF8.self), name)
            let authorization = signed.headers.filter { $0.name == "Authorization" }.map(\.value)
            #expect(authorization == [known.expected.authorization], name)
        }
    }

    @Test func `are presigned as botocore does it`() async throws {
        let known = try Fixtures.jsonLines("aws/presigned.jsonl", as: KnownPresigned.self)
        #expect(known.count == 16)
        for known in known {
            let service = try AWSService(
                AWSServiceDescription(endpointPrefix: "s3", apiProtocol: .restXML), region: known.region,
                credentials: keys(token: known.token), http: ReplayHTTPClient([]), now: { Self.moment })
            var operation = AWSOperation(
                "Object", method: known.method, path: "/{Key+}", labels: ["Key": known.key],
                query: known.query.map { ($0[0], $0[1]) })
            if known.bucket.contains(".") {
                operation.path = "/{Bucket}/{Key+}"
                operation.labels["Bucket"] = known.bucket
            } else {
                operation.hostPrefix = known.bucket + "."
            }
            let url = try await service.presign(operation, expires: .seconds(900))
            #expect(url == known.url)
        }
    }

    @Test(arguments: [0, -1, 604_801])
    func `are presigned for a week at most`(seconds: Int) async throws {
        let service = try AWSService(
            AWSServiceDescription(endpointPrefix: "s3", apiProtocol: .restXML), region: "eu-west-1",
            credentials: keys(token: false), http: ReplayHTTPClient([]))
        let error = await #expect(throws: AWSError.self) {
            try await service.presign(
                AWSOperation("GetObject", method: "GET", path: "/b/k"), expires: .seconds(seconds))
        }
        #expect(error?.description.contains("\(seconds) seconds") == true)
    }
}
