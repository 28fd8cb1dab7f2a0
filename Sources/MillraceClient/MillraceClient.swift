import Foundation

#if canImport(FoundationNetworking)
    import FoundationNetworking
#endif

/// A Millrace server, for programs: search, questions, runs of flows, conversations and files.
///
/// A value to keep and to share: its copies use the same connections, and all of it may be called from anywhere at
/// the same time. Calls throw ``MillraceError``, or `CancellationError` when their task is cancelled, which ends the
/// request. Cookies and caches are not used, and redirects are not followed.
///
/// ```swift
/// let millrace = MillraceClient(baseURL: url, authorization: .apiKey(key))
/// let answer = try await millrace.ask("In what time must a SEV1 page be acknowledged?")
/// ```
public struct MillraceClient: Sendable {
    let connection: Connection

    /// A client of one server. Nothing is sent until something is asked.
    ///
    /// - Parameters:
    ///   - baseURL: the server's address, such as `https://search.example.com`, with the path that it is served
    ///     under, if there is one.
    ///   - authorization: what proves who asks. Send keys and tokens over `https` alone, other than to this machine.
    ///   - configuration: time limits, retries and sizes.
    ///   - session: the session's own settings, such as proxies. ``standardSession`` unless told.
    public init(
        baseURL: URL, authorization: Authorization = .none,
        configuration: ClientConfiguration = ClientConfiguration(), session: URLSessionConfiguration? = nil
    ) {
        connection = Connection(
            baseURL, authorization: authorization, configuration: configuration,
            session: session ?? Self.standardSession)
    }

    /// A session without cookies, caches or stored credentials, and up to 32 connections.
    public static var standardSession: URLSessionConfiguration {
        let session = URLSessionConfiguration.ephemeral
        session.httpShouldSetCookies = false
        session.httpCookieAcceptPolicy = .never
        session.urlCache = nil
        session.httpMaximumConnectionsPerHost = 32
        return session
    }
}
