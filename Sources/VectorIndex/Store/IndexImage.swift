import CVectorKernels

/// An index as its snapshot will have it: no holes, and slots renumbered so that neighbours lie near each
/// other.
///
/// Slots are numbered in the order in which a breadth-first walk from the entry point meets them (Coleman et
/// al., "Graph Reordering for Cache-Efficient Near Neighbor Search", 2022): a search meets blocks that share
/// pages.
struct IndexImage {
    /// Bytes that go with a slot's quantized codes.
    static let headBytes = MemoryLayout<mk_code_header>.stride

    private let index: HNSWIndex
    /// Old slots in their new order.
    private let order: [UInt32]
    /// How many of the first are landmarks.
    private let landmarkCount: Int
    /// New slots by old ones.
    private let numbers: [UInt32]
    /// New runs in the arena.
    private let upperStarts: [UInt32]
    private let upperWords: Int
    private let table: SlotTable

    /// - Parameter index: without dead slots.
    init(of index: HNSWIndex) {
        self.index = index
        (order, landmarkCount) = Self.order(of: index)
        var numbers = [UInt32](repeating: SlotTable.none, count: index.slots.end)
        for (number, slot) in order.enumerated() { numbers[Int(slot)] = UInt32(number) }
        self.numbers = numbers
        var starts: [UInt32] = []
        var words = 0
        table = SlotTable(capacity: order.count)
        for (number, slot) in order.enumerated() {
            starts.append(UInt32(words))
            words += index.graph.upperWords(level: index.graph.level(of: slot))
            table.prepare(UInt32(number), id: index.slots.id(of: slot))
            table.activate(UInt32(number))
        }
        (upperStarts, upperWords) = (starts, words)
    }

    /// Slots in their new order, and how many of the first are landmarks: every search compares these, so they
    /// lie one behind the other.
    private static func order(of index: HNSWIndex) -> (slots: [UInt32], landmarks: Int) {
        var order: [UInt32] = []
        order.reserveCapacity(index.slots.count)
        var seen = [Bool](repeating: false, count: index.slots.end)
        func enter(_ slot: UInt32) {
            guard !seen[Int(slot)], index.slots.isLive(slot) else { return }
            seen[Int(slot)] = true
            order.append(slot)
        }
        func walk(from start: Int) {
            var position = start
            while position < order.count {
                for link in index.graph.links(of: order[position], layer: 0) where !seen[Int(link)] {
                    seen[Int(link)] = true
                    order.append(link)
                }
                position += 1
            }
        }
        index.landmarks.slots.forEach(enter)
        let landmarks = order.count
        if let entry = index.graph.entry {
            enter(entry.slot)
            walk(from: order.firstIndex(of: entry.slot) ?? order.count)
        }
        for slot in 0..<UInt32(index.slots.end) {
            let start = order.count
            enter(slot)
            walk(from: start)
        }
        return (order, landmarks)
    }

    /// Fills in what the header says of the index itself.
    func describe(in header: inout SnapshotHeader) {
        header.metric = index.metric.rawValue
        header.representation = index.layout.format.rawValue
        header.dimension = UInt32(index.layout.dimension)
        header.M = UInt32(index.graph.M)
        header.count = UInt64(order.count)
        header.entry = index.graph.entry.map { numbers[Int($0.slot)] } ?? SnapshotHeader.noEntry
        header.entryLevel = UInt32(index.graph.entry?.level ?? 0)
        header.extras =
            index.profile.packed(into: SnapshotHeader.extraCount - 1) + [UInt64(landmarkCount)]
    }

    /// What a section holds.
    func source(_ section: SnapshotSection) -> SnapshotWriter.Source {
        switch section {
        case .ids: items(8) { number, item in store(index.slots.id(of: order[number]), item) }
        case .levels: items(1) { number, item in store(UInt8(index.graph.level(of: order[number])), item) }
        case .upperStarts: items(4) { number, item in store(upperStarts[number], item) }
        case .buckets: words(table.buckets)
        case .heads:
            items(index.layout.hasHeads ? Self.headBytes : 0) { number, item in
                store(index.blocks.heads.base[Int(order[number])], item)
            }
        case .blocks: items(index.layout.stride, writeBlock)
        case .upperLinks: upperLinks()
        case .rows: items(index.layout.format == .float32 ? 0 : 4 * index.matrix.rowLength, writeRow)
        }
    }

    // MARK: Sections

