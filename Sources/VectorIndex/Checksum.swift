/// XXH64 (Collet, "xxHash fast digest algorithm", version 0.1.1) with seed 0, in pieces of any size.
///
/// Not a defence against a forger: it tells whether a file is what was written.
struct Checksum {
    private var lanes: (UInt64, UInt64, UInt64, UInt64)
    /// Bytes that do not yet fill a stripe of 32.
    private var pending: [UInt8] = []
    private var length: UInt64 = 0

    private static let prime1: UInt64 = 0x9e37_79b1_85eb_ca87
    private static let prime2: UInt64 = 0xc2b2_ae3d_27d4_eb4f
    private static let prime3: UInt64 = 0x1656_67b1_9e37_79f9
    private static let prime4: UInt64 = 0x85eb_ca77_c2b2_ae63
    private static let prime5: UInt64 = 0x27d4_eb2f_1656_67c5

    init() {
        lanes = (Self.prime1 &+ Self.prime2, Self.prime2, 0, 0 &- Self.prime1)
    }

    /// The checksum of `bytes` alone.
    static func of(_ bytes: UnsafeRawBufferPointer) -> UInt64 {
        var checksum = Checksum()
        checksum.update(bytes)
        return checksum.value
    }

    /// Takes in further bytes.
    mutating func update(_ bytes: UnsafeRawBufferPointer) {
        length += UInt64(bytes.count)
        var offset = 0
        if !pending.isEmpty {
            offset = min(32 - pending.count, bytes.count)
            pending += bytes[..<offset]
            guard pending.count == 32 else { return }
            pending.withUnsafeBytes { consume($0, from: 0) }
            pending.removeAll(keepingCapacity: true)
        }
        while offset + 32 <= bytes.count {
            consume(bytes, from: offset)
            offset += 32
        }
        pending += bytes[offset...]
    }

    /// The checksum of everything taken in so far.
    var value: UInt64 {
        var hash = length >= 32 ? mergedLanes : Self.prime5
        hash = hash &+ length
        pending.withUnsafeBytes { rest in
            var offset = 0
            while offset + 8 <= rest.count {
                hash ^= Self.round(
                    0, rest.loadUnaligned(fromByteOffset: offset, as: UInt64.self).littleEndian)
                hash = Self.rotate(hash, 27) &* Self.prime1 &+ Self.prime4
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
        }
        hash = (hash ^ (hash >> 33)) &* Self.prime2
        hash = (hash ^ (hash >> 29)) &* Self.prime3
        return hash ^ (hash >> 32)
    }

    private var mergedLanes: UInt64 {
        var hash = Self.rotate(lanes.0, 1) &+ Self.rotate(lanes.1, 7)
        hash = hash &+ Self.rotate(lanes.2, 12) &+ Self.rotate(lanes.3, 18)
        for lane in [lanes.0, lanes.1, lanes.2, lanes.3] {
            hash = (hash ^ Self.round(0, lane)) &* Self.prime1 &+ Self.prime4
        }
        return hash
    }

    @inline(__always)
    private mutating func consume(_ bytes: UnsafeRawBufferPointer, from offset: Int) {
        func word(_ i: Int) -> UInt64 {
            bytes.loadUnaligned(fromByteOffset: offset + 8 * i, as: UInt64.self).littleEndian
        }
        lanes.0 = Self.round(lanes.0, word(0))
        lanes.1 = Self.round(lanes.1, word(1))
        lanes.2 = Self.round(lanes.2, word(2))
        lanes.3 = Self.round(lanes.3, word(3))
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
