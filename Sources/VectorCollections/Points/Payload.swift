import Foundation
import JSONValue

/// What a point carries beside its vector: a JSON object, kept as text whose keys are in order.
public struct Payload: Sendable, Hashable {
    /// The object as JSON text.
    public let text: String

    /// The object without members.
    public static let empty = Payload(checked: "{}")

    private init(checked text: String) { self.text = text }

    /// - Parameter place: how the field is called in errors.
    /// - Throws: ``CollectionError/invalid(field:reason:)``.
    public init(_ value: JSONValue, place: String = "payload") throws(CollectionError) {
        guard case .object(let members) = value else {
            throw .invalid(field: place, reason: "must be an object")
        }
        if members.isEmpty {
            self = .empty
            return
        }
        guard Self.depth(of: value, limit: CollectionLimits.payloadDepth) <= CollectionLimits.payloadDepth
        else {
            throw .invalid(
                field: place, reason: "is more than \(CollectionLimits.payloadDepth) levels deep")
        }
        guard let text = try? value.text() else {
            throw .invalid(field: place, reason: "holds a number that JSON cannot write")
        }
        guard text.utf8.count <= CollectionLimits.payloadBytes else {
            throw .invalid(
                field: place,
                reason: "has \(text.utf8.count) bytes; the limit is \(CollectionLimits.payloadBytes)")
        }
        self.text = text
    }

    /// What is kept in the database, which was checked when it came.
    init(stored text: String) { self.text = text }

    /// Looks no deeper than one level past `limit`, so that the stack is bounded.
    private static func depth(of value: JSONValue, limit: Int) -> Int {
        guard limit >= 0 else { return 1 }
        switch value {
        case .array(let elements): return 1 + (elements.map { depth(of: $0, limit: limit - 1) }.max() ?? 0)
        case .object(let members):
            return 1 + (members.values.map { depth(of: $0, limit: limit - 1) }.max() ?? 0)
        default: return 0
        }
    }
}
