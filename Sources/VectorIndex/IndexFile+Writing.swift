import Foundation

extension IndexFile {
    /// Writes an index to `directory`, which is made if it is not there.
    ///
    /// The old file stays whole until the new one is on the device: temporary file, fsync, rename, fsync of
    /// the directory. If anything fails, the old file is as it was.
    static func write(
        _ index: HNSWIndex, draws: UInt64, generation: UInt64, to directory: URL
    ) throws(VectorIndexError) {
        try makeDirectory(directory)
        let temporary = directory.appendingPathComponent(temporaryName).path
        let target = directory.appendingPathComponent(name).path
        do throws(VectorIndexError) {
            try writeFile(index, draws: draws, generation: generation, to: temporary)
            guard rename(temporary, target) == 0 else { throw FileDescriptor.failure("replace", target) }
        } catch {
            unlink(temporary)
            throw error
        }
        try FileDescriptor(directory.path, flags: O_RDONLY | O_DIRECTORY, operation: "open").synchronize()
    }

    private static func makeDirectory(_ directory: URL) throws(VectorIndexError) {
        do {
            try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        } catch {
            throw .systemFailure(
                operation: "make the directory", file: directory.path, code: EIO,
                reason: error.localizedDescription)
        }
    }

    private static func writeFile(
        _ index: HNSWIndex, draws: UInt64, generation: UInt64, to path: String
    ) throws(VectorIndexError) {
        let file = try FileDescriptor(path, flags: O_WRONLY | O_CREAT | O_TRUNC, operation: "create")
        let slots = index.slots.liveSlots()
        var numbers = [UInt32](repeating: SlotTable.none, count: index.slots.end)
        for (number, slot) in slots.enumerated() { numbers[Int(slot)] = UInt32(number) }
        var header = Header()
        header.metric = index.metric.rawValue
        header.dimension = UInt32(index.matrix.dimension)
        header.M = UInt32(index.graph.M)
        header.entry = index.graph.entry.map { numbers[Int($0.slot)] } ?? SlotTable.none
        (header.count, header.generation, header.draws) = (UInt64(slots.count), generation, draws)
        header.upperWords = slots.reduce(0) { $0 + UInt64(index.graph.level(of: $1) * index.graph.M) }
        // Room for the header, which is known last.
        try Header().encoded().withUnsafeBytesTyped { bytes throws(VectorIndexError) in try file.write(bytes)
        }
        for section in Section.allCases {
            var sink = SectionSink(file: file)
            try write(section, of: index, slots: slots, numbers: numbers, to: &sink)
            header.checksums[section.rawValue] = try sink.finish()
        }
        try header.encoded().withUnsafeBytesTyped { bytes throws(VectorIndexError) in
            try file.write(bytes, at: 0)
        }
        try file.synchronize()
    }

    private static func write(
        _ section: Section, of index: HNSWIndex, slots: [UInt32], numbers: [UInt32],
        to sink: inout SectionSink
    ) throws(VectorIndexError) {
        for slot in slots {
            switch section {
            case .ids:
                try sink.append(index.slots.id(of: slot))
            case .levels:
                try sink.append(UInt8(index.graph.level(of: slot)))
            case .level0:
                try appendLinks(of: slot, layer: 0, index: index, numbers: numbers, to: &sink)
            case .upper:
                for layer in 0..<index.graph.level(of: slot) {
                    try appendLinks(of: slot, layer: layer + 1, index: index, numbers: numbers, to: &sink)
                }
            case .vectors:
                index.matrix.withRow(Int(slot)) { row in
                    sink.collect(UnsafeRawBufferPointer(start: row, count: 4 * index.matrix.stride))
                }
                try sink.flushIfLarge()
            }
        }
    }

    private static func appendLinks(
        of slot: UInt32, layer: Int, index: HNSWIndex, numbers: [UInt32], to sink: inout SectionSink
    ) throws(VectorIndexError) {
        let links = index.graph.links(of: slot, layer: layer)
        for link in links { try sink.append(numbers[Int(link)]) }
        for _ in links.count..<index.graph.limit(layer: layer) { try sink.append(SlotTable.none) }
    }
}

/// Collects a section's bytes, writes them in large pieces and sums them up.
private struct SectionSink {
    private let file: FileDescriptor
    private var checksum = Checksum()
    private var buffer: [UInt8] = []
    private var length = 0

    private static let pieceBytes = 1 << 20

    init(file: FileDescriptor) {
        self.file = file
        buffer.reserveCapacity(Self.pieceBytes + (1 << 18))
    }

    mutating func append<T: FixedWidthInteger & BitwiseCopyable>(_ value: T) throws(VectorIndexError) {
        withUnsafeBytes(of: value) { collect($0) }
        try flushIfLarge()
    }

    mutating func collect(_ bytes: UnsafeRawBufferPointer) {
        buffer.append(contentsOf: bytes)
    }

    mutating func flushIfLarge() throws(VectorIndexError) {
        if buffer.count >= Self.pieceBytes { try flush() }
    }

    /// Pads the section, writes what is left and gives the checksum.
    mutating func finish() throws(VectorIndexError) -> UInt64 {
        let total = length + buffer.count
        buffer += [UInt8](repeating: 0, count: IndexFile.padded(total) - total)
        try flush()
        return checksum.value
    }

    private mutating func flush() throws(VectorIndexError) {
        length += buffer.count
        buffer.withUnsafeBytes { checksum.update($0) }
        try buffer.withUnsafeBytesTyped { [file] bytes throws(VectorIndexError) in try file.write(bytes) }
        buffer.removeAll(keepingCapacity: true)
    }
}

extension Array where Element == UInt8 {
    /// `withUnsafeBytes` that keeps the error's type.
    func withUnsafeBytesTyped<R, E: Error>(_ body: (UnsafeRawBufferPointer) throws(E) -> R) throws(E) -> R {
        let result: Result<R, E> = withUnsafeBytes { bytes in
            do throws(E) { return .success(try body(bytes)) } catch { return .failure(error) }
        }
        return try result.get()
    }
}
