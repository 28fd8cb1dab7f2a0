import Crypto
import Foundation

/// What an endpoint's messages are signed with: random bytes that its owner and we know.
///
/// Written `whsec_` and the bytes in Base64, as the Standard Webhooks specification 1.0 has it.
public struct WebhookSecret: Sendable, Hashable {
    public let bytes: Data
    public static let prefix = "whsec_"
    static let byteCount = 32
    /// What the specification lets a secret have.
    static let byteCounts = 24...64

    /// A new one.
    public init() {
        bytes = SymmetricKey(size: .init(bitCount: Self.byteCount * 8)).withUnsafeBytes { Data($0) }
    }

    /// - Returns: `nil` for a text that is no secret, or has less than 24 or more than 64 bytes.
    public init?(_ text: String) {
        guard text.hasPrefix(Self.prefix),
            let bytes = Data(base64Encoded: String(text.dropFirst(Self.prefix.count))),
            Self.byteCounts.contains(bytes.count)
        else { return nil }
        self.bytes = bytes
    }

    /// For the owner, once.
    public var text: String { Self.prefix + bytes.base64EncodedString() }
}

extension WebhookSecret: CustomStringConvertible {
    /// Tells nothing of it.
    public var description: String { Self.prefix + "…" }
}

extension VariableSeal {
    /// Seals an endpoint's secret; it opens for this endpoint and owner alone.
    public func seal(
        _ secret: WebhookSecret, ofWebhook id: String, for owner: Owner
    ) throws(WorkspaceError) -> Data {
        try seal(Data(secret.text.utf8), name: Self.name(ofWebhook: id), owner: owner)
    }

    /// The secrets that sign at `time`, the newest first.
    public func secrets(
        of endpoint: WebhookEndpoint, at time: Date
    ) throws(WorkspaceError) -> [WebhookSecret] {
        var sealed = [endpoint.secret]
        if let previous = endpoint.previousSecret, time < previous.validUntil {
            sealed.append(previous.secret)
        }
        var secrets: [WebhookSecret] = []
        for value in sealed {
            let name = Self.name(ofWebhook: endpoint.id)
            let text = String(decoding: try open(value, name: name, owner: endpoint.owner), as: UTF8.self)
            guard let secret = WebhookSecret(text) else {
                throw .sealBroken(variable: name, reason: "what was sealed is no secret of a webhook")
            }
            secrets.append(secret)
        }
        return secrets
    }

    static func name(ofWebhook id: String) -> String { "secret of the webhook \(id)" }
}
