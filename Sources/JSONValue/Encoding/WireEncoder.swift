import Foundation

/// Writes a value as JSON text: keys in snake case and in order, times as RFC 3339, bytes as base64.
///
/// The text is that of `JSONEncoder` with `.convertToSnakeCase`, `.sortedKeys`, `.withoutEscapingSlashes` and `.iso8601`, for a
/// fifth of its time: no tree of boxed values is made, what stands in one container is written into one run of bytes. Keys
/// of a dictionary stay as they are. A dictionary must be handed to its encoder's container, as synthesized code does, not
/// asked to encode itself.
public enum WireEncoder {
    /// - Returns: JSON in UTF-8.
    /// - Throws: `EncodingError` for a number that JSON cannot write and for a value that encodes nothing; what the value's
    ///   own code throws.
    public static func encode(_ value: some Encodable) throws -> [UInt8] {
        let place = WirePlace(keys: WireKeys(), parent: nil, key: nil)
        var bytes: [UInt8] = []
        bytes.reserveCapacity(512)
        if try !WireScalar.writeKnown(value, to: &bytes) {
            try value.encode(to: WireValueEncoder(place))
            guard let content = place.content else {
                throw EncodingError.invalidValue(
                    value,
                    EncodingError.Context(
                        codingPath: [], debugDescription: "\(type(of: value)) did not encode any values."))
            }
            content.write(to: &bytes)
        }
        return bytes
    }
}

/// Where in a document something is encoded, and what was encoded there. Made and used by one call of
/// ``WireEncoder/encode(_:)``.
final class WirePlace {
    /// What stands there.
    enum Content {
        case text([UInt8])
        case container(WireContainer)

        func write(to bytes: inout [UInt8]) {
            switch self {
            case .text(let text): bytes.append(contentsOf: text)
            case .container(let container): container.write(to: &bytes)
            }
        }
    }

    let keys: WireKeys
    private let parent: WirePlace?
    private let key: (any CodingKey)?
    var content: Content?

    init(keys: WireKeys, parent: WirePlace?, key: (any CodingKey)?) {
        (self.keys, self.parent, self.key) = (keys, parent, key)
    }

    func inner(_ key: (any CodingKey)?) -> WirePlace { WirePlace(keys: keys, parent: self, key: key) }

    /// From the document's begin; made when it is asked for, which only errors do.
    var path: [any CodingKey] {
        (parent?.path ?? []) + (key.map { [$0] } ?? [])
    }

    /// The container that stands here: who asks twice, as a class and what it is derived from do, gets one.
    func container(isObject: Bool) -> WireContainer {
        if case .container(let known) = content {
            precondition(known.isObject == isObject, "a list and an object were encoded at one place")
            return known
        }
        let made = WireContainer(isObject: isObject)
        content = .container(made)
        return made
    }
}

/// What a value is asked to encode itself to.
struct WireValueEncoder: Encoder {
    let place: WirePlace

    init(_ place: WirePlace) { self.place = place }

    var codingPath: [any CodingKey] { place.path }
    var userInfo: [CodingUserInfoKey: Any] { [:] }

    func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedEncodingContainer<Key> {
        KeyedEncodingContainer(WireKeyed<Key>(place.container(isObject: true), place))
    }

    func unkeyedContainer() -> any UnkeyedEncodingContainer {
        WireUnkeyed(place.container(isObject: false), place)
    }

    func singleValueContainer() -> any SingleValueEncodingContainer { WireSingle(place) }
}
