/// An absolute http or https URL cut into the parts that connecting and signing need, byte for byte as given.
struct RequestURL: Sendable, Equatable {
    let scheme: String
    /// Lower case, without the port; IPv6 addresses keep their brackets.
    let host: String
    /// `nil` when the URL names none.
    let port: Int?
    /// Percent-encoded as given; empty when the URL has none.
    let path: String
    /// Percent-encoded as given, without the `?`; `nil` when there is none.
    let query: String?

    /// What goes into the `Host` header: the default port of the scheme is left out.
    var authority: String {
        guard let port, port != (scheme == "https" ? 443 : 80) else { return host }
        return "\(host):\(port)"
    }

    init(_ url: String) throws(TransportError) {
        let bytes = Array(url.utf8)
        guard !bytes.isEmpty, bytes.allSatisfy({ (0x21...0x7E).contains($0) }) else {
            throw Self.refusal(url, "it is empty or has characters that must be percent-encoded")
        }
        guard let colon = bytes.firstIndex(of: UInt8(ascii: ":")), bytes[colon...].starts(with: "://".utf8)
        else { throw Self.refusal(url, "it has no scheme") }
        scheme = Self.lowercased(bytes[..<colon])
        guard scheme == "http" || scheme == "https" else {
            throw Self.refusal(url, "only http and https are spoken, not \(scheme)")
        }
        let rest = bytes[(colon + 3)...].prefix { $0 != UInt8(ascii: "#") }
        let authority = rest.prefix { $0 != UInt8(ascii: "/") && $0 != UInt8(ascii: "?") }
        guard !authority.contains(UInt8(ascii: "@")) else {
            throw Self.refusal(url, "it carries a user name or password")
        }
        (host, port) = try Self.hostAndPort(authority, of: url)
        let target = rest[authority.endIndex...]
        let path = target.prefix { $0 != UInt8(ascii: "?") }
        self.path = String(decoding: path, as: UTF8.self)
        query =
            path.endIndex == target.endIndex
            ? nil : String(decoding: target[path.endIndex...].dropFirst(), as: UTF8.self)
    }

    private static func hostAndPort(
        _ authority: ArraySlice<UInt8>, of url: String
    ) throws(TransportError) -> (String, Int?) {
        let bracket = authority.lastIndex(of: UInt8(ascii: "]")) ?? authority.startIndex
        let colon = authority[bracket...].firstIndex(of: UInt8(ascii: ":"))
        let host = lowercased(authority[..<(colon ?? authority.endIndex)])
        guard !host.isEmpty else { throw refusal(url, "it names no host") }
        guard let colon else { return (host, nil) }
        let digits = String(decoding: authority[(colon + 1)...], as: UTF8.self)
        guard let port = UInt16(digits), port > 0 else { throw refusal(url, "its port is not in 1...65535") }
        return (host, Int(port))
    }

    /// All of a URL is ASCII.
    private static func lowercased(_ bytes: ArraySlice<UInt8>) -> String {
        // Nearly all are in small letters already, which are copied in one go.
        let hasCapitals = bytes.contains { $0 != $0.lowercasedASCII }
        return hasCapitals
            ? String(decoding: bytes.map(\.lowercasedASCII), as: UTF8.self)
            : String(decoding: bytes, as: UTF8.self)
    }

    private static func refusal(_ url: String, _ reason: String) -> TransportError {
        .invalidURL(url: redacted(url), reason: reason)
    }

    /// `url` without user, password, query and fragment, at most 200 characters long.
    static func redacted(_ url: String) -> String {
        var shown = url.prefix { $0 != "?" && $0 != "#" }
        if let separator = shown.firstRange(of: "://") {
            let authority = shown[separator.upperBound...].prefix { $0 != "/" }
            if let at = authority.lastIndex(of: "@") {
                shown.removeSubrange(separator.upperBound...at)
            }
        } else if let at = shown.lastIndex(of: "@") {
            shown.removeSubrange(...at)
        }
        return String(shown.prefix(200))
    }
}
