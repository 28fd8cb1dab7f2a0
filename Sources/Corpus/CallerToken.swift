/// The token by which a caller proved who they are.
///
/// It does not show itself: in messages, logs and dumps `redacted` stands for it.
public struct CallerToken: Sendable, Hashable {
    public let value: String

    public init(_ value: String) {
        self.value = value
    }
}

extension CallerToken: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    public var description: String { "redacted" }
    public var debugDescription: String { description }
    public var customMirror: Mirror { Mirror(self, children: []) }
}
