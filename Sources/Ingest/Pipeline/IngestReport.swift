import Sourcing

/// What one ingest did: for the summary, for `--json`, and for the exit code.
public struct IngestReport: Codable, Sendable, Hashable {
    public struct Pages: Codable, Sendable, Hashable {
        /// Documents the source told of, those that were skipped included.
        public var seen = 0
        public var added = 0
        /// Text, title or other facts about them changed.
        public var updated = 0
        public var unchanged = 0
        /// Only who may read them changed; nothing was embedded.
        public var readersChanged = 0
        public var removed = 0
        /// Rendered anew because a page that they include changed, after they had been counted.
        public var refreshed = 0
        /// Something went wrong; what was stored of them before is still there.
        public var failed = 0
        /// Left out on purpose.
        public var leftOut = 0
    }

    public struct Chunks: Codable, Sendable, Hashable {
        public var added = 0
        public var removed = 0
        /// Texts that the model embedded in this run.
        public var embedded = 0
        /// Chunks whose embedding was known, from an earlier version or another page.
        public var reused = 0
        /// Tokens that models read for this run, as their providers count them; `nil` where none told of any.
        public var tokens: Int?
        /// What models and services were asked for in this run, in dollars by the prices of the settings; `nil` where no
        /// price is known.
        public var dollars: Double?
    }

    /// Something a person should know that stopped nothing.
    public struct Warning: Codable, Sendable, Hashable {
        /// The document's, or `nil` when it is about the source as a whole.
        public var id: String?
        public var message: String

        public init(id: String?, message: String) {
            self.id = id
            self.message = message
        }
    }

    /// So many documents of a space were absent that none was removed; nobody may read them meanwhile.
    public struct RefusedRemoval: Codable, Sendable, Hashable {
        public var spaceKey: String
        public var absent: Int
        public var stored: Int

        public init(spaceKey: String, absent: Int, stored: Int) {
            self.spaceKey = spaceKey
            self.absent = absent
            self.stored = stored
        }
    }

    /// What a dry run found would be done to a document.
    public struct PlannedChange: Codable, Sendable, Hashable {
        public enum Change: String, Codable, Sendable, CaseIterable {
            case added, updated, moved
            case readersChanged = "readers_changed"
            case removed
        }

        public var id: String
        public var title: String
        public var change: Change
        /// The key of its space, as far as it is known.
        public var space: String?

        public init(id: String, title: String, change: Change, space: String? = nil) {
            self.id = id
            self.title = title
            self.change = change
            self.space = space
        }
    }

    /// What a dry run counted in one space.
    public struct PlannedSpace: Codable, Sendable, Hashable {
        public var key: String
        public var name: String
        public var pages = Pages()
        /// Of the updated ones: those that stand elsewhere now, and have the same text.
        public var moved = 0

        public init(key: String, name: String) {
            self.key = key
            self.name = name
        }
    }

    /// The source's name.
    public var source: String
    public var pages = Pages()
    public var chunks = Chunks()
    /// The first ``skippedLimit``; `pages` has the counts of all.
    public var skipped: [SkippedDocument] = []
    /// What a dry run found, the first ``plannedLimit`` of it; `nil` when the run was none.
    public var planned: [PlannedChange]?
    /// What a dry run counted, space by space in the order in which they were read; `nil` when the run was none.
    public var plannedSpaces: [PlannedSpace]?
    /// Requests that the source made; `nil` for one that makes none.
    public var requests: Int?
    /// Permissions that could not be read, so that nobody reads what they rule.
    public var closed: [String] = []
    /// The first ``warningLimit`` of `warningCount`.
    public var warnings: [Warning] = []
    public var warningCount = 0
    public var refusedRemovals: [RefusedRemoval] = []
    public var seconds = 0.0
    /// Ended by Ctrl-C or its like; what had been stored stays, and the next run goes on from there.
    public var isInterrupted = false
    /// Why nothing more could be read or stored; `nil` when the run came to its end.
    public var stopReason: String?

    public static let warningLimit = 1_000
    public static let skippedLimit = 10_000
    public static let plannedLimit = 10_000

    public init(source: String) {
        self.source = source
    }

    /// 0 when all went well, 3 when some documents failed, permissions could not be read or a removal was
    /// refused, 1 when the run could not come to its end, 130 when it was interrupted.
    public var exitCode: Int32 {
        if isInterrupted { return 130 }
        if stopReason != nil { return 1 }
        return pages.failed > 0 || !closed.isEmpty || !refusedRemovals.isEmpty ? 3 : 0
    }

    mutating func add(_ skip: SkippedDocument) {
        if skipped.count < Self.skippedLimit { skipped.append(skip) }
        if skip.isFailure { pages.failed += 1 } else { pages.leftOut += 1 }
    }

    mutating func plan(_ change: PlannedChange) {
        if planned?.count ?? 0 < Self.plannedLimit { planned?.append(change) }
    }

    mutating func add(_ warning: Warning) {
        warningCount += 1
        if warnings.count < Self.warningLimit { warnings.append(warning) }
    }
}

/// How far an ingest is.
public struct IngestProgress: Sendable, Hashable {
    public enum Phase: String, Sendable, Codable {
        /// Reading, embedding and storing documents.
        case documents
        /// Removing what the source no longer has.
        case removals
        /// Bringing the vector index up to the database.
        case index
        case finished
    }

    public var phase: Phase
    /// Documents that are stored, found unchanged or skipped.
    public var pagesDone: Int
    /// `nil` until the source knows.
    public var pagesExpected: Int?
    /// Chunks stored in this run.
    public var chunks: Int
    public var skipped: Int
    /// The document that was last taken up; empty at first.
    public var currentTitle: String
    /// What became of documents and chunks so far, as the report has it.
    public var pages: IngestReport.Pages
    public var chunkCounts: IngestReport.Chunks
}

/// A report, with what whoever keeps account of a source must know beside it.
public struct IngestOutcome: Sendable, Hashable {
    public var report: IngestReport
    /// Ids of the documents that the source told of.
    public var seen: Set<String>
}
