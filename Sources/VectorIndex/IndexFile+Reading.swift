import Foundation

extension IndexFile {
    /// A snapshot as it was read.
    struct Contents {
        let index: HNSWIndex
        let upperEnd: Int
        let draws: UInt64
        let generation: UInt64
    }

    /// Reads the snapshot in `directory`.
    ///
    /// - Returns: `nil` if there is none.
    /// - Throws: if it is damaged, of another version or byte order, or was built with other settings.
    static func read(
        from directory: URL, dimension: Int, metric: Metric, M: Int
    ) throws(VectorIndexError) -> Contents? {
        let path = directory.appendingPathComponent(name).path
        let file: FileDescriptor
        do throws(VectorIndexError) {
            file = try FileDescriptor(path, flags: O_RDONLY, operation: "open")
        } catch {
            if case .systemFailure(_, _, ENOENT, _) = error { return nil }
            throw error
        }
        let length = try file.byteCount()
        let header = try Header(
            decoding: try readBytes(min(length, Header.byteCount), from: file), file: path)
        try check(header, path: path, length: length)
        try checkSettings(header, path: path, dimension: dimension, metric: metric, M: M)
        return try SnapshotReader(file: file, header: header).read()
    }

    private static func check(_ header: Header, path: String, length: Int) throws(VectorIndexError) {
        guard header.count <= UInt64(SlotTable.largestCapacity), let expected = header.fileByteCount else {
            throw .damaged(file: path, reason: "it claims \(header.count) vectors")
        }
        guard length == expected else {
            throw .damaged(file: path, reason: "it has \(length) bytes; its header says \(expected)")
        }
    }

    private static func checkSettings(
        _ header: Header, path: String, dimension: Int, metric: Metric, M: Int
    ) throws(VectorIndexError) {
        let stored = Metric(rawValue: header.metric).map(\.description) ?? "\(header.metric)"
        let settings = [
            ("metric", stored, metric.description),
            ("dimension", "\(header.dimension)", "\(dimension)"),
            ("M", "\(header.M)", "\(M)"),
        ]
        for (name, stored, requested) in settings where stored != requested {
            throw .settingMismatch(file: path, name: name, stored: stored, requested: requested)
        }
    }

    fileprivate static func readBytes(_ count: Int, from file: FileDescriptor) throws(VectorIndexError)
        -> [UInt8]
    {
        let buffer = AlignedBuffer<UInt8>(count: count)
        let read = try file.read(into: UnsafeMutableRawBufferPointer(start: buffer.base, count: count))
        return Array(UnsafeBufferPointer(start: buffer.base, count: read))
    }
}

/// Reads the sections of a snapshot whose header is in order. A section is looked at only once its checksum
/// fits.
private struct SnapshotReader {
    let file: FileDescriptor
    let header: IndexFile.Header

    func read() throws(VectorIndexError) -> IndexFile.Contents {
        let count = Int(header.count)
        let M = Int(header.M)
        let ids = try section(.ids)
        let levels = try section(.levels)
        let level0 = try section(.level0)
        let upper = try section(.upper)
        let capacity = count + count / 8
        let matrix = VectorMatrix(dimension: Int(header.dimension), capacity: capacity)
        try readVectors(into: matrix)
        let upperCapacity = HNSWGraph.likelyUpperWords(M: M, capacity: capacity) + Int(header.upperWords)
        let graph = HNSWGraph(M: M, capacity: capacity, upperCapacity: upperCapacity)
        let slots = SlotTable(capacity: capacity)
        let upperEnd = try prepare(graph, levels: levels)
        for slot in 0..<count {
            slots.prepare(UInt32(slot), id: ids.load(slot))
            guard slots.activate(UInt32(slot)) == nil else { throw damaged("an id comes twice") }
            try setLinks(of: UInt32(slot), layer: 0, from: level0, at: slot * 2 * M, graph: graph)
            for layer in 0..<graph.level(of: UInt32(slot)) {
                let start = graph.upperStart(of: UInt32(slot)) + layer * M
                try setLinks(of: UInt32(slot), layer: layer + 1, from: upper, at: start, graph: graph)
            }
        }
        try setEntry(of: graph)
        guard let metric = Metric(rawValue: header.metric) else { throw damaged("it names no metric") }
        let index = HNSWIndex(
            metric: metric, kernel: DistanceKernel(metric: metric), matrix: matrix, graph: graph, slots: slots
        )
        return IndexFile.Contents(
            index: index, upperEnd: upperEnd, draws: header.draws, generation: header.generation)
    }

