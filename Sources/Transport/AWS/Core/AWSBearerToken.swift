/// A token that stands for its owner by itself, such as an API key of Bedrock.
public struct AWSBearerToken: Sendable, Hashable {
    let value: String

    /// - Returns: `nil` for what a header cannot carry: nothing, or anything but visible ASCII.
    public init?(_ value: String) {
        let value = value.trimmingASCIISpace()
        guard !value.isEmpty, value.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else { return nil }
        self.value = value
    }
}

extension AWSBearerToken: SecretHolding {
    public var description: String { "AWSBearerToken" }
}
