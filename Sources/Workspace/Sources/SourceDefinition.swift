import Foundation

/// A Confluence that an administrator has added: all of it but what it is signed in to with.
public struct SourceDefinition: Sendable, Hashable, Codable {
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
    public enum RenderedMacros: String, Sendable, Codable, CaseIterable {
        case off, tables
    }

    /// `global`, `personal`, `collaboration`, `knowledge_base` or `all`; empty for all but personal.
    public var spaceTypes: [String] = []
    /// Ids: only these pages and what is below them.
    public var pages: [String] = []
    public var excludedPages: [String] = []
    public var labels: [String] = []
    public var excludedLabels: [String] = []
    public var cql: String?
    public var createdSince: Date?
    public var createdBefore: Date?
    public var updatedSince: Date?
    public var updatedBefore: Date?
    /// What is read of a space; empty for everything.
    public var kinds: [String] = []
    public var includesArchived = false
    public var readsGroupMembers = true
    public var renderedMacros = RenderedMacros.off
    /// Requests under way at a time.
    public var concurrency = 16
    /// Entries to ask for at a time.
    public var pageSize = 100
    /// Each how-manieth sync lists comments and attachments of every page.
    public var fullSyncEvery = 10

    public static let spaceTypes: Set<String> = [
        "global", "personal", "collaboration", "knowledge_base", "all",
    ]

    public init() {}
}
