import Crypto
import Foundation

/// AWS Signature Version 4 in the `Authorization` header or in a URL, as botocore computes it.
///
///     canonical request = METHOD \n PATH \n QUERY \n NAME:VALUE \n … \n \n NAME;NAME;… \n PAYLOAD HASH
///     string to sign    = AWS4-HMAC-SHA256 \n TIME \n SCOPE \n hex(SHA-256(canonical request))
///     signature         = hex(HMAC(HMAC(HMAC(HMAC(HMAC("AWS4" + secret, day), region), service),
///                         "aws4_request"), string to sign))
///
/// The path is taken from the wire, dot segments and doubled slashes are removed, and it is encoded
/// *once more* (`%3A` is signed as `%253A`), except for S3, which signs it as it stands. libcurl's own signer
/// does neither, which is why it is not used.
public struct SigV4Signer: Sendable {
    public let region: String
    /// The signing name, for example `bedrock` (not `bedrock-runtime`) or `s3`.
    public let service: String
    private let keys = SigV4KeyCache()

    public init(region: String, service: String) {
        self.region = region
        self.service = service
    }

    /// Services that refuse a request without the header `X-Amz-Content-SHA256`: S3 and OpenSearch Serverless.
    private static let payloadHashServices: Set<String> = ["s3", "aoss"]

    /// `request` with `X-Amz-Date`, `X-Amz-Security-Token` (temporary keys), `X-Amz-Content-SHA256` (S3 and
    /// OpenSearch Serverless) and `Authorization` added; any that it already had are replaced, so that a request
    /// can be signed again.
    ///
    /// An `X-Amz-Content-SHA256` given with another service than these, or with a body that is not in memory, is
    /// signed as it stands: the hash of the file, or `UNSIGNED-PAYLOAD` where S3 takes it.
    public func sign(
        _ request: HTTPRequest, credentials: AWSCredentials, date: Date = Date()
    ) throws(TransportError) -> HTTPRequest {
        let url = try RequestURL(request.url)
        let time = SigV4Time(date)
        var signed = request
        signed.headers.reserveCapacity(request.headers.count + 4)
        signed.removeHeaders(["authorization", "x-amz-date", "date"])
        signed.headers.append(("X-Amz-Date", time.text))
        if let token = credentials.sessionToken {
            signed.removeHeaders(["x-amz-security-token"])
            signed.headers.append(("X-Amz-Security-Token", token))
        }
        if Self.payloadHashServices.contains(service), let body = request.body.data {
            signed.removeHeaders(["x-amz-content-sha256"])
            signed.headers.append(("X-Amz-Content-SHA256", SHA256.hash(data: body).hexadecimal))
        }
        guard request.body.data != nil || signed.payloadHash != nil else {
            throw .invalidRequest(
                reason: "a body that is not in memory is signed with its X-Amz-Content-SHA256")
        }
        let canonical = canonicalRequest(signed, url)
        let scope = scope(time)
        var text: [UInt8] = []
        text.reserveCapacity(320)
        text.append(contentsOf: "AWS4-HMAC-SHA256 Credential=".utf8)
        text.append(contentsOf: credentials.accessKeyID.utf8)
        text.append(UInt8(ascii: "/"))
        text.append(contentsOf: scope)
        text.append(contentsOf: ", SignedHeaders=".utf8)
        text.append(contentsOf: canonical.signedNameBytes)
        text.append(contentsOf: ", Signature=".utf8)
        text.appendHexadecimal(code(of: canonical, time, scope, credentials.secretAccessKey))
        signed.headers.append(("Authorization", String(decoding: text, as: UTF8.self)))
        return signed
    }

    /// `request`'s URL with a signature in its query, as botocore's `generate_presigned_url` makes it. The
    /// request's headers are signed and must be sent with it; its body is not.
    ///
    /// - Parameter expiresSeconds: from `date` on.
    public func presign(
        _ request: HTTPRequest, credentials: AWSCredentials, date: Date, expiresSeconds: Int
    ) throws(TransportError) -> String {
        let url = try RequestURL(request.url)
        let time = SigV4Time(date)
        let scope = scope(time)
        var bare = request
        // What it signs is not known yet, but for S3 it need not be.
        bare.removeHeaders(["authorization", "x-amz-date", "date", "x-amz-content-sha256"])
        let hash = service == "s3" ? "UNSIGNED-PAYLOAD" : SHA256.hash(data: Data()).hexadecimal
        let names = canonicalRequest(bare, url, payloadHash: hash).signedNames
        var items = [
            ("X-Amz-Algorithm", "AWS4-HMAC-SHA256"),
            ("X-Amz-Credential", credentials.accessKeyID + "/" + String(decoding: scope, as: UTF8.self)),
            ("X-Amz-Date", time.text),
            ("X-Amz-Expires", String(expiresSeconds)), ("X-Amz-SignedHeaders", names),
        ]
        if let token = credentials.sessionToken { items.append(("X-Amz-Security-Token", token)) }
        let added = items.map { "\($0.0)=\($0.1.percentEncoded())" }.joined(separator: "&")
        let query = (url.query.map { $0.isEmpty ? [] : [$0] } ?? []) + [added]
        let target = request.url.prefix { $0 != "?" && $0 != "#" }
        bare.url = target + "?" + query.joined(separator: "&")
        let canonical = canonicalRequest(bare, try RequestURL(bare.url), payloadHash: hash)
        return bare.url + "&X-Amz-Signature="
            + code(of: canonical, time, scope, credentials.secretAccessKey).hexadecimal
    }

    /// The text whose hash is signed, and the names of the headers in it.
    func canonicalRequest(
        _ request: HTTPRequest, _ url: RequestURL, payloadHash known: String? = nil
    ) -> SigV4CanonicalRequest {
        let hash = known ?? request.payloadHash ?? SHA256.hash(data: request.body.data ?? Data()).hexadecimal
        return SigV4CanonicalRequest(request, url, keepsPath: service == "s3", payloadHash: hash)
    }

    private func scope(_ time: SigV4Time) -> [UInt8] {
        var scope: [UInt8] = []
        scope.reserveCapacity(64)
        scope.append(contentsOf: time.day.utf8)
        for part in [region, service, "aws4_request"] {
            scope.append(UInt8(ascii: "/"))
            scope.append(contentsOf: part.utf8)
        }
        return scope
    }

    private func code(
        of canonical: SigV4CanonicalRequest, _ time: SigV4Time, _ scope: [UInt8], _ secret: String
    ) -> HMAC<SHA256>.MAC {
        var text: [UInt8] = []
        text.reserveCapacity(192)
        text.append(contentsOf: "AWS4-HMAC-SHA256\n".utf8)
        text.append(contentsOf: time.text.utf8)
        text.append(UInt8(ascii: "\n"))
        text.append(contentsOf: scope)
        text.append(UInt8(ascii: "\n"))
        text.appendHexadecimal(SHA256.hash(data: canonical.bytes))
        var code = keys.code(secret, day: time.day, region: region, service: service)
        code.update(data: text)
        return code.finalize()
    }
}

extension HTTPRequest {
    fileprivate var payloadHash: String? {
        headers.first { $0.name.isHeader("x-amz-content-sha256") }?.value
    }

    fileprivate mutating func removeHeaders(_ names: [String]) {
        headers.removeAll { header in names.contains { header.name.isHeader($0) } }
    }
}
