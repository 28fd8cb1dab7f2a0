import Foundation

/// The last state of a point.
public struct JournalRow: Sendable, Hashable {
    /// What a point holds; integers' ids follow from their slots.
    public struct Content: Sendable, Hashable {
        /// Its id, where the slot does not say it; see ``PointID/key``.
        public var key: String?
        /// Little-endian float32.
        public var vector: Data
        public var payload: String

        public init(key: String?, vector: Data, payload: String) {
            self.key = key
            self.vector = vector
            self.payload = payload
        }
    }

    /// The id in the index, the same in every process.
    public var slot: UInt64
    /// The change that wrote it.
    public var sequence: Int64
    /// `nil` for a point that was removed.
    public var content: Content?

    public init(slot: UInt64, sequence: Int64, content: Content?) {
        self.slot = slot
        self.sequence = sequence
        self.content = content
    }
}

/// Between two points in the order of their last changes; those of one change stand by their slots.
public struct JournalPlace: Sendable, Hashable {
    public var sequence: Int64
    /// With a sign, as databases count.
    public var slot: Int64

    public init(sequence: Int64, slot: Int64) {
        self.sequence = sequence
        self.slot = slot
    }

    /// Behind all of a change.
    public static func behind(_ sequence: Int64) -> JournalPlace {
        JournalPlace(sequence: sequence, slot: .max)
    }

    static let beginning = JournalPlace(sequence: 0, slot: .min)
}

/// Part of what was changed.
public struct JournalPage: Sendable {
    public var rows: [JournalRow]
    /// Whether nothing comes behind it.
    public var isLast: Bool
    /// The number of the collection's last change.
    public var sequence: Int64
    /// The next slot to be given.
    public var nextSlot: UInt64

    public init(rows: [JournalRow], isLast: Bool, sequence: Int64, nextSlot: UInt64) {
        self.rows = rows
        self.isLast = isLast
        self.sequence = sequence
        self.nextSlot = nextSlot
    }
}

/// What an append has come to.
public struct JournalAppend: Sendable {
    /// Of each change, in their order.
    public var reports: [Result<ChangeReport, CollectionError>]
    /// Everything after the caller's position: what others had written, and what was written now.
    public var rows: [JournalRow]
    public var sequence: Int64
    public var nextSlot: UInt64
    /// Points more than before these changes.
    public var growth: Int

    public init(
        reports: [Result<ChangeReport, CollectionError>], rows: [JournalRow], sequence: Int64,
        nextSlot: UInt64, growth: Int
    ) {
        self.reports = reports
        self.rows = rows
        self.sequence = sequence
        self.nextSlot = nextSlot
        self.growth = growth
    }
}

/// The points that a collection begins with.
public struct JournalPoints: Sendable {
    /// The next slot to be given.
    public var nextSlot: UInt64
    /// Hands over all of them, some at a time; may be asked more than once. Waits for the disk.
    public var read: @Sendable (_ take: ([JournalRow]) throws -> Void) throws -> Void

    public init(
        nextSlot: UInt64, read: @escaping @Sendable (_ take: ([JournalRow]) throws -> Void) throws -> Void
    ) {
        self.nextSlot = nextSlot
        self.read = read
    }
}
