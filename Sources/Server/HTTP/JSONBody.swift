import Foundation
import HTTPTypes
import JSONValue

/// Reads request bodies strictly: a mistake is told by its place, and no field is passed over in silence.
enum JSONBody {
    /// Decodes the body of `request`.
    ///
    /// Only `application/json` is accepted. That is also what keeps foreign pages out: a browser sends such a
    /// request across origins only after asking first, and Millrace never agrees.
    ///
    /// - Throws: ``RequestFault``.
    static func decode<Value: Decodable>(
        _ type: Value.Type, from request: APIRequest
    ) throws(RequestFault) -> Value {
        try check(request)
        guard !request.body.isEmpty else { throw .malformedJSON(place: "it is empty.") }
        do {
            return try JSONDecoder().decode(type, from: request.body)
        } catch let fault as RequestFault {
            throw fault
        } catch let error as DecodingError {
            throw RequestFault(error, body: request.body)
        } catch {
            throw .malformedJSON(place: "it cannot be read.")
        }
    }

    /// The body of `request`, whatever it holds.
    ///
    /// - Throws: ``RequestFault``.
    static func value(of request: APIRequest) throws(RequestFault) -> JSONValue {
        try check(request)
        do {
            return try JSONValue(parsing: request.body)
        } catch {
            let fault = JSONSyntax.fault(in: request.body)
            throw .malformedJSON(
                place: fault ?? "it is not UTF-8, or a number or text of it is out of range.")
        }
    }

    /// Refuses what says that it is no JSON, what is in another encoding than UTF-8 (RFC 8259, section 8.1), although
    /// Foundation would read it, and an object that has a key twice.
    private static func check(_ request: APIRequest) throws(RequestFault) {
        try check(request.body, of: request.headers.value(of: .contentType))
    }

    /// The same of a body of this type, as it is stated.
    static func check(_ body: Data, of stated: String?) throws(RequestFault) {
        guard let stated, isJSON(stated) else {
            throw .notJSON(contentType: stated.map { String($0.prefix(100)) })
        }
        if let charset = charset(of: stated), charset.lowercased() != "utf-8" {
            throw .unsupportedCharset(charset)
        }
        let start = body.prefix(4)
        // No JSON text in UTF-8 begins with such a mark, or has a zero among its first bytes.
        guard !start.contains(0), !start.starts(with: [0xFE, 0xFF]), !start.starts(with: [0xFF, 0xFE]) else {
            throw .malformedJSON(place: "it is in UTF-16 or UTF-32; send it as UTF-8.")
        }
        if let (key, offset) = JSONKeys.firstDuplicate(in: body) {
            throw .duplicateKey(key, place: JSONSyntax.place(of: offset, in: body))
        }
    }

    /// The parameter `charset` of a media type, without its quotes.
    private static func charset(of contentType: String) -> String? {
        guard contentType.utf8.contains(UInt8(ascii: ";")) else { return nil }
        for parameter in contentType.split(separator: ";").dropFirst() {
            let parts = parameter.split(separator: "=", maxSplits: 1)
                .map { $0.trimmingCharacters(in: .whitespaces) }
            if parts.count == 2, parts[0].lowercased() == "charset" {
                return parts[1].trimmingCharacters(in: CharacterSet(charactersIn: "\""))
            }
        }
        return nil
    }

    /// Whether the request says that its body is JSON.
    static func isJSON(_ request: APIRequest) -> Bool {
        request.headers.value(of: .contentType).map { isJSON($0) } ?? false
    }

    private static func isJSON(_ contentType: String) -> Bool {
        // As nearly every client writes it.
        if contentType == "application/json" { return true }
        let essence = contentType.prefix { $0 != ";" }.trimmingCharacters(in: .whitespaces)
        return essence.lowercased() == "application/json"
    }
}

extension RequestFault {
    fileprivate init(_ error: DecodingError, body: Data) {
        switch error {
        case .keyNotFound(let key, let context):
            self = .invalidField(name: Self.name(context.codingPath + [key]), reason: "is missing")
        case .typeMismatch(let type, let context):
            self = .invalidField(name: Self.name(context.codingPath), reason: "must be \(Self.word(type))")
        case .valueNotFound(let type, let context):
            self = .invalidField(
                name: Self.name(context.codingPath), reason: "is null; it must be \(Self.word(type))")
        case .dataCorrupted(let context) where context.codingPath.isEmpty:
            let fault = JSONSyntax.fault(in: body)
            self = .malformedJSON(
                place: fault ?? "it is not UTF-8, or a number or text of it is out of range.")
        case .dataCorrupted(let context):
            self = .invalidField(name: Self.name(context.codingPath), reason: context.debugDescription)
        @unknown default:
            self = .malformedJSON(place: "it cannot be read.")
        }
    }

    /// `filters.spaces[0]`.
    fileprivate static func name(_ path: [any CodingKey]) -> String {
        let name = path.map { key in key.intValue.map { "[\($0)]" } ?? ".\(key.stringValue.prefix(100))" }
            .joined()
        return name.isEmpty ? "the body" : String(name.drop { $0 == "." })
    }

    private static func word(_ type: any Any.Type) -> String {
        switch type {
        case is String.Type: "a text"
        case is Bool.Type: "true or false"
        case is Int.Type: "a whole number"
        case is Double.Type: "a number"
        case is [String: Any].Type: "an object"
        case is any Collection.Type: "a list"
        default: "an object"
        }
    }
}

/// A key of any name: for looking at what an object holds.
private struct AnyKey: CodingKey {
    var stringValue: String
    var intValue: Int?

    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { return nil }
}

extension Decoder {
    /// The object being decoded, after every key that `Key` does not know was refused.
    ///
    /// - Throws: ``RequestFault/unknownField(name:known:)`` for the first one, by the alphabet.
    func strictContainer<Key: CodingKey & CaseIterable>(
        keyedBy type: Key.Type
    ) throws -> KeyedDecodingContainer<Key> {
        let known = Key.allCases.map(\.stringValue)
        let given = try container(keyedBy: AnyKey.self).allKeys.map(\.stringValue)
        if let unknown = given.filter({ !known.contains($0) }).min() {
            throw RequestFault.unknownField(
                name: RequestFault.name(codingPath + [AnyKey(stringValue: unknown)]), known: known)
        }
        return try container(keyedBy: type)
    }
}

extension KeyedDecodingContainer {
    /// A whole number; `nil` when it is absent or null.
    ///
    /// Decoding an `Int` would report `1.5` as a fault of the whole body, without its name.
    func wholeNumber(forKey key: Key) throws -> Int? {
        let fault = RequestFault.invalidField(
            name: RequestFault.name(codingPath + [key]), reason: "must be a whole number")
        do {
            guard let number = try decodeIfPresent(Double.self, forKey: key) else { return nil }
            guard let whole = Int(exactly: number) else { throw fault }
            return whole
        } catch DecodingError.typeMismatch {
            throw fault
        }
    }
    /// One of a few words; `nil` when it is absent or null.
    func choice<Choice: RawRepresentable & CaseIterable>(forKey key: Key) throws -> Choice?
    where Choice.RawValue == String {
        guard let word = try decodeIfPresent(String.self, forKey: key) else { return nil }
        guard let choice = Choice(rawValue: word) else {
            let known = Choice.allCases.map(\.rawValue).joined(separator: ", ")
            throw RequestFault.invalidField(
                name: RequestFault.name(codingPath + [key]), reason: "must be one of \(known)")
        }
        return choice
    }
}
