import Foundation
import HTTPTypes
import JSONValue

extension Inputs<JSONValue> {
    /// A JSON object as Langflow's clients send it: fields that Langflow has and Millrace does not are passed over,
    /// and no body is an empty object.
    static func lenient(_ schema: JSONSchema, _ summary: String) -> Inputs {
        Inputs(
            parameters: [],
            body: BodyDeclaration(
                contentTypes: ["application/json"], schema: schema, summary: summary, isRequired: false)
        ) { routed in
            guard !routed.request.body.isEmpty else { return [:] }
            let value = try JSONBody.value(of: routed.request)
            guard value.object != nil else {
                throw RequestFault.invalidField(name: "the body", reason: "must be an object")
            }
            return value
        }
    }
}

extension JSONValue {
    /// A text of an object; `nil` when it is absent, null or empty.
    ///
    /// - Throws: ``RequestFault/invalidField(name:reason:)`` for a value of another kind.
    func text(_ key: String) throws(RequestFault) -> String? {
        guard let value = self[key], value != .null else { return nil }
        guard let text = value.string else { throw .invalidField(name: key, reason: "must be a text") }
        return text.isEmpty ? nil : text
    }

    /// - Throws: ``RequestFault/invalidField(name:reason:)`` for a value of another kind.
    func flag(_ key: String) throws(RequestFault) -> Bool? {
        guard let value = self[key], value != .null else { return nil }
        guard let flag = value.bool else {
            throw .invalidField(name: key, reason: "must be true or false")
        }
        return flag
    }

    /// A list of an object; `nil` when it is absent or null.
    ///
    /// - Throws: ``RequestFault/invalidField(name:reason:)`` for a value of another kind.
    func list(_ key: String) throws(RequestFault) -> [JSONValue]? {
        guard let value = self[key], value != .null else { return nil }
        guard let list = value.array else { throw .invalidField(name: key, reason: "must be a list") }
        return list
    }

    /// A list of texts; `nil` when it is absent or null.
    ///
    /// - Throws: ``RequestFault/invalidField(name:reason:)`` for a value of another kind, or with one in it.
    func texts(_ key: String) throws(RequestFault) -> [String]? {
        guard let list = try list(key) else { return nil }
        var texts: [String] = []
        for (offset, value) in list.enumerated() {
            guard let text = value.string else {
                throw .invalidField(name: "\(key)[\(offset)]", reason: "must be a text")
            }
            texts.append(text)
        }
        return texts
    }
}
