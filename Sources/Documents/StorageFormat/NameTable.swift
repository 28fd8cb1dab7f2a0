/// A closed set of names, found by their bytes without making a `String`.
struct NameTable<Name: RawRepresentable<UInt8> & Hashable & Sendable>: Sendable {
    private var hashes: [UInt64]
    private var names: [Name]
    private let unknown: Name

    /// - Parameter spellings: each name with its spellings, parted by spaces.
    init(_ spellings: [Name: String], unknown: Name) {
        let slotCount = 1024
        hashes = Array(repeating: 0, count: slotCount)
        names = Array(repeating: unknown, count: slotCount)
        self.unknown = unknown
        for (name, list) in spellings {
            for spelling in list.split(separator: " ") {
                let hash = NameHash(spelling)
                var slot = Int(hash.value & 1023)
                while hashes[slot] != 0 { slot = (slot + 1) & 1023 }
                hashes[slot] = hash.value
                names[slot] = name
            }
        }
    }

    subscript(hash: NameHash) -> Name {
        var slot = Int(hash.value & 1023)
        while hashes[slot] != 0 {
            if hashes[slot] == hash.value { return names[slot] }
            slot = (slot + 1) & 1023
        }
        return unknown
    }
}

/// FNV-1a over a name's bytes, without regard to the case of ASCII letters.
struct NameHash: Hashable {
    private(set) var value: UInt64 = 0xCBF2_9CE4_8422_2325

    init() {}

    init(_ name: some StringProtocol) {
        for byte in name.utf8 { add(byte) }
    }

    @inline(__always)
    mutating func add(_ byte: UInt8) {
        let isUpper = byte >= 0x41 && byte <= 0x5A
        value = (value ^ UInt64(isUpper ? byte | 0x20 : byte)) &* 0x0000_0100_0000_01B3
    }
}
