/// The members of an object.
struct WireKeyed<Key: CodingKey>: KeyedEncodingContainerProtocol {
    private let container: WireContainer
    private let place: WirePlace
    /// Asked for when there is a key to be named: what makes ``WireKeys/ofDictionaries`` gets one of these.
    private var isDictionary: Bool { ObjectIdentifier(Key.self) == WireKeys.ofDictionaries }

    init(_ container: WireContainer, _ place: WirePlace) {
        (self.container, self.place) = (container, place)
    }

    var codingPath: [any CodingKey] { place.path }

    private func name(_ key: Key) -> String {
        isDictionary ? key.stringValue : place.keys.name(key.stringValue)
    }

    private func path(_ key: Key) -> [any CodingKey] { place.path + [key] }

    mutating func encodeNil(forKey key: Key) {
        container.add(name(key)) { WireScalar.writeNull(to: &$0) }
    }

    mutating func encode(_ value: Bool, forKey key: Key) {
        container.add(name(key)) { WireScalar.write(value, to: &$0) }
    }

    mutating func encode(_ value: String, forKey key: Key) {
        container.add(name(key)) { JSONValue.write(value, to: &$0) }
    }

    mutating func encode(_ value: Double, forKey key: Key) throws {
        try container.add(name(key)) { try WireScalar.write(value, to: &$0, path: path(key)) }
    }

    mutating func encode(_ value: Float, forKey key: Key) throws {
        try container.add(name(key)) { try WireScalar.write(value, to: &$0, path: path(key)) }
    }

    mutating func encode(_ value: Int, forKey key: Key) { add(value, key) }
    mutating func encode(_ value: Int8, forKey key: Key) { add(value, key) }
    mutating func encode(_ value: Int16, forKey key: Key) { add(value, key) }
    mutating func encode(_ value: Int32, forKey key: Key) { add(value, key) }
    mutating func encode(_ value: Int64, forKey key: Key) { add(value, key) }
    mutating func encode(_ value: UInt, forKey key: Key) { add(value, key) }
    mutating func encode(_ value: UInt8, forKey key: Key) { add(value, key) }
    mutating func encode(_ value: UInt16, forKey key: Key) { add(value, key) }
    mutating func encode(_ value: UInt32, forKey key: Key) { add(value, key) }
    mutating func encode(_ value: UInt64, forKey key: Key) { add(value, key) }

    private func add(_ value: some BinaryInteger, _ key: Key) {
        container.add(name(key)) { WireScalar.write(value, to: &$0) }
    }

    mutating func encode<Value: Encodable>(_ value: Value, forKey key: Key) throws {
        let inner = place.inner(key)
        var text: [UInt8] = []
        if try WireScalar.writeKnown(value, to: &text) {
            container.add(name(key)) { $0.append(contentsOf: text) }
            return
        }
        container.add(name(key), inner)
        try value.encode(to: WireValueEncoder(inner))
    }

    mutating func nestedContainer<Nested: CodingKey>(
        keyedBy keyType: Nested.Type, forKey key: Key
    ) -> KeyedEncodingContainer<Nested> {
        let inner = place.inner(key)
        container.add(name(key), inner)
        return WireValueEncoder(inner).container(keyedBy: keyType)
    }

    mutating func nestedUnkeyedContainer(forKey key: Key) -> any UnkeyedEncodingContainer {
        let inner = place.inner(key)
        container.add(name(key), inner)
        return WireValueEncoder(inner).unkeyedContainer()
    }

    mutating func superEncoder() -> any Encoder {
        let inner = place.inner(nil)
        container.add("super", inner)
        return WireValueEncoder(inner)
    }

    mutating func superEncoder(forKey key: Key) -> any Encoder {
        let inner = place.inner(key)
        container.add(name(key), inner)
        return WireValueEncoder(inner)
    }
}
