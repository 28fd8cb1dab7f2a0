import Foundation
import JSONValue

/// A field of a document, of one of Kendra's four types.
public enum KendraAttributeValue: Sendable, Hashable {
    /// 1 to 2,048 characters.
    case string(String)
    /// By default 10 strings at most.
    case strings([String])
    case long(Int)
    /// Sent in seconds, fractions cut off.
    case date(Date)
}

extension KendraAttributeValue {
    var json: JSONValue {
        switch self {
        case .string(let text): ["StringValue": .string(text)]
        case .strings(let texts): ["StringListValue": .array(texts.map { .string($0) })]
        case .long(let number): ["LongValue": .integer(number)]
        case .date(let date): ["DateValue": .integer(Int(date.timeIntervalSince1970.rounded(.down)))]
        }
    }

    init?(_ json: JSONValue) {
        if let text = json["StringValue"]?.string {
            self = .string(text)
        } else if let texts = json["StringListValue"]?.array {
            self = .strings(texts.compactMap(\.string))
        } else if let number = json["LongValue"]?.integer {
            self = .long(number)
        } else if let date = json["DateValue"].flatMap(Self.date) {
            self = .date(date)
        } else {
            return nil
        }
    }

    /// A time as Kendra writes it: seconds since 1970, or text.
    static func date(_ json: JSONValue) -> Date? {
        if let seconds = json.double { return Date(timeIntervalSince1970: seconds) }
        return json.string.flatMap(AWSTime.parse)
    }

    /// The attributes of a result by their keys; one without a value is left out.
    static func attributes(_ json: JSONValue?) -> [String: KendraAttributeValue] {
        var attributes: [String: KendraAttributeValue] = [:]
        for item in json?.array ?? [] {
            guard let key = item["Key"]?.string, let value = item["Value"].flatMap(KendraAttributeValue.init)
            else { continue }
            attributes[key] = value
        }
        return attributes
    }
}
