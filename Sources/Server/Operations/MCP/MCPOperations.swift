import Corpus
import FlowService
import Foundation
import HTTPTypes
import JSONValue
import Logging
import QA

/// `POST /mcp`: the Model Context Protocol by streamable HTTP, in its stateless revision and in those before it.
///
/// There are no sessions in either: every request is answered from what it brings along, so that any process of many
/// may answer it.
struct MCPOperations: Sendable {
    private var methods: MCPMethods
    private let flows: MCPFlowTools
    private let resource: ProtectedResource?
    private let logger: Logger

    static let path = "/mcp"
    /// Messages that a client of 2025-03-26 may send as one.
    static let batchLimit = 50

    /// - Parameters:
    ///   - corpus: the one that `qa` asks.
    ///   - version: the software's own.
    ///   - service: keeps and runs the flows that are tools.
    ///   - resource: who gives out tokens for this server; `nil` where nobody does, and then nothing is told of it.
    init(
        qa: QuestionAnswering, corpus: any PassageStore, service: FlowService, runs: FlowRuns,
        version: String, logger: Logger,
        resource: ProtectedResource? = nil
    ) {
        methods = MCPMethods(
            tools: [
                MCPSearchTool(qa: qa, runs: runs), MCPFetchTool(corpus: corpus, runs: runs),
                MCPAskTool(qa: qa, runs: runs),
            ], version: version)
        flows = MCPFlowTools(service: service, runs: runs)
        self.resource = resource
        self.logger = logger
    }

    var operations: [Operation] {
        [messages] + (resource.map { ProtectedResourceOperations(resource: $0).operations } ?? [])
    }

    private var messages: Operation {
        .scoped(
            .search, "mcp", .post, Self.path, summary: "search, fetch and ask as tools for models (MCP)",
            section: "mcp", inputs: .mcp,
            responses: [
                ResponseDeclaration(
                    status: 200, summary: "what was asked for",
                    content: .json(.anyOf([MCPReply.schema, .list(of: MCPReply.schema)]))),
                .events(
                    [.init(name: "message", schema: .anyOf([Self.progressSchema, MCPReply.schema]))],
                    "the same behind notifications of its progress"),
                ResponseDeclaration(
                    status: 202, summary: "nothing was asked for", content: .none),
                Self.refused(400, "no message, or one that contradicts its headers"),
                Self.refused(404, "no such method, in stateless revisions"),
                Self.refused(406, "a client that takes neither JSON nor events"),
                Self.refused(500, "a failure of the server, in stateless revisions"),
            ], idempotency: .notKept
        ) { exchange, caller in try await answer(exchange, caller) }
    }

    private static func refused(_ status: Int, _ summary: String) -> ResponseDeclaration {
        ResponseDeclaration(status: status, summary: summary, content: .json(MCPReply.schema))
    }

    private func answer(_ exchange: MCPExchange, _ caller: Caller) async throws -> APIResponse {
        let accept = MCPAccept(exchange.headers)
        guard accept.json || accept.events else {
            let fault = MCPFault(.invalidRequest, "Accept application/json or text/event-stream.")
            return try .json(MCPReply(id: .null, .failure(fault)).json, status: .notAcceptable)
        }
        let envelope = MCPEnvelope(headers: exchange.headers)
        do {
            let body = try Self.parsed(exchange)
            let known = try await knowing(body, caller)
            guard let list = body.array else {
                return try await known.answer(MCPMessage(body), envelope, accept, caller)
            }
            return try await known.answer(list, envelope, accept, caller)
        } catch let refusal as MCPMessage.Refusal {
            return try response(MCPReply(refusal), in: .unnamed, accept, caller)
        } catch let fault as MCPFault {
            return try response(MCPReply(id: .null, .failure(fault)), in: .unnamed, accept, caller)
        }
    }

    /// The same with the caller's flows among the tools, for messages that ask for them.
    private func knowing(_ body: JSONValue, _ caller: Caller) async throws -> MCPOperations {
        let own = Set(methods.tools.map(\.declaration.name))
        let asks = (body.array ?? [body]).contains { message in
            switch message["method"]?.string {
            case "tools/list": true
            case "tools/call": message["params"]?["name"]?.string.map { !own.contains($0) } ?? false
            default: false
            }
        }
        guard asks else { return self }
        var known = self
        known.methods = methods.adding(try await flows.tools(for: caller))
        return known
    }

