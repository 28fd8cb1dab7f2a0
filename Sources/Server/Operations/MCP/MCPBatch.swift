import Concurrency
import JSONValue

/// Several messages that came as one, which only 2025-03-26 knows.
struct MCPBatch: Sendable {
    let methods: MCPMethods
    let envelope: MCPEnvelope

    /// What the requests among them are answered with, in their order. One runs after the other, and all of them
    /// within the time that one request has.
    ///
    /// - Throws: ``RequestFault/timedOut(seconds:)`` or `CancellationError`.
    func replies(to list: [JSONValue], _ caller: Caller) async throws -> [MCPReply] {
        do {
            return try await withDeadline(caller.timeLimit) {
                var replies: [MCPReply] = []
                for json in list {
                    if let reply = await reply(to: json, caller) { replies.append(reply) }
                    try Task.checkCancellation()
                }
                return replies
            }
        } catch let error as DeadlineExceeded {
            throw RequestFault.timedOut(seconds: error.limit / .seconds(1))
        }
    }

    private func reply(to json: JSONValue, _ caller: Caller) async -> MCPReply? {
        do {
            guard case .request(let request) = try MCPMessage(json) else { return nil }
            return await reply(to: request, caller)
        } catch {
            return MCPReply(error)
        }
    }

    private func reply(to request: MCPRequest, _ caller: Caller) async -> MCPReply {
        do throws(MCPFault) {
            let revision = try envelope.revision(of: request)
            // The handshake settles what may follow, so that nothing can come along with it.
            guard request.method != "initialize" else {
                throw MCPFault(.invalidRequest, "“initialize” must come alone.")
            }
            return await methods.reply(to: request, in: revision, caller: caller)
        } catch {
            return MCPReply(id: request.id, .failure(error))
        }
    }
}
