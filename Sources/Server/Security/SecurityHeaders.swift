import HTTPTypes

/// What every response tells browsers.
enum SecurityHeaders {
    /// Of the pages: scripts, styles and requests of this origin only, nothing inline, framed by nobody.
    static let pagePolicy = """
        default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; \
        base-uri 'none'; form-action 'none'; frame-ancestors 'none'
        """
    /// Of everything else: should a browser show it as a page, that page may do nothing.
    static let dataPolicy = "default-src 'none'; frame-ancestors 'none'"

    /// Adds what the route has not set itself.
    static func add(to headers: inout HTTPFields) {
        let fields: [(HTTPField.Name, String)] = [
            (.contentSecurityPolicy, dataPolicy),
            (.contentTypeOptions, "nosniff"),
            (.frameOptions, "DENY"),
            (.referrerPolicy, "no-referrer"),
            (.openerPolicy, "same-origin"),
            (.resourcePolicy, "same-origin"),
            (.permissionsPolicy, "camera=(), geolocation=(), microphone=()"),
            // What one reader may see is no other's to find in a cache.
            (.cacheControl, "no-store"),
        ]
        for (name, value) in fields where headers[name] == nil {
            headers[name] = value
        }
    }
}
