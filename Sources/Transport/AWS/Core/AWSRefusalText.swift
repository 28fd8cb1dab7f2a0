import Foundation

/// What a refused call's response says, whichever of the protocols it is written in.
///
/// The code stands in a header (`x-amzn-errortype`), or in the body: JSON's `__type` or `code`, XML's `Code`.
/// A service that keeps the codes of its query protocol tells those in `x-amzn-query-error`.
struct AWSRefusalText: Equatable {
    /// Empty when there is none.
    var code = ""
    var message = ""
    var requestID: String?
    /// The region that S3 tells a bucket to be in.
    var otherRegion: String?

    /// Largest body that is looked into.
    static let limitBytes = 64 << 10

    /// - Parameters:
    ///   - body: `nil` when it is not known; one that is cut short tells nothing.
    ///   - secrets: what must not be shown, should AWS repeat it: a refused signature's message may quote the
    ///     whole request with its token.
    init(_ head: HTTPResponseHead, body: Data?, hiding secrets: [String] = []) {
        let first = body?.first { $0 > UInt8(ascii: " ") }
        if let body, body.count <= Self.limitBytes {
            if first == UInt8(ascii: "<") { readXML(body) } else { readJSON(body) }
        }
        if let type = head["x-amzn-errortype"] { code = Self.plain(type) }
        if let old = head["x-amzn-query-error"]?.split(separator: ";").first { code = String(old) }
        requestID = head["x-amzn-requestid"] ?? head["x-amz-request-id"] ?? requestID
        if let quoted = message.firstRange(of: "The Canonical String for this request") {
            message = String(message[..<quoted.lowerBound])
        }
        for secret in secrets where !secret.isEmpty {
            message = message.replacing(secret, with: "…")
            code = code.replacing(secret, with: "…")
        }
        message = Self.shortened(message)
        code = Self.shortened(code)
    }

    private mutating func readJSON(_ body: Data) {
        struct Told: Decodable {
            var message: String?
            var Message: String?
            var __type: String?
            var code: String?
            var Code: String?
        }
        guard let told = try? JSONDecoder().decode(Told.self, from: body) else { return }
        message = told.message ?? told.Message ?? ""
        code = Self.plain(told.__type ?? told.code ?? told.Code ?? "")
    }

    private mutating func readXML(_ body: Data) {
        guard let root = try? XMLTree(parsing: body) else { return }
        // The last is EC2's form, which gateways in front of other services have too.
        let inner = root["Error"] ?? root["Errors"]?["Error"]
        guard let error = root.name == "Error" ? root : inner else { return }
        code = error["Code"]?.text ?? ""
        message = error["Message"]?.text ?? ""
        requestID = (root["RequestId"] ?? error["RequestId"])?.text
        otherRegion = error["Region"]?.text
    }

    /// `com.amazonaws.sqs#QueueDoesNotExist` and `ThrottlingException:http://…` without what is around them.
    private static func plain(_ type: String) -> String {
        let name = type.prefix { $0 != ":" }
        return name.split(separator: "#").last.map(String.init) ?? ""
    }

    static func shortened(_ message: String) -> String {
        String(message.prefix(300).map { $0.isNewline ? " " : $0 })
    }
}
