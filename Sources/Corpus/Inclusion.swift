/// What a page's text was rendered from, kept so that other pages can include it and so that it can be
/// rendered anew when a page it includes changes. Opaque here: its writer reads it back.
public struct PageOrigin: Hashable, Sendable {
    /// Which language `body` is in.
    public var format: String
    public var body: String
    /// The page as its source shows it, where parts of the text exist only there.
    public var rendered: String?
    /// Names of the people that the body refers to, by its own notation for them.
    public var names: [String: String]

    public init(format: String, body: String, rendered: String? = nil, names: [String: String] = [:]) {
        self.format = format
        self.body = body
        self.rendered = rendered
        self.names = names
    }

    /// Differs as soon as anything that others could include differs.
    public var hash: String {
        ContentHash.of("\(format)\n\(body.utf8.count)\n\(body)\(rendered ?? "")")
    }
}

/// That a page includes another one, and what came of it.
public struct Inclusion: Hashable, Sendable {
    /// The space key of a page that is named by its id, which stands in `title`.
    public static let byID = ""

    public var spaceKey: String
    public var title: String
    /// `nil` when there was no such page.
    public var targetID: String?
    /// ``PageOrigin/hash`` of the page as it was included.
    public var targetHash: String
    /// Whether every reader of the including page may read the included one, so that its content may stand
    /// there.
    public var isAllowed: Bool

    public init(spaceKey: String, title: String, targetID: String?, targetHash: String, isAllowed: Bool) {
        self.spaceKey = spaceKey
        self.title = title
        self.targetID = targetID
        self.targetHash = targetHash
        self.isAllowed = isAllowed
    }
}

/// A page that can be included.
public struct IncludablePage: Hashable, Sendable {
    public var id: String
    public var title: String
    public var spaceKey: String
    /// Of the page itself, whatever it includes.
    public var readers: AccessRule
    public var origin: PageOrigin

    public init(id: String, title: String, spaceKey: String, readers: AccessRule, origin: PageOrigin) {
        self.id = id
        self.title = title
        self.spaceKey = spaceKey
        self.readers = readers
        self.origin = origin
    }
}
