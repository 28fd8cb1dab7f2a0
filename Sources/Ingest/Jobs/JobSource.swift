import Corpus
import Foundation
import Sourcing

/// Something that the settings name and that jobs read.
public protocol JobSource: Sendable {
    /// Names it in addresses: letters, digits and `-`.
    var id: String { get }

    var description: JobSourceDescription { get }

    /// Tries whether it can be read, step by step.
    func check() async -> SourceCheck

    /// The spaces that its account sees, by key.
    ///
    /// - Throws: what keeps it from being asked.
    func spaces() async throws -> [SourceSpace]

    /// Refuses what no job of it can read.
    func check(_ scope: IngestJob.Scope, isDryRun: Bool) throws(IngestJobError)

    /// What a job reads.
    ///
    /// - Parameter isDryRun: whether nothing that it remembers may change.
    func documents(of scope: IngestJob.Scope, isDryRun: Bool) async throws -> any DocumentSource

    /// Whether a reading of all of it would read a space, as far as the key tells.
    func mayRead(space key: String) -> Bool

    /// Asks the site whether somebody may read a document right now.
    ///
    /// - Parameter account: as the site knows them.
    /// - Throws: what keeps it from being asked, or from knowing.
    func mayRead(document id: String, account: String) async throws -> Bool

    /// Called after a job of it has ended, however it did: tidies up.
    func ended(_ job: IngestJob) async
}

extension JobSource {
    public func mayRead(document id: String, account: String) async throws -> Bool {
        throw IngestJobError.sourceFailed(source: self.id, reason: "it cannot be asked who may read what")
    }
    public func mayRead(space key: String) -> Bool { true }
    public func ended(_ job: IngestJob) async {}
}

/// A source as the settings describe it. Holds no secret.
public struct JobSourceDescription: Hashable, Sendable {
    /// What people call it.
    public var name: String
    /// `confluence`.
    public var kind: String
    /// What it turned out to be, or is said to be: `cloud`, `data-center` or `detect`.
    public var dialect: String
    /// Without credentials.
    public var baseURL: String
    /// As ``SyncLedger`` knows it.
    public var ledger: String
    /// Keys or patterns of the spaces that are read; empty for all.
    public var spaces: [String]
    public var excludedSpaces: [String]
    /// How it is signed in to: `basic`, `bearer`, `oauth` or `none`.
    public var signIn: String
    /// How often it is synced by itself; `nil` for never.
    public var pause: Duration?
    /// When it is synced by itself next; `nil` when it is not, or not yet known.
    public var nextSync: Date?

    public init(
        name: String = "", kind: String, dialect: String, baseURL: String, ledger: String, spaces: [String],
        excludedSpaces: [String], signIn: String = "none", pause: Duration? = nil, nextSync: Date? = nil
    ) {
        self.name = name.isEmpty ? kind : name
        self.kind = kind
        self.dialect = dialect
        self.baseURL = baseURL
        self.ledger = ledger
        self.spaces = spaces
        self.excludedSpaces = excludedSpaces
        self.signIn = signIn
        self.pause = pause
        self.nextSync = nextSync
    }
}

/// What trying a source found.
public struct SourceCheck: Hashable, Sendable {
    public struct Step: Hashable, Sendable {
        /// `connection`, `account`, `version` or `spaces`.
        public var name: String
        /// `nil` when that could not be found out, and nothing depends on it.
        public var isGood: Bool?
        /// What was found, or what is wrong and what to do, in plain words.
        public var message: String

        public init(name: String, isGood: Bool?, message: String) {
            self.name = name
            self.isGood = isGood
            self.message = message
        }
    }

    public var steps: [Step]
    /// The account that requests are made by, as the site calls it.
    public var account: String?
    /// Of the product; `nil` when the site does not tell.
    public var version: String?
    /// How many spaces the account sees.
    public var visibleSpaces: Int?

    public init(
        steps: [Step] = [], account: String? = nil, version: String? = nil, visibleSpaces: Int? = nil
    ) {
        self.steps = steps
        self.account = account
        self.version = version
        self.visibleSpaces = visibleSpaces
    }

    public var isGood: Bool { !steps.contains { $0.isGood == false } }
}

/// A space as its source lists it.
public struct SourceSpace: Hashable, Sendable {
    public var space: Space
    /// Whether syncs read it.
    public var isChosen: Bool

    public init(space: Space, isChosen: Bool) {
        self.space = space
        self.isChosen = isChosen
    }
}
