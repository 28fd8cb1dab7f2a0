/// Changes a graph while others search it. One owner at a time.
///
/// Why readers need no lock: a new vector and its links are written before the first link to it is published,
/// so whoever reaches it sees it whole; a list that changes holds only valid neighbours throughout; and what
/// is removed stays readable until ``EraLedger`` says that no reader from before the removal is left. When
/// the index is full, a larger copy is published, which happens O(log *n*) times in *n* insertions.
///
/// Insertion is in `HNSWBuilder+Linking.swift`, removal in `HNSWBuilder+Removal.swift`.
final class HNSWBuilder {
    let parameters: HNSWParameters
    let ledger: EraLedger<HNSWIndex>
    let scratches: ScratchPool
    let scratch: SearchScratch
    var index: HNSWIndex
    var space: FreeSpace
    /// Links to each slot on layer 0. A slot without any could not be found, so its last one is never given
    /// up. Counted when the first change comes: an index that is only searched need not be read for it.
    var inDegree: [UInt32] = []
    /// Slots that are linked but live no longer, until ``bury()`` takes them out.
    var dead: [UInt32] = []
    /// Levels drawn so far.
    private(set) var draws: UInt64
    /// Vectors there were, and levels drawn, when the profile was last measured.
    private var profiled: (count: Int, draws: UInt64)

    /// How many vectors are linked at a time. They see the graph as it was before any of them, and each
    /// other: with more of them, a new cluster links less to the others.
    static let batch = 64

    /// Continues with an index that is already published, of which the first `slots.end` slots are used.
    init(
        parameters: HNSWParameters, ledger: EraLedger<HNSWIndex>, index: HNSWIndex, scratches: ScratchPool,
        upperEnd: Int = 0, draws: UInt64 = 0
    ) {
        (self.parameters, self.ledger, self.index, self.draws) = (parameters, ledger, index, draws)
        self.scratches = scratches
        scratch = SearchScratch(kernel: index.kernel)
        space = FreeSpace(slotEnd: index.slots.end, upperEnd: upperEnd)
        profiled = index.profile == .none ? (0, 0) : (index.slots.count, draws)
    }

    /// Where the arena's used part ends.
    var upperEnd: Int { space.upperEnd }

    /// Inserts checked vectors; ids that are already there get the new vector.
    func upsert(_ entries: [VectorEntry], scales: [Float]) throws(VectorIndexError) {
        try begin()
        try reserve(entries.count)
        let order = InsertionOrder.positions(count: entries.count, seed: parameters.seed &+ draws)
        for start in stride(from: 0, to: entries.count, by: Self.batch) {
            let positions = order[start..<min(start + Self.batch, entries.count)]
            let slots = place(positions.map { (entries[$0], scales[$0]) })
            link(slots)
            for slot in slots {
                if let old = index.slots.activate(slot) { dead.append(old) }
            }
            renewLandmarksIfOld()
        }
        buryIfMany()
        renewTableIfWorn()
        renewProfileIfOld()
    }

    /// Removes ids; those not there are ignored.
    func remove(_ ids: [UInt64]) throws(VectorIndexError) {
        try begin()
        dead += ids.compactMap { index.slots.deactivate($0) }
        buryIfMany()
        renewTableIfWorn()
    }

    /// What every change begins with: blocks that come from a file are all looked at, once.
    func begin() throws(VectorIndexError) {
        try index.watch?.checkAllBlocks()
        countInDegrees()
    }

    func countInDegrees() {
        guard inDegree.isEmpty else { return }
        inDegree = [UInt32](repeating: 0, count: index.capacity)
        for slot in index.slots.liveSlots() {
            for link in index.graph.links(of: slot, layer: 0) { inDegree[Int(link)] += 1 }
        }
    }

    // MARK: Room

    /// Whether `count` more slots fit as it is.
    func hasRoom(for count: Int) -> Bool {
        space.reclaim(isOver: ledger.isOver)
        return count <= space.available(capacity: index.capacity)
    }

    /// Makes room for `count` more slots.
    func reserve(_ count: Int) throws(VectorIndexError) {
        space.reclaim(isOver: ledger.isOver)
        let missing = count - space.available(capacity: index.capacity)
        guard missing > 0 else { return makeRoomInTable(for: count) }
        let needed = index.capacity + missing
        guard needed <= SlotTable.largestCapacity else { throw .full(limit: SlotTable.largestCapacity) }
        grow(to: min(max(needed, index.capacity + index.capacity / 2, 1024), SlotTable.largestCapacity))
    }

