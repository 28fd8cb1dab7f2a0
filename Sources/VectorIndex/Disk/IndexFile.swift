import Foundation

/// A file of an index, open for reading: what it holds stays readable when another file takes its name or its name goes.
public struct IndexFile: Sendable {
    /// Within the index's directory.
    public let name: String
    /// Its length when it was opened.
    public let byteCount: Int
    private let file: FileDescriptor

    package init(_ file: FileDescriptor, name: String) throws(VectorIndexError) {
        self.name = name
        self.file = file
        byteCount = try file.byteCount()
    }

    /// The bytes from `offset`, fewer than `count` where the file ends, in pages that go back to the system with them:
    /// whoever sends a file in large pieces takes no more memory than the pieces have. Waits for the disk.
    public func read(at offset: Int, count: Int) throws(VectorIndexError) -> Data {
        let count = max(0, min(count, byteCount - offset))
        guard count > 0, offset >= 0 else { return Data() }
        let region = try MappedRegion(reserving: count, name: file.path)
        try region.commit(upTo: count)
        // Bounds: the region has at least `count` usable bytes.
        let read = try file.read(
            into: UnsafeMutableRawBufferPointer(start: region.base, count: count), at: offset)
        // The region lives as long as whoever holds its bytes; nobody else writes them.
        return Data(
            bytesNoCopy: region.base, count: read,
            deallocator: .custom { _, _ in withExtendedLifetime(region) {} })
    }
}
