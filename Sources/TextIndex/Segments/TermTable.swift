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
    private var slots = [Slot](repeating: Slot(), count: 1 << 12)

    /// Where a key is found, mostly by one look: a name of at most eight bytes is in the slot itself, of a longer
    /// one its hash.
    private struct Slot {
        var head: UInt64 = 0
        var number: UInt32 = 0
        /// The tag and the name's length; ``free`` without a key.
        var kind: UInt32 = free

        static let free = UInt32.max
        static let headByteCount = 8

        var place: Int {
            let (high, low) = (head ^ UInt64(kind)).multipliedFullWidth(by: 0x9e37_79b9_7f4a_7c15)
            return Int(truncatingIfNeeded: high ^ low)
        }
    }

    var count: Int { ends.count }

    /// The bytes of key `number`.
    func range(_ number: Int) -> Range<Int> { (number == 0 ? 0 : ends[number - 1])..<ends[number] }

    /// The number of the key that is `tag` and then `name`, of fewer than 2²⁴ bytes.
    mutating func number(tag: UInt8, _ name: UnsafeBufferPointer<UInt8>) -> UInt32 {
        let kind = UInt32(tag) << 24 | UInt32(name.count)
        let isShort = name.count <= Slot.headByteCount
        var wanted = Slot(head: isShort ? Self.head(name) : Self.hash(name), kind: kind)
        let mask = slots.count - 1
        var place = wanted.place & mask
        while slots[place].kind != Slot.free {
            if slots[place].head == wanted.head, slots[place].kind == kind,
                isShort || isKey(Int(slots[place].number), name)
            {
                return slots[place].number
            }
            place = (place + 1) & mask
        }
        wanted.number = UInt32(ends.count)
        slots[place] = wanted
        bytes.append(tag)
        bytes.append(contentsOf: name)
        ends.append(bytes.count)
        if 2 * ends.count > slots.count { grow() }
        return wanted.number
    }

    /// The numbers in ascending order of keys.
    func sorted() -> [Int] {
        bytes.withUnsafeBufferPointer { all in
            // The first eight bytes of a key as a number decide nearly all comparisons.
            var heads = (0..<count).map { number in
                let range = range(number)
                var head: UInt64 = 0
                for place in range.prefix(8) { head = head << 8 | UInt64(all[place]) }
                return (head: head << UInt64(8 * max(0, 8 - range.count)), number: UInt32(number))
            }
            heads.sort { left, right in
                if left.head != right.head { return left.head < right.head }
                return all[range(Int(left.number))].lexicographicallyPrecedes(all[range(Int(right.number))])
            }
            return heads.map { Int($0.number) }
        }
    }

    /// Whether key `number`, of the same tag and length, is `name`.
    private func isKey(_ number: Int, _ name: UnsafeBufferPointer<UInt8>) -> Bool {
        bytes.withUnsafeBytes { bytes in
            // Bounds: the range is one of the keys'.
            let range = range(number)
            let own = UnsafeRawBufferPointer(rebasing: bytes[range.lowerBound + 1..<range.upperBound])
            guard let left = own.baseAddress, let right = name.baseAddress else { return true }
            return memcmp(left, right, own.count) == 0
        }
    }

    private mutating func grow() {
        let old = slots
        slots = [Slot](repeating: Slot(), count: old.count * 2)
        let mask = slots.count - 1
        for slot in old where slot.kind != Slot.free {
            var place = slot.place & mask
            while slots[place].kind != Slot.free { place = (place + 1) & mask }
            slots[place] = slot
        }
    }

    /// A name of at most eight bytes as a number; names of one length have distinct ones.
    private static func head(_ name: UnsafeBufferPointer<UInt8>) -> UInt64 {
        let raw = UnsafeRawBufferPointer(name)
        if raw.count == 8 { return raw.loadUnaligned(as: UInt64.self) }
        if raw.count >= 4 {
            // Two halves that overlap.
            let first = UInt64(raw.loadUnaligned(as: UInt32.self))
            return first << 32 | UInt64(raw.loadUnaligned(fromByteOffset: raw.count - 4, as: UInt32.self))
        }
        var head: UInt64 = 0
        for byte in raw { head = head << 8 | UInt64(byte) }
        return head
    }

    /// Eight bytes a step, multiplied and folded; the last eight may be some of the step before.
    private static func hash(_ name: UnsafeBufferPointer<UInt8>) -> UInt64 {
        let raw = UnsafeRawBufferPointer(name)
        var hash: UInt64 = 0x9e37_79b9_7f4a_7c15
        for offset in stride(from: 0, to: raw.count - 8, by: 8) {
            hash = fold(hash ^ raw.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
        }
        return fold(hash ^ raw.loadUnaligned(fromByteOffset: raw.count - 8, as: UInt64.self))
    }

    private static func fold(_ value: UInt64) -> UInt64 {
        let (high, low) = value.multipliedFullWidth(by: 0xa076_1d64_78bd_642f)
        return high ^ low
    }
}
