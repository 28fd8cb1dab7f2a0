import Foundation

/// Makes an index of a snapshot. No section is read but the small ones, which are checked; blocks and rows
/// are mapped, and looked at when a search first uses them.
struct IndexLoader {
    let snapshot: Snapshot
    let parameters: HNSWParameters
    private let layout: BlockLayout
    private let metric: Metric
    private let count: Int
    private let file: String
    /// Slots there will be addresses for.
    private let capacity: Int

    /// Opens the snapshot in `directory`.
    ///
    /// - Returns: `nil` if there is none.
    /// - Throws: if it is damaged as far as this looks, of another version or byte order, or was built with
    ///   other settings.
    init?(directory: URL, layout: BlockLayout, metric: Metric, parameters: HNSWParameters)
        throws(VectorIndexError)
    {
        guard let snapshot = try Snapshot.open(directory: directory) else { return nil }
        (self.snapshot, self.parameters, self.layout, self.metric) = (snapshot, parameters, layout, metric)
        count = Int(clamping: snapshot.header.count)
        // More than that is refused below.
        capacity = min(2 * min(count, SlotTable.largestCapacity) + 1 << 20, SlotTable.largestCapacity)
        file = directory.appendingPathComponent(Snapshot.name).path
        try checkSettings()
        try checkSizes()
        for section in SnapshotSection.allCases where section != .blocks && section != .rows {
            try snapshot.ledger.verify(section, 0..<snapshot.byteCount(of: section))
        }
    }

    /// The index; the end of the arena's used part.
    func index() throws(VectorIndexError) -> (index: HNSWIndex, upperEnd: Int) {
        let blocks = BlockStore(
            layout: layout, capacity: capacity,
            floats: try buffer(.blocks, count: capacity * layout.stride / 4),
            heads: try buffer(.heads, count: layout.hasHeads ? capacity : 0))
        let upperEnd = snapshot.byteCount(of: .upperLinks) / 4
        let upperCapacity = upperEnd + HNSWGraph.likelyUpperWords(M: parameters.M, capacity: capacity - count)
        let entry = snapshot.header.entry
        let levels: AlignedBuffer<UInt8> = try buffer(.levels, count: capacity)
        // A search descends from the entry's level, for which the arena must have its links.
        if entry != SnapshotHeader.noEntry, UInt32(levels.base[Int(entry)]) != snapshot.header.entryLevel {
            throw .damaged(file: file, reason: "its entry point's level is not that of its slot")
        }
        let graph = HNSWGraph(
            blocks: blocks, upper: AtomicWords(try buffer(.upperLinks, count: upperCapacity)),
            upperStart: try buffer(.upperStarts, count: capacity),
            levels: levels,
            entry: entry == SnapshotHeader.noEntry ? nil : (entry, Int(snapshot.header.entryLevel)))
        let bucketCount = snapshot.byteCount(of: .buckets) / 4
        let hidden = try AlignedBuffer<UInt32>(MappedRegion(reserving: 4 * capacity), count: capacity)
        let slots = SlotTable(
            ids: try buffer(.ids, count: capacity), hidden: AtomicWords(hidden),
            buckets: AtomicWords(try buffer(.buckets, count: bucketCount)), count: count)
        let index = HNSWIndex(
            kernel: BlockKernel(layout: layout, metric: metric), matrix: try matrix(blocks), graph: graph,
            slots: slots, profile: DistanceProfile(unpacking: snapshot.header.extras.dropLast()),
            landmarks: landmarks,
            watch: DamageWatch(snapshot, layout: layout))
        return (index, upperEnd)
    }

    /// Those that ``IndexImage`` put first; none where the file is from before there were any.
    private var landmarks: Landmarks {
        Landmarks(first: min(Int(clamping: snapshot.header.extras.last ?? 0), count), of: count)
    }

    private func matrix(_ blocks: BlockStore) throws(VectorIndexError) -> VectorMatrix {
        if let matrix = HNSWIndex.matrix(for: blocks) { return matrix }
        let rowLength = VectorMatrix.rowLength(dimension: layout.dimension)
        let floats: AlignedBuffer<Float> = try buffer(.rows, count: capacity * rowLength, advice: .random)
        return VectorMatrix(dimension: layout.dimension, capacity: capacity, floats: floats)
    }

    private func buffer<Element: BitwiseCopyable>(
        _ section: SnapshotSection, count: Int, advice: MappedRegion.Advice? = nil
    ) throws(VectorIndexError) -> AlignedBuffer<Element> {
        let region = try snapshot.region(of: section, reserving: count * MemoryLayout<Element>.stride)
        if let advice { region.advise(advice) }
        return try AlignedBuffer(region, count: count)
    }

    private func checkSettings() throws(VectorIndexError) {
        let header = snapshot.header
        let settings = [
            (
                "metric", Metric(rawValue: header.metric)?.description ?? "\(header.metric)",
                metric.description
            ),
            (
                "format",
                VectorFormat(rawValue: header.representation)?.description
                    ?? "\(header.representation)", layout.format.description
            ),
            ("dimension", "\(header.dimension)", "\(layout.dimension)"),
            ("M", "\(header.M)", "\(parameters.M)"),
        ]
        for (name, stored, requested) in settings where stored != requested {
            throw .settingMismatch(file: file, name: name, stored: stored, requested: requested)
        }
    }

    /// The header's numbers and the sections' sizes must agree, so that nothing is read beyond its section.
    private func checkSizes() throws(VectorIndexError) {
        guard count <= SlotTable.largestCapacity else {
            throw .damaged(file: file, reason: "it claims \(snapshot.header.count) vectors")
        }
        let rowLength = VectorMatrix.rowLength(dimension: layout.dimension)
        let sizes: [(SnapshotSection, Int)] = [
            (.ids, 8), (.levels, 1), (.upperStarts, 4), (.blocks, layout.stride),
            (.heads, layout.hasHeads ? IndexImage.headBytes : 0),
            (.rows, layout.format == .float32 ? 0 : 4 * rowLength),
        ]
        for (section, size) in sizes where snapshot.byteCount(of: section) != size * count {
            throw .damaged(
                file: file,
                reason: "its section \"\(section.name)\" is not made for \(count) vectors")
        }
        let buckets = snapshot.byteCount(of: .buckets) / 4
        let entry = snapshot.header.entry
        guard buckets == SlotTable.bucketCount(count), entry == SnapshotHeader.noEntry || entry < count,
            snapshot.header.entryLevel <= HNSWGraph.highestLevel
        else {
            throw .damaged(file: file, reason: "its numbers do not fit each other")
        }
    }
}
