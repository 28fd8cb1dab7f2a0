import Foundation
import JSONValue

/// Where a page of a list begins, as clients see it: a text that says nothing to them.
///
/// It is the last entry's id, in Base64 with the alphabet for addresses (RFC 4648, section 5).
struct PageCursor: Sendable, Hashable {
    let id: String

    /// Of the first page.
    static let beginning = PageCursor(id: "")

    init(id: String) {
        self.id = id
    }

    /// `nil` for what this server has not written.
    init?(written: String) {
        guard written.utf8.count <= 4_096 else { return nil }
        var text = written.replacing("-", with: "+").replacing("_", with: "/")
        text += String(repeating: "=", count: (4 - text.utf8.count % 4) % 4)
        guard let data = Data(base64Encoded: text), let id = String(data: data, encoding: .utf8) else {
            return nil
        }
        self.id = id
    }

    var written: String {
        Data(id.utf8).base64EncodedString().replacing("+", with: "-").replacing("/", with: "_")
            .replacing("=", with: "")
    }

    /// That of the page behind `ids`; `nil` when it is not full, so that nothing stands behind it.
    static func next(after ids: [String], limit: Int) -> String? {
        ids.count == limit ? ids.last.map { PageCursor(id: $0).written } : nil
    }
}

extension ParameterType<PageCursor> {
    static var cursor: ParameterType<PageCursor> {
        ParameterType(schema: .text, expectation: "“next” of the page before, as it was given") {
            PageCursor(written: $0)
        }
    }
}

extension ParameterType<[String]> {
    /// Texts with commas between them.
    static func list(limit: Int = 100) -> ParameterType<[String]> {
        ParameterType(
            schema: JSONSchema(["type": "string", "minLength": 1]),
            expectation: "1 to \(limit) texts with commas between them"
        ) { text in
            let parts = text.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }
                .filter { !$0.isEmpty }
            return (1...limit).contains(parts.count) ? parts : nil
        }
    }
}

extension ParameterType<Date> {
    /// A day (its beginning in UTC) or an RFC 3339 time.
    static var time: ParameterType<Date> {
        ParameterType(
            schema: JSONSchema(["type": "string", "anyOf": [["format": "date"], ["format": "date-time"]]]),
            expectation: "a day (2026-01-31) or a time (2026-01-31T08:00:00Z)"
        ) { text in
            let whole = Date.ISO8601FormatStyle()
            let day = whole.year().month().day()
            if let date = try? day.parse(text), day.format(date) == text { return date }
            let fractional = Date.ISO8601FormatStyle(includingFractionalSeconds: true)
            return (try? whole.parse(text)) ?? (try? fractional.parse(text))
        }
    }
}