    /// A section of equal items, one a slot, each written whole; what a piece cuts off is written twice.
    private func items(
        _ size: Int, _ write: @escaping (_ number: Int, _ item: UnsafeMutableRawBufferPointer) -> Void
    ) -> SnapshotWriter.Source {
        SnapshotWriter.Source(byteCount: size * order.count) { offset, target in
            guard size > 0 else { return }
            let cut = AlignedBuffer<UInt8>(count: size)
            var number = offset / size
            while number * size < offset + target.count {
                let start = number * size - offset
                if start >= 0, start + size <= target.count {
                    write(number, UnsafeMutableRawBufferPointer(rebasing: target[start..<start + size]))
                } else {
                    write(number, UnsafeMutableRawBufferPointer(start: cut.base, count: size))
                    let range = max(start, 0)..<min(start + size, target.count)
                    // Bounds: `range` lies in the target, and shifted by `start` in the item.
                    UnsafeMutableRawBufferPointer(rebasing: target[range]).copyMemory(
                        from: UnsafeRawBufferPointer(
                            start: cut.base + (range.lowerBound - start), count: range.count))
                }
                number += 1
            }
        }
    }

    private func words(_ words: AtomicWords) -> SnapshotWriter.Source {
        SnapshotWriter.Source(byteCount: 4 * words.count) { offset, target in
            words.copyBytes(from: offset, into: target)
        }
    }

    private func store<T: BitwiseCopyable>(_ value: T, _ item: UnsafeMutableRawBufferPointer) {
        item.storeBytes(of: value, as: T.self)
    }

    private func writeBlock(_ number: Int, _ item: UnsafeMutableRawBufferPointer) {
        let slot = order[number]
        let layout = index.layout
        item.copyMemory(from: UnsafeRawBufferPointer(start: index.blocks.block(slot), count: layout.stride))
        let links = index.graph.links(of: slot, layer: 0)
        for position in 0..<layout.linkLimit {
            let link = position < links.count ? numbers[Int(links[position])] : SlotTable.none
            item.storeBytes(of: link, toByteOffset: 4 * position, as: UInt32.self)
        }
    }

    private func writeRow(_ number: Int, _ item: UnsafeMutableRawBufferPointer) {
        // What lies in a file goes from file to file: through the mapping it would all become resident.
        if let watch = index.watch, watch.copyRow(of: order[number], into: item) { return }
        index.matrix.withRow(Int(order[number])) { row in
            item.copyMemory(from: UnsafeRawBufferPointer(start: row, count: item.count))
        }
    }

    /// The arena: few enough to be put together first.
    private func upperLinks() -> SnapshotWriter.Source {
        let arena = AtomicWords(count: upperWords, repeating: SlotTable.none)
        for (number, slot) in order.enumerated() {
            let start = Int(upperStarts[number])
            for layer in 0..<index.graph.level(of: slot) {
                let links = index.graph.links(of: slot, layer: layer + 1)
                for (position, link) in links.enumerated() {
                    arena.publish(numbers[Int(link)], at: start + layer * index.graph.M + position)
                }
            }
        }
        return words(arena)
    }

    // MARK: In memory

    /// The image as an index of its own, for stores without a directory.
    func inMemory() -> (index: HNSWIndex, upperEnd: Int) {
        let count = order.count
        let layout = index.layout
        let blocks = BlockStore(
            layout: layout, capacity: count, floats: buffer(.blocks), heads: buffer(.heads))
        let entry = index.graph.entry.map { (slot: numbers[Int($0.slot)], level: $0.level) }
        let graph = HNSWGraph(
            blocks: blocks, upper: AtomicWords(buffer(.upperLinks)), upperStart: buffer(.upperStarts),
            levels: buffer(.levels), entry: entry)
        let matrix =
            HNSWIndex.matrix(for: blocks)
            ?? VectorMatrix(dimension: layout.dimension, capacity: count, floats: buffer(.rows))
        let slots = SlotTable(rebuilding: table, capacity: count)
        let compact = HNSWIndex(
            kernel: index.kernel, matrix: matrix, graph: graph, slots: slots, profile: index.profile,
            landmarks: Landmarks(first: landmarkCount, of: count))
        return (compact, upperWords)
    }

    private func buffer<Element: BitwiseCopyable>(_ section: SnapshotSection) -> AlignedBuffer<Element> {
        let source = source(section)
        let buffer = AlignedBuffer<Element>(count: source.byteCount / MemoryLayout<Element>.stride)
        let bytes = UnsafeMutableRawBufferPointer(start: buffer.base, count: source.byteCount)
        source.fill(0, bytes)
        return buffer
    }
}
