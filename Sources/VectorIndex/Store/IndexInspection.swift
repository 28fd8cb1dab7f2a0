import Foundation

/// What the files of an index say of themselves, read beside whoever has it open: its lock is not taken, its log
/// is not replayed, and nothing is made, mended or written.
public struct IndexInspection: Sendable, Equatable {
    /// Floats of a vector.
    public let dimension: Int
    /// Vectors in the snapshot; 0 without one. What the log adds and removes is not counted.
    public let snapshotVectorCount: Int
    /// Bytes of the snapshot; 0 without one.
    public let snapshotByteCount: Int
    /// The caller's generation as of the snapshot; 0 without one. The log may have a later one.
    public let snapshotGeneration: UInt64
    /// Bytes of the log's records, which the next opening reads.
    public let logByteCount: Int

    /// Reads the headers of the files in `directory`.
    ///
    /// - Returns: `nil` if there is no index.
    /// - Throws: ``VectorIndexError/damaged(file:reason:)`` as far as headers and the snapshot's checksums tell,
    ///   and errors for other versions and byte orders.
    /// - Complexity: O(1) but for the checksums, 0.012 % of the snapshot.
    public static func read(directory: URL) throws(VectorIndexError) -> IndexInspection? {
        let snapshot = try Snapshot.open(directory: directory)
        guard let file = try FileDescriptor.existing(IndexLog.name, in: directory, flags: O_RDONLY) else {
            guard snapshot == nil else {
                throw .damaged(
                    file: directory.appendingPathComponent(IndexLog.name).path,
                    reason: "it is missing, and with it every change since the snapshot")
            }
            return nil
        }
        return IndexInspection(snapshot, try LogHeader(of: file), logByteCount: try file.byteCount())
    }

    private init(_ snapshot: Snapshot?, _ log: LogHeader, logByteCount: Int) {
        dimension = Int(snapshot?.header.dimension ?? log.dimension)
        snapshotVectorCount = Int(clamping: snapshot?.header.count ?? 0)
        snapshotByteCount = snapshot?.byteCount ?? 0
        snapshotGeneration = snapshot?.header.generation ?? 0
        self.logByteCount = max(0, logByteCount - LogHeader.byteCount)
    }
}
