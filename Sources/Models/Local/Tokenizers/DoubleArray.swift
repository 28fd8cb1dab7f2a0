/// A trie over byte strings in a double array.
///
/// State `s` goes on byte `b` to `t = base[s] + b` if `check[t] == s` (Aoe, "An Efficient Digital Search
/// Algorithm by Using a Double-Array Structure", IEEE TSE 1989).
enum DoubleArray {
    /// One slot of the double array.
    struct Unit: Sendable {
        var base: Int32 = 0
        /// The state this slot is a child of, or -1 if the slot is free.
        var check: Int32 = -1
        /// The key that ends here, or -1.
        var id: Int32 = -1
    }

    struct Key: Comparable {
        var bytes: [UInt8]
        var id: Int32

        /// By bytes; of equal keys the later id comes last and wins, as it does in the reference.
        static func < (a: Key, b: Key) -> Bool {
            a.bytes == b.bytes ? a.id < b.id : a.bytes.lexicographicallyPrecedes(b.bytes)
        }
        static func == (a: Key, b: Key) -> Bool { a.id == b.id && a.bytes == b.bytes }
    }
}

/// Lays sorted keys into a double array, first fit.
struct DoubleArrayBuilder {
    private(set) var units = [DoubleArray.Unit](repeating: .init(), count: 1024)
    /// Where the search for free slots starts. Past 256, so that a base is never below 1.
    private var searchStart = 257

    init() {
        // The two roots are nobody's children; a check of their own keeps the slots from being used.
        units[0].check = 0
        units[1].check = 1
    }

    mutating func insert(_ keys: [DoubleArray.Key], root: Int) {
        var pending = [(keys: keys[...], depth: 0, state: root)]
        while let (keys, depth, state) = pending.popLast() {
            var rest = keys
            while let first = rest.first, first.bytes.count == depth {
                units[state].id = first.id
                rest = rest.dropFirst()
            }
            if rest.isEmpty { continue }
            var groups: [ArraySlice<DoubleArray.Key>] = []
            var start = rest.startIndex
            for i in rest.indices where rest[i].bytes[depth] != rest[start].bytes[depth] {
                groups.append(rest[start..<i])
                start = i
            }
            groups.append(rest[start...])
            let labels = groups.map { Int($0[$0.startIndex].bytes[depth]) }
            let base = place(labels, parent: state)
            for (group, label) in zip(groups, labels) {
                pending.append((group, depth + 1, base + label))
            }
        }
    }

    /// Finds a base at which every label's slot is free, the lowest that the search meets, and takes them.
    ///
    /// Where nearly all slots are taken, later searches start behind them (as Darts does): a few slots stay
    /// empty, and building takes time in proportion to the keys instead of to their square.
    private mutating func place(_ labels: [Int], parent: Int) -> Int {
        var slot = searchStart
        var taken = 0
        while true {
            if slot + 256 >= units.count {
                units.append(contentsOf: repeatElement(.init(), count: units.count / 2))
            }
            if units[slot].check >= 0 {
                taken += 1
            } else if labels.allSatisfy({ units[slot - labels[0] + $0].check < 0 }) {
                break
            }
            slot += 1
        }
        if taken * 20 >= (slot - searchStart + 1) * 19 { searchStart = slot }
        let base = slot - labels[0]
        for label in labels { units[base + label].check = Int32(parent) }
        units[parent].base = Int32(base)
        return base
    }
}
