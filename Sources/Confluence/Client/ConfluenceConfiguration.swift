import Documents
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
        /// A personal access token, or an access token that somebody else refreshes.
        case bearer(token: String)
        /// OAuth 2.0 with a refresh token; Cloud only, through Atlassian's gateway.
        case oauth(ConfluenceOAuth)
        /// Nobody: only what anonymous users may see.
        case none
    }

    /// What is taken from a page as the site renders it.
    public enum RenderedMacros: String, Sendable, CaseIterable {
        case off
        /// The tables of macros whose rows are in no body, such as page-properties reports and lists of Jira
        /// issues: one more request for each page that has one. They show what the ingest's account may see.
        case tables
    }

    /// As a person pastes it: with or without `/wiki`, with a context path, or any page's URL.
    public var baseURL: URL
    public var flavour: Flavour
    public var authentication: Authentication
    /// How much of the site is read.
    public var scope: ConfluenceScope
    public var renderedMacros = RenderedMacros.off
    /// Reads attachments.
    public var attachmentText = AttachmentText()
    /// Requests under way at a time.
    public var concurrency: Int
    /// How many entries to ask for at a time. The server may give fewer.
    public var pageSize: Int
    /// Each how-manieth sync lists comments and attachments of every page anew; the others only where something
    /// changed. 1 for each.
    public var fullSyncEvery = 10
    /// Whether the members of groups that rules name are read. Without them a caller must bring its groups.
    public var readsGroupMembers = true
    /// What syncs are remembered under; `nil` for the site's address. Two that read one site need names of their own.
    public var ledger: String?
    /// Where bodies are kept between crawls.
    public var cache: PageCache?

    public init(
        baseURL: URL, flavour: Flavour = .detect, authentication: Authentication,
        scope: ConfluenceScope = .everything, concurrency: Int = 16, pageSize: Int = 100
    ) {
        self.baseURL = baseURL
        self.flavour = flavour
        self.authentication = authentication
        self.scope = scope
        self.concurrency = max(1, concurrency)
        self.pageSize = max(1, pageSize)
    }
}

extension ConfluenceConfiguration {
    /// A configuration for some spaces by their keys; for all but personal ones when there are none.
    public init(
        baseURL: URL, flavour: Flavour = .detect, authentication: Authentication, spaces: [String]
    ) {
        var scope = ConfluenceScope()
        scope.spaces = spaces
        self.init(baseURL: baseURL, flavour: flavour, authentication: authentication, scope: scope)
    }

    /// Keys of the spaces to read, or patterns of them; empty for all.
    public var spaces: [String] {
        get { scope.spaces }
        set { scope.spaces = newValue }
    }

    /// Whether personal spaces are read though their keys are not named.
    public var includePersonalSpaces: Bool {
        get { !scope.spaceTypes.isDisjoint(with: ["all", "personal"]) }
        set { scope.spaceTypes = newValue ? ["all"] : [] }
    }

    /// Whether comments of either kind are read.
    public var includeComments: Bool {
        get { !scope.kinds.isDisjoint(with: [.footerComments, .inlineComments]) }
        set {
            let comments: Set<ConfluenceScope.Kind> = [.footerComments, .inlineComments]
            if newValue { scope.kinds.formUnion(comments) } else { scope.kinds.subtract(comments) }
        }
    }

    public var includeAttachments: Bool {
        get { scope.kinds.contains(.attachments) }
        set { if newValue { scope.kinds.insert(.attachments) } else { scope.kinds.remove(.attachments) } }
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

    /// A gateway whose paths are no Confluence's.
    init(gateway address: String) throws {
        guard let url = URL(string: address) else { throw ConfluenceError.invalidBaseURL(address) }
        try self.init(pasted: url)
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
