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
        let (stranded, left) = repairLists(removed)
        relink(stranded)
        for slot in left + dead.flatMap({ index.graph.links(of: $0, layer: 0) })
        where inDegree[Int(slot)] == 0 && !removed.contains(slot) {
            rescue(slot)
        }
        let places = dead.map { slot in
            FreeSpace.Place(
                slot: slot, level: index.graph.level(of: slot), upperStart: index.graph.upperStart(of: slot))
        }
        space.retire(places, era: ledger.closeEra())
        index.slots.bury(dead.count)
        dead.removeAll()
    }

    /// A list that holds a removed slot.
    private struct Affected: Sendable {
        let slot: UInt32
        let layer: Int
    }

    /// Repairs every list that holds a removed slot, on all cores: a repair reads no list that another changes.
    ///
    /// - Returns: the slots that have no links any more on some layer, and those that lost one on layer 0.
    private func repairLists(_ removed: Removed) -> (stranded: [UInt32], left: [UInt32]) {
        var affected: [Affected] = []
        for slot in 0..<UInt32(space.slotEnd) where index.slots.isLive(slot) {
            for layer in 0...index.graph.level(of: slot)
            where index.graph.links(of: slot, layer: layer).contains(where: removed.contains) {
                affected.append(Affected(slot: slot, layer: layer))
            }
        }
        let renewed = parallelMap(affected) { Self.repaired($0, removed: removed, index: $1, scratch: $2) }
        var (stranded, left): ([UInt32], [UInt32]) = ([], [])
        for (list, links) in zip(affected, renewed) {
            if list.layer == 0 {
                left += index.graph.links(of: list.slot, layer: 0).filter { !links.contains($0) }
            }
            if links.isEmpty { stranded.append(list.slot) }
            replaceLinks(of: list.slot, layer: list.layer, with: links)
        }
        return (stranded, left)
    }

    /// The slots of one removal.
    struct Removed: Sendable {
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

    /// What a list becomes without its removed slots: it is chosen anew from what stays and from the slots
    /// that the removed ones led to (Singh et al., "FreshDiskANN", 2021, algorithm 4). The nearest of those
    /// not chosen, but for copies, fill it up to its old length, as links taken up from new vectors did before.
    private static func repaired(
        _ list: Affected, removed: Removed, index: HNSWIndex, scratch: SearchScratch
    ) -> [UInt32] {
        let old = index.graph.links(of: list.slot, layer: list.layer)
        let kept = old.filter { !removed.contains($0) }
        let heirs = heirs(of: old.filter(removed.contains), layer: list.layer, removed: removed, index: index)
            .filter { $0 != list.slot && !kept.contains($0) }
        let candidates = index.sortedByDistance(kept + heirs, from: list.slot, scratch: scratch)
        var links = index.selectDiverse(
            candidates, from: list.slot, limit: index.graph.limit(layer: list.layer), scratch: scratch)
        let distanceOfCopies = index.distance(list.slot, list.slot, scratch: scratch)
        for candidate in candidates where links.count < old.count {
            if candidate.distance != distanceOfCopies, !links.contains(candidate.slot) {
                links.append(candidate.slot)
            }
        }
        return links
    }

    /// The slots that stay which removed slots lead to, directly or through other removed slots.
    private static func heirs(
        of start: [UInt32], layer: Int, removed: Removed, index: HNSWIndex
    ) -> [UInt32] {
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
