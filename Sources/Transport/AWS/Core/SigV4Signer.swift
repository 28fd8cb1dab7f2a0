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

    public init(region: String, service: String) {
        self.region = region
        self.service = service
    }

    /// Headers that proxies and clients may change on the way, and which are therefore not signed.
    private static let unsignedHeaders: Set<String> = [
        "connection", "expect", "keep-alive", "proxy-authenticate", "proxy-authorization", "te", "trailer",
        "transfer-encoding", "upgrade", "user-agent", "x-amzn-trace-id", "authorization",
        "accept-encoding",
    ]

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
        let time = Self.timestamp(date)
        var signed = request
        signed.removeHeaders(["authorization", "x-amz-date", "date"])
        signed.headers.append(("X-Amz-Date", time))
        if let token = credentials.sessionToken {
            signed.removeHeaders(["x-amz-security-token"])
            signed.headers.append(("X-Amz-Security-Token", token))
        }
        if Self.payloadHashServices.contains(service), let body = request.body.data {
            signed.removeHeaders(["x-amz-content-sha256"])
            signed.headers.append(("X-Amz-Content-SHA256", hexSHA256(body)))
        }
        guard request.body.data != nil || signed.payloadHash != nil else {
            throw .invalidRequest(
                reason: "a body that is not in memory is signed with its X-Amz-Content-SHA256")
        }
        let (canonical, signedNames) = canonicalRequest(signed, url)
        let scope = "\(time.prefix(8))/\(region)/\(service)/aws4_request"
        let signature = signature(
            of: Self.stringToSign(canonical, time, scope), day: time.prefix(8), credentials.secretAccessKey)
        signed.headers.append(
            (
                "Authorization",
                """
                AWS4-HMAC-SHA256 Credential=\(credentials.accessKeyID)/\(scope), \
                SignedHeaders=\(signedNames), Signature=\(signature)
                """
            ))
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
        let time = Self.timestamp(date)
        let scope = "\(time.prefix(8))/\(region)/\(service)/aws4_request"
        var bare = request
        // What it signs is not known yet, but for S3 it need not be.
        bare.removeHeaders(["authorization", "x-amz-date", "date", "x-amz-content-sha256"])
        let names = Self.canonicalHeaders(bare, url).map(\.name).joined(separator: ";")
        var items = [
            ("X-Amz-Algorithm", "AWS4-HMAC-SHA256"),
            ("X-Amz-Credential", "\(credentials.accessKeyID)/\(scope)"), ("X-Amz-Date", time),
            ("X-Amz-Expires", String(expiresSeconds)), ("X-Amz-SignedHeaders", names),
        ]
        if let token = credentials.sessionToken { items.append(("X-Amz-Security-Token", token)) }
        let added = items.map { "\($0.0)=\($0.1.percentEncoded())" }.joined(separator: "&")
        let query = (url.query.map { $0.isEmpty ? [] : [$0] } ?? []) + [added]
        let target = request.url.prefix { $0 != "?" && $0 != "#" }
        bare.url = target + "?" + query.joined(separator: "&")
        let hash = service == "s3" ? "UNSIGNED-PAYLOAD" : hexSHA256(Data())
        let canonical = canonicalRequest(bare, try RequestURL(bare.url), payloadHash: hash).text
        let signature = signature(
            of: Self.stringToSign(canonical, time, scope), day: time.prefix(8), credentials.secretAccessKey)
        return bare.url + "&X-Amz-Signature=\(signature)"
    }

    private static func stringToSign(_ canonical: String, _ time: String, _ scope: String) -> String {
        "AWS4-HMAC-SHA256\n\(time)\n\(scope)\n\(hexSHA256(Data(canonical.utf8)))"
    }

    /// The text whose hash is signed, and the names of the headers in it.
    func canonicalRequest(
        _ request: HTTPRequest, _ url: RequestURL, payloadHash known: String? = nil
    ) -> (text: String, signedNames: String) {
        let headers = Self.canonicalHeaders(request, url)
        let names = headers.map(\.name).joined(separator: ";")
        let payloadHash = known ?? request.payloadHash ?? hexSHA256(request.body.data ?? Data())
        let lines =
            [request.method.uppercased(), canonicalPath(url.path), Self.canonicalQuery(url.query)]
            + headers.map { "\($0.name):\($0.value)" } + ["", names, payloadHash]
        return (lines.joined(separator: "\n"), names)
    }

    private func canonicalPath(_ path: String) -> String {
        if path.isEmpty { return "/" }
        if service == "s3" { return path }
        var segments: [Substring] = []
        for segment in path.split(separator: "/") where segment != "." {
            if segment == ".." {
                _ = segments.popLast()
            } else {
                segments.append(segment)
            }
        }
        let end = path.hasSuffix("/") && !segments.isEmpty ? "/" : ""
        return "/" + segments.joined(separator: "/").percentEncoded(keeping: "/") + end
    }

    /// Sorted by key and then by value, as they stand on the wire; a key without `=` gets one.
    private static func canonicalQuery(_ query: String?) -> String {
        guard let query, !query.isEmpty else { return "" }
        let pairs = query.split(separator: "&", omittingEmptySubsequences: false).map { pair in
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            return (key: String(parts[0]), value: parts.count > 1 ? String(parts[1]) : "")
        }
        return pairs.sorted { ($0.key, $0.value) < ($1.key, $1.value) }
            .map { "\($0.key)=\($0.value)" }.joined(separator: "&")
    }

    /// Lower-case names in order; values trimmed, inner runs of space made one, repeats joined by commas.
    private static func canonicalHeaders(
        _ request: HTTPRequest, _ url: RequestURL
    ) -> [(name: String, value: String)] {
        var values: [String: [String]] = [:]
        for (name, value) in request.headers where !unsignedHeaders.contains(name.lowercased()) {
            let words = value.split { $0 == " " || ("\t"..."\r").contains($0) }
            values[name.lowercased(), default: []].append(words.joined(separator: " "))
        }
        if values["host"] == nil { values["host"] = [url.authority] }
        return values.sorted { $0.key < $1.key }.map { ($0.key, $0.value.joined(separator: ",")) }
    }

    private func signature(of text: String, day: Substring, _ secret: String) -> String {
        var key = SymmetricKey(data: Data("AWS4\(secret)".utf8))
        for part in [String(day), region, service, "aws4_request"] {
            key = SymmetricKey(data: HMAC<SHA256>.authenticationCode(for: Data(part.utf8), using: key))
        }
        return HMAC<SHA256>.authenticationCode(for: Data(text.utf8), using: key).hexadecimal
    }

    /// `20261123T114200Z`, always in UTC.
    static func timestamp(_ date: Date) -> String {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = .gmt
        let parts = calendar.dateComponents([.year, .month, .day, .hour, .minute, .second], from: date)
        func digits(_ value: Int?, _ width: Int = 2) -> String {
            let text = String(value ?? 0)
            return String(repeating: "0", count: max(0, width - text.count)) + text
        }
        return digits(parts.year, 4) + digits(parts.month) + digits(parts.day) + "T" + digits(parts.hour)
            + digits(parts.minute) + digits(parts.second) + "Z"
    }
}

private func hexSHA256(_ data: Data) -> String {
    SHA256.hash(data: data).hexadecimal
}

extension HTTPRequest {
    fileprivate var payloadHash: String? {
        headers.first { $0.name.lowercased() == "x-amz-content-sha256" }?.value
    }

    fileprivate mutating func removeHeaders(_ names: Set<String>) {
        headers.removeAll { names.contains($0.name.lowercased()) }
    }
}
