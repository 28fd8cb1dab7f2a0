/// A setting's value that stands in AWS: `secret:NAME`, `secret:NAME#key` of a secret that is JSON, `ssm:/path`.
public enum AWSValueReference: Sendable, Hashable {
    /// - Parameter key: a member of the secret's JSON object; `nil` for the secret as it is.
    case secret(id: String, key: String?)
    /// - Parameter name: of a parameter, with `:VERSION` or `:LABEL` if need be.
    case parameter(name: String)

    /// `nil` for any text that is no reference: it stands for itself.
    public init?(_ text: String) {
        if text.hasPrefix("secret:") {
            let rest = text.dropFirst("secret:".count)
            // A name may hold neither # nor a space; an ARN neither.
            let mark = rest.firstIndex(of: "#")
            let id = String(rest[..<(mark ?? rest.endIndex)])
            let key = mark.map { String(rest[rest.index(after: $0)...]) }
            guard !id.isEmpty, key != "", !id.contains(where: \.isWhitespace) else { return nil }
            self = .secret(id: id, key: key)
        } else if text.hasPrefix("ssm:") {
            let name = String(text.dropFirst("ssm:".count))
            guard !name.isEmpty, !name.contains(where: \.isWhitespace) else { return nil }
            self = .parameter(name: name)
        } else {
            return nil
        }
    }
}

extension AWSValueReference: CustomStringConvertible {
    public var description: String {
        switch self {
        case .secret(let id, let key): "secret:\(id)" + (key.map { "#\($0)" } ?? "")
        case .parameter(let name): "ssm:\(name)"
        }
    }
}
