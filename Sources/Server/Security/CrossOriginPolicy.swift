import HTTPTypes

/// Which other sites' pages may use this server, by the Fetch standard's CORS protocol.
///
/// None, unless the settings name them, each exactly. Cookies are never part of it: a page of another origin brings a
/// token or key of its own, so that whoever is signed in here is nobody there. The header that names principals is
/// not among those it may send.
struct CrossOriginPolicy: Sendable, Hashable {
    private let origins: Set<String>

    init(_ origins: Set<String>) {
        self.origins = origins
    }

    /// Seconds for which a browser keeps what a preflight says; Chromium keeps it no longer.
    private static let maxAgeSeconds = 7_200
    /// Headers that any operation takes.
    private static let commonHeaders = [
        "Accept", "Authorization", "Content-Encoding", "Content-Type", "If-Match", "traceparent",
        "tracestate",
        "X-API-Key", HTTPField.Name.requestID.rawName,
    ]
    /// Headers of responses that a page may read, beyond those that every page may.
    private static let exposedHeaders = [
        "Accept-Ranges", "Content-Disposition", "Content-Range", "ETag", "Idempotency-Replayed", "Link",
        "Location", "RateLimit",
        "RateLimit-Policy", "Retry-After", "Upload-Complete", "Upload-Length", "Upload-Limit",
        "Upload-Offset",
        HTTPField.Name.requestID.rawName,
    ]

    /// The origin that a page of an admitted site names; `nil` for everybody else.
    func admitted(_ request: APIRequest) -> String? {
        guard !origins.isEmpty else { return nil }
        let named = request.headers[values: .origin]
        guard named.count == 1, let origin = named.first, origins.contains(origin) else { return nil }
        return origin
    }

    /// Tells a browser that its page may read this response, and caches that it depends on who asks.
    func add(to headers: inout HTTPFields, for request: APIRequest) {
        guard !origins.isEmpty else { return }
        headers.add(vary: "Origin")
        guard let origin = admitted(request) else { return }
        headers[.accessControlAllowOrigin] = origin
        headers[.accessControlExposeHeaders] = Self.exposedHeaders.joined(separator: ", ")
    }

    /// Answers the question that a browser asks before it sends a page's request, if it is one.
    ///
    /// - Parameters:
    ///   - methods: those of the address.
    ///   - operations: those at the address.
    func addPreflight(
        to headers: inout HTTPFields, for request: APIRequest, methods: [String], operations: [Operation]
    ) {
        guard request.headers[.accessControlRequestMethod] != nil, admitted(request) != nil else { return }
        let declared = operations.flatMap(\.parameters).filter { $0.place == .header }.map(\.name)
        let withheld = HTTPField.Name.principals.rawName
        let names = Set(Self.commonHeaders + declared.filter { $0 != withheld })
        headers[.accessControlAllowMethods] = methods.joined(separator: ", ")
        headers[.accessControlAllowHeaders] = names.sorted().joined(separator: ", ")
        headers[.accessControlMaxAge] = String(Self.maxAgeSeconds)
        headers.add(vary: "Access-Control-Request-Method")
        headers.add(vary: "Access-Control-Request-Headers")
    }

    /// Whether a text is an origin as browsers write it: `https://app.example`, `http://localhost:3000`.
    static func isOrigin(_ text: String) -> Bool {
        guard let separator = text.firstRange(of: "://"), text.utf8.count <= 300 else { return false }
        let scheme = text[..<separator.lowerBound]
        var host = text[separator.upperBound...]
        guard scheme.first?.isLetter == true, scheme.allSatisfy({ isPlain($0) || "+-.".contains($0) }) else {
            return false
        }
        if let colon = host.lastIndex(of: ":"), !host.hasSuffix("]") {
            guard let port = Int(host[host.index(after: colon)...]), (1...65_535).contains(port),
                ["http": 80, "https": 443][String(scheme)] != port
            else { return false }
            host = host[..<colon]
        }
        if host.hasPrefix("["), host.hasSuffix("]") {
            return host.dropFirst().dropLast().allSatisfy {
                $0.isHexDigit && isPlain($0) || ":.".contains($0)
            }
        }
        return !host.isEmpty && host.allSatisfy { isPlain($0) || "-._".contains($0) }
    }

    private static func isPlain(_ character: Character) -> Bool {
        character.isASCII && (character.isNumber || character.isLetter && character.isLowercase)
    }
}
