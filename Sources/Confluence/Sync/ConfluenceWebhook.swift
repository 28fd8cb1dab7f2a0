import Crypto
import Foundation

/// What a Confluence says by itself: verified, and turned into what is to be read anew.
///
/// Data Center signs the raw body (`X-Hub-Signature: sha256=…`, HMAC-SHA256); an Automation rule of Cloud cannot
/// sign and sends the secret itself in a header. A payload is only ever taken for ids: what is true of them is
/// asked of the site, so an event that is old, repeated or forged by somebody who knows the secret does no harm.
public struct ConfluenceWebhook: Sendable {
    /// Where an Automation rule puts the secret.
    public static let secretHeader = "X-Millrace-Webhook-Secret"
    public static let signatureHeader = "X-Hub-Signature"

    /// Why a delivery is not taken.
    public enum Refusal: Error, Equatable, Sendable {
        case unsigned
        case wrongSignature
        case notJSON
    }

    private let key: SymmetricKey

    /// - Parameter secret: what the site was given as well; an empty one would sign for everybody.
    public init?(secret: String) {
        guard !secret.isEmpty else { return nil }
        key = SymmetricKey(data: Data(secret.utf8))
    }

    /// What a delivery says has changed.
    ///
    /// - Parameters:
    ///   - body: as it arrived, byte for byte.
    ///   - header: the request's header of a name, in any case.
    public func targets(
        body: Data, header: (_ name: String) -> String?
    ) throws(Refusal) -> [ConfluenceTarget] {
        if let signature = header(Self.signatureHeader) {
            guard isSigned(body, signature) else { throw .wrongSignature }
        } else if let secret = header(Self.secretHeader) {
            guard isSecret(secret) else { throw .wrongSignature }
        } else {
            throw .unsigned
        }
        guard let payload = try? JSONDecoder().decode(WebhookPayload.self, from: body) else { throw .notJSON }
        return payload.targets
    }

    private func isSigned(_ body: Data, _ signature: String) -> Bool {
        let prefix = "sha256="
        guard signature.hasPrefix(prefix), let code = Self.bytes(signature.dropFirst(prefix.count)) else {
            return false
        }
        // Compares in constant time.
        return HMAC<SHA256>.isValidAuthenticationCode(code, authenticating: body, using: key)
    }

    /// Compares codes of the two secrets, so that the time tells neither length nor prefix.
    private func isSecret(_ given: String) -> Bool {
        let probe = Data("millrace".utf8)
        let code = HMAC<SHA256>.authenticationCode(
            for: probe, using: SymmetricKey(data: Data(given.utf8)))
        return HMAC<SHA256>.isValidAuthenticationCode(Data(code), authenticating: probe, using: key)
    }

    private static func bytes(_ hex: Substring) -> [UInt8]? {
        guard hex.utf8.count == 64 else { return nil }
        let digits = Array(hex.utf8)
        var bytes: [UInt8] = []
        for index in stride(from: 0, to: digits.count, by: 2) {
            guard let byte = UInt8(String(decoding: digits[index..<index + 2], as: UTF8.self), radix: 16)
            else {
                return nil
            }
            bytes.append(byte)
        }
        return bytes
    }
}

/// A payload, of which only ids are read.
private struct WebhookPayload: Decodable {
    struct Named: Decodable {
        var id: WireID?
        var key: String?
        var name: String?
        var spaceKey: String?
    }

    var event: String
    var contents: [String] = []
    var spaces: [String] = []
    var groups: [String] = []

    private static let contentKeys = [
        "page", "blog", "blogpost", "content", "comment", "attachedTo", "labeled", "parent",
    ]

    private struct Key: CodingKey {
        var stringValue: String
        var intValue: Int? { nil }
        init(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }

    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Key.self)
        func value<Value: Decodable>(_ name: String, _ type: Value.Type) -> Value? {
            try? container.decode(Value.self, forKey: Key(stringValue: name))
        }
        event = value("event", String.self) ?? value("webhookEvent", String.self) ?? ""
        for name in Self.contentKeys {
            if let id = value(name, Named.self)?.id?.text { contents.append(id) }
        }
        for name in ["id", "contentId", "pageId"] {
            if let id = value(name, WireID.self)?.text { contents.append(id) }
        }
        if contents.isEmpty {
            let files =
                value("attachments", [Named].self) ?? [value("attachment", Named.self)].compactMap(\.self)
            contents += files.compactMap { $0.id?.text }.map { $0.hasPrefix("att") ? $0 : "att" + $0 }
        }
        spaces = [value("space", Named.self)?.key, value("spaceKey", String.self)].compactMap(\.self)
        groups = [value("group", Named.self)?.name, value("groupName", String.self)].compactMap(\.self)
        if let name = value("group", String.self) { groups.append(name) }
    }

    var targets: [ConfluenceTarget] {
        if event.hasPrefix("group_") || event.hasPrefix("user_") {
            return groups.isEmpty ? [.allGroups] : groups.map(ConfluenceTarget.group)
        }
        if event.hasPrefix("space_") { return spaces.map(ConfluenceTarget.space) }
        if contents.isEmpty { return spaces.map(ConfluenceTarget.space) }
        // What is above the pages below changed with these, or the way to them.
        let isTree =
            event.contains("permissions") || event.hasSuffix("_restored") || event.hasSuffix("_moved")
        return contents.map { isTree ? .tree($0) : .content($0) }
    }
}
