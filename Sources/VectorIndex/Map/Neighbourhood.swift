/// Who is near whom among chosen vectors, by what the index' own graph knows.
///
/// A vector's links, and the links of the nearest of these, hold most of its nearest neighbours (Dong, Moses & Li,
/// "Efficient k-nearest neighbor graph construction for generic similarity measures", WWW 2011): one look there costs
/// far less than a search for each vector.
struct Neighbourhood {
    /// One vector's neighbour. There are ``width`` of each vector, one vector after the other; missing ones are at
    /// the end of a vector's and have the row ``none``.
    struct Link: Sendable {
        var row: UInt32
        var distance: Float
    }

    static let none = UInt32.max
    /// Neighbours of each vector that count.
    static let width = 15

    private let index: HNSWIndex
    private let slots: [UInt32]
    private let scratch: SearchScratch
    /// By slot.
    private let rows: [UInt32]
    /// Neighbours whose own links are looked at.
    private let expansions: Int

    /// - Parameter total: vectors there are, of which `slots` are some: of the few that are chosen, the nearest are
    ///   further off.
    init(_ index: HNSWIndex, _ slots: [UInt32], total: Int, scratch: SearchScratch) {
        (self.index, self.slots, self.scratch) = (index, slots, scratch)
        var rows = [UInt32](repeating: Self.none, count: index.slots.end)
        for (row, slot) in slots.enumerated() { rows[Int(slot)] = UInt32(row) }
        self.rows = rows
        expansions = min(4 * ((total + slots.count - 1) / slots.count), 24)
    }

    /// - Returns: `nil` if `progress` ended it.
    func links(progress: (Double) -> Bool) throws(VectorIndexError) -> [Link]? {
        let nobody = Link(row: Self.none, distance: .infinity)
        var links = [Link](repeating: nobody, count: Self.width * slots.count)
        var found: [Candidate] = []
        for (row, slot) in slots.enumerated() {
            if row % 4_096 == 0, !progress(Double(row) / Double(slots.count)) { return nil }
            look(around: slot, &found)
            if let damage = scratch.damage { throw damage }
            var place = Self.width * row
            for candidate in found where place < Self.width * (row + 1) {
                let other = self.row(of: candidate.slot)
                guard other != Self.none else { continue }
                links[place] = Link(row: other, distance: candidate.distance)
                place += 1
            }
        }
        return links
    }

    /// A slot's row; none for one that was not chosen, or came later.
    private func row(of slot: UInt32) -> UInt32 {
        Int(slot) < rows.count ? rows[Int(slot)] : Self.none
    }

    /// Finds what lies around a slot, nearest first.
    private func look(around slot: UInt32, _ found: inout [Candidate]) {
        found.removeAll(keepingCapacity: true)
        scratch.visited.reset(capacity: index.capacity)
        _ = scratch.visited.insert(slot)
        scratch.setQuery(slot: slot, index: index)
        meet(linksOf: slot, &found)
        found.sort()
        let first = found.prefix(expansions).map(\.slot)
        guard !first.isEmpty else { return }
        for near in first { meet(linksOf: near, &found) }
        found.sort()
    }

    /// Compares the links of a slot that were not met before.
    private func meet(linksOf slot: UInt32, _ found: inout [Candidate]) {
        let count = index.graph.copyLinks(of: slot, layer: 0, into: scratch.links.base)
        var unseen = 0
        for place in 0..<count {
            let link = scratch.links.base[place]
            guard scratch.visited.insert(link) else { continue }
            scratch.rows.base[unseen] = link
            unseen += 1
            index.blocks.prefetchCodes(of: link)
        }
        // Bounds: a scratch has room for two full lists.
        index.computeDistances(unseen, scratch: scratch)
        for place in 0..<unseen {
            found.append(
                Candidate(distance: scratch.distances.base[place], slot: scratch.rows.base[place]))
        }
    }
}
