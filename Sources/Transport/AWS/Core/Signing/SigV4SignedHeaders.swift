/// The headers of a request that are signed, in the order of their names; those of one name stay in theirs.
struct SigV4SignedHeaders {
    struct Entry {
        /// Where in ``SigV4SignedHeaders/names`` its name stands.
        var name: Range<Int>
        var value: String
        /// Whether the one before has the same name.
        var isRepeated = false
    }

    /// The names in lower case, one after the other.
    private(set) var names: [UInt8] = []
    private(set) var entries: [Entry] = []

    /// - Parameter authority: stands for a `Host` that is not among them.
    init(_ headers: [(name: String, value: String)], authority: String) {
        names.reserveCapacity(256)
        entries.reserveCapacity(headers.count + 1)
        var hasHost = false
        for (name, value) in headers {
            let start = names.count
            names.append(contentsOf: name.utf8.lazy.map(\.lowercasedASCII))
            let own = names[start...]
            guard !Self.unsigned(ofCount: own.count).contains(where: { $0.elementsEqual(own) }) else {
                names.removeSubrange(start...)
                continue
            }
            if own.elementsEqual(Self.host) { hasHost = true }
            insert(Entry(name: start..<names.count, value: value))
        }
        if !hasHost {
            let start = names.count
            names.append(contentsOf: Self.host)
            insert(Entry(name: start..<names.count, value: authority))
        }
    }

    private static let host = Array("host".utf8)

    /// Behind all whose name is not greater. There are ten or so, mostly in order.
    private mutating func insert(_ entry: Entry) {
        var place = entries.count
        while place > 0, names[entry.name].lexicographicallyPrecedes(names[entries[place - 1].name]) {
            place -= 1
        }
        var entry = entry
        entry.isRepeated = place > 0 && names[entries[place - 1].name].elementsEqual(names[entry.name])
        entries.insert(entry, at: place)
    }

    /// Headers that proxies and clients may change on the way, and which are therefore not signed, by their length.
    private static let unsignedByCount: [[[UInt8]]] = {
        let names = [
            "connection", "expect", "keep-alive", "proxy-authenticate", "proxy-authorization", "te",
            "trailer",
            "transfer-encoding", "upgrade", "user-agent", "x-amzn-trace-id", "authorization",
            "accept-encoding",
        ]
        let longest = names.map(\.utf8.count).max() ?? 0
        return (0...longest).map { count in names.filter { $0.utf8.count == count }.map { Array($0.utf8) } }
    }()

    private static func unsigned(ofCount count: Int) -> [[UInt8]] {
        count < unsignedByCount.count ? unsignedByCount[count] : []
    }
}
