/// The slots of a Redis cluster: which one a key is in.
enum RedisSlots {
    static let count = 16_384

    /// The slot of a key: CRC-16/XMODEM of it, or of its hash tag, the first `{…}` with something in it (Redis cluster
    /// specification, “Key distribution model”).
    static func slot(of key: String) -> Int {
        let bytes = Array(key.utf8)
        var hashed = bytes[...]
        if let open = bytes.firstIndex(of: UInt8(ascii: "{")),
            let close = bytes[(open + 1)...].firstIndex(of: UInt8(ascii: "}")), close > open + 1
        {
            hashed = bytes[(open + 1)..<close]
        }
        return Int(crc16(hashed)) % count
    }

    /// Polynomial 0x1021, beginning with 0, nothing reflected; 0x31C3 for `123456789`.
    static func crc16(_ bytes: some Sequence<UInt8>) -> UInt16 {
        bytes.reduce(0) { crc, byte in
            var crc = crc ^ UInt16(byte) << 8
            for _ in 0..<8 { crc = crc & 0x8000 == 0 ? crc << 1 : (crc << 1) ^ 0x1021 }
            return crc
        }
    }
}

/// Where a node of a cluster sends whoever asks for a key that it does not have.
struct RedisRedirect: Sendable, Hashable {
    var slot: Int
    /// As the node wrote it: `10.0.0.5:6379`; without a host where it is the node's own.
    var node: String
    /// For this one command alone, as the slot is on its way to another node.
    var isAsk: Bool

    /// Reads `MOVED 3999 127.0.0.1:6381` and `ASK 3999 127.0.0.1:6381`; `nil` for any other text.
    init?(_ text: String) {
        let words = text.split(separator: " ")
        guard words.count >= 3, words[0] == "MOVED" || words[0] == "ASK", let slot = Int(words[1]),
            (0..<RedisSlots.count).contains(slot)
        else { return nil }
        self.slot = slot
        node = String(words[2])
        isAsk = words[0] == "ASK"
    }

    /// - Parameter asked: the node that answered.
    /// - Returns: `nil` when what it wrote is no place.
    func address(from asked: RedisAddress) -> RedisAddress? {
        guard let colon = node.lastIndex(of: ":"), let port = Int(node[node.index(after: colon)...]),
            (1...65_535).contains(port)
        else { return nil }
        let host = node[..<colon]
        return RedisAddress(host: host.isEmpty || host == "?" ? asked.host : String(host), port: port)
    }
}
