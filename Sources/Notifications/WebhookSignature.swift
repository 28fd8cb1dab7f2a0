import Crypto
import Foundation
import Workspace

/// Signs messages as the Standard Webhooks specification 1.0 has it.
///
/// A signature is `v1,` and the Base64 of HMAC-SHA256 (RFC 2104), under the secret's bytes, of
/// `{id}.{timestamp}.{body}`. While a secret is being replaced there is one of each, with a space between.
public enum WebhookSignature {
    /// The headers that go with a message.
    ///
    /// - Parameters:
    ///   - id: stays the same for every attempt; has no full stop.
    ///   - time: of the attempt, for receivers that refuse what is old.
    ///   - secrets: the newest first.
    public static func headers(
        id: String, at time: Date, body: Data, secrets: [WebhookSecret]
    ) -> [(name: String, value: String)] {
        let timestamp = String(Int(time.timeIntervalSince1970.rounded(.down)))
        let signatures = secrets.map { signature(id: id, timestamp: timestamp, body: body, secret: $0) }
        return [
            ("webhook-id", id), ("webhook-timestamp", timestamp),
            ("webhook-signature", signatures.joined(separator: " ")),
        ]
    }

    /// - Parameter timestamp: seconds since 1970.
    static func signature(id: String, timestamp: String, body: Data, secret: WebhookSecret) -> String {
        var code = HMAC<SHA256>(key: SymmetricKey(data: secret.bytes))
        code.update(data: Data("\(id).\(timestamp).".utf8))
        code.update(data: body)
        return "v1," + Data(code.finalize()).base64EncodedString()
    }
}
