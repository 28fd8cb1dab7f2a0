import CCurl
import Foundation

/// An absolute http or https URL, read by the parser that also connects: libcurl's.
///
/// What is decided by ``host`` or ``origin`` therefore holds for where the request goes. ``url`` is its normal form: a
/// host in ASCII, IPv4 addresses in four decimal numbers however they were written, no dot segments, no fragment,
/// everything percent-encoded that must be. It is a URL that an ``HTTPRequest`` takes.
///
/// International names come in Punycode. As they are spelled they are read only where the process's locale is UTF-8,
/// for libcurl asks the locale, and refused elsewhere.
public struct WebURL: Sendable, Hashable {
    public let url: String
    /// `http` or `https`.
    public let scheme: String
    /// Lower case, without the dot at the end that makes a name absolute; IPv6 addresses in brackets.
    public let host: String
    public let port: Int

    /// Longest URL that is read.
    public static let limitBytes = 8_192

    /// - Parameter text: absolute; white space around it is passed over.
    /// - Throws: ``TransportError/invalidURL(url:reason:)`` also for a user name or password, which would end up in
    ///   logs, and for every scheme but http and https.
    public init(_ text: String) throws(TransportError) {
        try self.init(Self.trimmed(text), to: nil)
    }

    /// Where a reference of a document or a redirect at this URL leads.
    ///
    /// - Throws: as ``init(_:)``.
    public func resolving(_ reference: String) throws(TransportError) -> WebURL {
        let reference = Self.trimmed(reference)
        // libcurl 7.88 takes the last segment off for these two, against RFC 3986 §5.3.
        if reference.isEmpty || reference.hasPrefix("#") { return self }
        return try WebURL(url, to: reference)
    }

    /// With parameters behind those that it has, percent-encoded as RFC 3986 has it.
    public func adding(_ parameters: [(name: String, value: String)]) throws(TransportError) -> WebURL {
        guard !parameters.isEmpty else { return self }
        let query = parameters.map { "\($0.name.percentEncoded())=\($0.value.percentEncoded())" }
            .joined(separator: "&")
        return try WebURL(url + (url.contains("?") ? "&" : "?") + query)
    }

    /// Scheme, host and port: what may share cookies and credentials (RFC 6454).
    public var origin: String { "\(scheme)://\(host):\(port)" }

    /// Host and port as the `Host` header has them.
    public var authority: String {
        port == (scheme == "https" ? 443 : 80) ? host : "\(host):\(port)"
    }

    private init(_ text: String, to reference: String?) throws(TransportError) {
        let shown = reference ?? text
        guard let parsed = CurlURL() else {
            throw .invalidConfiguration(reason: "libcurl could not read a URL (out of memory?)")
        }
        for piece in [text, reference].compactMap(\.self) {
            guard piece.utf8.count <= Self.limitBytes, !piece.utf8.contains(0) else {
                throw Self.refusal(
                    shown, "it is longer than \(Self.limitBytes) bytes, or has a zero byte in it")
            }
            let code = parsed.set(piece)
            guard code == CURLUE_OK else { throw Self.refusal(shown, Self.reason(code)) }
        }
        parsed.removeFragment()
        let scheme = parsed[CURLUPART_SCHEME]?.lowercased() ?? ""
        guard scheme == "http" || scheme == "https" else {
            throw Self.refusal(shown, "only http and https are spoken")
        }
        guard let url = parsed[CURLUPART_URL], let host = parsed[CURLUPART_HOST]?.lowercased(),
            let port = parsed[CURLUPART_PORT].flatMap({ Int($0) })
        else {
            throw Self.refusal(
                shown, "its host is no name in ASCII; an international one is written in Punycode (xn--…)")
        }
        // The normal form must say the same to whoever reads it next; a zone within an IPv6 address does not.
        guard try RequestURL(url).host == host else { throw Self.refusal(shown, "its host is ambiguous") }
        let name = host.hasSuffix(".") ? String(host.dropLast()) : host
        guard !name.isEmpty, !name.hasSuffix(".") else { throw Self.refusal(shown, "its host is no name") }
        self.url = url
        self.scheme = scheme
        self.host = name
        self.port = port
    }

    private static func trimmed(_ text: String) -> String { text.trimmingASCIISpace() }

    private static func refusal(_ url: String, _ reason: String) -> TransportError {
        .invalidURL(url: RequestURL.redacted(url), reason: reason)
    }

    private static func reason(_ code: CURLUcode) -> String {
        switch code {
        case CURLUE_USER_NOT_ALLOWED: "it carries a user name or password"
        case CURLUE_UNSUPPORTED_SCHEME: "only http and https are spoken"
        default: String(cString: curl_url_strerror(code)).lowercased()
        }
    }
}

/// libcurl's handle of a URL, freed with it. It never leaves the call that made it.
private final class CurlURL {
    private let handle: OpaquePointer

    init?() {
        guard let handle = curl_url() else { return nil }
        self.handle = handle
    }

    deinit { curl_url_cleanup(handle) }

    /// Sets the URL, or follows a reference from the one that is set.
    func set(_ url: String) -> CURLUcode {
        curl_url_set(handle, CURLUPART_URL, url, UInt32(CURLU_DISALLOW_USER | CURLU_URLENCODE))
    }

    func removeFragment() {
        _ = curl_url_set(handle, CURLUPART_FRAGMENT, nil, 0)
    }

    /// `nil` where the URL has no such part, or it cannot be written in ASCII.
    subscript(part: CURLUPart) -> String? {
        var text: UnsafeMutablePointer<CChar>?
        let flags = millrace_curl_url_punycode | (part == CURLUPART_PORT ? UInt32(CURLU_DEFAULT_PORT) : 0)
        // The text is a copy for us: read, then freed.
        guard curl_url_get(handle, part, &text, flags) == CURLUE_OK, let text else { return nil }
        defer { curl_free(text) }
        return String(validatingCString: text)
    }
}
