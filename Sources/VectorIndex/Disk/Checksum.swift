/// XXH64 (Collet, "xxHash fast digest algorithm", version 0.1.1) with seed 0, in one go or in pieces of any
/// size.
///
/// Not a defence against a forger: it tells whether a file is what was written. The four lanes do not depend
/// on each other, so that the processor works on them at once: 64 KiB take a few microseconds.
package struct Checksum {
    private var lanes = Lanes()
    /// Bytes that do not yet fill a stripe of 32.
    private var pending: [UInt8] = []
    private var length: UInt64 = 0

    /// The checksum of `bytes` alone.
    package static func of(_ bytes: UnsafeRawBufferPointer) -> UInt64 {
        var lanes = Lanes()
        let striped = lanes.consumeStripes(of: bytes)
        return lanes.finish(
            length: UInt64(bytes.count), rest: UnsafeRawBufferPointer(rebasing: bytes[striped...]))
    }

    /// Takes in further bytes.
    package mutating func update(_ bytes: UnsafeRawBufferPointer) {
        length += UInt64(bytes.count)
        var offset = 0
        if !pending.isEmpty {
            offset = min(32 - pending.count, bytes.count)
            pending += bytes[..<offset]
            guard pending.count == 32 else { return }
            _ = pending.withUnsafeBytes { lanes.consumeStripes(of: $0) }
            pending.removeAll(keepingCapacity: true)
        }
        offset += lanes.consumeStripes(of: UnsafeRawBufferPointer(rebasing: bytes[offset...]))
        pending += bytes[offset...]
    }

    /// The checksum of everything taken in so far.
    package var value: UInt64 {
        pending.withUnsafeBytes { lanes.finish(length: length, rest: $0) }
    }
}

/// The four running sums of XXH64.
private struct Lanes {
    private var a = prime1 &+ prime2
    private var b = prime2
    private var c: UInt64 = 0
    private var d = 0 &- prime1

    private static let prime1: UInt64 = 0x9e37_79b1_85eb_ca87
    private static let prime2: UInt64 = 0xc2b2_ae3d_27d4_eb4f
    private static let prime3: UInt64 = 0x1656_67b1_9e37_79f9
    private static let prime4: UInt64 = 0x85eb_ca77_c2b2_ae63
    private static let prime5: UInt64 = 0x27d4_eb2f_1656_67c5

    /// Takes in as many whole stripes of 32 bytes as there are, and says how many bytes they were.
    mutating func consumeStripes(of bytes: UnsafeRawBufferPointer) -> Int {
        let end = bytes.count & ~31
        guard end > 0, let base = bytes.baseAddress else { return 0 }
        // Copies of the sums stay in registers. Bounds: `offset + 32 <= end <= bytes.count`, and the four
        // words end at `offset + 32`.
        var (a, b, c, d) = (a, b, c, d)
        var offset = 0
        while offset < end {
            let word = base + offset
            a = Self.round(a, word.loadUnaligned(as: UInt64.self).littleEndian)
            b = Self.round(b, (word + 8).loadUnaligned(as: UInt64.self).littleEndian)
            c = Self.round(c, (word + 16).loadUnaligned(as: UInt64.self).littleEndian)
            d = Self.round(d, (word + 24).loadUnaligned(as: UInt64.self).littleEndian)
            offset += 32
        }
        (self.a, self.b, self.c, self.d) = (a, b, c, d)
        return end
    }

    /// The checksum of `length` bytes, of which `rest`, fewer than 32, are not in the sums yet.
    func finish(length: UInt64, rest: UnsafeRawBufferPointer) -> UInt64 {
        var hash = (length >= 32 ? merged : Self.prime5) &+ length
        var offset = 0
        while offset + 8 <= rest.count {
            let word = rest.loadUnaligned(fromByteOffset: offset, as: UInt64.self).littleEndian
            hash = Self.rotate(hash ^ Self.round(0, word), 27) &* Self.prime1 &+ Self.prime4
            offset += 8
        }
        if offset + 4 <= rest.count {
            let word = rest.loadUnaligned(fromByteOffset: offset, as: UInt32.self).littleEndian
            hash = Self.rotate(hash ^ UInt64(word) &* Self.prime1, 23) &* Self.prime2 &+ Self.prime3
            offset += 4
        }
        while offset < rest.count {
            hash = Self.rotate(hash ^ UInt64(rest[offset]) &* Self.prime5, 11) &* Self.prime1
            offset += 1
        }
        hash = (hash ^ (hash >> 33)) &* Self.prime2
        hash = (hash ^ (hash >> 29)) &* Self.prime3
        return hash ^ (hash >> 32)
    }

    private var merged: UInt64 {
        var hash = Self.rotate(a, 1) &+ Self.rotate(b, 7) &+ Self.rotate(c, 12) &+ Self.rotate(d, 18)
        for lane in [a, b, c, d] {
            hash = (hash ^ Self.round(0, lane)) &* Self.prime1 &+ Self.prime4
        }
        return hash
    }

    @inline(__always)
    private static func round(_ lane: UInt64, _ word: UInt64) -> UInt64 {
        rotate(lane &+ word &* prime2, 31) &* prime1
    }

    @inline(__always)
    private static func rotate(_ value: UInt64, _ bits: UInt64) -> UInt64 {
        value << bits | value >> (64 - bits)
    }
}
