/// Which slots and arena runs the writer may fill next.
///
/// What is removed waits in `retired` until no reader can still be looking at it, then is free.
struct FreeSpace {
    /// A slot, and the run of the upper-layer arena that belongs to it.
    struct Place {
        let slot: UInt32
        let level: Int
        let upperStart: Int
    }

    /// Slots ever used, free ones among them.
    private(set) var slotEnd: Int
    /// Words of the arena ever used.
    private(set) var upperEnd: Int
    private var slots: [UInt32] = []
    /// Free runs of the arena by level.
    private var runs: [Int: [Int]] = [:]
    private var retired: [(era: UInt64, places: [Place])] = []

    init(slotEnd: Int = 0, upperEnd: Int = 0) {
        (self.slotEnd, self.upperEnd) = (slotEnd, upperEnd)
    }

    /// Slots that can be taken from a table of `capacity`.
    func available(capacity: Int) -> Int { slots.count + capacity - slotEnd }

    /// Words the arena needs so that a slot of `level` fits.
    func upperNeeded(words: Int, level: Int) -> Int {
        runs[level, default: []].isEmpty ? upperEnd + words : upperEnd
    }

    /// Takes a slot and a run of `words`.
    mutating func take(level: Int, words: Int) -> Place {
        let slot = slots.popLast() ?? UInt32(slotEnd)
        slotEnd = max(slotEnd, Int(slot) + 1)
        if let start = runs[level]?.popLast() {
            return Place(slot: slot, level: level, upperStart: start)
        }
        defer { upperEnd += words }
        return Place(slot: slot, level: level, upperStart: upperEnd)
    }

    /// Sets aside what was made unreachable before `era` was closed.
    mutating func retire(_ places: [Place], era: UInt64) {
        retired.append((era, places))
    }

    /// Frees what was retired in eras that are over.
    mutating func reclaim(isOver: (UInt64) -> Bool) {
        while let first = retired.first, isOver(first.era) {
            for place in first.places {
                slots.append(place.slot)
                if place.level > 0 { runs[place.level, default: []].append(place.upperStart) }
            }
            retired.removeFirst()
        }
    }
}
