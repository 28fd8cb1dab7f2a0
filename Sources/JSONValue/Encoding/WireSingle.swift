/// A value by itself.
struct WireSingle: SingleValueEncodingContainer {
    private let place: WirePlace

    init(_ place: WirePlace) { self.place = place }

    var codingPath: [any CodingKey] { place.path }

    private func put(_ write: (inout [UInt8]) throws -> Void) rethrows {
        var text: [UInt8] = []
        try write(&text)
        place.content = .text(text)
    }

    mutating func encodeNil() { put { WireScalar.writeNull(to: &$0) } }
    mutating func encode(_ value: Bool) { put { WireScalar.write(value, to: &$0) } }
    mutating func encode(_ value: String) { put { JSONValue.write(value, to: &$0) } }
    mutating func encode(_ value: Double) throws {
        try put { try WireScalar.write(value, to: &$0, path: place.path) }
    }
    mutating func encode(_ value: Float) throws {
        try put { try WireScalar.write(value, to: &$0, path: place.path) }
    }
    mutating func encode(_ value: Int) { put { WireScalar.write(value, to: &$0) } }
    mutating func encode(_ value: Int8) { put { WireScalar.write(value, to: &$0) } }
    mutating func encode(_ value: Int16) { put { WireScalar.write(value, to: &$0) } }
    mutating func encode(_ value: Int32) { put { WireScalar.write(value, to: &$0) } }
    mutating func encode(_ value: Int64) { put { WireScalar.write(value, to: &$0) } }
    mutating func encode(_ value: UInt) { put { WireScalar.write(value, to: &$0) } }
    mutating func encode(_ value: UInt8) { put { WireScalar.write(value, to: &$0) } }
    mutating func encode(_ value: UInt16) { put { WireScalar.write(value, to: &$0) } }
    mutating func encode(_ value: UInt32) { put { WireScalar.write(value, to: &$0) } }
    mutating func encode(_ value: UInt64) { put { WireScalar.write(value, to: &$0) } }

    mutating func encode<Value: Encodable>(_ value: Value) throws {
        var text: [UInt8] = []
        if try WireScalar.writeKnown(value, to: &text) {
            place.content = .text(text)
        } else {
            try value.encode(to: WireValueEncoder(place))
        }
    }
}
