import Foundation

/// What a model thought before it answered. It is no part of the answer and is never shown as one.
///
/// Models that sign it want it back unchanged before the calls that followed it, when the tools' results are sent.
public struct Reasoning: Sendable, Hashable {
    public var text: String
    /// The provider's; `nil` where it signs nothing.
    public var signature: String?
    /// What the provider shows to nobody, encrypted.
    public var redacted: Data?

    public init(text: String = "", signature: String? = nil, redacted: Data? = nil) {
        self.text = text
        self.signature = signature
        self.redacted = redacted
    }
}