    private func makeRoomInTable(for count: Int) {
        guard index.slots.isCrowded(adding: count) else { return }
        publish(slots: SlotTable(rebuilding: index.slots, capacity: index.capacity, expecting: count))
    }

    private func grow(to capacity: Int) {
        let likely = HNSWGraph.likelyUpperWords(M: parameters.M, capacity: capacity)
        let blocks = BlockStore(growing: index.blocks, slots: space.slotEnd, capacity: capacity)
        let graph = HNSWGraph(
            growing: index.graph, blocks: blocks, slots: space.slotEnd,
            upperCapacity: max(likely, index.graph.upperCapacity))
        let matrix =
            HNSWIndex.matrix(for: blocks)
            ?? VectorMatrix(growing: index.matrix, rows: space.slotEnd, capacity: capacity)
        let slots = SlotTable(rebuilding: index.slots, capacity: capacity)
        publish(matrix: matrix, graph: graph, slots: slots)
        inDegree += [UInt32](repeating: 0, count: capacity - inDegree.count)
    }

    private func growArena(to upperCapacity: Int) {
        let graph = HNSWGraph(
            growing: index.graph, blocks: index.blocks, slots: space.slotEnd, upperCapacity: upperCapacity)
        publish(graph: graph)
    }

    private func renewTableIfWorn() {
        guard index.slots.isCrowded() else { return }
        publish(slots: SlotTable(rebuilding: index.slots, capacity: index.capacity))
    }

    /// Measures the profile anew each time a quarter of the index has been added or replaced.
    private func renewProfileIfOld() {
        guard draws - profiled.draws > profiled.count / 4 else { return }
        profiled = (index.slots.count, draws)
        publish(profile: DistanceProfile.measured(on: index, scratch: scratch))
    }

    /// Draws landmarks anew each time the index has grown by a quarter.
    private func renewLandmarksIfOld() {
        guard index.landmarks.areOld(for: index.slots.count) else { return }
        publish(landmarks: Landmarks.drawn(from: index, seed: parameters.seed &+ draws, scratch: scratch))
    }

    /// Keeps new searches from beginning at slots that leave the graph.
    func dropLandmarks(where isLeaving: (UInt32) -> Bool) {
        guard index.landmarks.slots.contains(where: isLeaving) else { return }
        publish(landmarks: index.landmarks.without(isLeaving))
    }

    private func publish(
        matrix: VectorMatrix? = nil, graph: HNSWGraph? = nil, slots: SlotTable? = nil,
        profile: DistanceProfile? = nil, landmarks: Landmarks? = nil
    ) {
        index = HNSWIndex(
            kernel: index.kernel, matrix: matrix ?? index.matrix, graph: graph ?? index.graph,
            slots: slots ?? index.slots, profile: profile ?? index.profile,
            landmarks: landmarks ?? index.landmarks, watch: index.watch)
        ledger.publish(index)
    }

    // MARK: Placing

    /// Fills a slot for each entry: vector, codes, id and level, no links. Nobody can reach them yet.
    private func place(_ entries: [(entry: VectorEntry, scale: Float)]) -> [UInt32] {
        entries.map { entry, scale in
            let level = parameters.level(draw: draws)
            draws += 1
            let words = index.graph.upperWords(level: level)
            let upperNeeded = space.upperNeeded(words: words, level: level)
            if upperNeeded > index.graph.upperCapacity { growArena(to: upperNeeded + upperNeeded / 2) }
            let place = space.take(level: level, words: words)
            index.watch?.noteRenewal(of: place.slot)
            index.matrix.setRow(Int(place.slot), to: entry.vector, scale: scale)
            if index.layout.format != .float32 {
                index.matrix.withRow(Int(place.slot)) { row in
                    index.kernel.encode(row, into: index.blocks, slot: place.slot)
                }
            }
            index.slots.prepare(place.slot, id: entry.id)
            index.graph.prepare(place.slot, level: level, upperStart: place.upperStart)
            inDegree[Int(place.slot)] = 0
            return place.slot
        }
    }
}
