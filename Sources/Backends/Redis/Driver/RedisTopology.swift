/// Which node of a cluster has which slots, as far as it is known, and which other nodes there are.
struct RedisTopology: Sendable, Equatable {
    /// All that were named, those that have slots before their replicas.
    private(set) var nodes: [RedisAddress] = []
    /// The place in `nodes` of each slot's owner.
    private var places = [UInt16](repeating: Self.nobody, count: RedisSlots.count)
    /// How many slots each of `nodes` has.
    private var shares: [Int] = []

    private static let nobody = UInt16.max

    init() {}

    /// Reads what `CLUSTER SLOTS` tells; `nil` for anything else.
    ///
    /// - Parameter asked: the node that told it: where it leaves a host out, that is its own.
    init?(_ reply: RedisReply, from asked: RedisAddress) {
        guard let ranges = reply.array else { return nil }
        var replicas: [RedisAddress] = []
        for range in ranges {
            guard let parts = range.array, parts.count >= 3, let first = parts[0].integer,
                let last = parts[1].integer, first >= 0, first <= last, last < RedisSlots.count
            else { return nil }
            replicas += parts.dropFirst(3).compactMap { Self.address($0, from: asked) }
            guard let owner = Self.address(parts[2], from: asked) else { continue }
            guard let place = place(of: owner) else { continue }
            for slot in first...last { learn(Int(slot), at: place) }
        }
        for replica in replicas { _ = place(of: replica) }
    }

    private static func address(_ reply: RedisReply, from asked: RedisAddress) -> RedisAddress? {
        guard let parts = reply.array, parts.count >= 2, let port = parts[1].integer,
            (1...65_535).contains(port)
        else { return nil }
        let host = parts[0].text ?? ""
        return RedisAddress(host: host.isEmpty || host == "?" ? asked.host : host, port: Int(port))
    }

    /// The nodes that have slots.
    var owners: Set<RedisAddress> { Set(zip(nodes, shares).filter { $1 > 0 }.map(\.0)) }

    /// Who has a slot; `nil` where it is not known.
    func node(of slot: Int) -> RedisAddress? {
        let place = Int(places[slot])
        return place < nodes.count ? nodes[place] : nil
    }

    mutating func learn(_ slot: Int, isAt address: RedisAddress) {
        guard let place = place(of: address) else { return }
        learn(slot, at: place)
    }

    private mutating func learn(_ slot: Int, at place: Int) {
        let before = Int(places[slot])
        if before < shares.count { shares[before] -= 1 }
        places[slot] = UInt16(place)
        shares[place] += 1
    }

    /// Lets nobody know who has the slots of `address`.
    mutating func drop(_ address: RedisAddress) {
        guard let place = nodes.firstIndex(of: address) else { return }
        for slot in places.indices where Int(places[slot]) == place { places[slot] = Self.nobody }
        shares[place] = 0
    }

    /// The place of a node, which is made if there is none; `nil` when there are too many nodes.
    private mutating func place(of address: RedisAddress) -> Int? {
        if let place = nodes.firstIndex(of: address) { return place }
        guard nodes.count < Self.nobody else { return nil }
        nodes.append(address)
        shares.append(0)
        return nodes.count - 1
    }
}
