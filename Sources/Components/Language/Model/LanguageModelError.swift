import Concurrency
import Models

/// Why a component that uses a language model came to nothing.
///
/// What the provider of a model throws is passed on as it is.
public enum LanguageModelError: Error, Sendable, Hashable {
    /// No model is configured.
    case noneConfigured
    /// The model quotes passages and cannot write.
    case extractive(model: String)
    case unknown(model: String, known: [String])
    /// The component was given an empty message.
    case nothingAsked(component: String)
    /// The model ended its answer without having written anything.
    case nothingWritten(component: String, model: String, reason: StopReason)
    /// A guardrail or a filter of the provider kept the answer back.
    case withheld(component: String, model: String, GuardrailIntervention)
    case tooLong(component: String, model: String, limitBytes: Int)
    case tooManyTools(component: String, count: Int, limit: Int)
    /// A call of a tool of the caller's whose arguments are no JSON object.
    case badArguments(component: String, model: String, tool: String)
    /// The caller demanded a call of its tools, and there is none.
    case noCall(component: String, model: String)
    case tooManyRows(component: String, count: Int, limit: Int)
    case unknownColumn(component: String, column: String, known: [String])
    /// The routes of a router are not a list of names.
    case badRoutes(component: String, reason: String)
    case noRoute(component: String, model: String, routes: [String])
}

extension LanguageModelError: RetryableError {
    /// Another answer of the same model may hold something.
    public var isRetryable: Bool {
        switch self {
        case .nothingWritten(_, _, let reason): reason == .complete
        case .noRoute, .badArguments: true
        default: false
        }
    }
}

extension LanguageModelError: CustomStringConvertible {
    /// The settings that give flows a model.
    private static let settings = """
        Set answers.provider to openai, bedrock or sagemaker, and openai.answer_model, bedrock.answer_model or \
        sagemaker.answer_endpoint to the model.
        """

    public var description: String {
        switch self {
        case .noneConfigured: "No language model is configured. \(Self.settings)"
        case .extractive(let model):
            "The model “\(model)” quotes passages and cannot write, call tools or fill in data. \(Self.settings)"
        case .unknown(let model, let known):
            """
            There is no language model “\(model.prefix(100))”; there are \
            \(known.isEmpty ? "none" : known.joined(separator: ", ")). Name one of them, or none for the standard one.
            """
        case .nothingAsked(let component):
            "“\(component)” was given an empty message, to which no model answers. Give it a text."
        case .nothingWritten(let component, let model, let reason):
            "“\(component)” got an empty answer from the model \(model)\(Self.because(reason))"
        case .withheld(let component, let model, let intervention):
            "“\(component)” got no answer of the model \(model) that it could use. \(intervention)"
        case .tooLong(let component, let model, let limit):
            """
            “\(component)” stopped reading the answer of the model \(model), which is longer than \(limit) bytes. \
            Limit its tokens.
            """
        case .tooManyTools(let component, let count, let limit):
            "“\(component)” has \(count) tools; a model is offered \(limit) at most. Give it fewer."
        case .badArguments(let component, let model, let tool):
            """
            “\(component)” asked the model \(model), which called “\(tool.prefix(100))” with arguments that are no JSON \
            object. Describe the tool's parameters better, or use another model.
            """
        case .noCall(let component, let model):
            """
            “\(component)” got an answer without a call from the model \(model), though “tool_choice” demands one. Use \
            a model that can be made to call tools, or leave the choice to it.
            """
        case .tooManyRows(let component, let count, let limit):
            "“\(component)” was given \(count) rows; its limit is \(limit). Raise “limit”, or give it fewer."
        case .unknownColumn(let component, let column, let known):
            """
            “\(component)” reads the column “\(column.prefix(100))”, which the table has not; it has \
            \(known.isEmpty ? "none" : known.prefix(50).joined(separator: ", ")).
            """
        case .badRoutes(let component, let reason):
            "The routes of “\(component)” cannot be used: \(reason). Write [{\"name\": …, \"description\": …}, …]."
        case .noRoute(let component, let model, let routes):
            """
            “\(component)” has no route that the model \(model) would choose; it has \
            \(routes.joined(separator: ", ")). Describe them better, or let it have an else.
            """
        }
    }

    private static func because(_ reason: StopReason) -> String {
        switch reason {
        case .maxTokens:
            ": its limit of tokens was used up before it wrote. Raise max_tokens; models that think need more."
        case .filtered: ": a filter or guardrail of its provider withheld it."
        case .stopSequence: ": a stop sequence came first."
        case .toolCalls:
            """
            : it called tools, which it could not or could no longer do, and wrote nothing. Raise max_steps, or use \
            another model.
            """
        case .complete, .noAnswer: ". Trying again may help; else use another model."
        }
    }
}
