/// Works out what changes come to, over what a journal has stored; the journal keeps everybody else from writing
/// meanwhile.
public struct JournalWriting {
    /// What is stored of an id.
    public struct Stored: Sendable, Hashable {
        public var slot: UInt64
        public var sequence: Int64
        /// Only that it went is remembered.
        public var isRemoved: Bool

        public init(slot: UInt64, sequence: Int64, isRemoved: Bool) {
            self.slot = slot
            self.sequence = sequence
            self.isRemoved = isRemoved
        }
    }

    /// The number of the last change.
    public private(set) var sequence: Int64
    /// The next slot to be given.
    public private(set) var nextSlot: UInt64
    /// Points more than before.
    public private(set) var growth = 0
    /// Removed points that are remembered, more than before.
    public private(set) var removalGrowth = 0
    /// What is to be written, by slot.
    public private(set) var rows: [UInt64: JournalRow] = [:]
    private var stored: [PointID: Stored]
    private let room: Int
    private let limit: Int

    /// - Parameters:
    ///   - stored: of the ids of all changes those that are stored.
    ///   - room: points that may be added, of `limit`.
    public init(
        sequence: Int64, nextSlot: UInt64, stored: [PointID: Stored], room: Int, limit: Int
    ) {
        self.sequence = sequence
        self.nextSlot = nextSlot
        self.stored = stored
        self.room = room
        self.limit = limit
    }

    /// Does one change, or refuses all of it.
    public mutating func apply(_ change: JournalChange) -> Result<ChangeReport, CollectionError> {
        switch change {
        case .upsert(let points):
            let created = points.count { !isThere($0.id) }
            guard created == 0 || growth + created <= room else {
                return .failure(.tooManyVectors(limit: limit))
            }
            sequence += 1
            for point in points { put(point) }
            return .success(ChangeReport(created: created, replaced: points.count - created))
        case .remove(let ids, let limit):
            sequence += 1
            var report = ChangeReport()
            for id in ids where isThere(id) && !isNewer(id, than: limit) {
                remove(id)
                report.removed += 1
            }
            return .success(report)
        }
    }

    private func isThere(_ id: PointID) -> Bool { stored[id]?.isRemoved == false }

    private func isNewer(_ id: PointID, than limit: Int64?) -> Bool {
        guard let limit, let known = stored[id] else { return false }
        return known.sequence > limit
    }

    private mutating func put(_ point: Point) {
        let known = stored[point.id]
        let slot: UInt64
        if let own = point.id.slot {
            slot = own
        } else if let known, !known.isRemoved {
            slot = known.slot
        } else {
            slot = nextSlot
            nextSlot += 1
        }
        if known?.isRemoved != false { growth += 1 }
        // The one who comes back takes the place of the memory; under a given slot nobody does.
        if known?.isRemoved == true, known?.slot == slot { removalGrowth -= 1 }
        stored[point.id] = Stored(slot: slot, sequence: sequence, isRemoved: false)
        rows[slot] = JournalRow(
            slot: slot, sequence: sequence,
            content: JournalRow.Content(
                key: point.id.slot == nil ? point.id.key : nil, vector: VectorBlob.data(point.vector),
                payload: point.payload.text))
    }

    private mutating func remove(_ id: PointID) {
        guard let known = stored[id] else { return }
        growth -= 1
        removalGrowth += 1
        stored[id] = Stored(slot: known.slot, sequence: sequence, isRemoved: true)
        rows[known.slot] = JournalRow(slot: known.slot, sequence: sequence, content: nil)
    }
}
