import Foundation

/// How far the reading of one space of one source has come.
public struct SyncState: Hashable, Sendable {
    public enum Phase: String, Sendable, Codable {
        case listing
        /// The listing is whole; what it did not say of its entries is asked for.
        case detailing
        /// Documents are read.
        case reading
        case finished
    }

    /// Unique among all syncs of a database, and growing: an entry carries that of the listing it stood in.
    public var run: Int64
    public var phase: Phase
    /// Whether everything is asked for anew, or only what changed.
    public var isFull: Bool
    /// Taken before the listing began: what changes later is the next sync's.
    public var beganAt: Date
    /// Up to when changes are known to be stored: `beganAt` of the last sync that came to its end.
    public var highWater: Date?
    /// Syncs that came to their end since the last full one.
    public var sinceFull: Int
    /// When it was last seen at work.
    public var touchedAt: Date

    public init(
        run: Int64, phase: Phase = .listing, isFull: Bool, beganAt: Date, highWater: Date? = nil,
        sinceFull: Int = 0
    ) {
        self.run = run
        self.phase = phase
        self.isFull = isFull
        self.beganAt = beganAt
        self.highWater = highWater
        self.sinceFull = sinceFull
        touchedAt = beganAt
    }
}

/// What a source's listing says of one content: enough to work out its readers without asking again.
public struct SyncEntry: Hashable, Sendable {
    public var id: String
    public var spaceKey: String
    /// The page a comment or attachment hangs below; `nil` for what stands in the space itself.
    public var owner: String?
    /// The content above it in the tree.
    public var parent: String?
    public var title: String
    public var version: Int
    /// The content's own restriction in the source's terms; `nil` while it is not known.
    public var restriction: String?
    /// Whatever else the source wants to find again.
    public var facts: String

    public init(
        id: String, spaceKey: String, owner: String? = nil, parent: String? = nil, title: String,
        version: Int, restriction: String? = nil, facts: String
    ) {
        self.id = id
        self.spaceKey = spaceKey
        self.owner = owner
        self.parent = parent
        self.title = title
        self.version = version
        self.restriction = restriction
        self.facts = facts
    }
}

/// A ``SyncEntry`` with what became of it.
public struct StoredSyncEntry: Hashable, Sendable {
    public var entry: SyncEntry
    /// The sync whose listing had it last.
    public var listedRun: Int64
    /// The last sync that listed what hangs below it; 0 when that is due anew.
    public var belowRun: Int64
    /// The last sync that learned its restriction; 0 for none.
    public var restrictionRun: Int64

    public init(entry: SyncEntry, listedRun: Int64, belowRun: Int64, restrictionRun: Int64) {
        self.entry = entry
        self.listedRun = listedRun
        self.belowRun = belowRun
        self.restrictionRun = restrictionRun
    }
}

/// A sync of a space that is at its end once everything handed over before is stored.
public struct SyncMark: Hashable, Sendable {
    public var source: String
    public var spaceKey: String
    public var run: Int64

    public init(source: String, spaceKey: String, run: Int64) {
        self.source = source
        self.spaceKey = spaceKey
        self.run = run
    }
}
