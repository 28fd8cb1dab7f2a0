import Foundation
import JSONValue
import Transport

extension OpenSearch {
    /// One request.
    struct Call {
        enum Body {
            case none
            case json(JSONValue)
            /// Lines of JSON.
            case lines(Data)
        }

        /// What errors call it: `_search`, `PUT index`.
        var name: String
        var method = "POST"
        /// With labels in braces.
        var path: String
        var labels: [String: String] = [:]
        var query: [(name: String, value: String?)] = []
        var body = Body.none
        /// The index or alias that it is about.
        var index: String?
        /// The permission of Serverless's data access policies that it takes, for example `ReadDocument`.
        var permission: String
        /// Whether the answer is a JSON array, and no object.
        var isList = false
    }

    /// An answer that is JSON.
    struct Answer {
        var json: JSONValue
        var requestID: String
        var call: String

        /// An error that says what is wrong with the answer.
        func unexpected(_ reason: String) -> OpenSearchError {
            .unexpectedResponse(operation: call, reason: reason, requestID: requestID)
        }
    }

    /// Sends a request about one index or alias.
    ///
    /// - Parameter path: what follows the index.
    func call(
        _ name: String, _ method: String, _ index: String, _ path: String = "",
        labels: [String: String] = [:], query: [(name: String, value: String?)] = [],
        body: Call.Body = .none, permission: String
    ) async throws(OpenSearchError) -> Answer {
        guard OpenSearchName.isIndex(index) else {
            throw .invalidOperation(
                operation: name, reason: "“\(index.prefix(80))” cannot be the name of one index or alias")
        }
        var labels = labels
        labels["index"] = index
        return try await send(
            Call(
                name: name, method: method, path: "/{index}" + path, labels: labels, query: query, body: body,
                index: index, permission: permission))
    }

    func send(_ call: Call) async throws(OpenSearchError) -> Answer {
        var operation = AWSOperation(
            call.name, method: call.method, path: call.path, labels: call.labels, query: call.query,
            resource: call.index)
        switch call.body {
        case .none: break
        case .json(let json): operation.input = .json(Data(try Self.text(json, call.name).utf8))
        case .lines(let lines):
            operation.headers.append(("Content-Type", "application/x-ndjson"))
            operation.input = .body(.data(lines))
        }
        if kind == .selfHosted { authorize(&operation) }
        let response: AWSService.Response
        do throws(AWSError) {
            response = try await service.send(operation)
        } catch {
            throw OpenSearchError(error, call, kind)
        }
        // A HEAD has no body; without one any other answer would tell that nothing is there.
        let text = call.method == "HEAD" ? Data("{}".utf8) : response.body
        guard let json = try? JSONValue(parsing: text),
            call.isList ? json.array != nil : json.object != nil
        else {
            throw .unexpectedResponse(
                operation: call.name, reason: "its body is no JSON \(call.isList ? "array" : "object")",
                requestID: response.requestID)
        }
        return Answer(json: json, requestID: response.requestID, call: call.name)
    }

    static func text(_ json: JSONValue, _ name: String) throws(OpenSearchError) -> String {
        do {
            return try json.text()
        } catch {
            throw .invalidOperation(operation: name, reason: "a number cannot be written as JSON")
        }
    }

    private func authorize(_ operation: inout AWSOperation) {
        operation.isSigned = false
        guard let login = login() else { return }
        let pair = Data("\(login.user):\(login.password.value)".utf8).base64EncodedString()
        operation.headers.append(("Authorization", "Basic \(pair)"))
        operation.secrets = [pair, login.password.value]
    }

    /// Refuses what Serverless does not have.
    func needsCluster(_ name: String) throws(OpenSearchError) {
        guard kind != .serverless else {
            throw .invalidOperation(operation: name, reason: "OpenSearch Serverless does not have it")
        }
    }

    /// Throws where shards failed, or the time of a search was over: what there is then is a part.
    func checkWhole(_ answer: Answer) throws(OpenSearchError) {
        let shards = answer.json["_shards"]
        if let failed = shards?["failed"]?.integer, failed > 0 {
            let first = shards?["failures"]?.array?.first?["reason"]
            let complaint = OpenSearchComplaint(
                type: first?["type"]?.string ?? "", reason: first?["reason"]?.string ?? "")
            throw .shardsFailed(
                failed: failed, of: shards?["total"]?.integer ?? failed,
                OpenSearchError.Details(
                    operation: answer.call, status: 200, type: complaint.type, reason: complaint.reason,
                    requestID: answer.requestID))
        }
        guard answer.json["timed_out"]?.bool != true else {
            throw .timedOut(
                OpenSearchError.Details(
                    operation: answer.call, status: 200, reason: "the search was cut short",
                    requestID: answer.requestID))
        }
    }

    /// Throws where a change was not acknowledged by all nodes in time.
    func checkAcknowledged(_ answer: Answer) throws(OpenSearchError) {
        switch answer.json["acknowledged"]?.bool {
        case true: return
        case false:
            throw .timedOut(
                OpenSearchError.Details(
                    operation: answer.call, status: 200, reason: "not all nodes acknowledged it in time",
                    requestID: answer.requestID))
        case nil: throw answer.unexpected("it does not say whether it was acknowledged")
        }
    }
}
