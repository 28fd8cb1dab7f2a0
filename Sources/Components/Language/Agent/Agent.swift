import Flow
import Foundation
import JSONValue
import Models

/// A language model that calls tools until it can answer.
///
/// All text is told while it is written, also what a model says before it calls tools; that is not part of the
/// message, which is what the model wrote last: whoever shows one text begins anew once a tool is called.
struct Agent: Component {
    static let type = "Agent"
    static let summary =
        "Lets a language model answer with the help of tools, which it calls as often as it needs."

    let input: Input<ChatMessage>
    let system: OptionalInput<String>
    let history: InputList<[ChatMessage]>
    let tools: ToolList
    let toolsets: InputList<ToolSet>
    let settings: AgentSettings
    let message: Output<ChatMessage>
    /// `nil` unless the flow gives a schema.
    let data: Output<Record>?
    let models: LanguageModels
    let now: @Sendable () -> Date

    init(_ declare: inout Declaration, models: LanguageModels, now: @escaping @Sendable () -> Date) {
        self.models = models
        self.now = now
        input = declare.input("input", "What is asked.")
        system = declare.optionalInput(
            "system", "What the model is told to be and to do; goes before “instructions”.")
        history = declare.inputList(
            "history", "What was said before, oldest first; without an edge the run's own conversation.")
        tools = declare.tools("tools", "What the model may call.")
        toolsets = declare.inputList("toolsets", "Further tools, such as those of an MCP server.")
        settings = AgentSettings(&declare)
        message = declare.output("message", "The answer. Its [1], [2], … stand for what the tools found.")
        let schema = declare.fixed(settings.outputSchema)
        data =
            StructuredSchema.isGiven(schema)
            ? declare.output("data", "The answer in the form of “output_schema”.") : nil
    }

    func run(_ step: Step) async throws {
        let asked = step[input].text
        guard !asked.trimmed.isEmpty else { throw LanguageModelError.nothingAsked(component: step.component) }
        let session = ModelSession(step, try models.model(step[settings.model]))
        let schema = try data.map { _ in
            try StructuredSchema(step[settings.outputSchema], component: step.component)
        }
        let toolbox = try Toolbox(
            step[tools], step[toolsets], descriptions: step[settings.toolDescriptions],
            names: step[settings.toolNames], component: step.component)
        let offer = CallerOffer(step)
        try offer?.check(beside: toolbox.definitions)
        var conversation = Conversation(
            system: instructions(step, hasTools: !toolbox.isEmpty), history: try await said(step),
            asked: asked)
        offer?.add(to: &conversation)
        var loop = AgentLoop(
            session: session, toolbox: toolbox, offer: offer, limits: AgentLimits(step, settings),
            conversation: conversation)
        let answer = try await loop.run()
        step.send(answer, to: message)
        if loop.endedWithCalls {
            // There is no answer yet, and so no data.
            if let data { step.send(Record(), to: data) }
            return
        }
        if let data, let schema {
            let asked = Conversation(
                system: [StructuredSchema.instructions], asked: "<text>\n\(answer.text.quoted)\n</text>")
            let record = try await StructuredAnswer(session: session, schema: schema).ask(asked)
            step.send(record, to: data)
        }
    }

    private func said(_ step: Step) async throws -> [ChatMessage] {
        let given = step[history]
        guard given.isEmpty else { return Array(given.joined().suffix(step[settings.historyLimit])) }
        guard step[settings.historyLimit] > 0, let memory = try? step.context.fact(ConversationMemory.self)
        else {
            return []
        }
        return try await memory.last(step[settings.historyLimit])
    }

    private func instructions(_ step: Step, hasTools: Bool) -> [String] {
        var texts = [step[system] ?? step[settings.instructions]]
        if hasTools { texts.append(Toolbox.guidance) }
        if step[settings.addsDate] {
            texts.append("Today is \(now().formatted(.iso8601.year().month().day())) (UTC).")
        }
        return texts
    }
}
