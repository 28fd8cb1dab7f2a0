import AWSServices
import Concurrency
import Foundation
import JSONValue
import Models
import Synchronization
import TestSupport
import Testing
import Transport

/// What went wrong within an event stream: at the beginning of each event, within each, and behind the last.
@Suite(.timeLimit(.minutes(3))) struct `A streamed answer, broken at each event` {
    private static let faults: [Fault] = [.cut, .stall, .truncated, .corrupt]

    /// The kinds of the events of an answer, in order.
    private func kinds(_ events: AWSEventReader) async throws -> [String] {
        var kinds: [String] = []
        while let event = try await events.next() { kinds.append(event.eventType) }
        return kinds
    }

    /// What came of an answer, and its text until then, in front of which a fault stands.
    private func outcome(
        _ server: PlayedAWS, _ fault: String?,
        _ answer: @escaping @Sendable (AWSAccount) throws -> PulledSequence<GenerationEvent>
    ) async throws -> (FaultOutcome, text: String) {
        let place = try await server.place(fault.map { [$0] } ?? [])
        let isStall = fault?.hasPrefix(Fault.stall.rawValue) == true
        let account = try await server.account(place, isImpatient: isStall)
        let text = Mutex("")
        let (outcome, shown) = await `Every client of AWS, at every fault`.outcome {
            for try await case .text(let piece) in try answer(account) { text.withLock { $0 += piece } }
        }
        #expect(PlantedSecrets.found(in: shown, server.secrets) == [], "\(fault ?? "none")")
        return (outcome, text.withLock { $0 })
    }

    /// Places behind so many events, and within the next.
    private func places(_ count: Int, step: Int = 1) -> [Double] {
        stride(from: 0, to: count, by: step).flatMap { [Double($0), Double($0) + 0.5] } + [Double(count)]
    }

    @Test(arguments: Self.faults) func `by Bedrock, is an error unless it was whole`(fault: Fault)
        async throws
    {
        let server = try PlayedAWS(.double)
        let answer: @Sendable (AWSAccount) throws -> PulledSequence<GenerationEvent> = { account in
            ConverseGenerator(try FaultedClient.runtime(account), .init(modelID: FaultedClient.chat))
                .generate(FaultedClient.question)
        }
        let body = #"{"messages": [{"role": "user", "content": [{"text": "How long?"}]}]}"#
        let kinds = try await kinds(
            try await server.account().service(BedrockRuntime.description).events(
                AWSOperation(
                    "ConverseStream", path: "/model/{modelId}/converse-stream",
                    labels: ["modelId": FaultedClient.chat],
                    headers: [("Accept", "application/vnd.amazon.eventstream")],
                    input: .json(Data(body.utf8)))))
        let stop = try #require(kinds.firstIndex(of: "messageStop"))
        let (whole, text) = try await outcome(server, nil, answer)
        #expect(whole == .success && kinds.count > 5 && !text.isEmpty)
        for place in places(kinds.count) {
            let (outcome, told) = try await outcome(server, "\(fault.rawValue)@\(place)", answer)
            let isWhole = place > Double(stop) && place == place.rounded()
            let expected: FaultOutcome =
                switch fault {
                case .cut: .broken
                case .stall: .silent
                case .truncated: isWhole ? .success : .damaged
                // Behind the last event there is nothing to change.
                default: place < Double(kinds.count) ? .damaged : .success
                }
            #expect(outcome == expected, "\(fault)@\(place)")
            #expect(text.hasPrefix(told), "\(fault)@\(place)")
            #expect(outcome != .success || told == text, "\(fault)@\(place)")
        }
    }

    @Test(arguments: Self.faults) func `by SageMaker, is an error unless it was whole`(
        fault: Fault
    ) async throws {
        let server = try PlayedAWS(.double)
        let answer: @Sendable (AWSAccount) throws -> PulledSequence<GenerationEvent> = { account in
            try FaultedClient.generator(account, streams: true).generate(FaultedClient.prompt)
        }
        let call = #"{"inputs": "<passage id=\"1\">It takes ten minutes. Rest.</passage>", "stream": true}"#
        let kinds = try await kinds(
            try await server.account().service(SageMakerRuntime.description).events(
                AWSOperation(
                    "InvokeEndpointWithResponseStream",
                    path: "/endpoints/{EndpointName}/invocations-response-stream",
                    labels: ["EndpointName": "generator"], headers: [("Content-Type", "application/json")],
                    input: .body(.data(Data(call.utf8))))))
        let (whole, text) = try await outcome(server, nil, answer)
        #expect(whole == .success && kinds.count > 5 && !text.isEmpty)
        // A stall is waited in.
        for place in places(kinds.count, step: fault == .stall ? 8 : 1) where place < Double(kinds.count) {
            let (outcome, told) = try await outcome(server, "\(fault.rawValue)@\(place)", answer)
            let expected: FaultOutcome =
                switch fault {
                case .cut: .broken
                case .stall: .silent
                default: .damaged
                }
            // Once the model has said why it ended, nothing that breaks behind it harms the answer.
            let mayBeWhole = place > Double(kinds.count) * 0.6
            #expect(outcome == expected || mayBeWhole && outcome == .success, "\(fault)@\(place)")
            #expect(text.hasPrefix(told), "\(fault)@\(place)")
            #expect(outcome != .success || told == text, "\(fault)@\(place)")
        }
    }
}
