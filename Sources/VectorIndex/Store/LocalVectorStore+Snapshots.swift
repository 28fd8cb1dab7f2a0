import Foundation

/// The whole index as one file that another machine can go on from.
extension LocalVectorStore {
    /// What the file is called in an index's directory.
    public static let snapshotFileName = Snapshot.name
    /// The version of its format.
    public static var snapshotVersion: Int { Int(SnapshotHeader.version) }

    /// The snapshot that was written last, open for reading; one is written first where there is none yet.
    ///
    /// What the log has beyond it is not in it: it is less than a thirty-second of the snapshot, or 2 MB, once the
    /// index has been saved (``save(generation:)``).
    ///
    /// - Returns: the file and how many vectors are in it; `nil` for an empty index.
    /// - Throws: ``VectorIndexError/noDirectory`` without a directory, or what the system threw.
    public func openSnapshot() throws(VectorIndexError) -> (file: IndexFile, count: Int)? {
        try changing { writer throws(VectorIndexError) in try writer.openSnapshot() }
    }

    /// Takes the snapshot in another directory in place of everything that is here, in one step: searches see the one or
    /// the other, and none waits. The file is renamed, not copied, and mapped, not read.
    ///
    /// A kill at any moment leaves either index. Nothing is taken over of the log in that directory.
    ///
    /// - Parameter directory: on the same file system; nobody has it open. Its snapshot is gone afterwards.
    /// - Throws: ``VectorIndexError/damaged(file:reason:)`` and the like if there is none, or it cannot be trusted as far
    ///   as an opening looks, or leads outside of itself, or was built with other settings; everything is then as it was.
    /// - Complexity: one pass over its links.
    public func adopt(snapshotIn directory: URL) throws(VectorIndexError) {
        let generation = try changing { writer throws(VectorIndexError) in try writer.adopt(directory) }
        noteSaved(generation)
    }
}

extension StoreWriter {
    fileprivate mutating func openSnapshot() throws(VectorIndexError) -> (file: IndexFile, count: Int)? {
        guard let directory = files?.directory else { throw .noDirectory }
        if files?.snapshotByteCount == 0, builder.index.slots.count > 0 { try compact() }
        guard let file = try FileDescriptor.existing(Snapshot.name, in: directory, flags: O_RDONLY) else {
            return nil
        }
        let page = try file.prefix(SnapshotHeader.byteCount)
        let header = try SnapshotHeader.decode(page, file: file.path).header
        return (try IndexFile(file, name: Snapshot.name), Int(clamping: header.count))
    }

    /// - Returns: the generation that the snapshot was saved with.
    fileprivate mutating func adopt(_ source: URL) throws(VectorIndexError) -> UInt64 {
        guard files != nil else { throw .noDirectory }
        // Refused here, before anything is changed; that there is memory for it shows here, too.
        let path = source.appendingPathComponent(Snapshot.name).path
        guard let found = try loader(in: source) else {
            throw .damaged(file: path, reason: "there is no snapshot")
        }
        let ready = try found.index()
        try IndexBounds(index: ready.index, upperEnd: ready.upperEnd, file: path).check()
        try files?.take(found.snapshot, in: source)
        // From here on the file is the new one, and so is what is searched: nothing that follows can fail.
        publishStored(draws: found.snapshot.header.draws, or: ready)
        // The exchange is made, whatever becomes of the log: the snapshot goes on with the old one, of which it says that
        // it covers all there is. Should the new one have taken its place half way, then changes are refused until the
        // index is compacted or opened again, and none is lost.
        try? files?.renewLog()
        return found.snapshot.header.generation
    }
}

extension IndexFiles {
    /// Gives a foreign snapshot this index's name and next number; it covers the present log as far as that goes.
    fileprivate mutating func take(_ found: Snapshot, in source: URL) throws(VectorIndexError) {
        var header = found.header
        (header.sequence, header.covered) = (sequence + 1, log.position)
        let path = source.appendingPathComponent(Snapshot.name).path
        let file = try FileDescriptor(path, flags: O_RDWR, operation: "open")
        let page = try file.prefix(SnapshotHeader.byteCount)
        let checksum = try SnapshotHeader.decode(page, file: path).tableChecksum
        try disk.write(header.encoded(layout: found.layout, tableChecksum: checksum), to: file, at: 0)
        try disk.flush(file)
        try disk.rename(path, to: directory.appendingPathComponent(Snapshot.name).path)
        (sequence, generation) = (header.sequence, header.generation)
        snapshotByteCount = found.byteCount
    }

    /// Puts an empty log behind the snapshot. If it cannot, the old one goes on.
    fileprivate mutating func renewLog() throws(VectorIndexError) {
        try disk.flushDirectory(directory)
        log = try log.succeed(sequence: sequence)
    }
}
