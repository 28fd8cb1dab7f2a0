/// The names of keys as they are written: each is converted once a document.
final class WireKeys {
    private var known: [String: String] = [:]

    /// In snake case.
    func name(_ key: String) -> String {
        // Most keys are one small word, which is seen sooner than looked up.
        guard key.utf8.contains(where: { $0 &- UInt8(ascii: "A") < 26 || $0 >= 0x80 }) else { return key }
        if let name = known[key] { return name }
        let name = Self.snakeCase(key)
        known[key] = name
        return name
    }

    /// An underscore stands before a capital that follows something else, and before one that a small letter follows:
    /// `myURLProperty` is `my_url_property`, `userID2` is `user_id2`.
    static func snakeCase(_ key: String) -> String {
        let scalars = Array(key.unicodeScalars)
        var name = ""
        for (place, scalar) in scalars.enumerated() {
            guard scalar.properties.isUppercase else {
                name.unicodeScalars.append(scalar)
                continue
            }
            let endsRun = place + 1 < scalars.count && scalars[place + 1].properties.isLowercase
            if place > 0, endsRun || !scalars[place - 1].properties.isUppercase { name += "_" }
            name += scalar.properties.lowercaseMapping
        }
        return name
    }

    /// What `Dictionary` calls its keys by when it encodes itself; these names are data and stay as they are.
    static let ofDictionaries: ObjectIdentifier? = {
        let probe = KeyProbe()
        // Of no members, so that no key has to be named before this is known.
        try? [String: Int]().encode(to: probe)
        return probe.found.key
    }()
}

/// An encoder that only notes what kind of key it is asked for.
private struct KeyProbe: Encoder {
    final class Found { var key: ObjectIdentifier? }

    let found = Found()
    var codingPath: [any CodingKey] { [] }
    var userInfo: [CodingUserInfoKey: Any] { [:] }

    func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedEncodingContainer<Key> {
        found.key = ObjectIdentifier(type)
        return WireValueEncoder(WirePlace(keys: WireKeys(), parent: nil, key: nil)).container(keyedBy: type)
    }

    func unkeyedContainer() -> any UnkeyedEncodingContainer {
        WireValueEncoder(WirePlace(keys: WireKeys(), parent: nil, key: nil)).unkeyedContainer()
    }

    func singleValueContainer() -> any SingleValueEncodingContainer {
        WireValueEncoder(WirePlace(keys: WireKeys(), parent: nil, key: nil)).singleValueContainer()
    }
}
