extension HNSWBuilder {
    /// What must hold after every change, in words for whatever does not. Tests call it after each change.
    ///
    /// 1. Lists hold live or just removed slots that reach the list's layer, none twice, never the owner.
    /// 2. The entry point is linked and no linked slot is higher; without any there is none.
    /// 3. With more than one vector, every slot has a link and is linked to on layer 0.
    /// 4. Counted in-degrees are the real ones; ids and slots name each other.
    func violations() -> [String] {
        let live = index.slots.liveSlots()
        countInDegrees()
        var found: [String] = []
        var degrees = [UInt32](repeating: 0, count: index.capacity)
        for slot in live {
            if index.slots.slot(of: index.slots.id(of: slot)) != slot {
                found.append("slot \(slot) is not its id's")
            }
            for layer in 0...index.graph.level(of: slot) {
                found += listViolations(slot, layer: layer)
            }
            for link in index.graph.links(of: slot, layer: 0) { degrees[Int(link)] += 1 }
        }
        for slot in dead {
            for link in index.graph.links(of: slot, layer: 0) { degrees[Int(link)] += 1 }
        }
        for slot in live {
            let degree = degrees[Int(slot)]
            if inDegree[Int(slot)] != degree {
                found.append("slot \(slot) has in-degree \(degree), counted \(inDegree[Int(slot)])")
            }
            if live.count > 1, degree == 0 { found.append("nobody links to slot \(slot)") }
        }
        return found + entryViolations(live)
    }

    private func listViolations(_ slot: UInt32, layer: Int) -> [String] {
        let links = index.graph.links(of: slot, layer: layer)
        var found: [String] = []
        if Set(links).count != links.count { found.append("slot \(slot) layer \(layer) links twice") }
        if links.contains(slot) { found.append("slot \(slot) layer \(layer) links to itself") }
        if layer == 0, links.isEmpty, index.slots.count > 1 { found.append("slot \(slot) has no links") }
        for link in links
        where !(index.slots.isLive(link) || dead.contains(link)) || index.graph.level(of: link) < layer {
            found.append("slot \(slot) layer \(layer) links to \(link), which is not there")
        }
        return found
    }

    private func entryViolations(_ live: [UInt32]) -> [String] {
        let highest = (live + dead).map { index.graph.level(of: $0) }.max()
        switch (index.graph.entry, highest) {
        case (nil, nil): return []
        case (let entry?, let highest?) where entry.level == highest && (live + dead).contains(entry.slot):
            return []
        default: return ["entry \(String(describing: index.graph.entry)), highest level \(highest ?? -1)"]
        }
    }
}
