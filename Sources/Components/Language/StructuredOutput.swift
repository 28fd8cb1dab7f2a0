import Flow
import JSONValue
import Models

/// A text to the data that it holds, in a form that the flow gives.
struct StructuredOutput: Component {
    static let type = "StructuredOutput"
    static let summary = "Lets a language model read a text and give what it says as data of a form."

    let input: Input<ChatMessage>
    let schema: Parameter<JSONValue>
    let instructions: Parameter<String>
    let model: Parameter<String>
    let maxTokens: Parameter<Int>
    let data: Output<Record>
    let table: Output<Table>
    let models: LanguageModels

    init(_ declare: inout Declaration, models: LanguageModels) {
        self.models = models
        input = declare.input("input", "The text that is read.")
        schema = declare.json(
            "schema", nil, "A JSON Schema, or a list of {name, type, description, multiple}.")
        instructions = declare.text(
            "instructions", StructuredSchema.instructions, "What the model is told to take from the text.")
        model = declare.model()
        maxTokens = declare.maxTokens()
        data = declare.output("data", "What the text holds; several rows stand as “results”.")
        table = declare.output("table", "The same as rows.")
    }

    func run(_ step: Step) async throws {
        let text = step[input].text
        guard !text.trimmed.isEmpty else { throw LanguageModelError.nothingAsked(component: step.component) }
        let form = try StructuredSchema(step[schema], component: step.component)
        let session = ModelSession(step, try models.model(step[model]))
        let conversation = Conversation(
            system: [step[instructions]], asked: "<text>\n\(text.quoted)\n</text>")
        let answer = StructuredAnswer(
            session: session, schema: form, maxTokens: step[maxTokens] > 0 ? step[maxTokens] : nil)
        let record = try await answer.ask(conversation)
        step.send(record, to: data)
        step.send(Table(record: record), to: table)
    }
}
