import Flow
import JSONValue

/// The parameters of an ``Agent``.
struct AgentSettings: Sendable {
    let model: Parameter<String>
    let instructions: Parameter<String>
    let maxSteps: Parameter<Int>
    let maxTokens: Parameter<Int>
    let tokenLimit: Parameter<Int>
    let timeLimit: Parameter<Double>
    let parallelCalls: Parameter<Int>
    let resultLimit: Parameter<Int>
    let failureLimit: Parameter<Int>
    let historyLimit: Parameter<Int>
    let addsDate: Parameter<Bool>
    let temperature: Parameter<Double>
    let toolDescriptions: Parameter<JSONValue>
    let toolNames: Parameter<JSONValue>
    let outputSchema: Parameter<JSONValue>

    init(_ declare: inout Declaration) {
        model = declare.model()
        instructions = declare.text(
            "instructions", "You are a helpful assistant. Use the tools to find out what you do not know.",
            "What the model is told to be and to do.")
        maxSteps = declare.integer(
            "max_steps", 15, in: 1...200, unit: "answers of the model",
            "How often it may answer with calls of tools; then it has to answer from what it knows.")
        maxTokens = declare.maxTokens()
        tokenLimit = declare.integer(
            "token_limit", 0, in: 0...100_000_000, unit: "tokens",
            "How many it may use before it has to answer from what it knows; 0 for as many as the run may.")
        timeLimit = declare.number(
            "time_limit_seconds", 0, in: 0...86_400, unit: "seconds",
            "How long it may call tools before it has to answer from what it knows; 0 for as long as the run may."
        )
        parallelCalls = declare.integer(
            "parallel_calls", 4, in: 1...32, unit: "calls", "How many run at once.")
        resultLimit = declare.integer(
            "result_limit", 32_768, in: 256...1_000_000, unit: "bytes",
            "How much of a tool's result the model is told.")
        failureLimit = declare.integer(
            "failure_limit", 6, in: 1...100, unit: "calls",
            "How many in a row may fail before it has to answer from what it knows.")
        historyLimit = declare.integer(
            "history_limit", 100, in: 0...1_000, unit: "messages",
            "How much of what was said before the model is told.")
        addsDate = declare.flag("add_current_date", false, "Whether the model is told today's date.")
        temperature = declare.number(
            "temperature", 0.1, in: 0...1, "0 for the likeliest words; a model that takes none ignores it.")
        toolDescriptions = declare.json(
            "tool_descriptions", [:],
            "What tools do and when to call them, by the tool's name, in place of their own words.")
        toolNames = declare.json(
            "tool_names", [:], "What the model is told that tools are called, by the tool's own name.")
        outputSchema = declare.json(
            "output_schema", .null,
            "A JSON Schema, or a list of {name, type, description, multiple}; the answer is then also given as data."
        )
    }
}

/// What bounds one run of an ``Agent``.
struct AgentLimits: Sendable {
    var steps: Int
    /// `nil` for the run's alone.
    var tokens: Int?
    /// `nil` for the run's alone.
    var time: Duration?
    var parallelCalls: Int
    var resultBytes: Int
    /// Failed calls in a row.
    var failures: Int
    var maxTokens: Int?
    var temperature: Double

    /// Calls of one answer that are carried out.
    static let callsAtOnce = 64
    /// How often one call may be made with the same arguments.
    static let repeats = 3

    init(_ step: Step, _ settings: AgentSettings) {
        steps = step[settings.maxSteps]
        tokens = step[settings.tokenLimit] > 0 ? step[settings.tokenLimit] : nil
        time = step[settings.timeLimit] > 0 ? .seconds(step[settings.timeLimit]) : nil
        parallelCalls = step[settings.parallelCalls]
        resultBytes = step[settings.resultLimit]
        failures = step[settings.failureLimit]
        maxTokens = step[settings.maxTokens] > 0 ? step[settings.maxTokens] : nil
        temperature = step[settings.temperature]
    }
}
