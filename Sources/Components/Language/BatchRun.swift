import Concurrency
import Flow
import JSONValue
import Models

/// A table to the same table with what a language model answers to each row.
struct BatchRun: Component {
    static let type = "BatchRun"
    static let summary = "Lets a language model answer each row of a table."

    let table: Input<Table>
    let system: OptionalInput<String>
    let column: Parameter<String>
    let systemMessage: Parameter<String>
    let outputColumn: Parameter<String>
    let addsMetadata: Parameter<Bool>
    let addsIndex: Parameter<Bool>
    let goesOn: Parameter<Bool>
    let concurrency: Parameter<Int>
    let limit: Parameter<Int>
    let model: Parameter<String>
    let maxTokens: Parameter<Int>
    let results: Output<Table>
    let models: LanguageModels

    static let metadataColumn = "metadata"
    static let indexColumn = "batch_index"

    init(_ declare: inout Declaration, models: LanguageModels) {
        self.models = models
        table = declare.input("table", "The rows.")
        system = declare.optionalInput(
            "system", "What the model is told to do with each; goes before “system_message”.")
        column = declare.text("column", "", "The column that is read; empty for all of a row.")
        systemMessage = declare.text("system_message", "", "What the model is told to do with each row.")
        outputColumn = declare.text("output_column", "model_response", "The column that takes the answers.")
        addsMetadata = declare.flag(
            "enable_metadata", false, "Whether a column “metadata” tells how each row went.")
        addsIndex = declare.flag(
            "adds_index", false, "Whether a column “batch_index” numbers the rows, from 0.")
        goesOn = declare.flag(
            "continue_on_error", false, "Whether a row that fails is left empty, instead of ending the run.")
        concurrency = declare.integer(
            "concurrency", 4, in: 1...16, unit: "rows", "How many are asked at once.")
        limit = declare.integer(
            "limit", 10_000, in: 1...1_000_000, unit: "rows", "How many are taken at most.")
        model = declare.model()
        maxTokens = declare.maxTokens()
        results = declare.output("table", "The rows with their answers, in their order.")
    }

    func run(_ step: Step) async throws {
        let given = step[table]
        guard given.rows.count <= step[limit] else {
            throw LanguageModelError.tooManyRows(
                component: step.component, count: given.rows.count, limit: step[limit])
        }
        guard step[column].isEmpty || given.rows.isEmpty || given.columns.contains(step[column]) else {
            throw LanguageModelError.unknownColumn(
                component: step.component, column: step[column], known: given.columns)
        }
        let session = ModelSession(step, try models.model(step[model]))
        let rows = try await given.rows.enumerated().map { ($0, $1) }.boundedMap(width: step[concurrency]) {
            try await row($1, number: $0, step, session)
        }
        step.note("rows", Double(rows.count))
        let added =
            [step[outputColumn]] + (step[addsIndex] ? [Self.indexColumn] : [])
            + (step[addsMetadata] ? [Self.metadataColumn] : [])
        step.send(
            Table(rows, columns: given.columns + added.filter { !given.columns.contains($0) }), to: results)
    }

    private func row(_ row: Record, number: Int, _ step: Step, _ session: ModelSession) async throws -> Record
    {
        let asked = step[column].isEmpty ? Self.text(of: row) : row.values[step[column]]?.asText ?? ""
        var written = ""
        var failure: String?
        if !asked.trimmed.isEmpty {
            do {
                written = try await answer(asked, step, session)
            } catch {
                try Task.checkCancellation()
                guard step[goesOn], !(error is FlowError) else { throw error }
                failure = "\(error)"
            }
        }
        var row = row
        row.values[step[outputColumn]] = .string(written)
        if step[addsIndex] { row.values[Self.indexColumn] = .integer(number) }
        if step[addsMetadata] {
            var metadata: [String: JSONValue] = [
                "row": .integer(number), "input_length": .integer(asked.count),
                "output_length": .integer(written.count),
                "status": failure != nil ? "failed" : asked.trimmed.isEmpty ? "empty" : "answered",
            ]
            metadata["error"] = failure.map { .string($0) }
            row.values[Self.metadataColumn] = .object(metadata)
        }
        return row
    }

    private func answer(_ asked: String, _ step: Step, _ session: ModelSession) async throws -> String {
        let conversation = Conversation(system: [step[system] ?? step[systemMessage]], asked: asked)
        let answer = try await session.wholeAnswer(
            GenerationRequest(
                messages: conversation.messages, maxTokens: step[maxTokens] > 0 ? step[maxTokens] : nil,
                temperature: 0))
        guard !answer.isBlank else {
            throw LanguageModelError.nothingWritten(
                component: step.component, model: session.model.name, reason: answer.stopReason)
        }
        return answer.text
    }

    /// One line a member: `name: value`.
    private static func text(of row: Record) -> String {
        row.values.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value.asText)" }.joined(separator: "\n")
    }
}