    private static func parsed(_ exchange: MCPExchange) throws(MCPFault) -> JSONValue {
        let body = exchange.body
        // What two readers would read differently is read by none.
        do throws(RequestFault) {
            try JSONBody.check(body, of: exchange.headers[.contentType])
        } catch {
            throw MCPFault(.parse, "The body is not taken: \(error)")
        }
        do {
            return try JSONValue(parsing: body)
        } catch {
            let place = JSONSyntax.fault(in: body) ?? "it is not UTF-8, or something in it is out of range."
            throw MCPFault(.parse, "The body is not JSON: \(place)")
        }
    }

    private func answer(
        _ message: MCPMessage, _ envelope: MCPEnvelope, _ accept: MCPAccept, _ caller: Caller
    ) async throws -> APIResponse {
        guard case .request(let request) = message else {
            _ = try envelope.revision()
            return APIResponse(status: .accepted)
        }
        let revision: MCPRevision
        do {
            revision = try envelope.revision(of: request)
        } catch {
            // Only stateless requests can be wrong in what they say of themselves.
            return try response(
                MCPReply(id: request.id, .failure(error)), in: .july2026, accept, caller)
        }
        try methods.admit(request, caller)
        if accept.events, let token = request.progressToken, methods.tellsProgress(request) {
            return stream(request, revision, token, caller)
        }
        let reply = await methods.reply(to: request, in: revision, caller: caller)
        try Task.checkCancellation()
        return try response(reply, in: revision, accept, caller)
    }

    /// Messages that came as one; what needs an answer is answered in their order.
    private func answer(
        _ list: [JSONValue], _ envelope: MCPEnvelope, _ accept: MCPAccept, _ caller: Caller
    ) async throws -> APIResponse {
        let revision = try envelope.revision()
        guard revision.takesBatches else {
            throw MCPFault(.invalidRequest, "\(revision.rawValue) takes one message at a time.")
        }
        guard (1...Self.batchLimit).contains(list.count) else {
            throw MCPFault(
                .invalidRequest, "\(list.count) messages came as one; 1 to \(Self.batchLimit) are taken.")
        }
        let replies = try await MCPBatch(methods: methods, envelope: envelope).replies(to: list, caller)
        guard !replies.isEmpty else { return APIResponse(status: .accepted) }
        for reply in replies { log(reply, caller) }
        return try told(.array(replies.map(\.json)), accept)
    }

    private func response(
        _ reply: MCPReply, in revision: MCPRevision, _ accept: MCPAccept, _ caller: Caller
    ) throws -> APIResponse {
        log(reply, caller)
        let status = reply.fault?.status(stateless: revision.isStateless) ?? .ok
        return status == .ok ? try told(reply.json, accept) : try .json(reply.json, status: status)
    }

    /// As JSON; as the one event of a stream for a client that takes nothing else.
    private func told(_ json: JSONValue, _ accept: MCPAccept) throws -> APIResponse {
        guard !accept.json else { return try .json(json) }
        let event = try ServerSentEvent.mcp(json)
        return .events(
            EventStream { send in
                await send(event)
                return .complete
            })
    }

    private func log(_ reply: MCPReply, _ caller: Caller) {
        guard let problem = reply.problem else { return }
        RequestLog(logger: logger, requestID: caller.requestID, method: "POST", route: Self.path)
            .failed(problem)
    }
}

extension MCPOperations {
    private func stream(
        _ request: MCPRequest, _ revision: MCPRevision, _ token: JSONValue, _ caller: Caller
    ) -> APIResponse {
        .events(
            EventStream { send in
                let reply = await methods.reply(to: request, in: revision, caller: caller) { step, message in
                    guard let event = try? Self.progress(step, message, token) else { return }
                    await send(event)
                }
                guard !Task.isCancelled, let event = try? ServerSentEvent.mcp(reply.json) else {
                    return .cancelled
                }
                await send(event)
                return reply.problem.map { .failed($0) } ?? .complete
            })
    }

    private static func progress(
        _ step: Int, _ message: String, _ token: JSONValue
    ) throws -> ServerSentEvent {
        try .mcp([
            "jsonrpc": "2.0", "method": "notifications/progress",
            "params": [
                "progressToken": token, "progress": .integer(step), "message": .string(message),
            ],
        ])
    }

    private static var progressSchema: JSONSchema {
        JSONSchema([
            "type": "object", "required": ["jsonrpc", "method", "params"],
            "properties": [
                "jsonrpc": ["const": "2.0"], "method": ["const": "notifications/progress"],
                "params": [
                    "type": "object", "required": ["progressToken", "progress"],
                    "properties": [
                        "progressToken": ["type": ["string", "integer"]], "progress": ["type": "number"],
                        "message": ["type": "string"],
                    ],
                ],
            ],
            "additionalProperties": false,
        ]).named("MCPProgress")
    }
}
