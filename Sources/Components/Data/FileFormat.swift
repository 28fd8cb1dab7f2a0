import Foundation
import JSONValue

/// How a file's text is written. Spreadsheets (xlsx) are not among them: CSV opens in the same programs.
enum FileFormat: String, Sendable, CaseIterable {
    case csv, json, markdown, txt

    /// What a file's name ends with, the usual ending first.
    private var extensions: [String] { self == .markdown ? ["md", "markdown"] : [rawValue] }

    var mediaType: String {
        switch self {
        case .csv: "text/csv; charset=utf-8"
        case .json: "application/json"
        case .markdown: "text/markdown; charset=utf-8"
        case .txt: "text/plain; charset=utf-8"
        }
    }

    /// The name with the format's ending, unless it has one: `report` and `report.csv` are both `report.csv`.
    func fileName(_ name: String) -> String {
        let lowercased = name.lowercased()
        return extensions.contains { lowercased.hasSuffix(".\($0)") } ? name : "\(name).\(extensions[0])"
    }

    /// The file's text.
    ///
    /// - Parameter existing: what the file has, which `content` is added to; `nil` for a new file.
    /// - Throws: ``DataError/unwritable(format:reason:)`` for content that the format cannot hold, and for a file that
    ///   it cannot be added to.
    func text(of content: FileContent, after existing: String? = nil) throws(DataError) -> String {
        let existing = existing.flatMap { $0.isEmpty ? nil : $0 }
        switch self {
        case .csv:
            guard let table = content.asTable else {
                throw unwritable("a text has no columns; save it as txt or markdown")
            }
            guard let existing else { return CSV.text(of: table) }
            let known: Table
            do {
                known = try CSV.table(from: existing, readsNumbers: false)
            } catch {
                throw unwritable("the file that it would be added to is no CSV; \(error)")
            }
            return CSV.text(of: try .concatenating([known, table]))
        case .json: return try json(of: content, after: existing)
        case .markdown: return joined(existing, "\n\n", try markdown(of: content))
        case .txt: return joined(existing, "\n", try plainText(of: content))
        }
    }

    private func joined(_ existing: String?, _ separator: String, _ text: String) -> String {
        existing.map { $0 + separator + text } ?? text
    }

    /// A text stands as Langflow writes it, `{"message": "…"}`; what is added to goes on as an array.
    private func json(of content: FileContent, after existing: String?) throws(DataError) -> String {
        let new: JSONValue =
            if case .text(let text) = content { ["message": .string(text)] } else { content.json }
        guard let existing else { return try indented(new) }
        guard let known = try? JSONValue(parsing: existing) else {
            throw unwritable("the file that it would be added to is no JSON")
        }
        return try indented(.array((known.array ?? [known]) + (new.array ?? [new])))
    }

    private func markdown(of content: FileContent) throws(DataError) -> String {
        switch content {
        case .text(let text): text
        case .record, .table: content.asTable?.markdown ?? ""
        case .json(let value): "```json\n\(try indented(value))\n```"
        }
    }

    private func plainText(of content: FileContent) throws(DataError) -> String {
        switch content {
        case .text(let text): text
        case .record(let record): record.text
        case .table(let table): table.markdown
        case .json(let value): try indented(value)
        }
    }

    private func indented(_ value: JSONValue) throws(DataError) -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        guard let data = try? encoder.encode(value) else {
            throw unwritable("it has a number that JSON cannot write, such as infinity")
        }
        return String(decoding: data, as: UTF8.self)
    }

    private func unwritable(_ reason: String) -> DataError { .unwritable(format: rawValue, reason: reason) }
}
