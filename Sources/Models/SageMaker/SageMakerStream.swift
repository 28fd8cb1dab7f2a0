import AWSServices
import Concurrency
import Foundation
import JSONValue
import Transport

/// One streamed answer under way: its bytes to a generator's events, no faster than they are asked for.
final class SageMakerStream {
    private var parts: PulledSequence<Data>.AsyncIterator
    private let told: SageMakerRuntime.Told
    private let endpoint: SageMakerModel
    private let form: SageMakerAnswerForm.Stream
    private let usagePaths: SageMakerAnswerForm.Usage?

    private var lines = SageMakerLines()
    private var text: SageMakerAnswerText
    private var waiting: [GenerationEvent] = []
    private var usage: TokenUsage?
    private var finish: String?
    /// Whether any line had something at the path of a piece.
    private var hasPiece = false
    private var isFinished = false

    init(
        _ answer: SageMakerRuntime.StreamedAnswer, _ endpoint: SageMakerModel,
        _ form: SageMakerAnswerForm.Stream, usage: SageMakerAnswerForm.Usage?, _ text: SageMakerAnswerText
    ) {
        parts = answer.parts.makeAsyncIterator()
        told = answer.told
        self.endpoint = endpoint
        self.form = form
        self.text = text
        usagePaths = usage
    }

    /// - Returns: `nil` after the last event. After an error there are no more events.
    func next() async throws(SageMakerError) -> GenerationEvent? {
        while true {
            if !waiting.isEmpty { return waiting.removeFirst() }
            guard !isFinished else { return nil }
            do throws(SageMakerError) {
                try await read()
            } catch {
                isFinished = true
                waiting = []
                throw error
            }
        }
    }

    // MARK: The stream

    private func read() async throws(SageMakerError) {
        if let line = try nextLine() { return try take(line) }
        if let part = try await nextPart() { return lines.append(part) }
        if let line = try lastLine() { try take(line) }
        if !isFinished { try end(isTold: false) }
    }

    private func nextLine() throws(SageMakerError) -> SageMakerLines.Line? {
        do throws(SageMakerLines.Fault) {
            return try lines.next()
        } catch {
            throw endpoint.unexpected(
                error == .tooLong
                    ? "a line of it is longer than \(SageMakerLines.limitBytes) bytes"
                    : "a line of it is neither JSON nor of an event", told)
        }
    }

    private func lastLine() throws(SageMakerError) -> SageMakerLines.Line? {
        do throws(SageMakerLines.Fault) {
            return try lines.last()
        } catch {
            if finish != nil { return nil }
            throw broken("It ended within a line.")
        }
    }

    private func nextPart() async throws(SageMakerError) -> Data? {
        do {
            return try await parts.next()
        } catch {
            let error = error as? SageMakerError ?? .cancelled
            // An answer that is whole is not harmed by what breaks behind it.
            guard finish != nil, error != .cancelled else { throw error }
            return nil
        }
    }

    private func take(_ line: SageMakerLines.Line) throws(SageMakerError) {
        guard case .json(let value) = line else { return try end(isTold: true) }
        if let failure = failure(in: value) { throw failure }
        if let counts = usagePaths?.counts(in: value) { usage = counts }
        do throws(ResponsePathError) {
            if let reason = try form.finish?.firstIfPresent(in: value)?.string, !reason.isEmpty {
                finish = reason
            }
            let isSkipped = try form.skip?.firstIfPresent(in: value)?.bool == true
            guard let piece = try form.piece.firstIfPresent(in: value) else { return }
            hasPiece = true
            if piece == .null || isSkipped { return }
            guard let piece = piece.string else {
                throw .notThere(
                    path: form.piece.description, place: "the end of the path", expected: "string",
                    found: piece.kind)
            }
            waiting += text.take(piece)
        } catch {
            throw endpoint.unexpected(error.reason, told)
        }
        if text.isThoughtTooLong {
            throw endpoint.unexpected("what the model thought is too long", told)
        }
        if text.hasStopped { try end(isTold: true) }
    }

    /// What a container says in the middle of its answer when it fails.
    private func failure(in value: JSONValue) -> SageMakerError? {
        let error = value["error"] ?? .null
        let isError = ![.null, false, ""].contains(error) || value["object"] == "error"
        guard isError, let body = try? value.text() else { return nil }
        return endpoint.told(Data(body.utf8), told)
    }

    // MARK: The end

    private func end(isTold: Bool) throws(SageMakerError) {
        if !isTold {
            // A cancelled task's stream may end without an error of its own.
            if Task.isCancelled { throw .cancelled }
            guard finish != nil || form.finish == nil else {
                throw broken("It ended without a word on why.")
            }
        }
        let reason = try endpoint.stopReason(finish, told)
        // What a filter or a limit ended may have no text at all.
        guard hasPiece || reason == .filtered || reason == .maxTokens else {
            throw endpoint.unexpected("no line of it has anything at \(form.piece)", told)
        }
        waiting += text.finish()
        if let usage { waiting.append(.usage(usage)) }
        waiting.append(.finished(text.hasStopped ? .stopSequence : reason))
        isFinished = true
    }

    private func broken(_ message: String) -> SageMakerError {
        .brokenStream(
            endpoint: endpoint.call.endpoint, code: "", message: message, requestID: told.requestID)
    }
}
