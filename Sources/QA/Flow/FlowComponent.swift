import Corpus
import Models

/// What may travel along an edge.
public enum PortType: String, Sendable, Codable {
    case question, vector, passages, prompt, draft, answer
}

/// A value on its way from one component to the next.
enum FlowValue: Sendable {
    case question(Question)
    case vector([Float])
    case passages([RetrievedChunk])
    case prompt(PreparedPrompt)
    case draft(Draft)
    case answer(Answer)
}

/// A prompt with the passages that its numbers stand for.
struct PreparedPrompt: Sendable {
    var question: Question
    var prompt: GroundedPrompt
    /// Passage `i` has marker `i + 1`.
    var passages: [RetrievedChunk]
}

/// What a generator wrote, not yet checked.
struct Draft: Sendable {
    var text: String
    var stopReason: StopReason
    var prepared: PreparedPrompt
    var generator: String
}

/// A named, typed place where an edge begins or ends.
struct Port: Sendable, Hashable {
    var name: String
    var type: PortType
    /// An input that may stay open.
    var isOptional = false

    init(_ name: String, _ type: PortType, isOptional: Bool = false) {
        self.name = name
        self.type = type
        self.isOptional = isOptional
    }
}

/// A number that a component takes.
struct ParameterSpecification: Sendable, Hashable {
    var name: String
    var allowed: ClosedRange<Double>
    var standard: Double
    var isInteger: Bool
}

/// One step of a flow: typed inputs to typed outputs.
protocol FlowComponent: Sendable {
    static var type: String { get }
    /// One sentence for whoever edits a flow.
    static var summary: String { get }
    static var inputs: [Port] { get }
    static var outputs: [Port] { get }
    static var parameters: [ParameterSpecification] { get }

    /// - Parameter settings: one checked value for each of ``parameters``.
    init(settings: [String: Double], services: FlowServices)

    func run(_ inputs: FlowInputs, context: FlowContext) async throws -> [String: FlowValue]
}

/// What components work with; wired once at start.
public struct FlowServices: Sendable {
    public var corpus: CorpusStore
    public var embedder: any Embedder
    public var dense: DenseRetriever
    public var keyword: KeywordRetriever
    public var generator: any Generator

    public init(
        corpus: CorpusStore, embedder: any Embedder, dense: DenseRetriever, keyword: KeywordRetriever,
        generator: any Generator
    ) {
        self.corpus = corpus
        self.embedder = embedder
        self.dense = dense
        self.keyword = keyword
        self.generator = generator
    }
}

/// The values that reached a component's inputs. Their types were checked when the flow was planned.
struct FlowInputs: Sendable {
    var values: [String: FlowValue]

    func question(_ port: String) throws(FlowRunError) -> Question {
        guard case .question(let value) = values[port] else { throw FlowRunError(missing: port) }
        return value
    }

    func vector(_ port: String) throws(FlowRunError) -> [Float] {
        guard case .vector(let value) = values[port] else { throw FlowRunError(missing: port) }
        return value
    }

    func passages(_ port: String) throws(FlowRunError) -> [RetrievedChunk] {
        guard case .passages(let value) = values[port] else { throw FlowRunError(missing: port) }
        return value
    }

    func prompt(_ port: String) throws(FlowRunError) -> PreparedPrompt {
        guard case .prompt(let value) = values[port] else { throw FlowRunError(missing: port) }
        return value
    }

    func draft(_ port: String) throws(FlowRunError) -> Draft {
        guard case .draft(let value) = values[port] else { throw FlowRunError(missing: port) }
        return value
    }

    func hasValue(_ port: String) -> Bool { values[port] != nil }
}

/// A value that did not arrive although the plan promised it.
struct FlowRunError: Error, CustomStringConvertible {
    var port: String

    init(missing port: String) {
        self.port = port
    }

    var description: String { "no value of the right type reached the input “\(port)”" }
}

/// What a running component may tell and ask.
struct FlowContext: Sendable {
    var question: Question
    var emit: @Sendable (FlowEvent) -> Void
    /// Adds a small fact to the component's trace.
    var note: @Sendable (_ key: String, _ value: Double) -> Void
}
