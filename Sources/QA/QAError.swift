import Concurrency
import Corpus
import Flow
import Models
import TextIndex
import VectorIndex

/// Every refusal of question answering.
public enum QAError: Error, Sendable {
    case emptyQuestion
    case questionTooLong(bytes: Int, limit: Int)
    case limitOutOfRange(name: String, value: Int, allowed: ClosedRange<Int>)
    case shareOutOfRange(name: String, value: Double)
    case unknownFlow(name: String, known: [String])
    /// A flow asks a managed search that the settings do not name.
    case unconfiguredSearch(source: String)
    case unreadableFlow(file: String, reason: String)
    /// Every fault of the flow, not only the first.
    case invalidFlow(name: String, faults: [FlowFault])
    case componentFailed(flow: String, component: String, reason: String, isRetryable: Bool)
    case timedOut(flow: String, seconds: Double)
    /// A run that used up what it may use, or was begun wrongly.
    case stopped(FlowError)
    case unreadableQuestions(file: String, line: Int, reason: String)
    case corpus(CorpusError)
    case index(VectorIndexError)
    case words(TextIndexError)
}

extension QAError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .emptyQuestion:
            "The question is empty. Ask something of at least one letter or digit."
        case .questionTooLong(let bytes, let limit):
            "The question has \(bytes) bytes; at most \(limit) are read. Ask it shorter."
        case .limitOutOfRange(let name, let value, let allowed):
            "\(name) is \(value); it must be between \(allowed.lowerBound) and \(allowed.upperBound)."
        case .shareOutOfRange(let name, let value):
            "\(name) is \(value); it must be between 0 and 1."
        case .unknownFlow(let name, let known):
            "There is no flow “\(name)”. Known flows: \(known.joined(separator: ", "))."
        case .unconfiguredSearch(let source):
            "The settings name no \(source) to ask. Set kendra.index or bedrock.knowledge_base."
        case .unreadableFlow(let file, let reason):
            "The flow \(file) cannot be read: \(reason)"
        case .invalidFlow(let name, let faults):
            "The flow “\(name)” cannot run:\n" + faults.map { "  \($0)" }.joined(separator: "\n")
        case .componentFailed(let flow, let component, let reason, let isRetryable):
            """
            The flow “\(flow)” failed at its component “\(component)”: \(reason)\
            \(isRetryable ? " Trying again may help." : "")
            """
        case .timedOut(let flow, let seconds):
            "The flow “\(flow)” did not finish within \(seconds) s. Ask again, or raise answers.timeout_seconds."
        case .stopped(let error): error.description
        case .unreadableQuestions(let file, let line, let reason):
            line > 0 ? "\(file):\(line): \(reason)" : "\(file): \(reason)"
        case .corpus(let error): error.description
        case .index(let error): String(describing: error)
        case .words(let error): error.description
        }
    }
}

extension QAError: RetryableError {
    /// Whether a server that keeps passages, vectors or words was away.
    public var isRetryable: Bool {
        switch self {
        case .corpus(let error): error.isRetryable
        case .index(VectorIndexError.unavailable), .words(TextIndexError.unavailable): true
        default: false
        }
    }
}

extension QAError {
    /// Whatever a component threw, as question answering tells it.
    init(_ error: any Error, flow: String, component: String) {
        switch error {
        case let error as QAError: self = error
        case let error as CorpusError: self = .corpus(error)
        case let error as VectorIndexError: self = .index(error)
        case let error as TextIndexError: self = .words(error)
        case let error as FlowError: self.init(error)
        default:
            self = .componentFailed(
                flow: flow, component: component, reason: String(describing: error),
                isRetryable: (error as? any RetryableError)?.isRetryable ?? false)
        }
    }
}

extension QAError {
    /// What the engine refuses, as question answering tells it.
    init(_ error: FlowError) {
        switch error {
        case .invalid(let flow, let faults): self = .invalidFlow(name: flow, faults: faults)
        case .unreadable(let file, let reason): self = .unreadableFlow(file: file, reason: reason)
        case .step(let failure):
            self.init(failure.error, flow: failure.flow, component: failure.component)
        case .tooLarge, .budget, .eventsGone, .input: self = .stopped(error)
        }
    }
}