    /// Reads the next section and checks it.
    private func section(_ section: IndexFile.Section) throws(VectorIndexError) -> SectionBytes {
        let bytes = SectionBytes(count: IndexFile.padded(header.byteCount(of: section) ?? 0))
        try read(section, into: bytes.all)
        return bytes
    }

    /// Vectors go where they stay: the file's rows are the matrix's.
    private func readVectors(into matrix: VectorMatrix) throws(VectorIndexError) {
        let count = header.byteCount(of: .vectors) ?? 0
        guard count > 0 else { return }
        // Rows are multiples of 64 bytes, so this section has no padding.
        try read(.vectors, into: UnsafeMutableRawBufferPointer(start: matrix.floats.base, count: count))
    }

    private func read(
        _ section: IndexFile.Section, into bytes: UnsafeMutableRawBufferPointer
    ) throws(VectorIndexError) {
        guard try file.read(into: bytes) == bytes.count else {
            throw damaged("it ends inside the section \"\(section.name)\"")
        }
        guard Checksum.of(UnsafeRawBufferPointer(bytes)) == header.checksums[section.rawValue] else {
            throw damaged("the checksum of the section \"\(section.name)\" does not match")
        }
    }

    /// Gives every slot its level and its run in the arena; says where the runs end.
    private func prepare(_ graph: HNSWGraph, levels: SectionBytes) throws(VectorIndexError) -> Int {
        var upperEnd = 0
        for slot in 0..<Int(header.count) {
            let level = Int(levels.load(slot) as UInt8)
            let words = graph.upperWords(level: level)
            guard level <= HNSWGraph.highestLevel, upperEnd + words <= header.upperWords else {
                throw damaged("vector \(slot) claims layer \(level)")
            }
            graph.prepare(UInt32(slot), level: level, upperStart: upperEnd)
            upperEnd += words
        }
        return upperEnd
    }

    private func setLinks(
        of slot: UInt32, layer: Int, from words: SectionBytes, at start: Int, graph: HNSWGraph
    ) throws(VectorIndexError) {
        var links: [UInt32] = []
        for position in start..<start + graph.limit(layer: layer) {
            let link: UInt32 = words.load(position)
            if link == SlotTable.none { break }
            guard UInt64(link) < header.count, graph.level(of: link) >= layer else {
                throw damaged("vector \(slot) links to \(link), which is not on layer \(layer)")
            }
            links.append(link)
        }
        graph.setLinks(links, of: slot, layer: layer)
    }

    private func setEntry(of graph: HNSWGraph) throws(VectorIndexError) {
        if header.count == 0 { return }
        guard UInt64(header.entry) < header.count else { throw damaged("its entry point is not a vector") }
        graph.setEntry((header.entry, graph.level(of: header.entry)))
    }

    private func damaged(_ reason: String) -> VectorIndexError {
        .damaged(file: file.path, reason: reason)
    }
}

/// The bytes of one section.
private struct SectionBytes {
    private let buffer: AlignedBuffer<UInt8>

    init(count: Int) {
        buffer = AlignedBuffer(count: count)
    }

    var all: UnsafeMutableRawBufferPointer {
        UnsafeMutableRawBufferPointer(start: buffer.base, count: buffer.count)
    }

    /// Number `position` of the section, read as a row of `T`.
    func load<T: FixedWidthInteger & BitwiseCopyable>(_ position: Int) -> T {
        all.load(fromByteOffset: position * MemoryLayout<T>.stride, as: T.self)
    }
}
