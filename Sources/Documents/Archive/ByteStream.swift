/// Bytes that come piece by piece. It may be used only while the call that lends it lasts.
package struct ByteStream {
    /// Fills the buffer from its start and returns how many bytes it put there, 0 at the end.
    package let next: (UnsafeMutableRawBufferPointer) throws -> Int

    package init(next: @escaping (UnsafeMutableRawBufferPointer) throws -> Int) {
        self.next = next
    }

    /// All bytes up to `limit`; `isComplete` is false when there were more.
    package func readAll(limit: Int) throws -> (bytes: [UInt8], isComplete: Bool) {
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 65_536, alignment: 16)
        defer { buffer.deallocate() }
        var bytes: [UInt8] = []
        while true {
            let count = try next(buffer)
            if count == 0 { return (bytes, true) }
            guard bytes.count + count <= limit else { return (bytes, false) }
            bytes.append(contentsOf: buffer[..<count])
        }
    }
}
