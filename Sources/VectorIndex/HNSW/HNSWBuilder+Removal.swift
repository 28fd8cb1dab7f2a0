/// Removal that leaves no trace: every link to a removed slot is replaced by links to where it led.
///
/// A link list does not know who points at it, so one pass over all lists finds them; a batch of removals
/// costs one pass, then as much as an insertion for each. So that single removals do not pay for a pass each,
/// what is removed stays linked, found by no search, until there is enough of it.
extension HNSWBuilder {
    /// A pass over this many slots is a fair price for one removal.
    private static let slotsPassedEach = 4096

    /// Takes the dead out of the graph once a pass is worth its price.
    func buryIfMany() {
        if dead.count * Self.slotsPassedEach >= space.slotEnd { bury() }
    }

    /// Takes slots that are no longer live out of the graph. They can be used again once no reader sees them.
    func bury() {
        guard !dead.isEmpty else { return }
        countInDegrees()
        let removed = Removed(dead, capacity: index.capacity)
        replaceEntry(unless: removed)
        dropLandmarks(where: removed.contains)
        for slot in dead {
            for link in index.graph.links(of: slot, layer: 0) { inDegree[Int(link)] -= 1 }
        }
        let stranded = repairLists(removed)
        relink(stranded)
        for slot in dead {
            for link in index.graph.links(of: slot, layer: 0) where !removed.contains(link) {
                if inDegree[Int(link)] == 0 { rescue(link) }
            }
        }
        let places = dead.map { slot in
            FreeSpace.Place(
                slot: slot, level: index.graph.level(of: slot), upperStart: index.graph.upperStart(of: slot))
        }
        space.retire(places, era: ledger.closeEra())
        index.slots.bury(dead.count)
        dead.removeAll()
    }

    /// Repairs every list that holds a removed slot.
    ///
    /// - Returns: the slots that have no links any more on some layer.
    private func repairLists(_ removed: Removed) -> [UInt32] {
        var stranded: [UInt32] = []
        for slot in 0..<UInt32(space.slotEnd) where index.slots.isLive(slot) {
            for layer in 0...index.graph.level(of: slot) {
                repair(slot, layer: layer, removed: removed, stranded: &stranded)
            }
        }
        return stranded
    }

    /// The slots of one removal.
    struct Removed {
        private var flags: [Bool]

        init(_ slots: [UInt32], capacity: Int) {
            flags = [Bool](repeating: false, count: capacity)
            for slot in slots { flags[Int(slot)] = true }
        }

        @inline(__always)
        func contains(_ slot: UInt32) -> Bool { flags[Int(slot)] }
    }

    /// If the entry point goes, the highest slot that stays takes its place (the lowest numbered of equals).
    private func replaceEntry(unless removed: Removed) {
        guard let entry = index.graph.entry, removed.contains(entry.slot) else { return }
        var best: (slot: UInt32, level: Int)?
        for slot in 0..<UInt32(space.slotEnd) where index.slots.isLive(slot) {
            let level = index.graph.level(of: slot)
            if level > best?.level ?? -1 { best = (slot, level) }
        }
        index.graph.setEntry(best)
    }

    /// Replaces a slot's links to removed slots by links to those slots' neighbours: the nearest that point
    /// in a direction of their own, at most as many as were lost, and at least one.
    private func repair(_ slot: UInt32, layer: Int, removed: Removed, stranded: inout [UInt32]) {
        let links = scratch.links.base
        let count = index.graph.copyLinks(of: slot, layer: layer, into: links)
        guard (0..<count).contains(where: { removed.contains(links[$0]) }) else { return }
        let old = Array(UnsafeBufferPointer(start: links, count: count))
        let kept = old.filter { !removed.contains($0) }
        let heirs = heirs(of: old.filter(removed.contains), layer: layer, removed: removed)
            .filter { $0 != slot && !kept.contains($0) }
        let candidates = index.sortedByDistance(heirs, from: slot, scratch: scratch)
        var renewed = index.selectDiverse(
            candidates, from: slot, keeping: kept, limit: count, scratch: scratch)
        if renewed.count == kept.count, let nearest = candidates.first { renewed.append(nearest.slot) }
        if layer == 0 {
            for link in kept { inDegree[Int(link)] -= 1 }
            for link in renewed { inDegree[Int(link)] += 1 }
        }
        index.graph.setLinks(renewed, of: slot, layer: layer)
        if renewed.isEmpty { stranded.append(slot) }
    }

    /// The slots that stay which removed slots lead to, directly or through other removed slots.
    private func heirs(of start: [UInt32], layer: Int, removed: Removed) -> [UInt32] {
        // Enough to choose from; a removed neighbourhood wider than this is left to `relink`.
        let enough = 8 * index.graph.limit(layer: layer)
        let steps = 4096
        var queue = start
        var seen = Set(start)
        var heirs: [UInt32] = []
        var position = 0
        while position < min(queue.count, steps), heirs.count < enough {
            for link in index.graph.links(of: queue[position], layer: layer) where seen.insert(link).inserted
            {
                if removed.contains(link) { queue.append(link) } else { heirs.append(link) }
            }
            position += 1
        }
        return heirs
    }

    /// Links slots that lost all their neighbours on some layer as if they were new.
    private func relink(_ slots: [UInt32]) {
        for slot in Set(slots).sorted() {
            if index.graph.entry?.slot == slot { relinkEntry(slot) } else { link([slot]) }
        }
    }

    /// Links the entry point, from which no search leads anywhere, to its nearest among all vectors.
    private func relinkEntry(_ entry: UInt32) {
        guard index.graph.links(of: entry, layer: 0).isEmpty else { return }
        let others = index.slots.liveSlots().filter { $0 != entry }
        let candidates = index.sortedByDistance(others, from: entry, scratch: scratch)
        let chosen = index.selectDiverse(
            candidates, from: entry, limit: parameters.M, scratch: scratch)
        replaceLinks(of: entry, layer: 0, with: chosen)
        for neighbor in chosen {
            addLink(from: neighbor, to: entry, layer: 0)
        }
    }
}
