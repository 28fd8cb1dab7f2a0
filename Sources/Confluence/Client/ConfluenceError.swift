import Transport

/// Why a live Confluence, or one answer of it, cannot be used. No case carries a token, a body or a query.
public enum ConfluenceError: Error, Sendable, Equatable {
    /// The URL that was given is no http or https URL.
    case invalidBaseURL(String)
    /// 401: the credentials are wrong, expired or absent.
    case unauthorized(host: String)
    /// A web page came where JSON was due: a sign-in page of a proxy or of single sign-on.
    case signInPage(host: String)
    /// A request is redirected to an address where one signs in.
    case signInRedirect(host: String, to: String)
    /// Another status than 200. `path` is shown without its query.
    case status(Int, path: String)
    /// The answer is no JSON, or lacks what it must have.
    case invalidAnswer(path: String, reason: String)
    /// A listing's cursor is no longer valid, again and again.
    case cursorExpired(path: String)
    /// A `next` link leads to another host; it is not followed, for the credentials would go there.
    case foreignLink(host: String)
    /// Nothing that speaks Confluence's API answers under the base URL.
    case notConfluence(base: String)
    /// OAuth gives no access token, or one that does not open this site.
    case oauth(reason: String)
    /// The exchange itself failed.
    case transport(TransportError)

    /// Whether nothing else will succeed, either: the crawl stops.
    var isFatal: Bool {
        switch self {
        case .invalidBaseURL, .unauthorized, .signInPage, .signInRedirect, .notConfluence, .foreignLink,
            .oauth:
            true
        case .status, .invalidAnswer, .cursorExpired, .transport: false
        }
    }
}

extension ConfluenceError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .invalidBaseURL(let url):
            """
            “\(url.prefix(200))” is not the URL of a Confluence: give one like \
            https://SITE.atlassian.net/wiki.
            """
        case .unauthorized(let host):
            """
            \(host) refused the credentials (401). Cloud wants an e-mail address and an API token; \
            Data Center a personal access token. Check that the token has not expired.
            """
        case .signInPage(let host):
            """
            \(host) answered with a web page instead of JSON, most likely a sign-in page. Use a token that \
            passes single sign-on, or an address behind it.
            """
        case .signInRedirect(let host, let target):
            """
            \(host) sends requests to \(target) for signing in. Use a token that passes single sign-on, or an \
            address behind it.
            """
        case .status(let status, let path):
            "Confluence answered \(status) to \(path)\(Self.meaning(of: status))."
        case .invalidAnswer(let path, let reason):
            "Confluence's answer to \(path) cannot be read: \(reason)."
        case .cursorExpired(let path):
            """
            The listing \(path) expired again and again before its end. Try again when the site is less \
            busy.
            """
        case .foreignLink(let host):
            """
            The listing goes on at another host (\(host)), which would be sent the credentials. Check the \
            base URL.
            """
        case .notConfluence(let base):
            """
            No Confluence answers at \(base). Check the base URL: it may lack a context path such as \
            /confluence.
            """
        case .oauth(let reason):
            "OAuth 2.0 does not sign in: \(reason)."
        case .transport(let error):
            error.description
        }
    }

    private static func meaning(of status: Int) -> String {
        switch status {
        case 300..<400:
            ": it is redirected, to where one signs in or because the base URL is another one"
        case 403: ": the account may not see this"
        case 404: ": it does not exist, or the account may not see it"
        case 410: ": it is gone"
        case 429: ": too many requests; try again later"
        case 500...599: ": the server failed; a retry can help"
        default: ""
        }
    }
}
