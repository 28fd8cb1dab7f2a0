import Foundation
import JSONValue

/// What a refused call's response says, whichever of the protocols it is written in.
///
/// The code stands in a header (`x-amzn-errortype`), or in the body: JSON's `__type` or `code`, XML's `Code`,
/// OpenSearch's `error`.
/// A service that keeps the codes of its query protocol tells those in `x-amzn-query-error`.
struct AWSRefusalText: Equatable {
    /// Empty when there is none.
    var code = ""
    var message = ""
    var requestID: String?
    /// The region that S3 tells a bucket to be in.
    var otherRegion: String?
    /// What is told beside these: ``AWSError/Refusal/details``.
    var details: [String: String] = [:]

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
        if code.isEmpty, head.status == 403 { code = Self.code(of: message) }
        requestID = head.knownRequestID ?? requestID
        if let quoted = message.firstRange(of: "The Canonical String for this request") {
            message = String(message[..<quoted.lowerBound])
        }
        for secret in secrets where !secret.isEmpty {
            message = message.replacing(secret, with: "…")
            code = code.replacing(secret, with: "…")
            details = details.mapValues { $0.replacing(secret, with: "…") }
        }
        message = Self.shortened(message)
        code = Self.shortened(code)
        details = details.mapValues(Self.shortened)
    }

    /// Whether a body is S3's of a refusal, whatever its status says.
    static func isRefusal(_ body: Data) -> Bool {
        guard body.count <= limitBytes, let root = try? XMLTree(parsing: body) else { return false }
        return root.name == "Error"
    }

    /// What other services call that which a domain of OpenSearch, and a gateway in front of a service, tell in words
    /// alone: without a code nobody would set the clock right or ask for other keys.
    private static let codes: [(words: String, code: String)] = [
        ("security token included in the request is expired", "ExpiredTokenException"),
        ("Signature expired", "RequestTimeTooSkewed"),
        ("Signature not yet current", "RequestTimeTooSkewed"),
        ("security token", "UnrecognizedClientException"),
        ("Credential should be scoped", "InvalidSignatureException"),
        ("signature", "InvalidSignatureException"),
    ]

    private static func code(of message: String) -> String {
        codes.first { message.contains($0.words) }?.code ?? ""
    }

    private mutating func readJSON(_ body: Data) {
        struct Told: Decodable {
            var message: String?
            var Message: String?
            var __type: String?
            var code: String?
            var Code: String?
        }
        struct Search: Decodable {
            var error: OpenSearchComplaint
            var status: Int
        }
        struct Document: Decodable {
            var _id: String
            var found: Bool?
            var result: String?
        }
        if let told = try? JSONDecoder().decode(Search.self, from: body) {
            message = told.error.reason
            code = told.error.type
        } else if let told = try? JSONDecoder().decode(Document.self, from: body),
            told.found == false || told.result == "not_found"
        {
            code = OpenSearchComplaint.missingDocument
        }
        guard let told = try? JSONDecoder().decode(Told.self, from: body) else { return }
        message = told.message ?? told.Message ?? message
        if let type = told.__type ?? told.code ?? told.Code { code = Self.plain(type) }
        guard let more = try? JSONDecoder().decode(Details.self, from: body) else { return }
        details["OriginalStatusCode"] = (more.OriginalStatusCode ?? more.originalStatusCode).map { "\($0)" }
        details["OriginalMessage"] = (more.OriginalMessage ?? more.originalMessage).map(Self.words)
        details["LogStreamArn"] = more.LogStreamArn
        details["ErrorCode"] = more.ErrorCode
    }

    /// SageMaker's, of a failure of the model behind an endpoint; and Bedrock's of a model's, with small letters.
    private struct Details: Decodable {
        var OriginalStatusCode: Int?
        var originalStatusCode: Int?
        var OriginalMessage: String?
        var originalMessage: String?
        var LogStreamArn: String?
        var ErrorCode: String?
    }

    /// What a model's container says. Many say it in JSON that repeats what they were sent, which is left out:
    /// `{"error": …}`, `{"error": {"message": …}}`, `{"message": …}`, `{"detail": [{"msg": …, "input": …}]}`.
    private static func words(_ said: String) -> String {
        guard let first = said.first(where: { !$0.isWhitespace }), "{[".contains(first) else { return said }
        guard let value = try? JSONValue(parsing: said) else { return "" }
        let told = value["error"] ?? value["message"] ?? value["detail"] ?? value["Message"]
        let parts = told?.array ?? [told?["message"] ?? told ?? .null]
        return parts.compactMap { $0.string ?? $0["msg"]?.string }.joined(separator: "; ")
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

    /// A message as what stands between the facts of a refusal and the advice: with a colon before and a stop behind.
    static func said(_ message: String) -> String {
        let isEnded = message.last.map { ".!?…".contains($0) } ?? false
        return message.isEmpty ? "." : ": \(message)\(isEnded ? "" : ".")"
    }

    static func shortened(_ message: String) -> String {
        String(message.prefix(300).map { $0.isNewline ? " " : $0 })
    }
}
