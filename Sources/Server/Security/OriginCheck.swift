import HTTPTypes

/// Refuses WebSockets and forms to pages of other origins, but for those that the settings name.
///
/// A browser opens the one and sends the other to any server without asking it first, with whatever that server trusts in the browser's
/// place: here, that it runs on this machine. It does name the page's origin, which must be the address that
/// the request was sent to (and which ``HostCheck`` has looked at). A program that is no browser names none.
enum OriginCheck {
    /// Whether the browser says that a page of this server asks: a page cannot make it say so of another's.
    ///
    /// - Throws: ``RequestFault/originNotAllowed(origin:)``, for a request that says nothing of where it comes from, too.
    static func requireOwn(_ request: APIRequest) throws(RequestFault) {
        if let site = request.headers[.fetchSite] {
            guard site == "same-origin" else { throw .originNotAllowed(origin: String(site.prefix(100))) }
            return
        }
        guard request.headers[.origin] != nil else { throw .originNotAllowed(origin: "") }
        try checkOwn(request)
    }

    /// - Throws: ``RequestFault/originNotAllowed(origin:)``.
    static func check(_ request: APIRequest) throws(RequestFault) {
        guard !request.hasAdmittedOrigin else { return }
        try checkOwn(request)
    }

    private static func checkOwn(_ request: APIRequest) throws(RequestFault) {
        let origins = request.headers[values: .origin]
        guard let origin = origins.first else { return }
        guard origins.count == 1, let host = request.host, let separator = origin.firstRange(of: "://"),
            let port = ["http": 80, "https": 443][origin[..<separator.lowerBound].lowercased()]
        else { throw .originNotAllowed(origin: String(origin.prefix(100))) }
        func authority(_ text: Substring) -> String {
            let lowered = text.lowercased()
            return lowered.hasSuffix(":\(port)") ? String(lowered.dropLast(":\(port)".count)) : lowered
        }
        guard authority(origin[separator.upperBound...]) == authority(host[...]) else {
            throw .originNotAllowed(origin: String(origin.prefix(100)))
        }
    }
}
