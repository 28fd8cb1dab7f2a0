import Foundation

/// One reading of a source, asked for by somebody: how far it is, or what came of it.
public struct IngestJob: Hashable, Sendable, Codable {
    public enum State: String, Sendable, Codable, CaseIterable {
        /// Waits for its turn.
        case queued
        case running
        /// Goes on only when it is told to.
        case paused
        /// Ends at the next safe point.
        case cancelling
        case cancelled
        /// Came to its end; single documents may have failed.
        case finished
        /// Could not come to its end.
        case failed
        /// Its process ended again and again, or what it reads from is there no more.
        case interrupted

        /// Whether nothing more will happen to it.
        public var isFinal: Bool {
            switch self {
            case .queued, .running, .paused, .cancelling: false
            case .cancelled, .finished, .failed, .interrupted: true
            }
        }
    }

    /// How much of a source is read.
    public enum Scope: Hashable, Sendable, Codable {
        case site
        /// A space, by its key.
        case space(String)
        /// A page, by its id.
        case page(String)
        case upload(Upload)
        /// Everything that the source has stored, which is taken out.
        case removal
    }

    /// A file that somebody sent.
    public struct Upload: Hashable, Sendable, Codable {
        /// Of the folder that it lies in.
        public var id: String
        /// As its sender calls it, without any folder.
        public var fileName: String
        public var byteCount: Int
        /// Who may read what is in it; `nil` where the file itself says so, as a space export does.
        public var readers: AccessRule?

        public init(id: String, fileName: String, byteCount: Int, readers: AccessRule?) {
            self.id = id
            self.fileName = fileName
            self.byteCount = byteCount
            self.readers = readers
        }
    }

    public struct Counts: Hashable, Sendable, Codable {
        /// Documents that the source told of.
        public var seen = 0
        /// Documents that were added, updated or rendered anew.
        public var stored = 0
        public var unchanged = 0
        /// Documents that have other readers now, and no other text.
        public var readersChanged = 0
        public var removed = 0
        public var failed = 0
        /// Left out on purpose.
        public var leftOut = 0
        /// Chunks that were added.
        public var chunks = 0
        /// Texts that the model embedded.
        public var embedded = 0
        /// Tokens that models read since the job was last begun, as their providers count them; `nil` where none told of
        /// any.
        public var tokens: Int?
        /// What models cost since then, in dollars by the prices of the settings; `nil` where no price is known.
        public var dollars: Double?

        public init() {}
    }

    /// What a dry run found would be done to a document.
    public struct Planned: Hashable, Sendable, Codable {
        public var id: String
        public var title: String
        /// `added`, `updated`, `moved`, `readers_changed` or `removed`.
        public var change: String
        /// The key of its space, as far as it is known.
        public var space: String?

        public init(id: String, title: String, change: String, space: String? = nil) {
            self.id = id
            self.title = title
            self.change = change
            self.space = space
        }
    }

    /// What a dry run counted.
    public struct Plan: Hashable, Sendable, Codable {
        /// One space of it.
        public struct SpaceCounts: Hashable, Sendable, Codable {
            public var key: String
            public var name: String
            /// Documents that the source told of.
            public var read = 0
            public var added = 0
            public var updated = 0
            public var moved = 0
            public var readersChanged = 0
            public var unchanged = 0
            public var removed = 0
            /// Left out on purpose.
            public var leftOut = 0
            public var failed = 0

            public init(key: String, name: String) {
                self.key = key
                self.name = name
            }
        }

        /// In the order in which they were read, the first ``spaceLimit``.
        public var spaces: [SpaceCounts]
        /// Requests that were made of the site; `nil` for a source that makes none.
        public var requests: Int?

        public static let spaceLimit = 1_000

        public init(spaces: [SpaceCounts], requests: Int?) {
            self.spaces = spaces
            self.requests = requests
        }
    }

    /// A caller as what they use is counted.
    public struct Account: Sendable, Hashable, Codable {
        public let tenant: String
        /// The caller's name as an owner of things.
        public let caller: String
        /// The id of an API key; empty for none.
        public let key: String

        public init(tenant: String, caller: String, key: String) {
            self.tenant = tenant
            self.caller = caller
            self.key = key
        }
    }

    /// A UUID in lower case.
    public let id: String
    public let source: String
    public let scope: Scope
    /// Says what would change, and changes nothing.
    public let isDryRun: Bool
    /// Who asked for it, for people.
    public let createdBy: String
    /// For whom what it uses is counted; `nil` where nobody in particular asked for it.
    public let account: Account?
    public let createdAt: Date
    public var state = State.queued
    /// Grows with each change of ``state``.
    public var revision = 0
    /// Of the last thing that was told about it, as far as it is kept.
    public var position = 0
    /// How often it was begun.
    public var attempts = 0
    public var startedAt: Date?
    public var endedAt: Date?
    /// What it is at: `documents`, `removals`, `index` or `finished`; `nil` before.
    public var stage: String?
    public var counts = Counts()
    /// Documents that there will be, as far as the source knows.
    public var expected: Int?
    /// The document that was taken up last.
    public var currentTitle = ""
    /// Why it did not come to its end, or why it waits until ``heldUntil``.
    public var reason: String?
    /// When it may be begun again, of a job that waits because what it reads could not be reached; others of its source
    /// go on meanwhile.
    public var heldUntil: Date?
    /// For how many seconds it was held in all, since what it reads was last reached.
    public var heldSeconds: Double?
    /// The first ``failureLimit`` documents that failed; ``counts`` has their number.
    public var failures: [IngestFailure] = []
    /// The first ``noteLimit`` things that a person should know.
    public var notes: [String] = []
    /// What a dry run found, the first ``plannedLimit`` of it; `nil` for any other job.
    public var planned: [Planned]?
    /// What a dry run counted; `nil` for any other job, and before it has ended.
    public var plan: Plan?

    public static let failureLimit = 100
    public static let noteLimit = 100
    public static let plannedLimit = 1_000

    public init(
        id: String, source: String, scope: Scope, isDryRun: Bool = false, createdBy: String = "",
        account: Account? = nil, createdAt: Date
    ) {
        self.account = account
        self.id = id
        self.source = source
        self.scope = scope
        self.isDryRun = isDryRun
        self.createdBy = createdBy
        self.createdAt = createdAt
    }

    /// Notes that somebody carries it out from `time` on.
    @_spi(CorpusEngine) public mutating func begin(at time: Date) {
        state = .running
        revision += 1
        attempts += 1
        startedAt = time
        heldUntil = nil
        reason = nil
    }
}

extension IngestJob.Scope: CustomStringConvertible {
    /// Equal for jobs that read the same: `site`, `space:KEY`, `page:ID`, `upload:ID` or `removal`.
    public var description: String {
        switch self {
        case .site: "site"
        case .space(let key): "space:\(key)"
        case .page(let id): "page:\(id)"
        case .upload(let upload): "upload:\(upload.id)"
        case .removal: "removal"
        }
    }
}
