import HTTPTypes

/// What every response tells browsers.
enum SecurityHeaders {
    /// Of the pages: scripts, styles and requests of this origin only, nothing inline, framed by nobody.
    static let pagePolicy = """
        default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; \
        base-uri 'none'; form-action 'none'; frame-ancestors 'none'
        """
    /// The same, framed by the pages of these origins, such as a Confluence that shows Millrace in an iframe.
    ///
    /// `X-Frame-Options`, which cannot name others, still says no: a browser that knows `frame-ancestors` does not look
    /// at it (Content Security Policy Level 3, section 6.4.2).
    static func pagePolicy(framedBy origins: Set<String>) -> String {
        guard !origins.isEmpty else { return pagePolicy }
        let frames = (["'self'"] + origins.sorted()).joined(separator: " ")
        return pagePolicy.replacing("frame-ancestors 'none'", with: "frame-ancestors \(frames)")
    }
    /// Of pages that are only read: styles of this origin, and no script at all.
    static let readingPolicy = """
        default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; \
        frame-ancestors 'none'
        """
    /// Of everything else: should a browser show it as a page, that page may do nothing.
    static let dataPolicy = "default-src 'none'; frame-ancestors 'none'"

    /// Adds what the route has not set itself.
    static func add(to headers: inout HTTPFields) {
        let isSet = headers.contains { own in fields.contains { $0.name == own.name } }
        let missing = isSet ? fields.filter { field in !headers.contains { $0.name == field.name } } : fields
        let end = headers.endIndex
        headers.replaceSubrange(end..<end, with: missing)
    }

    private static let fields: [HTTPField] = [
        HTTPField(name: .contentSecurityPolicy, value: dataPolicy),
        HTTPField(name: .contentTypeOptions, value: "nosniff"),
        HTTPField(name: .frameOptions, value: "DENY"),
        HTTPField(name: .referrerPolicy, value: "no-referrer"),
        HTTPField(name: .openerPolicy, value: "same-origin"),
        HTTPField(name: .resourcePolicy, value: "same-origin"),
        HTTPField(name: .permissionsPolicy, value: "camera=(), geolocation=(), microphone=()"),
        // What one reader may see is no other's to find in a cache.
        HTTPField(name: .cacheControl, value: "no-store"),
    ]
}
