import Foundation

/// The distinct keys of the documents that are being indexed, numbered as they come.
///
/// Open addressing over the bytes themselves: a `String` as a key would be compared by canonical equivalence,
/// and hashed at several times the price.
struct TermTable {
    /// All keys, one behind the other.
    private(set) var bytes: [UInt8] = []
    /// Where each key ends.
    private(set) var ends: [Int] = []
    /// A key's hash above its number, so that a key is mostly found by one look; ``free`` without a key.
    private var buckets = [UInt64](repeating: free, count: 1 << 12)

    private static let free = UInt64.max

    var count: Int { ends.count }

    /// The bytes of key `number`.
    func range(_ number: Int) -> Range<Int> { (number == 0 ? 0 : ends[number - 1])..<ends[number] }

    /// The number of the key that is `tag` and then `name`.
    mutating func number(tag: UInt8, _ name: UnsafeBufferPointer<UInt8>) -> UInt32 {
        let hash = Self.hash(tag, name)
        let mask = buckets.count - 1
        var bucket = Int(hash) & mask
        while buckets[bucket] != Self.free {
            let found = buckets[bucket]
            let number = UInt32(truncatingIfNeeded: found)
            if found >> 32 == UInt64(hash), isKey(Int(number), tag: tag, name) { return number }
            bucket = (bucket + 1) & mask
        }
        let number = UInt32(ends.count)
        buckets[bucket] = UInt64(hash) << 32 | UInt64(number)
        bytes.append(tag)
        bytes += name
        ends.append(bytes.count)
        if 2 * ends.count > buckets.count { grow() }
        return number
    }

    /// The numbers in ascending order of keys.
    func sorted() -> [Int] {
        bytes.withUnsafeBufferPointer { all in
            // The first eight bytes of a key as a number decide nearly all comparisons.
            let heads = (0..<count).map { number -> UInt64 in
                let range = range(number)
                return range.prefix(8).reduce(0) { $0 << 8 | UInt64(all[$1]) }
                    << UInt64(8 * max(0, 8 - range.count))
            }
            return (0..<count).sorted { left, right in
                if heads[left] != heads[right] { return heads[left] < heads[right] }
                return all[range(left)].lexicographicallyPrecedes(all[range(right)])
            }
        }
    }

    private func isKey(_ number: Int, tag: UInt8, _ name: UnsafeBufferPointer<UInt8>) -> Bool {
        let range = range(number)
        guard range.count == name.count + 1, bytes[range.lowerBound] == tag else { return false }
        return bytes.withUnsafeBytes { bytes in
            // Bounds: the range is one of the keys'.
            let own = UnsafeRawBufferPointer(rebasing: bytes[range.lowerBound + 1..<range.upperBound])
            guard let left = own.baseAddress, let right = name.baseAddress else { return true }
            return memcmp(left, right, own.count) == 0
        }
    }

    private mutating func grow() {
        let old = buckets
        buckets = [UInt64](repeating: Self.free, count: old.count * 2)
        let mask = buckets.count - 1
        for entry in old where entry != Self.free {
            var bucket = Int(entry >> 32) & mask
            while buckets[bucket] != Self.free { bucket = (bucket + 1) & mask }
            buckets[bucket] = entry
        }
    }

    /// Eight bytes a step, multiplied and folded.
    private static func hash(_ tag: UInt8, _ name: UnsafeBufferPointer<UInt8>) -> UInt32 {
        var hash = (UInt64(tag) &+ UInt64(name.count)) &* 0x9e37_79b9_7f4a_7c15
        let raw = UnsafeRawBufferPointer(name)
        var offset = 0
        while offset + 8 <= raw.count {
            hash = fold(hash ^ raw.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
            offset += 8
        }
        var rest: UInt64 = 0
        while offset < raw.count {
            rest = rest << 8 | UInt64(raw[offset])
            offset += 1
        }
        hash = fold(hash ^ rest)
        return UInt32(truncatingIfNeeded: hash ^ hash >> 32)
    }

    private static func fold(_ value: UInt64) -> UInt64 {
        let (high, low) = value.multipliedFullWidth(by: 0xa076_1d64_78bd_642f)
        return high ^ low
    }
}
