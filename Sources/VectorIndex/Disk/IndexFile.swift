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

    /// The bytes from `offset`, fewer than `count` where the file ends. Waits for the disk.
    public func read(at offset: Int, count: Int) throws(VectorIndexError) -> Data {
        let count = max(0, min(count, byteCount - offset))
        guard count > 0, offset >= 0 else { return Data() }
        let buffer = AlignedBuffer<UInt8>(count: count)
        let target = UnsafeMutableRawBufferPointer(start: buffer.base, count: count)
        let read = try file.read(into: target, at: offset)
        // Bounds: at most `count` bytes were read into the buffer, which lives until the copy is made.
        return withExtendedLifetime(buffer) { Data(bytes: buffer.base, count: read) }
    }
}
