import Foundation

/// A Confluence that an administrator has added: all of it but what it is signed in to with.
public struct SourceDefinition: Sendable, Hashable, Codable {
    /// Which of the two products of that name it is.
    public enum Kind: String, Sendable, Codable, CaseIterable {
        case cloud
        case dataCenter = "data_center"
    }

    /// How requests are signed in.
    public enum SignIn: String, Sendable, Codable, CaseIterable {
        /// An e-mail address or a user's name, and a secret beside it.
        case basic
        /// A secret alone.
        case bearer
    }

    /// Whose word it is that somebody may read a page.
    public enum Permissions: String, Sendable, Codable, CaseIterable {
        /// What the last sync found.
        case sync
        /// Beside it the site's own, asked for each page before anything of it is shown.
        case verify
    }

    /// Unique among sources, for people.
    public var name: String
    public var kind: Kind
    /// Without credentials.
    public var baseURL: String
    public var signIn: SignIn
    /// The account of ``SignIn/basic``.
    public var email: String?
    /// Keys or patterns; empty for all that are not personal.
    public var spaces: [String]
    /// Keys or patterns; they go before ``spaces``.
    public var excludedSpaces: [String]
    /// How often it is synced by itself; 0 for only when somebody asks.
    public var syncMinutes: Int
    public var permissions: Permissions
    public var options: SourceOptions

    public init(
        name: String, kind: Kind, baseURL: String, signIn: SignIn, email: String? = nil,
        spaces: [String] = [], excludedSpaces: [String] = [], syncMinutes: Int = 60,
        permissions: Permissions = .sync, options: SourceOptions = SourceOptions()
    ) {
        self.name = name
        self.kind = kind
        self.baseURL = baseURL
        self.signIn = signIn
        self.email = email
        self.spaces = spaces
        self.excludedSpaces = excludedSpaces
        self.syncMinutes = syncMinutes
        self.permissions = permissions
        self.options = options
    }
}

/// How a source is read, as the settings under `confluence` have it.
public struct SourceOptions: Sendable, Hashable, Codable {
    /// Which macros the site is asked to render.
    public enum RenderedMacros: String, Sendable, Codable, CaseIterable {
        case off, tables
    }

    /// `global`, `personal`, `collaboration`, `knowledge_base` or `all`; empty for all but personal.
    public var spaceTypes: [String] = []
    /// Ids: only these pages and what is below them.
    public var pages: [String] = []
    /// Ids: not these pages nor what is below them.
    public var excludedPages: [String] = []
    /// Only pages that have one of them; empty for all.
    public var labels: [String] = []
    /// No page that has one of them.
    public var excludedLabels: [String] = []
    /// A query in Confluence's own language that pages must meet, too.
    public var cql: String?
    public var createdSince: Date?
    public var createdBefore: Date?
    public var updatedSince: Date?
    public var updatedBefore: Date?
    /// What is read of a space; empty for everything.
    public var kinds: [String] = []
    /// Whether archived spaces are read.
    public var includesArchived = false
    /// Whether it is read who is in the groups that rules name.
    public var readsGroupMembers = true
    public var renderedMacros = RenderedMacros.off
    /// Requests under way at a time.
    public var concurrency = 16
    /// Entries to ask for at a time.
    public var pageSize = 100
    /// Each how-manieth sync lists comments and attachments of every page.
    public var fullSyncEvery = 10

    /// What a kind of space may be called.
    public static let spaceTypes: Set<String> = [
        "global", "personal", "collaboration", "knowledge_base", "all",
    ]

    public init() {}
}
