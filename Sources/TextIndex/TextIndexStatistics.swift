/// What a store holds, and what that costs.
public struct TextIndexStatistics: Sendable, Equatable {
    /// Documents that searches can find.
    public let count: Int
    /// Documents removed or replaced whose room is not free yet.
    public let deadCount: Int
    /// Mean length of each field over the documents that are there.
    public let meanLengths: [Double]
    /// Segments in memory, whose documents are in the log.
    public let memorySegmentCount: Int
    /// Segments on disk.
    public let diskSegmentCount: Int
    /// Bytes of the segments in memory.
    public let memoryByteCount: Int
    /// Bytes of the segments on disk.
    public let diskByteCount: Int
    /// Bytes of the log.
    public let logByteCount: Int
    /// Terms of all segments; one that several segments have counts in each.
    public let termCount: Int
    /// Bytes of postings, with their positions, of all segments.
    public let postingsByteCount: Int
    /// The caller's generation last saved.
    public let generation: UInt64

    /// Stores make these, those on a server among them.
    public init(
        count: Int, deadCount: Int, meanLengths: [Double], memorySegmentCount: Int, diskSegmentCount: Int,
        memoryByteCount: Int, diskByteCount: Int, logByteCount: Int, termCount: Int, postingsByteCount: Int,
        generation: UInt64
    ) {
        (self.count, self.deadCount, self.meanLengths) = (count, deadCount, meanLengths)
        (self.memorySegmentCount, self.diskSegmentCount) = (memorySegmentCount, diskSegmentCount)
        (self.memoryByteCount, self.diskByteCount) = (memoryByteCount, diskByteCount)
        (self.logByteCount, self.termCount) = (logByteCount, termCount)
        (self.postingsByteCount, self.generation) = (postingsByteCount, generation)
    }
}
