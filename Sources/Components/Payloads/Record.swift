import Flow
import JSONValue

/// Named values: a row, an HTTP response, what a model filled in.
public struct Record: JSONPayload, Hashable {
    public static let payloadName = "data"
    public static let jsonSchema: JSONValue = ["type": "object"]

    /// The member that stands for the whole where a text is wanted.
    public static let textKey = "text"

    public var values: [String: JSONValue]

    public init(_ values: [String: JSONValue] = [:]) {
        self.values = values
    }

    public init(json: JSONValue) throws {
        guard let values = json.object else {
            throw PayloadMismatch(expected: Self.payloadName, actual: json.kind)
        }
        self.values = values
    }

    public var json: JSONValue { .object(values) }

    /// Its member `text`, or all of it as JSON.
    public var text: String {
        values[Self.textKey]?.string ?? (try? json.text()) ?? ""
    }
}
