/// The elements of a list.
struct WireUnkeyed: UnkeyedEncodingContainer {
    private let container: WireContainer
    private let place: WirePlace

    init(_ container: WireContainer, _ place: WirePlace) {
        (self.container, self.place) = (container, place)
    }

    var codingPath: [any CodingKey] { place.path }
    var count: Int { container.count }

    mutating func encodeNil() { container.add { WireScalar.writeNull(to: &$0) } }
    mutating func encode(_ value: Bool) { container.add { WireScalar.write(value, to: &$0) } }
    mutating func encode(_ value: String) { container.add { JSONValue.write(value, to: &$0) } }

    mutating func encode(_ value: Double) throws {
        try container.add { try WireScalar.write(value, to: &$0, path: place.path) }
    }

    mutating func encode(_ value: Float) throws {
        try container.add { try WireScalar.write(value, to: &$0, path: place.path) }
    }

    mutating func encode(_ value: Int) { add(value) }
    mutating func encode(_ value: Int8) { add(value) }
    mutating func encode(_ value: Int16) { add(value) }
    mutating func encode(_ value: Int32) { add(value) }
    mutating func encode(_ value: Int64) { add(value) }
    mutating func encode(_ value: UInt) { add(value) }
    mutating func encode(_ value: UInt8) { add(value) }
    mutating func encode(_ value: UInt16) { add(value) }
    mutating func encode(_ value: UInt32) { add(value) }
    mutating func encode(_ value: UInt64) { add(value) }

    private func add(_ value: some BinaryInteger) { container.add { WireScalar.write(value, to: &$0) } }

    mutating func encode<Value: Encodable>(_ value: Value) throws {
        let inner = place.inner(nil)
        var text: [UInt8] = []
        if try WireScalar.writeKnown(value, to: &text) {
            container.add { $0.append(contentsOf: text) }
            return
        }
        container.add("", inner)
        try value.encode(to: WireValueEncoder(inner))
    }

    mutating func nestedContainer<Nested: CodingKey>(keyedBy keyType: Nested.Type) -> KeyedEncodingContainer<
        Nested
    > {
        let inner = place.inner(nil)
        container.add("", inner)
        return WireValueEncoder(inner).container(keyedBy: keyType)
    }

    mutating func nestedUnkeyedContainer() -> any UnkeyedEncodingContainer {
        let inner = place.inner(nil)
        container.add("", inner)
        return WireValueEncoder(inner).unkeyedContainer()
    }

    mutating func superEncoder() -> any Encoder {
        let inner = place.inner(nil)
        container.add("", inner)
        return WireValueEncoder(inner)
    }
}
