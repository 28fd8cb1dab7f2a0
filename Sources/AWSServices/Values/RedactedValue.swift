import Transport

/// A value that does not show itself: in messages, logs and dumps `redacted` stands for it.
public protocol RedactedValue: SecretHolding {}

extension RedactedValue {
    public var description: String { "redacted" }
}
