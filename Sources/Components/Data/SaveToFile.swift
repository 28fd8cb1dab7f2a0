import Flow
import Foundation

/// Content as a file of the run's owner.
struct SaveToFile: Component {
    static let type = "SaveToFile"
    static let summary = "Saves a text, a record or a table as a file: csv, json, markdown or txt."
    let input: Input<FileContent>
    let name: OptionalInput<String>
    let fileName: Parameter<String>
    let format: Parameter<FileFormat>
    let appends: Parameter<Bool>
    let message: Output<ChatMessage>

    init(_ declare: inout Declaration) {
        input = declare.input("input", "What is saved.")
        name = declare.optionalInput("name", "The file's name, in the place of file_name.")
        fileName = declare.text(
            "file_name", "", maxBytes: RunFiles.nameByteLimit,
            "A plain name; the format's ending is added if it lacks one. A file of that name is replaced.")
        format = declare.choice(
            "format", .json,
            """
            csv takes records and tables. Its values stand as they are, also those that a spreadsheet program would \
            take for formulas.
            """)
        appends = declare.flag(
            "append", false,
            "Whether it is added to a file of that name. Two runs that add at once may lose one of the additions."
        )
        message = declare.output("message", "Tells what was saved, with the file's name among its files.")
    }

    func run(_ step: Step) async throws {
        let files = try step.context.fact(RunFiles.self)
        let wanted = (step[name].flatMap { $0.isEmpty ? nil : $0 } ?? step[fileName]).trimmingSpaces
        guard !wanted.isEmpty else {
            throw DataError.missingParameter(operation: Self.type, name: "file_name")
        }
        let format = step[format]
        let name = format.fileName(String(wanted))
        // Before anything is made of the content, and before the store is asked.
        try RunFiles.check(name)
        let existing = step[appends] ? try await Self.existing(name, files) : nil
        let bytes = Data(try format.text(of: step[input], after: existing).utf8)
        try await files.write(bytes, as: name, mediaType: format.mediaType)
        step.note("bytes", Double(bytes.count))
        let verb = existing == nil ? "Saved" : "Added to"
        step.send(
            ChatMessage(
                "\(verb) \(name) (\(Self.size(of: step[input]))\(bytes.count) bytes).", role: .assistant,
                files: [name]), to: message)
    }

    /// The text of a file; `nil` if there is none.
    private static func existing(_ name: String, _ files: RunFiles) async throws -> String? {
        do {
            let bytes = try await files.read(name)
            guard let text = String(validating: bytes, as: UTF8.self) else {
                throw DataError.unreadableFile(name: name, reason: "it is no text in UTF-8")
            }
            return text
        } catch FlowFileError.absent {
            return nil
        }
    }

    private static func size(of content: FileContent) -> String {
        guard case .table(let table) = content else { return "" }
        return table.rows.count == 1 ? "1 row, " : "\(table.rows.count) rows, "
    }
}
