/// An object or a list that is being encoded: its plain values in one run of bytes, and where each begins.
final class WireContainer {
    /// A member or an element: a range of the bytes, or another place that was encoded by itself.
    private struct Entry {
        var key: String
        var begin: Int
        var end: Int
        var place: WirePlace?
    }

    let isObject: Bool
    private var bytes: [UInt8] = []
    private var entries: [Entry] = []

    init(isObject: Bool) { self.isObject = isObject }

    var count: Int { entries.count }

    /// Adds what `write` appends.
    @inline(__always)
    func add(_ key: String = "", _ write: (inout [UInt8]) throws -> Void) rethrows {
        let begin = bytes.count
        try write(&bytes)
        entries.append(Entry(key: key, begin: begin, end: bytes.count))
    }

    /// Adds what will stand at a place.
    func add(_ key: String = "", _ place: WirePlace) {
        entries.append(Entry(key: key, begin: 0, end: 0, place: place))
    }

    func write(to target: inout [UInt8]) {
        target.append(UInt8(ascii: isObject ? "{" : "["))
        var isFirst = true
        for entry in isObject ? sorted() : entries {
            if !isFirst { target.append(UInt8(ascii: ",")) }
            isFirst = false
            if isObject {
                JSONValue.write(entry.key, to: &target)
                target.append(UInt8(ascii: ":"))
            }
            if let place = entry.place {
                // What encodes nothing is an empty object, as Foundation has it.
                if let content = place.content {
                    content.write(to: &target)
                } else {
                    target.append(contentsOf: "{}".utf8)
                }
            } else {
                target.append(contentsOf: bytes[entry.begin..<entry.end])
            }
        }
        target.append(UInt8(ascii: isObject ? "}" : "]"))
    }

    /// The members by the bytes of their keys; of two with one key the later stays.
    private func sorted() -> [Entry] {
        var members = entries
        // Most objects have few members, often in order already.
        for place in members.indices.dropFirst() {
            var position = place
            while position > 0, JSONValue.precedes(members[position].key, members[position - 1].key) {
                members.swapAt(position, position - 1)
                position -= 1
            }
        }
        for place in members.indices.dropLast().reversed() where members[place].key == members[place + 1].key
        {
            members.remove(at: place)
        }
        return members
    }
}
