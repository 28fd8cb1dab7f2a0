import Synchronization

/// A fixed number of 32-bit words that one thread writes while others read.
///
/// `publish` makes everything its thread wrote before visible to whoever reads the word afterwards. On x86
/// both directions are plain moves.
final class AtomicWords: @unchecked Sendable {
    // Sendable proof: both properties never change. `words` names the same memory as `buffer`, which lives as
    // long and which, once shared, is only read and written atomically.
    private let buffer: AlignedBuffer<UInt32>
    private let words: UnsafeMutablePointer<Atomic<UInt32>>

    convenience init(count: Int, repeating value: UInt32) {
        let buffer = AlignedBuffer<UInt32>(count: count)
        if value != 0 { buffer.base.update(repeating: value, count: count) }
        self.init(buffer)
    }

    /// The words of a buffer that nobody else writes.
    init(_ buffer: AlignedBuffer<UInt32>) {
        self.buffer = buffer
        words = UnsafeMutableRawPointer(buffer.base).bindMemory(
            to: Atomic<UInt32>.self, capacity: max(buffer.count, 1))
    }

    var count: Int { buffer.count }

    /// Reads a word and sees what its writer wrote before it.
    @inline(__always)
    subscript(position: Int) -> UInt32 {
        assert(position < count, "word \(position) of \(count)")
        return words[position].load(ordering: .acquiring)
    }

    /// Writes a word after everything written so far.
    @inline(__always)
    func publish(_ value: UInt32, at position: Int) {
        assert(position < count, "word \(position) of \(count)")
        words[position].store(value, ordering: .releasing)
    }

    /// Copies words until `end` or `limit` of them, and says how many.
    @inline(__always)
    func copy(from start: Int, limit: Int, until end: UInt32, into target: UnsafeMutablePointer<UInt32>)
        -> Int
    {
        assert(start + limit <= count, "words \(start)..<\(start + limit) of \(count)")
        var copied = 0
        while copied < limit {
            let word = words[start + copied].load(ordering: .acquiring)
            if word == end { break }
            target[copied] = word
            copied += 1
        }
        return copied
    }

    /// Copies the first `count` words of another. For the writer, before these words are shared.
    func copyPrefix(of other: AtomicWords, count: Int) {
        buffer.copyPrefix(of: other.buffer, elements: count)
    }

    /// Copies words as bytes. For the writer.
    func copyBytes(from byteOffset: Int, into target: UnsafeMutableRawBufferPointer) {
        precondition(byteOffset + target.count <= 4 * count, "\(target.count) bytes from \(byteOffset)")
        target.copyMemory(
            from: UnsafeRawBufferPointer(
                start: UnsafeRawPointer(buffer.base) + byteOffset, count: target.count))
    }
}
