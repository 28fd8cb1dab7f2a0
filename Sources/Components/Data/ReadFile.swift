import Flow
import Foundation
import JSONValue

/// The text of a document of another kind than text, such as a PDF. What it throws is told with the file's name.
public typealias DocumentText = @Sendable (_ bytes: Data, _ name: String) async throws -> String

/// Files of the run's owner as text and table.
struct ReadFile: Component {
    /// Files at once.
    static let fileLimit = 100
    /// Bytes of all files together.
    static let byteLimit = 64 * 1_048_576

    static let type = "ReadFile"
    static let summary =
        "Reads files that were uploaded or saved: their text, and the rows of csv, tsv and json files."
    let name: OptionalInput<String>
    let names: Parameter<[String]>
    let separator: Parameter<String>
    let message: Output<ChatMessage>
    let table: Output<Table>
    let documentText: DocumentText?

    init(_ declare: inout Declaration, documentText: DocumentText?) {
        self.documentText = documentText
        name = declare.optionalInput("name", "A file's name, in the place of names.")
        names = declare.texts(
            "names", [], maxCount: Self.fileLimit, maxBytes: RunFiles.nameByteLimit, "The files' names.")
        separator = declare.text(
            "separator", "\n\n", maxBytes: 1_024, "Stands between the texts of several files.")
        message = declare.output("message", "The texts, with the files' names among its files.")
        table = declare.output(
            "table",
            "The rows of one csv, tsv or json file; else a row for each file, with file_path and text.")
    }

    func run(_ step: Step) async throws {
        let files = try step.context.fact(RunFiles.self)
        let wanted = step[name].flatMap { $0.isEmpty ? nil : [$0] } ?? step[names]
        guard !wanted.isEmpty else { throw DataError.missingParameter(operation: Self.type, name: "names") }
        var texts: [String] = []
        var bytesLeft = Self.byteLimit
        for name in wanted {
            let bytes = try await files.read(name)
            bytesLeft -= bytes.count
            guard bytesLeft >= 0 else {
                throw DataError.unreadableFile(
                    name: name, reason: "the files up to it have more than \(Self.byteLimit) bytes together")
            }
            texts.append(try await text(of: bytes, named: name))
        }
        let rows = wanted.count == 1 ? try Self.rows(of: texts[0], named: wanted[0]) : nil
        step.note("bytes", Double(Self.byteLimit - bytesLeft))
        step.send(
            ChatMessage(texts.joined(separator: step[separator]), role: .assistant, files: wanted),
            to: message)
        step.send(
            rows
                ?? Table(
                    zip(wanted, texts).map { Record(["file_path": .string($0), "text": .string($1)]) },
                    columns: ["file_path", "text"]), to: table)
    }

    private func text(of bytes: Data, named name: String) async throws -> String {
        let isMarkup = ["html", "htm", "xhtml"].contains(Self.ending(of: name))
        if !(isMarkup && documentText != nil), !bytes.contains(0),
            let text = String(validating: bytes, as: UTF8.self)
        {
            return text
        }
        guard let documentText else {
            throw DataError.unreadableFile(
                name: name, reason: "it is no text in UTF-8, and nothing is set up that reads other documents"
            )
        }
        do {
            return try await documentText(bytes, name)
        } catch let error where !(error is CancellationError) {
            throw DataError.unreadableFile(name: name, reason: "\(error)")
        }
    }

    /// The rows of a file that has some; `nil` for other texts.
    private static func rows(of text: String, named name: String) throws(DataError) -> Table? {
        switch ending(of: name) {
        case "csv": return try csv(text, ",", name)
        case "tsv": return try csv(text, "\t", name)
        case "json":
            guard let value = try? JSONValue(parsing: text) else {
                throw .unreadableFile(name: name, reason: "it is no JSON")
            }
            return FileContent(json: value).asTable
        default: return nil
        }
    }

    private static func csv(
        _ text: String, _ separator: Unicode.Scalar, _ name: String
    ) throws(DataError) -> Table {
        do {
            return try CSV.table(from: text, separator: separator, readsNumbers: true)
        } catch {
            throw .unreadableFile(name: name, reason: error.description)
        }
    }

    /// What stands behind the last point, in small letters.
    private static func ending(of name: String) -> String {
        name.lastIndex(of: ".").map { name[name.index(after: $0)...].lowercased() } ?? ""
    }
}
