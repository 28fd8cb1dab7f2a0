import Foundation

/// Which Confluence to read, as whom, and how much of it.
public struct ConfluenceConfiguration: Sendable {
    /// The two products, which have different APIs.
    public enum Flavour: String, Sendable, CaseIterable {
        case cloud, dataCenter
        /// By the host's name, else by asking.
        case detect
    }

    /// How requests are signed in.
    public enum Authentication: Sendable {
        /// Cloud: an e-mail address and an API token. Server: name and password.
        case basic(user: String, token: String)
        /// A personal access token or an OAuth 2.0 access token.
        case bearer(token: String)
        /// Nobody: only what anonymous users may see.
        case none
    }

    /// As a person pastes it: with or without `/wiki`, with a context path, or any page's URL.
    public var baseURL: URL
    public var flavour: Flavour
    public var authentication: Authentication
    /// Keys of the spaces to read; empty for all but personal ones.
    public var spaces: [String]
    /// Whether personal spaces are read though their keys are not named.
    public var includePersonalSpaces: Bool
    public var includeComments: Bool
    public var includeAttachments: Bool
    /// Requests under way at a time.
    public var concurrency: Int
    /// How many entries to ask for at a time. The server may give fewer.
    public var pageSize: Int

    public init(
        baseURL: URL, flavour: Flavour = .detect, authentication: Authentication, spaces: [String] = [],
        includePersonalSpaces: Bool = false, includeComments: Bool = true, includeAttachments: Bool = true,
        concurrency: Int = 8, pageSize: Int = 100
    ) {
        self.baseURL = baseURL
        self.flavour = flavour
        self.authentication = authentication
        self.spaces = spaces
        self.includePersonalSpaces = includePersonalSpaces
        self.includeComments = includeComments
        self.includeAttachments = includeAttachments
        self.concurrency = max(1, concurrency)
        self.pageSize = max(1, pageSize)
    }
}

/// Where a site's APIs begin.
struct ConfluenceSite: Sendable, Equatable {
    /// Scheme, host and port.
    var origin: String
    /// The context path: empty, or `/wiki`, `/confluence`, … without a slash at its end.
    var path: String
    var host: String

    var base: String { origin + path }

    /// First parts of paths that follow the context path in URLs a person can copy from a browser.
    private static let markers: Set<String> = [
        "spaces", "display", "pages", "rest", "api", "x", "plugins", "login", "login.action",
        "dologin.action",
        "dashboard.action", "index.action", "home", "search", "label", "download", "people", "rpc",
    ]

    init(pasted url: URL) throws {
        guard let scheme = url.scheme?.lowercased(), scheme == "http" || scheme == "https",
            let host = url.host(), !host.isEmpty
        else { throw ConfluenceError.invalidBaseURL(url.absoluteString) }
        self.host = host
        let shownHost = host.contains(":") ? "[\(host)]" : host
        origin = "\(scheme)://\(shownHost)" + (url.port.map { ":\($0)" } ?? "")
        let parts = url.path(percentEncoded: true).split(separator: "/").map(String.init)
        let kept = parts.prefix { !Self.markers.contains($0) && !$0.hasSuffix(".action") }
        // What follows `/wiki` is always a page.
        let end = kept.firstIndex(of: "wiki").map { $0 + 1 } ?? kept.endIndex
        path = kept[..<end].map { "/" + $0 }.joined()
    }

    var isCloudHost: Bool {
        ConfluenceLinks.isCloudHost(host) || host.lowercased() == "api.atlassian.com"
    }

    /// The same site with Cloud's context path.
    var cloud: ConfluenceSite {
        var site = self
        if !site.path.hasSuffix("/wiki") { site.path += "/wiki" }
        return site
    }

    /// Where a listing's `next` leads: it is absolute, or relative with or without the context path.
    ///
    /// - Parameter linkBase: the answer's `_links.base`, if it has one.
    func resolve(next: String, linkBase: String?) throws -> String {
        if next.hasPrefix("http://") || next.hasPrefix("https://") {
            guard next == origin || next.hasPrefix(origin + "/") else {
                throw ConfluenceError.foreignLink(host: URL(string: next)?.host() ?? "?")
            }
            return next
        }
        let relative = next.hasPrefix("/") ? next : "/" + next
        if path.isEmpty || relative.hasPrefix(path + "/") { return origin + relative }
        // A gateway's path before `/wiki` is not repeated in the link.
        if let last = path.split(separator: "/").last, relative.hasPrefix("/\(last)/") {
            return origin + path.dropLast(last.count + 1) + relative
        }
        if let linkBase, linkBase.hasPrefix(origin + "/") || linkBase == origin {
            return linkBase + relative
        }
        return base + relative
    }
}
